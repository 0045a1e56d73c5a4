"""Whether an unknown noun is plainly somebody: whom a shot is over the shoulder of, or who does
what only people do.

Looks at tokens alone; what follows from it `strangers` says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from daemon.thumbs.idioms import is_base, word_at
from daemon.thumbs.lexicon import Word, lexicon
from daemon.thumbs.tokens import Token
from daemon.thumbs.words import ARTICLES, DETERMINERS, PREPOSITIONS

THINGS_DO = frozenset([
    "blow", "break", "burn", "burst", "clatter", "close", "collapse", "cover", "crash", "drift",
    "drip", "drop", "explode", "fall", "fell", "fill", "flap", "flash", "flicker", "float", "flow",
    "glow", "hang", "hit", "hung", "land", "lie", "lies", "open", "rest", "ring", "rise", "rises",
    "roll", "rotat", "scatter", "shin", "shine", "sink", "slam", "slid", "slide", "smash",
    "smok", "spill", "spin", "stick", "stretch", "swing", "topple", "tower", "wobble", "wobbl",
    "shut", "billow", "bounce", "bounc", "dangle", "dangl", "melt", "crack", "splash",
])  # fmt: skip
"""What things do as well as people, so that an unknown noun that does it may be either."""
_EITHER = THINGS_DO | frozenset([
    "be", "bend", "bleed", "click", "snapp", "clank", "leak", "buzz", "rattl", "creak", "carry",
    "cast", "catch", "chang", "circl", "climb", "com", "cross", "curl", "cut", "danc",
    "descend", "driv", "fad", "fir", "fly", "follow", "fram", "freez", "hold", "hover", "lay",
    "lean", "leap", "leav", "lift off", "ly", "mov", "pass", "peel", "pierc", "play", "pour",
    "pull", "push", "rac", "rais", "reflect", "rock", "run", "runn", "sail", "shak", "shoot",
    "show", "sitt", "sit", "slic", "spinn", "split", "splitt", "spread", "stand", "start",
    "stopp", "strik", "sway", "sweep", "swimm", "swinn", "tear", "throw", "tick", "tilt",
    "track", "travel", "trembl", "turn", "turning", "twist", "walk", "wash", "wav", "whipp",
    "work", "writ", "form", "meet", "press", "point", "touch", "fac", "approach", "crawl",
    "cool", "boil", "bubbl", "fry", "hid", "hiss", "hum", "whistl", "wait", "glid", "beat",
    "pound", "scratch", "brush", "hammer", "slap", "lick", "clutch", "cling", "support",
    "block", "guard", "bath", "dress", "draw", "dry", "dig", "drill", "pump", "guid", "bow",
    "look", "sew", "scream", "wail", "cry", "roar", "howl", "sing", "sleep", "feed", "eat",
    "hunt", "jump", "hop",
])  # fmt: skip
"""Beginnings of what animals, machines or weather do, too."""
_ALL_PEOPLE = re.compile(
    r"(?:argu|laugh|giggl|chat|whisper|read|smok|pray|cheer|applaud|clapp|unload|load|lift|cook|"
    r"paint|stitch|weld|scrubb|mopp|march|hugg|kiss|shout|yell|huddl|haggl|bargain|fish|row|ski|"
    r"skat|jogg|sprint|wrestl|arrest|robb|salut|pos|film|photograph|typ|juggl|knitt|chopp|stirr|"
    r"serv|bak|comb|shav|pack|steer|aim|kick|punch|watch|star|gaz|glar|study|count|sort|drink|"
    r"danc|celebrat|carv|plead|picnick|quarrel|bicker|gossip|toast|shar|eat|listen|cry|weep|"
    r"sobb|kneel|crouch|sitt|stand|wait|walk|runn|work|sleep|gather|drumm|sing|lean|carry|hold|"
    r"recit|rehears|practic|practis|hand|sigh|chant|beg|tast|eye|ey|exchang|trad)ing"
)
"""What a noun in the plural does that is people."""
_STRICT = re.compile(
    r"(?:argu|laugh|giggl|chat|whisper|read|pray|cheer|applaud|clapp|unload|cook|"
    r"paint|stitch|weld|scrubb|mopp|march|hugg|kiss|shout|yell|haggl|bargain|fish|row|"
    r"skat|jogg|wrestl|arrest|robb|salut|film|photograph|typ|juggl|knitt|chopp|"
    r"bak|shav|steer|watch|glar|study|count|sort|celebrat|carv|plead|picnick|quarrel|"
    r"bicker|gossip|weep|sobb|chant|rehears|recit|argue|haul|hoist|repair|"
    r"tast|sipp|smil|frown|grinn|lac|studi|thread|shell|drink|whittl)ing"
)
_ENDS = re.compile(r".*(?:ing|ed|ly|ness|ment|tion|sion|ous|ful|less|ity)")
_STATES = frozenset(["asleep", "collapsed", "frozen", "seated", "perched", "huddled", "slumped",
                     "hunched", "kneeling", "exhausted", "awake"])  # fmt: skip
_OF_PEOPLE = frozenset(["faces", "reaction", "reactions", "shoulder", "shoulders"])
_SHARED = frozenset([*PREPOSITIONS, "and", "as", "while", "who", "whose", ""])


def is_somebody(
    stream: Sequence[Token], place: int, found: tuple[Word, ...], *, framed: bool, near: bool
) -> bool:
    """Whether the noun there is; `found` is what is known of it, it is `framed` where nothing but
    the words of a shot stands before it, and `near` shots are mostly of things."""
    token = stream[place]
    word, after = token.word, word_at(stream, place + 1)
    plain = word.isascii() and word.isalpha() and len(word) > 3 and not _ENDS.fullmatch(word)
    known = any(one.kind not in ("verb", "act") or one.form for one in found)
    if not plain or known or token.is_capital or token.owns or _is_known(after):
        return False
    if found and not (word_at(stream, place - 1) in ARTICLES and is_base(word)):
        return False
    first = _first(stream, place)
    many = is_plural(word)
    if first < 0 or (found and many):
        return False
    led = word_at(stream, first - 1) == "of"
    if led and {word_at(stream, first - 2), word_at(stream, first - 3)} & _OF_PEOPLE:
        return True
    two = (word_at(stream, first - 3), word_at(stream, first - 2)) == ("two", "shot")
    if led and two:
        return True
    does = _does(stream, place + 1)
    if framed and near:
        return bool(_STRICT.fullmatch(does))
    opens = not word_at(stream, first - 1) and first < place
    if framed and (led or many or opens):
        return _human(does, many=many)
    return many and not word_at(stream, first - 1) and bool(_STRICT.fullmatch(does))


def joins_somebody(stream: Sequence[Token], place: int, found: tuple[Word, ...]) -> bool:
    """ "the botanist and the guide laughing": somebody else, after "and the"."""
    word, after = word_at(stream, place), word_at(stream, place + 1)
    known = any(one.kind not in ("verb", "act") or one.form for one in found)
    plain = word.isascii() and word.isalpha() and len(word) > 3 and not _ENDS.fullmatch(word)
    if known or not plain or word_at(stream, place - 1) not in ("the", "a", "an"):
        return False
    if word_at(stream, place - 2) != "and":
        return False
    return after in _STATES or _human(after, many=False) or (bool(after) and is_base(after))


def is_plural(word: str) -> bool:
    return word.endswith("s") and not word.endswith(("ss", "us", "is"))


# --- inside ---------------------------------------------------------------------------------------


def _is_known(after: str) -> bool:
    """Whether a noun follows, so that the word only says which."""
    kinds = {one.kind for one in lexicon().find((after,))}
    return bool(kinds & {"figure", "group", "thing", "place"}) and after not in _SHARED


def _first(stream: Sequence[Token], place: int) -> int:
    """Where the noun phrase begins: with its article, or with up to two words before a plural; -1
    where that is not plain."""
    for back in range(1, 4):
        before = word_at(stream, place - back)
        if before in ARTICLES or before in DETERMINERS:
            return place - back
        if not before or before in ("of", "and", "as"):
            return place - back + 1 if is_plural(word_at(stream, place)) else -1
        kinds = {one.kind for one in lexicon().find((before,))}
        if kinds & {"figure", "group", "verb", "act", "shot", "camera"} or before in PREPOSITIONS:
            return -1
    return -1


def _does(stream: Sequence[Token], place: int) -> str:
    """What it does, after an adverb or with somebody else: "the glazier calmly lifting"."""
    word = word_at(stream, place)
    if word.endswith("ly"):
        return word_at(stream, place + 1)
    if word == "and" and word_at(stream, place + 1) in ("the", "a", "an", "her", "his"):
        return word_at(stream, place + 3)
    return word


def _human(does: str, *, many: bool) -> bool:
    """Whether only people do it."""
    if does in _STATES:
        return True
    if _STRICT.fullmatch(does):
        return True
    if many:
        return bool(_ALL_PEOPLE.fullmatch(does))
    root = does.removesuffix("ing")
    known = any(one.kind in ("verb", "act") for one in lexicon().find((does,)))
    return does.endswith("ing") and known and not {root, root[:-1]} & _EITHER
