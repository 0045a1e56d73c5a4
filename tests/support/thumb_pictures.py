"""The pictures of docs/thumbs.md: `PYTHONPATH=tests python -m support.thumb_pictures` draws them anew."""

from __future__ import annotations

from support.places import HOME

from daemon.thumbs.drawing import draw
from daemon.thumbs.reading import read_scene
from daemon.thumbs.sheet import encoded, sheet

FOLDER = HOME / "docs" / "thumbs"
BOARD = {
    "a detective walks down the street at night in the rain": {},
    "Anna stands on the quay at sunset": {},
    "close-up of a woman with red hair, afraid, forest": {},
    "over Anna's shoulder, Ben waves from the pier": {},
    "two men shake hands in an office": {},
    "insert, a key in a hand": {},
    "a knight fights a dragon before the castle": {},
    "low angle, a cowboy rides a horse in the desert": {},
}
STYLES = {
    f"{words}, {style}": {}
    for words in ("a boy and a dog run on the beach", "INT. BAR - NIGHT. an old man drinks, sad")
    for style in ("pencil", "flat colour", "ink wash")
}
SHOTS = (
    {
        f"{shot}, a woman in a red coat, village": {}
        for shot in ("extreme wide", "wide", "full", "medium", "close-up", "extreme close-up")
    }
    | {
        f"{camera}, a policeman on a square": {}
        for camera in ("low angle", "high angle", "dutch angle")
    }
    | {
        "pov, a bear in the forest": {},
        "over his shoulder, a man and a nurse talk": {},
        "insert, a letter": {},
    }
)
PLACES = {
    place: {}
    for place in (
        "street", "alley", "city", "rooftop", "forest", "mountains", "desert", "beach", "harbour", "bridge", "cave",
        "graveyard", "train station", "market", "space", "snowfield", "living room", "kitchen", "office", "corridor",
        "bar", "classroom", "library", "hospital", "prison", "church", "theatre", "car interior",
    )
}  # fmt: skip
POSES = {
    f"{who} {what}, flat colour": {}
    for who, what in (
        ("a man", "walks"), ("a woman", "runs"), ("a boy", "jumps"), ("a nurse", "kneels"), ("a king", "sits on a throne"),
        ("a cook", "points"), ("a pirate", "waves"), ("an old woman", "reads a book"), ("a knight", "swings a sword"),
        ("a girl", "dances"), ("a thief", "sneaks"), ("an astronaut", "crouches"), ("a monk", "prays"),
        ("a soldier", "crawls"), ("a firefighter", "climbs a ladder"), ("a wizard", "falls"),
    )
}  # fmt: skip
ACTS = {
    f"{what}, flat colour": {}
    for what in (
        "a man hugs a woman", "two boxers fight", "a cop chases a thief", "a girl hands a flower to a boy",
        "a man and a woman hold hands", "a doctor talks to a nurse", "a soldier aims at a man", "a knight kneels before a queen",
    )
}  # fmt: skip
NOTES = {
    "INT. KITCHEN - NIGHT. Mara finds the letter": {},
    "EXT. OIL RIG - STORM. A welder crawls through rain": {},
    "A nun rings the chapel bell at dusk": {},
    "Two falconers cross a moor": {},
    "Jonah licks an envelope and seals it": {},
    "INT. SUBMARINE. The cook weighs salt": {},
    "A teenager haggles over a trumpet": {},
    "A monk sweeps the stairs as a fox watches": {},
}
SHEETS = {
    "board": BOARD,
    "notes": NOTES,
    "styles": STYLES,
    "shots": SHOTS,
    "places": PLACES,
    "poses": POSES,
    "actions": ACTS,
}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, prompts in SHEETS.items():
        panels = []
        for text in prompts:
            style = (
                ""
                if "colour" in text or "wash" in text or name in ("board", "notes", "shots")
                else "flat colour"
            )
            scene = read_scene(text, style=style, seed=len(text))
            panels.append((text.removesuffix(", flat colour"), draw(scene, 300, 170, tooth=False)))
        (FOLDER / f"{name}.webp").write_bytes(encoded(sheet(panels), ".webp"))


if __name__ == "__main__":
    main()
