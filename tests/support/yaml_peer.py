"""Generated and mutated job files, and a second, independent reader of YAML 1.2 to compare with.

The second reader is py-yaml12 (saphyr, in Rust): it follows 1.2's core schema and passes YAML's own
test suite, and shares nothing with us. PyYAML and its kin read 1.1.
"""

from __future__ import annotations

import random
import re
from typing import Any

from support.places import HOME, JOB_FILES

from daemon.errors import JobError
from daemon.jobfile import tree
from daemon.jobfile.document import read_table

REFUSED = object()
_TAB = re.compile(r":\t+")
_PAIR = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


def ours(text: str) -> object:
    """What we read, or REFUSED. Anything but a JobError is a crash."""
    try:
        return tree.plain(read_table(text.encode(), "a.yaml"))
    except JobError:
        return REFUSED


def theirs(text: str) -> object:
    """What the other reader makes of the one document that is not empty, or REFUSED.

    Three things are said to it otherwise: JSON's halves of a letter, for which YAML has no rule; the
    end of the file, where it adds an empty line to a block text (example 8.6 of YAML says none); and
    a tab after a colon, which it refuses (example 6.3 allows it)."""
    import yaml12

    text = _PAIR.sub(_whole, text.removeprefix("\ufeff"))
    text += "#\n" if text.endswith(("\n", "\r")) else "\n#\n"
    try:
        found = yaml12.parse_yaml(text, multi=True)
    except ValueError as error:
        if "':' must be followed by a valid YAML whitespace" in str(error) and _TAB.search(text):
            return theirs(_TAB.sub(": ", text).removesuffix("#\n"))
        return REFUSED
    said = [each for each in found if each is not None]
    return said[0] if len(said) == 1 else REFUSED


def _whole(pair: re.Match[str]) -> str:
    letter = bytes.fromhex(pair[1] + pair[2]).decode("utf-16-be")
    return f"\\U{ord(letter):08X}"


def same(mine: object, other: object) -> bool:
    """Whether two readings mean the same. Our keys are texts; theirs may be `1` or `true`."""
    if isinstance(mine, dict):
        if not isinstance(other, dict) or len(mine) != len(other):
            return False
        return all(same(value, _at(other, key)) for key, value in mine.items())
    if isinstance(mine, list):
        return (
            isinstance(other, list)
            and len(mine) == len(other)
            and all(same(*pair) for pair in zip(mine, other, strict=True))
        )
    if isinstance(mine, str) and isinstance(other, str):
        return mine == other or _PAIR.sub(_whole, mine) == other
    if isinstance(mine, str) and other is None:  # to it a no-break space alone is nothing
        return mine != "" and not mine.strip()
    if isinstance(mine, str) and re.match("[-+]{2}", mine):  # it takes ++1 for a number
        return str(other) == mine[1:].lstrip("+")
    if isinstance(mine, int) and abs(mine) >= 2**63:  # it has no such numbers
        return other == float(mine)
    return type(mine) is type(other) and mine == other


def _at(table: dict[Any, object], key: str) -> object:
    import yaml12

    for name in (key, _PAIR.sub(_whole, key)):
        if name in table:
            return table[name]
    if key in (".nan", ".NaN", ".NAN"):
        return next((value for name, value in table.items() if name != name), REFUSED)
    try:
        return table.get(yaml12.parse_yaml(key), REFUSED)
    except (ValueError, TypeError):
        return REFUSED


# --- files ----------------------------------------------------------------------------------------

SEEDS = [
    file.read_text("utf-8", "replace")
    for folder in (JOB_FILES / "good", JOB_FILES / "bad", HOME / "examples")
    for file in sorted(folder.iterdir())
    if file.suffix in (".yaml", ".json") and file.stat().st_size < 3_000
]
PIECES = (
    *("a", "prompt", "long words here", "steps", ": ", ":", "- ", "\n", "\n\n", "  ", " ", "\t"),
    *("# note", "#", " #3", "'", '"', "''", "|", ">", "|-", ">+", "|2", "{", "}", "[", "]", ","),
    *("\r\n", "\r", "\u2028", "\u2029", "\x85", "\ufeff", "\u00a0", "\u3000", "\x0b", "\x1c"),
    *("\\n", "\\", "\\\n", "\\ud83d\\ude39", "\\ud83d", "\\x41", "\\/", "\\_", "\\0", "é😀", "? "),
    *("---\n", "--- ", "...\n", "&x ", "*x", "!t ", "%YAML 1.2\n", "%A b\n", "k: v\n", "  k: v\n"),
    *("- a\n", "  - a\n", "k:\n", "|\n  text\n   more\n\n  end\n", ">\n  a\n  b\n\n   c\n  d\n"),
    *("0123", "0o17", "0x1F", "1_000", "12:30", ".inf", "-.INF", ".nan", "1e3", "-0", "+.5", "5."),
    *("yes", "no", "on", "off", "~", "null", "Null", "true", "True", "TRUE", "=", "<<", "2001-01-01"),
    *("a: b", "a:b", "::", "-", "--", "a#b", "a ,b", "[a, b]", "{a: b}", "[]", "{}", '"a": 1'),
)  # fmt: skip
SCALARS = (
    *("a boat", "1", "-1", "3.5", "0o17", "0x1F", "1_000", "12:30:45", "yes", "~", "", "null", "-0"),
    *("true", "False", "'it''s'", '"a \\"b\\" \\u00e9"', '"\\ud83d\\ude39"', "a boat #3", "a: b"),
    *("a\u2028steps:3", "a\x85b", "# x", "a #b", "a#b", "[x]", "{x: y, z}", "[a: b, 'c':d]", "a\tb"),
    *("'a\n  b\n\n  c'", '"a\n  b \\\n   c\n\n  d"', "a\n  b\n\n    c", '"a \\  \n  b"', "?x", ":x"),
    *("|\n  a\n   b\n\n  c\n", ">\n\n  a\n  b\n   c\n\n\n  d\n", "|+\n  a\n\n\n", ">-\n    a\n", "-x"),
    *("1e3", ".5", "5.", "+1", "16:9", "768x768", "=", "<<", "“a”", "a\t#b", "2001-01-01", "a, b: c"),
    *("[\n  1, # one\n  2\n]", "[\n  1\n  ]", '{\n  "a":1,\n  b: 2 }', '{"a": ["b"], "c":{}}', "a\\b"),
)  # fmt: skip
ODD = (
    *("0123", "1e400", ".inf", "-.INF", ".nan", "9" * 25, "@a", "- x", "{a|b}", "[a", "'a", '"\\q"'),
    *("a\u2028b: c", "a: b: c", "\ta", "{\n  a: 1,\n\tb: 2 }", "[1,,2]", "{a b c: }", "!t x", "&a x"),
    *("*a", "| x", "|9\n a", "'a\nb'", "[\n1]", '"\\ud83d"', "%x", "`x`", "? x", "a\n- b", "|\n   \n a"),
)  # fmt: skip
KEYS = (
    *("prompt", "steps", "notes", "seed", "image", "loras", "'a b'", '"c"', "d e", "1", "~", "a#b"),
    *("?a", "x-y", "-z", "é", "12:30", "no"),
)  # fmt: skip


def some_file(chance: random.Random) -> str:
    """A job file as people, programs and accidents write them."""
    made = chance.choice((_pieces, _structure, _structure, _structure, _seed))(chance)
    if chance.random() < 0.3:
        made = _edited(chance, made)
    return made


def _pieces(chance: random.Random) -> str:
    return "".join(chance.choices(PIECES, k=chance.randrange(1, 14)))


def _seed(chance: random.Random) -> str:
    return _edited(chance, chance.choice(SEEDS))


def _structure(chance: random.Random) -> str:
    start = chance.choice(("", "", "", "---\n", "# x\n", "%YAML 1.2\n---\n", "---\n---\n", "--- "))
    end = chance.choice(("", "", "", "---\n", "...\n", "# end\n", "---\n...\n", "---\nb: c\n"))
    return start + _block(chance, "", 0) + end


def _block(chance: random.Random, margin: str, depth: int) -> str:
    """Lines of a mapping or list, each further in than `margin` says."""
    lines = []
    listed = chance.random() < 0.3
    for _ in range(chance.randrange(1, 5)):
        sign = "-" if listed else chance.choice(KEYS) + chance.choice((":", ":", ":", " :"))
        if depth < 3 and chance.random() < 0.3:
            deeper = margin + chance.choice(("  ", "  ", " ", "    ", "" if not listed else "  "))
            inner = _block(chance, deeper, depth + 1)
            if listed and chance.random() < 0.5:
                lines.append(f"{margin}- {inner[len(deeper) :]}")
                continue
            lines.append(f"{margin}{sign}{chance.choice(('', '  # x', ' '))}\n{inner}")
            continue
        value = chance.choice(SCALARS if chance.random() < 0.95 else ODD).replace(
            "\n", "\n" + margin
        )
        lines.append(f"{margin}{sign}{chance.choice((' ', ' ', ' ', '  ', chr(9), ''))}{value}\n")
        if chance.random() < 0.1:
            lines.append(chance.choice(("\n", f"{margin}# note\n", "  \n", "#\n")))
    return "".join(lines)


def _edited(chance: random.Random, text: str) -> str:
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(text) + 1)
        match chance.randrange(4):
            case 0:
                text = text[:at] + chance.choice(PIECES) + text[at:]
            case 1:
                text = text[:at] + text[at + chance.randrange(1, 4) :]
            case 2:
                text = text[:at]
            case _:
                end = at + chance.randrange(1, 12)
                text = text[:end] + text[at:]
    return text
