"""The bundled small model: a real SDXL in miniature, trained from scratch on pictures drawn here.

`weights/` is an ordinary diffusers model folder; loading it needs nothing from this package.
The rest of the room says how it was made and how well it does what it is told:

    world     what there is to draw            draw      signed distances to pixels
    captions  how people might say it          blueprint the shapes of the networks
    train_*   one stage of training each       export    checkpoints to the model folder
    judge     pictures to words, by geometry   score     the figures on the card

It knows nothing of job files, folders that are watched, or the engine.
"""

from pathlib import Path

WEIGHTS = Path(__file__).parent / "weights"
