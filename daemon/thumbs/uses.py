"""What things are used for: to sit on, to ride, to hold, to sit at. Sets of names, data alone."""

from __future__ import annotations

from daemon.thumbs.hand_poses import HAND_POSES

SEATS = frozenset([
    "chair", "armchair", "sofa", "bed", "bench", "stool", "throne", "horse", "unicorn", "donkey",
    "camel", "elephant", "motorcycle", "bicycle", "scooter", "boat", "canoe", "carriage", "cart",
    "dragon", "rock", "log", "stump", "wheelchair", "barrel", "crate", "chest", "fence", "cow",
    "coffin", "skateboard", "swing", "suitcase", "crib", "hammock", "bathtub",
    "toilet", "tractor", "sled",
    "raft", "zebra", "ostrich", "tyre swing", "stair", "plank", "car", "steps", "beam",
    "diving tower",
])  # fmt: skip
STOOD_ON = frozenset([
    "table", "desk", "chair", "stool", "bench", "bed", "sofa", "rock", "stump", "crate", "barrel",
    "box", "chest", "car", "old car", "truck", "bus", "police car", "van", "taxi", "ambulance",
    "log", "worktop", "workbench", "pool table", "piano", "tank", "suitcase", "trash can", "train",
    "tractor", "cart", "well", "coffin", "plank", "haystack", "fence", "statue", "fountain",
])  # fmt: skip
"""What somebody can stand on."""
RIDDEN = frozenset([
    "horse", "unicorn", "donkey", "camel", "elephant", "motorcycle", "bicycle", "scooter",
    "dragon", "cow", "tractor", "zebra", "ostrich",
])  # fmt: skip
OPEN_AIR = ("steps", "beam", "stair", "plank", "rock", "log", "fence", "car", "stump", "crate")
"""Seats at which no table stands, whatever is eaten there."""
LAIN_ON = ("bed", "sofa", "table", "bench", "coffin", "crib", "hammock", "stretcher")
SITTERS = frozenset(HAND_POSES) | frozenset([
    "sitting", "lying", "riding", "reading", "drinking", "typing", "driving", "phoning",
    "thinking", "crying", "standing", "playing", "holding", "working", "leaning", "dancing",
    "waving", "singing", "looking",
])  # fmt: skip
"""Poses that can be had on a seat."""
SHARED = (
    "bench",
    "sofa",
    "bed",
    "boat",
    "canoe",
    "cart",
    "carriage",
    "log",
    "rock",
    "swing",
    "fence",
    "stair",
    "plank",
    "car",
    "steps",
    "beam",
)
"""Seats that have room for two."""
AT_TABLES = frozenset([
    "sitting", "reading", "drinking", "typing", "thinking", "playing", "eating", "writing",
    "sewing", "knitting", "smoking", "phoning", "slumped", "making up", "crying",
    "holding the cheek",
])  # fmt: skip
TABLES = (
    "table",
    "desk",
    "worktop",
    "workbench",
    "trestle",
    "sink",
    "stove",
    "ironing board",
    "pool table",
    "bed",
    "dressing table",
    "drawer",
    "washing machine",
    "sewing machine",
    "counter",
)
"""What things can lie on."""
SAT_AT = ("table", "desk", "dressing table")
SURFACES = (*TABLES, "easel", "anvil", "fire", "tree", "stump", "fridge", "counter")
"""What hands work at."""
FINGER_FOOD = frozenset([
    "apple", "sandwich", "burger", "banana", "ice cream", "pizza", "bread", "watermelon", "egg",
    "onion", "loaves",
])  # fmt: skip
FURNITURE = frozenset([
    "sofa", "table", "desk", "armchair", "chair", "bed", "chest", "ladder", "piano", "coffin",
    "stretcher", "crate", "barrel", "log", "trestle", "bench", "wardrobe", "drawer", "bookcase",
    "statue", "tree", "pine", "canoe", "boat", "raft",
])  # fmt: skip
"""What is large, and carried all the same."""
VESSELS = frozenset([
    "cup", "glass", "wine", "bottle", "beer", "jug", "bowl", "soup", "bucket", "teapot", "kettle",
    "pot", "pan", "plate", "vase", "test tube", "hose",
])  # fmt: skip

VEHICLES = frozenset(["truck", "old car", "police car", "taxi", "van", "ambulance", "motorcycle",
                      "racing car", "tractor", "bus", "fire engine"])  # fmt: skip

HANGING = frozenset([
    "suitcase", "briefcase", "bag", "shopping bag", "bucket", "basket", "sword", "gun", "cane",
    "lantern", "backpack",
])  # fmt: skip
"""What is held with the arm down."""
BEASTS = frozenset([
    "pigeon", "dog", "cat", "wolf", "fox", "monkey", "rabbit", "mouse", "crow", "owl", "chicken",
    "snake", "spider", "frog", "turtle", "penguin", "fish",
])  # fmt: skip
"""Small enough to be held, if they were things."""
ANIMALS = BEASTS | frozenset([
    "horse", "cow", "sheep", "pig", "goat", "donkey", "deer", "bear", "lion", "tiger", "elephant",
    "bird", "duck", "swan", "eagle", "shark", "whale", "dolphin", "butterfly", "bat", "dinosaur",
    "dragon", "unicorn", "camel", "giraffe", "kangaroo", "crocodile", "hippo", "rhino", "gorilla",
    "squirrel", "parrot", "octopus", "crab", "bee", "ostrich", "peacock", "hedgehog", "seal",
    "goose", "gull", "panda", "zebra", "lizard", "worm", "beetle", "snail",
])  # fmt: skip
"""What does things by itself."""
BEAKS = frozenset([
    "bird", "duck", "swan", "eagle", "owl", "crow", "pigeon", "chicken", "penguin", "parrot",
    "peacock", "ostrich", "goose", "gull",
])  # fmt: skip
"""Animals that have a beak, and wings."""
UPRIGHT_BEASTS = ("penguin", "monkey", "owl", "kangaroo", "gorilla", "squirrel", "parrot", "panda")
"""Animals that have hands, or stand as if they had."""
LAP_SIZED = frozenset(
    ["cat", "rabbit", "mouse", "owl", "chicken", "frog", "turtle", "snake", "fish"]
)

CONTAINERS = frozenset([
    "bucket", "basket", "box", "bag", "shopping bag", "cup", "glass", "bottle", "wine", "tray",
    "pot", "pan", "plate", "cart", "crate", "barrel", "chest", "suitcase", "gift", "flowers",
    "paper", "letter", "photograph", "map", "book", "sign", "statue", "picture", "card", "flag",
    "ring", "key", "shopping cart",
])  # fmt: skip
""" "buckets of milk" are buckets."""

SHOWING = frozenset(["photograph", "picture", "sign", "statue", "map", "newspaper", "card"])
"""By what somebody is only shown."""

BEFORE = frozenset(HAND_POSES) | frozenset([
    "reaching", "pushing", "pulling", "working", "kicking", "punching", "bowing", "climbing",
    "pointing", "aiming", "swinging", "praying", "digging", "throwing", "kneeling", "crouching",
    "giving", "looking", "backing", "leaning on", "looking up", "looking down",
])  # fmt: skip
"""Poses that are turned to the thing that they are done to."""

CAR_SEATS = ("car inside", "back seat", "cockpit")
"""Rooms that are drawn around somebody's seat."""
MOVING_ROOMS = (*CAR_SEATS, "train carriage", "subway train", "bus inside", "plane cabin", "lift")
"""Rooms that one looks out of."""
INNER = frozenset([
    "kitchen", "bathroom", "bedroom", "living room", "dining room", "nursery", "control room",
    "lift", "corridor", "staircase", "attic", "cellar", "vault", "air duct", "boxing ring",
    "classroom", "operating theatre", "changing room", "party", "aquarium hall",
])  # fmt: skip
"""Rooms that have no front: before them is in them."""
EXTERIORS = {
    "hut inside": "hut", "castle inside": "castle", "tent inside": "tent", "hall": "castle",
    "church": "chapel", "prison": "castle", "spaceship inside": "rocket",
    "warehouse": "barn front", "stable": "hut", "staircase": "tower", "barn": "barn front",
    "cinema": "cinema front", "theatre": "cinema front", "bank": "bank front",
    "court": "bank front", "museum": "bank front", "library": "bank front",
    "police station": "bank front", "hospital": "hospital front",
    "operating theatre": "hospital front", "morgue": "hospital front",
    "classroom": "school front", "sports hall": "school front",
    "hotel lobby": "apartment front", "office": "apartment front", "room": "house",
    "shop": "shop front", "bakery": "shop front", "cafe": "shop front",
    "restaurant": "shop front", "bar": "shop front", "diner": "shop front",
    "barber shop": "shop front", "tailor": "shop front", "supermarket": "shop front",
    "laundromat": "shop front", "casino": "shop front", "bowling alley": "shop front",
    "arcade": "shop front", "dentist": "shop front", "mall": "shop front", "gym": "shop front",
    "hospital corridor": "hospital front", "school corridor": "school front",
    "airport gate": "hospital front", "laboratory": "hospital front", "factory": "barn front",
    "garage": "barn front", "workshop": "barn front", "studio": "barn front",
}  # fmt: skip
"""What a place indoors looks like from outside."""
