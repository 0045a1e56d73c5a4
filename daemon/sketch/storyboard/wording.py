"""The words of storyboard people for what a panel shows: several for every answer. Data alone.

Knows no sentences; `captions` puts them together. First comes what is said most.
"""

from __future__ import annotations

from functools import lru_cache

from daemon.thumbs.files import lines_of

Words = dict[str, tuple[str, ...]]

SHOT: Words = {
    "wide": ("wide shot", "wide", "long shot", "establishing shot", "WS", "total", "panorama"),
    "full": ("full shot", "full figure", "FS", "full body shot", "head to toe", "full length"),
    "medium": (
        "medium shot",
        "mid shot",
        "MS",
        "waist up",
        "medium",
        "half figure",
        "to the waist",
    ),
    "close-up": ("close-up", "close up", "CU", "tight on", "face shot", "head and shoulders"),
    "insert": ("insert", "insert shot", "detail", "detail shot", "extreme close-up", "ECU"),
}
LEADING: Words = {
    "wide": ("wide shot of", "wide on", "long shot of", "WS of"),
    "full": ("full shot of", "full body shot of", "FS of"),
    "medium": ("medium shot of", "mid shot of", "MS of", "medium on"),
    "close-up": ("close-up of", "close up of", "CU of", "close on", "tight on", "CU on"),
    "insert": ("insert of", "detail of", "extreme close-up of", "insert on", "ECU of"),
}
"""Forms that what is shown follows at once."""
CAMERA: Words = {
    "low": ("low angle", "from below", "low camera", "worm's eye view", "looking up"),
    "high": ("high angle", "from above", "high camera", "bird's eye view", "looking down"),
}
PLACE: Words = {
    "street": ("street", "city street", "avenue", "road", "lane", "town street"),
    "square": ("square", "town square", "plaza", "market square", "piazza"),
    "park": ("park", "city park", "public garden", "park lawn"),
    "forest": ("forest", "woods", "wood", "deep forest", "woodland"),
    "field": ("field", "open field", "farm field", "furrowed field"),
    "hills": ("hills", "green hills", "hillside", "countryside", "rolling hills"),
    "mountains": ("mountains", "mountain valley", "alps", "mountain pass", "high mountains"),
    "desert": ("desert", "dunes", "sandy desert", "wasteland", "sand dunes"),
    "beach": ("beach", "sandy beach", "shore", "seashore", "seaside"),
    "harbour": ("harbour", "harbor", "docks", "quay", "port", "waterfront"),
    "room": ("room", "living room", "parlour", "sitting room", "flat", "apartment", "lounge"),
    "kitchen": ("kitchen", "small kitchen", "tiled kitchen", "kitchenette"),
    "bedroom": ("bedroom", "room with a bed", "guest bedroom", "hotel bedroom"),
    "bar": ("bar", "pub", "saloon", "tavern", "red bar"),
    "office": ("office", "workplace", "office with desks", "open-plan office"),
    "library": ("library", "reading room", "public library", "old library"),
    "church": ("church", "chapel", "cathedral", "nave of a church"),
    "classroom": ("classroom", "schoolroom", "school class", "class"),
}
PREPOSITION: Words = {
    "street": ("in", "on", "down", "along"), "square": ("in", "on", "across"),
    "forest": ("in", "through"), "field": ("in", "on", "across"), "hills": ("in", "over"),
    "mountains": ("in", "high in"), "desert": ("in", "across", "through"),
    "beach": ("on", "at", "along"), "harbour": ("at", "by", "in"), "room": ("in", "inside"),
}  # fmt: skip
"""Only `in` where nothing is said here."""
WHERE: Words = {
    "street": ("downtown", "in town"), "forest": ("among the trees", "deep in the woods"),
    "beach": ("by the sea", "on the sand by the sea"), "harbour": ("among the ships",),
    "hills": ("in the country", "out in the country"), "room": ("at home",),
    "mountains": ("up in the mountains",), "bar": ("at the pub",), "office": ("at work",),
    "classroom": ("at school",), "church": ("in church",), "park": ("on the lawn of a park",),
    "field": ("in the fields",), "desert": ("nothing but sand around",),
    "bedroom": ("beside the bed", "in front of a bed"), "library": ("among the bookshelves",),
    "kitchen": ("beside the stove",), "square": ("in the middle of the square",),
}  # fmt: skip
"""Places without an article."""
ARTICLELESS = ("hills", "green hills", "rolling hills", "mountains", "alps", "high mountains",
               "dunes", "sand dunes", "docks", "woods", "countryside")  # fmt: skip
TIME: Words = {
    "day": ("day", "by day", "daytime", "in the daytime", "at noon", "in daylight", "midday",
            "in the morning", "morning", "afternoon", "broad daylight"),
    "dusk": ("dusk", "at dusk", "sunset", "at sunset", "evening", "in the evening", "sundown",
             "evening light", "golden hour", "at nightfall", "twilight"),
    "night": ("night", "at night", "by night", "late at night", "in the dark", "midnight",
              "moonlight", "by moonlight", "after dark", "in the middle of the night"),
}  # fmt: skip
HOUR: Words = {"day": ("DAY", "MORNING", "NOON"), "dusk": ("DUSK", "EVENING", "SUNSET"),
               "night": ("NIGHT", "LATE NIGHT", "MIDNIGHT")}  # fmt: skip
"""As screenplay headings have them."""
WEATHER: Words = {
    "clear": ("clear sky", "clear weather", "fair weather", "dry weather"),
    "rain": ("rain", "in the rain", "it rains", "it is raining", "heavy rain", "pouring rain",
             "a downpour", "rain falls", "raindrops"),
    "snow": ("snow", "in the snow", "it snows", "snowfall", "it is snowing", "snow falls",
             "snowflakes", "a snowstorm"),
    "fog": ("fog", "in the fog", "mist", "in thick fog", "dense fog", "haze", "in the mist"),
}  # fmt: skip
ADJECTIVE: Words = {
    "rain": ("rainy", "rain-soaked", "wet"), "snow": ("snowy", "wintry", "snow-covered"),
    "fog": ("foggy", "misty", "hazy"), "clear": (),
}  # fmt: skip
STYLE: Words = {
    "colour": ("colour", "in colour", "flat colours", "colour sketch", "in color", "flat color",
               "comic colours", "ink and flat colour"),
    "pencil": ("pencil", "pencil sketch", "black and white", "pencil drawing", "graphite", "b/w",
               "rough pencil", "rough sketch", "in pencil", "grey pencil"),
}  # fmt: skip

NOUN: Words = {
    "man": (
        "man",
        "man",
        "man",
        "guy",
        "young man",
        "gentleman",
        "husband",
        "father",
        "fellow",
        "worker",
        "driver",
        "waiter",
        "sailor",
        "farmer",
    ),
    "woman": (
        "woman",
        "woman",
        "woman",
        "lady",
        "young woman",
        "mother",
        "wife",
        "waitress",
        "nurse",
        "actress",
    ),
    "boy": ("boy", "boy", "little boy", "small boy", "schoolboy", "son", "lad"),
    "girl": ("girl", "girl", "little girl", "small girl", "schoolgirl", "daughter"),
    "old man": ("old man", "old man", "elderly man", "grandfather", "grandpa", "old gentleman"),
    "old woman": ("old woman", "old woman", "elderly woman", "grandmother", "grandma", "old lady"),
}
ANYBODY = ("figure", "person", "stranger")
"""Nouns that leave open who it is."""
PLURAL = {"man": "men", "woman": "women", "gentleman": "gentlemen", "wife": "wives",
          "lady": "ladies", "person": "people"}  # fmt: skip
"""Of a noun's last word, where it is not made with -s."""
SHE = ("woman", "girl", "old woman")

POSE: dict[str, tuple[tuple[str, str], ...]] = {
    "standing": (("stands", "stand"), ("is standing", "are standing"), ("waits", "wait"),
                 ("stands still", "stand still"), ("stands there", "stand there")),
    "walking": (("walks", "walk"), ("is walking", "are walking"), ("strolls", "stroll"),
                ("wanders", "wander"), ("goes for a walk", "go for a walk"), ("strides", "stride")),
    "running": (("runs", "run"), ("is running", "are running"), ("rushes", "rush"),
                ("sprints", "sprint"), ("hurries away", "hurry away"), ("dashes", "dash")),
    "sitting": (("sits", "sit"), ("sits on a chair", "sit on chairs"), ("is seated", "are seated"),
                ("is sitting on a chair", "are sitting on chairs"), ("sits down", "sit down")),
    "sitting on the ground": (
        ("sits on the ground", "sit on the ground"), ("sits on the floor", "sit on the floor"),
        ("is sitting on the ground", "are sitting on the ground"),
    ),
    "kneeling": (("kneels", "kneel"), ("is kneeling", "are kneeling"),
                 ("is on one knee", "are on one knee"), ("kneels down", "kneel down")),
    "lying": (("lies on the ground", "lie on the ground"), ("is lying down", "are lying down"),
              ("lies on the floor", "lie on the floor"), ("lies flat", "lie flat"),
              ("has collapsed", "have collapsed"), ("lies dead", "lie dead")),
    "waving": (("waves", "wave"), ("is waving", "are waving"), ("waves goodbye", "wave goodbye"),
               ("raises a hand in greeting", "raise a hand in greeting")),
    "pointing": (("points", "point"), ("is pointing", "are pointing"),
                 ("points ahead", "point ahead"),
                 ("points at something", "point at something"), ("shows the way", "show the way")),
    "jumping": (("jumps", "jump"), ("is jumping", "are jumping"), ("leaps", "leap"),
                ("jumps for joy", "jump for joy")),
    "arms crossed": (
        ("stands with arms crossed", "stand with arms crossed"),
        ("crosses the arms", "cross their arms"), ("has folded arms", "have folded arms"),
    ),
    "hands on hips": (
        ("stands with hands on hips", "stand with hands on hips"),
        ("puts hands on hips", "put hands on hips"), ("has arms akimbo", "have arms akimbo"),
    ),
}  # fmt: skip
"""Of one, and of several."""
COLOUR: Words = {"grey": ("grey", "gray"), "purple": ("purple", "violet")}
GARMENT: Words = {"": ("clothes", "shirt", "top"), "coat": ("coat", "long coat", "overcoat"),
                  "dress": ("dress", "frock")}  # fmt: skip
HAIR: Words = {"blond": ("blond", "blonde", "fair"), "ginger": ("ginger", "red"),
               "black": ("black", "dark"), "brown": ("brown",)}  # fmt: skip
HAT: Words = {
    "fedora": ("hat", "fedora", "felt hat"), "cap": ("cap", "baseball cap", "peaked cap"),
    "beanie": ("beanie", "woolly hat", "knitted cap"), "cowboy": ("cowboy hat", "stetson"),
    "straw": ("straw hat", "boater"), "top hat": ("top hat", "tall black hat", "silk hat"),
}  # fmt: skip
HOLDS: Words = {
    "umbrella": ("umbrella", "open umbrella"), "suitcase": ("suitcase", "case", "heavy suitcase"),
    "book": ("book", "open book"), "cup": ("cup", "cup of tea", "mug", "cup of coffee"),
    "flowers": ("bunch of flowers", "bouquet"), "lantern": ("lantern", "oil lantern"),
    "box": ("box", "cardboard box", "parcel"), "guitar": ("guitar", "acoustic guitar"),
}  # fmt: skip
READING = {"book": ("reading {}", "who reads {}", "with {}", "holding {}")}
"""What is done with a thing, where that is not just holding it."""
HOLDING = ("with {}", "with {}", "holding {}", "carrying {}")
FACING: Words = {
    "left": ("facing left", "looking left", "turned to the left", "in profile to the left"),
    "right": ("facing right", "looking right", "turned to the right", "in profile to the right"),
    "front": ("facing us", "looking at us", "facing the camera", "from the front"),
    "back": (
        "from behind",
        "seen from behind",
        "back to us",
        "with {her} back to us",
        "turned away",
    ),
}
SIDE: Words = {
    "left": ("on the left", "at the left", "on the left side", "left of frame"),
    "right": ("on the right", "at the right", "on the right side", "right of frame"),
    "centre": ("in the middle", "in the centre", "in the center", "centred"),
}
PROP: Words = {
    "car": ("car", "parked car", "automobile"), "dog": ("dog", "hound"), "cat": ("cat", "tomcat"),
    "horse": ("horse", "mare"), "tree": ("tree", "big tree", "leafy tree"),
    "house": ("house", "small house", "cottage"), "bicycle": ("bicycle", "bike"),
    "bench": ("bench", "wooden bench"), "table": ("table", "wooden table"),
    "plant": ("plant", "potted plant", "house plant"), "bookcase": ("bookcase", "bookshelf"),
    "piano": ("piano", "upright piano"),
}  # fmt: skip
INSERT: Words = {
    "key": ("key", "brass key", "old key"), "letter": ("letter", "envelope", "sealed letter"),
    "phone": ("phone", "mobile phone", "smartphone"), "cup": ("cup", "coffee cup", "mug"),
    "book": ("book", "open book", "diary"), "watch": ("watch", "wristwatch"),
    "candle": ("candle", "burning candle"), "apple": ("apple", "red apple"),
    "gun": ("gun", "pistol", "revolver"), "photograph": ("photograph", "photo", "old photograph"),
}  # fmt: skip
IN_HAND: Words = {
    "yes": ("a hand holding {}", "{} in a hand", "a hand with {}", "a hand holds {}",
            "{} in her hand", "{} in his hand", "fingers around {}", "{} held in a hand"),
    "no": ("{} on a table", "{} on the table", "{} lying there", "{} alone", "just {}"),
}  # fmt: skip
EMPTY = ("empty", "deserted", "abandoned", "lonely")
NOBODY = ("nobody in sight", "nobody there", "no people", "nobody around", "no one to be seen")
ADVERBS = ("slowly", "quickly", "quietly", "nervously", "calmly", "silently", "happily", "sadly",
           "suddenly", "carefully", "at last", "as always", "proudly", "patiently")  # fmt: skip
ASIDES = (
    "lost in thought", "thinking", "tired", "worried", "out of breath", "silence",
    "as if nothing had happened", "tense mood", "a quiet moment", "dramatic", "hopeful",
    "the end of a long journey", "determined", "after the fight", "{she} says nothing",
    "{she} has made a decision", "waiting for news", "nobody speaks", "a beat", "storyboard",
    "storyboard panel", "the story begins", "an uneasy feeling", "beat of silence", "mystery",
)  # fmt: skip
"""What is said in storyboards and is not to be seen."""
VAGUE = ("", "storyboard", "storyboard panel", "a quiet moment", "mystery")
"""Captions that say nothing of what is to be seen."""
OF_ANYBODY = tuple(aside for aside in ASIDES if "{" not in aside)


@lru_cache(maxsize=1)
def names() -> dict[str, tuple[str, ...]]:
    """First names that only men and only women have, by sex, m and f: more than 600."""
    read = {}
    for line in lines_of("names.txt"):
        sex, _, listed = line.partition(":")
        read[sex] = {name.strip() for name in listed.split(",") if name.strip().isascii()}
    men, women = read["m"], read["f"]
    return {"m": tuple(sorted(men - women)), "f": tuple(sorted(women - men))}
