"""Typographic quotes, which TextEdit, Word and phones make where straight ones are typed.

Around a name or a number they are read as YAML's own; in words that a picture shows they stay, as
all that is typed there does. Pure: tells of quotes alone, and of no key what it means.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from daemon.jobfile import tree

PAIRS = {
    "“": "”", "”": "”", "„": "“”", "«": "»", "»": "«»",
    "‘": "’", "’": "’", "‚": "‘’", "‹": "›", "›": "‹›",
}  # fmt: skip
"""What closes each: English, Swedish, German and Polish, French, and books in Danish or German."""

ALL = "".join(sorted({*PAIRS, *"".join(PAIRS.values())}))
_ANY = re.compile(rf"(?<!\w)[{ALL}]|[{ALL}](?!\w)")  # between letters it is an apostrophe
_WRAPPED = "|".join(rf'{first}[^"\\{first}{last}]*[{last}]' for first, last in PAIRS.items())
_STRING = re.compile(rf'"(?:[^"\\]|\\.)*"|{_WRAPPED}')


def inside(text: str) -> str | None:
    """What one pair of typographic quotes holds, if `text` is nothing else."""
    text = text.strip()
    if len(text) < 2 or text[-1] not in PAIRS.get(text[0], ""):
        return None
    within = text[1:-1].strip()  # French sets a space inside
    return None if not within or _ANY.search(within) else within


def quoted(text: str) -> str:
    """`text` in straight quotes, as YAML reads them."""
    return f'"{text}"' if not re.search(r'["\\]', text) else "'" + text.replace("'", "''") + "'"


def plain(node: tree.Node, *, words: Collection[str] = ()) -> tree.Node:
    """`node` with bare texts in typographic quotes as if they were in straight ones, but for what
    stands under the keys `words`."""
    if isinstance(node, tree.Scalar):
        text = inside(node.text) if node.bare else None
        return node if text is None else replace(node, value=text, text=text, bare=False)
    if isinstance(node, tree.Listing):
        return replace(node, items=tuple(plain(item, words=words) for item in node.items))
    return plain_table(node, words=words)


def plain_table(table: tree.Table, *, words: Collection[str] = ()) -> tree.Table:
    items = {
        key: item if key in words else plain(item, words=words) for key, item in table.items.items()
    }
    return replace(table, items=items)


def note(key: str) -> str:
    """What to say of a value of which `plain` has taken some away."""
    return (
        f"The typographic quotes in `{tree.shown(key)}` were read as straight ones (\" or '), "
        "which alone are quotes here."
    )


def straight(line: str) -> str:
    """A line of JSON with straight quotes for the typographic ones that stand in their place."""
    return _STRING.sub(lambda found: f'"{found[0][1:-1]}"', line)
