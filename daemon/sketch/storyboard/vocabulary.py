"""What the storyboard world is made of, by the names that the drawing code has for it. Data alone.

How any of it is said in words is `wording`'s; how it looks is known to `daemon.thumbs` only.
"""

from __future__ import annotations

SHOTS = ("wide", "full", "medium", "close-up", "insert")
WHOLE = ("wide", "full")
"""Shots that show people from head to foot."""
CAMERAS = ("eye level", "low", "high")
STYLES = {"colour": "flat colour with ink line", "pencil": "graphite, no colours"}
OUTDOORS = (
    "street", "square", "park", "forest", "field", "hills", "mountains", "desert", "beach",
    "harbour",
)  # fmt: skip
INDOORS = ("room", "kitchen", "bedroom", "bar", "office", "library", "church", "classroom")
PLACES = OUTDOORS + INDOORS
TIMES = {"colour": ("day", "dusk", "night"), "pencil": ("day", "night")}
"""By style: dusk is nothing but its colour, and indoors hardly that."""
WEATHERS = ("clear", "rain", "snow", "fog")

KINDS = {
    "man": ("m", "adult"), "woman": ("f", "adult"), "boy": ("m", "child"), "girl": ("f", "child"),
    "old man": ("m", "old"), "old woman": ("f", "old"),
}  # fmt: skip
"""Who there is, by sex and age."""
HAIRS = {
    "m": ("short", "short", "curly", "messy"),
    "f": ("long", "long", "ponytail", "bun", "bob"),
}
"""By sex, which is seen by it from all sides."""
HAIR_COLOURS = ("black", "brown", "blond", "ginger")
OLD_HAIR = ("light grey", "white")
COLOURS = (
    "white", "grey", "black", "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown",
)  # fmt: skip
"""Of clothes; teal, navy and their like are hardly told from blue at night."""
TROUSERS = ("dark grey", "navy", "brown", "black", "beige")
GARMENTS = {"m": ("shirt", "coat", "jacket", "sweater"), "f": ("shirt", "coat", "dress", "sweater")}
SHOWN_GARMENTS = ("coat", "dress")
"""What is told apart from a shirt in every picture of the whole figure."""
HATS = ("fedora", "cap", "beanie", "cowboy", "straw", "top hat")

POSES = (
    "standing", "walking", "running", "sitting", "sitting on the ground", "kneeling", "lying",
    "waving", "pointing", "jumping", "arms crossed", "hands on hips",
)  # fmt: skip
SIDEWAYS = (
    "walking", "running", "sitting on the ground", "kneeling", "lying", "pointing", "jumping",
)  # fmt: skip
"""What is not told from standing, or from anything, when seen from before or behind."""
FRONTAL = ("arms crossed", "hands on hips")
"""What is hidden by the body from behind, and by one arm from the side."""
LYING = "lying"
"""As wide as the panel of a full shot."""
UPPER = ("standing", "sitting", "waving", "pointing", "arms crossed", "hands on hips")
"""What a medium shot shows of poses; a close-up shows none."""
FACINGS = ("left", "right", "front", "back")
HELD = ("umbrella", "suitcase", "book", "cup", "flowers", "lantern", "box", "guitar")
SMALL_HELD = ("book", "cup", "flowers", "lantern")
"""What is a few pixels in a wide shot."""
HANGING = ("suitcase", "lantern")
"""What hangs from a hand that need not be raised for it."""
HOLDERS = ("standing", "walking", "sitting", "kneeling")
"""Poses that leave a hand free."""
PROPS = {
    "outdoors": ("car", "dog", "horse", "tree", "house", "bicycle", "bench", "cat"),
    "indoors": ("dog", "cat", "table", "plant", "bookcase", "piano"),
}
PROP_COLOURS = ("red", "blue", "green", "yellow", "white", "black")
COLOURED_PROPS = ("car", "house")
SIDES = ("left", "centre", "right")
INSERTS = ("key", "letter", "phone", "cup", "book", "watch", "candle", "apple", "gun", "photograph")
IN_HAND = ("key", "letter", "phone", "cup", "book", "apple", "gun", "photograph")
"""What a hand is drawn to hold; the others stand or lie on a table."""
