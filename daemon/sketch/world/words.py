"""The words: every way this world says a colour, a shape, a place, a time or nothing at all.

Tables only; `captions` puts sentences together from them.
"""

from __future__ import annotations

from daemon.sketch.world import world

#: What a caption can say, and the answers to choose from; index 0 always means "not said".
QUESTIONS: dict[str, tuple[str, ...]] = {
    "kind": ("", "single", "pair", "scene"),
    "style": ("", *world.STYLES),
    "pattern": ("", *world.PATTERNS),
    "ground": ("", *world.COLOURS),
    "ground2": ("", *world.COLOURS),
    "relation": ("", "left", "above"),
    **{
        f"{slot}{fact}": ("", *answers)
        for slot in ("a.", "b.")
        for fact, answers in (
            ("shape", world.SHAPES),
            ("colour", tuple(world.COLOURS)),
            ("size", world.SIZES),
        )
    },
    "place": ("", *world.PLACES),
    "time": ("", *world.TIMES),
    "light": ("", *world.LIGHTS),
    "light_side": ("", *world.SIDES),
    "land": ("", *world.LANDS),
    **{f"{kind}.side": ("", "somewhere", *world.SIDES) for kind in world.PROPS},
    **{
        f"{kind}.colour": ("", "white", "red", "yellow", "blue", "green", "brown")
        for kind in world.PROPS
    },
}

LEADS = (
    *("",) * 8, "a picture of ", "a drawing of ", "an image of ", "draw ", "a simple picture of ",
    "picture of ", "there is ", "show me ", "please draw ", "an illustration of ", "a sketch of ",
    "in this picture, ", "a nice picture with ", "i want ",
)  # fmt: skip
TAILS = (*("",) * 12, ", simple", ", high quality", ", nice", ", clean", ", please", ", sharp")
SMALL, BIG = ("small", "small", "little", "tiny"), ("big", "big", "large", "huge")
SHAPE_WORDS = {
    "circle": ("circle", "circle", "disc", "ball"),
    "square": ("square", "square", "box"),
    "moon": ("moon", "moon", "crescent", "crescent moon"),
    "cross": ("cross", "cross", "plus sign"),
    "ring": ("ring", "ring", "hoop"),
}
GROUNDS = (
    "on a {} background",
    "on a {} background",
    "on {}",
    "against a {} background",
    "with a {} background",
    "over a {} backdrop",
    "{} background",
    "in front of a {} background",
    "the background is {}",
)
PATTERN_WORDS = {
    "striped": ("{a} and {b} striped", "{a} {b} striped", "{a} with {b} stripes"),
    "dotted": ("{a} with {b} dots", "{a} background with {b} dots", "{b} dotted {a}"),
    "gradient": ("{a} to {b} gradient", "gradient from {a} to {b}", "{a} fading to {b}"),
}
STYLE_WORDS = {
    "flat": ("flat", "flat style", "flat colours"),
    "outline": ("outline", "outline style", "line drawing", "only outlines", "outlined"),
    "chalk": (
        "chalk",
        "chalk drawing",
        "chalk style",
        "on a blackboard, chalk",
        "drawn with chalk",
    ),
    "night": ("night", "night style", "at night", "dark night style"),
}
TIME_WORDS = {
    "day": (
        "day",
        "by day",
        "daytime",
        "in the daytime",
        "blue sky",
        "under a blue sky",
        "at noon",
    ),
    "dawn": ("dawn", "at dawn", "sunrise", "at sunrise", "early morning", "pink sky"),
    "dusk": ("dusk", "at dusk", "sunset", "at sunset", "in the evening", "orange sky"),
    "night": ("night", "at night", "in the night", "starry sky", "under the stars", "night sky"),
}
LAND_WORDS = {
    "sea": ("the sea", "sea", "the ocean", "water", "over the sea", "by the sea"),
    "hills": (
        "hills",
        "green hills",
        "the hills",
        "a hilly landscape",
        "rolling hills",
        "on the hills",
    ),
}
EMPTY = ("", "a picture", "an image", "a drawing", "picture")

#: Ways to say size, colour and shape; some meetings with a sentence pattern are held out.
NOUNS = (
    "{article} {size} {colour} {shape}",
    "{article} {colour} {size} {shape}",
    "{article} {colour} {shape} that is {size}",
    "{article} {shape}, {size} and {colour}",
    "{article} {shape}, {colour} and {size}",
    "{article} {shape}, {colour}, {size}",
    "{article} {size} {shape} in {colour}",
    "{article} {size} {shape}, coloured {colour}",
)
THINGS = ("thing", "shape", "object", "figure")
#: Orders of noun, place and background; of first thing, second thing and background.
ORDERS = ("npg", "ngp", "png", "pgn", "gnp", "gpn")
