"""The bundled small model: a real SDXL in miniature, trained from scratch on pictures drawn here.

`weights/` is an ordinary diffusers model folder; loading it needs nothing from this package.
`begun/` has the parts of the next one that have learnt enough.
The rest says how it was made and how well it does what it is told, in four wings:

    world/        what there is to draw, in pixels and in words
    storyboard/   the same of storyboard panels, which a model is to learn next
    train/        one stage of training each, and the export to the model folder
    score/        pictures to words by geometry, and the figures on the card

It knows nothing of job files, folders that are watched, or the engine.
"""

from pathlib import Path

WEIGHTS = Path(__file__).parent / "weights"
BEGUN = Path(__file__).parent / "begun"
"""What of the storyboard world has been learnt so far. It is no model, and in no wheel."""
