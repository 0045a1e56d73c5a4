"""The small words of English (and a few Russian ones) that bind others, as sets. Data alone."""

from __future__ import annotations

PREPOSITIONS = frozenset([
    "above", "across", "after", "against", "along", "alongside", "amid", "among", "around",
    "at", "before", "behind", "below", "beneath", "beside", "between", "by", "for", "from",
    "holding", "in", "inside", "into", "near", "on", "onto", "opposite", "outside", "over",
    "past", "through", "to", "toward", "towards", "under", "underneath", "with", "without",
])  # fmt: skip
DETERMINERS = frozenset([
    "a", "an", "another", "both", "each", "every", "four", "her", "his", "its", "my", "one",
    "our", "some", "that", "the", "their", "this", "three", "two", "your",
])  # fmt: skip
ARTICLES = frozenset([
    "a", "an", "another", "four", "her", "his", "one", "that", "the", "their", "this", "three",
    "two",
])  # fmt: skip
"""Determiners before a noun that may stand in a picture."""
NAMES_BEFORE = frozenset([
    "and", "at", "from", "has", "in", "into", "is", "looks", "on", "to", "who", "with",
])  # fmt: skip
"""What stands after a name and hardly after anything else."""

HE, SHE, THEY = ("he", "him"), ("she", "her"), ("they", "them")
TO_WHOM = frozenset([
    "to", "at", "behind", "beside", "next to", "with", "before", "toward", "towards", "for", "past",
    "opposite", "near", "facing", "in front of", "around", "between", "across from",
])  # fmt: skip
"""Before her and him where they are in the picture, too."""
BESIDE_WHOM = frozenset(["opposite", "beside", "next to", "across from", "facing", "in front of"])
"""Before her and him where they are, even if nobody was spoken of before."""
PRONOUNS = (*HE, *SHE, *THEY, "он", "она", "они")

SETTING = ("shot", "camera", "time", "weather", "style")
LEADING = PREPOSITIONS | frozenset(["a", "next", "the"])  # fmt: skip
"""A phrase of the lexicon that begins so is no noun after a noun."""
CLOTHES = ("wear", "below", "hat", "hair", "beard", "extras")
HEADS = ("figure", "group", "thing", "place", "part", *CLOTHES)
ADJECTIVES = ("age", "build", "skin", "hair_colour", "feeling")
NOUN_KINDS = (
    "figure", "thing", "group", "place", "wear", "hat", "extras", "below", "part", "hair", "beard",
)  # fmt: skip

BESIDE = {
    "beside": "beside", "next to": "beside", "near": "beside", "by": "beside", "behind": "behind",
    "at": "beside", "against": "beside", "under": "beside", "from behind": "behind",
}  # fmt: skip
"""Preposition: where a thing stands that has it."""

SAME_AS = {
    "в": "in", "на": "on", "у": "at", "с": "with", "под": "under", "за": "behind",
    "inside of": "in", "inside": "in", "into": "in", "onto": "on", "in front of": "before",
    "outside": "at", "across from": "opposite",
}  # fmt: skip
BINDING = frozenset([
    "above", "across", "across from", "against", "along", "around", "at", "before", "behind",
    "beside", "between", "by", "for", "from", "in", "in front of", "inside", "inside of", "into",
    "near", "next to", "on", "onto", "opposite", "outside", "over", "past", "through", "to",
    "toward", "towards", "under", "with", "в", "за", "между", "на", "под", "с", "у",
])  # fmt: skip
"""Prepositions that are kept in mind until their noun comes."""

VAGUE_SHOTS = frozenset([
    "bust", "clear", "closer", "detail", "dry", "full", "high", "light", "low", "macro", "master",
    "medium", "mid", "overhead", "panorama", "portrait", "single", "tight", "total", "vista",
    "wide",
])  # fmt: skip
"""Words that name a shot or a camera only where they begin a clause of their own."""

MALE = frozenset([
    "bloke", "boy", "boyfriend", "brother", "businessman", "chap", "dad", "daddy", "dude",
    "emperor", "father", "fellow", "fireman", "fisherman", "gent", "gentleman", "grandfather",
    "grandpa", "groom", "guy", "he", "husband", "king", "lad", "man", "mister", "monk",
    "nephew", "policeman", "priest", "prince", "salesman", "sir", "son", "uncle", "waiter",
])  # fmt: skip
FEMALE = frozenset([
    "actress", "aunt", "ballerina", "bride", "daughter", "girl", "girlfriend", "grandma",
    "grandmother", "granny", "lady", "madam", "miss", "mom", "mother", "mum", "nun",
    "policewoman", "princess", "queen", "she", "sister", "waitress", "wife", "witch", "woman",
])  # fmt: skip
"""Nouns whose sex no pronoun changes."""

BODY = frozenset([
    "ankle", "arm", "arms", "back", "bandage", "cheek", "cheeks", "chest", "chin", "ear",
    "face", "feet", "finger", "foot", "forehead", "hand", "hands", "head", "heart", "knee",
    "leg", "neck", "nose", "palm", "posture", "pulse", "shoulder", "shoulders", "temple",
    "shoelace", "shoelaces", "laces", "wound", "wounds", "wrist", "throat", "lips", "tears",
    "tooth", "teeth", "knuckles", "knees", "ankles", "wrists", "elbow", "elbows", "thumb", "toe",
    "toes", "brow", "jaw", "waist", "hip", "hips", "ribs", "shin", "eyebrow", "eyebrows",
])  # fmt: skip
"""What of somebody is there only if they are."""

NOT_THERE = ("no", "without", "not", "nobody", "none", "без", "shaped like", "looks like",
             "in the shape of", "into the shape of", "like a",
             "in the form of", "doesn't", "don't",
             "didn't", "isn't", "aren't", "won't", "can't", "never")  # fmt: skip
"""Before what is not in the picture, and before what is not done."""
CAST_BY = ("shadow", "shadows", "reflection", "voice", "silhouette")
"""What of somebody does things by itself."""

OWN_WORDS = ("a", "an", "the", "of", "his", "her", "their", "its")
KEEPING = ("up", "down", "off", "out", "away", "back", "is", "are", "was", "were", "alone", "now",
            "goes", "go", "starts", "begins", "gets")  # fmt: skip
"""Words after which it still counts what stood before them."""
ALIKE = ("in the same position", "in the same pose", "in the same posture", "in identical pose",
         "doing the same", "do the same", "does the same")  # fmt: skip
"""Words for what somebody did who was named before."""
SILHOUETTED = ("silhouette of", "silhouettes of", "silhouetted", "silhouetted against",
               "in silhouette", "in silhouette against")  # fmt: skip
"""Words for who is seen as a dark shape: the first two before the noun."""
READY = ("drawn", "raised", "at the ready", "lowered", "at his side", "at her side", "by his side",
         "by her side", "down at his side", "down at her side", "clutched", "in hand",
         "held high", "held up")  # fmt: skip
CARRIED = ("arm", "arms", "lap", "shoulder", "shoulders", "back", "head")
"""Where on a body a thing is carried: "under his arm", "in her lap"."""
OVERHEAD = ("at", "to", "into", "under", "from", "against", "across")
"""Before a sky that is over where it is."""
HUMAN = ("eating", "drinking", "smoking", "phoning", "reading", "writing", "knitting", "singing")
"""What nothing does that was named right before."""
RAISED = ("up", "aloft", "overhead", "mid air", "midair")
