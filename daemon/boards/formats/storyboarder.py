"""A scene of Storyboarder (`.storyboarder`, JSON): every board in it is a shot.

A shot goes by the board's `uid`, which stays when boards are put in, moved or taken out; the label
that the program shows (`1A`), which does not, is its title. What a board says is read, its drawings
and what belongs to drawing them is not.
"""

from __future__ import annotations

from fractions import Fraction

from daemon.errors import JobError
from daemon.jobfile import tree
from daemon.jobfile.json_reader import read_json

_SCENE = frozenset({"version", "aspectRatio", "fps", "defaultBoardTiming", "boards"})
_BOARD = frozenset(
    {
        *("uid", "url", "newShot", "lastEdited", "layers", "number", "shot", "time", "duration"),
        *("dialogue", "action", "notes", "lineMileage", "sts", "sg", "audio", "link"),
    }
)
_STAGED = frozenset({"sts", "sg"})
"""What the program's stage with cameras and puppets keeps: most of the file."""
_DRAWN = ("fill", "tone", "pencil", "ink", "reference", "shot-generator", "main")
_TEMPLATE = "A scene is an object with `boards`, a list of objects, as Storyboarder saves it."


def board_of_scene(data: bytes) -> tree.Table:
    """The board in a scene's file. Raises JobError and its kinds."""
    text = tree.decode(data, limit=tree.BOARD_BYTES)
    scene = read_json(text, most=tree.BOARD_NODES, skipped=_STAGED)
    boards = scene.items.get("boards") if isinstance(scene, tree.Table) else None
    if not isinstance(scene, tree.Table) or not isinstance(boards, tree.Listing):
        raise JobError("This is no scene of Storyboarder.", line=scene.line, why=_TEMPLATE)
    if not boards.items:
        raise JobError(
            "The scene has no boards.",
            line=boards.line,
            remedy="Draw or write one in Storyboarder.",
        )
    warnings = _left_aside(scene, _SCENE, "The scene's")
    top: dict[str, tree.Node] = _aspect(scene)
    top["shots"] = _shots(boards, _timing(scene), warnings)
    return tree.Table(
        top, scene.line, {key: node.line for key, node in top.items()}, warnings=tuple(warnings)
    )


def _shots(boards: tree.Listing, timing: float | None, warnings: list[str]) -> tree.Table:
    shots: dict[str, tree.Node] = {}
    lines: dict[str, int] = {}
    wordless: list[str] = []
    drawn, strange = 0, set[str]()
    for index, board in enumerate(boards.items, start=1):
        if not isinstance(board, tree.Table):
            raise JobError("A board must be an object.", line=board.line, why=_TEMPLATE)
        name = _text(board, "uid") or f"{10 * index:03d}"
        if name in shots or name in wordless:
            raise tree.duplicate(name, lines[name], board.line)
        lines[name] = board.line
        drawn += _is_drawn(board)
        strange |= board.items.keys() - _BOARD
        shot = _shot(board, timing)
        if shot is None:
            wordless.append(name)
        else:
            shots[name] = shot
    if not shots:
        raise JobError(
            "No board says in words what it shows.",
            line=boards.line,
            why="Neither `action` nor `notes` of any board holds a text, and drawings alone are "
            "not followed yet.",
            remedy="Write what is seen into Action in Storyboarder.",
        )
    warnings += _told(wordless, drawn, len(boards.items), strange)
    return tree.Table(shots, boards.line, {name: lines[name] for name in shots})


def _shot(board: tree.Table, timing: float | None) -> tree.Table | None:
    """None for a board without words."""
    action, notes = _text(board, "action"), _text(board, "notes")
    if not (action or notes):
        return None
    spoken = {
        "prompt": action or notes,
        "dialogue": _text(board, "dialogue"),
        "notes": notes if action else "",
        "title": _text(board, "shot"),
    }
    source = {"prompt": "action" if action else "notes", "title": "shot"}
    lines = {key: board.key_lines.get(source.get(key, key), board.line) for key in spoken}
    items: dict[str, tree.Node] = {
        key: tree.Scalar(text, lines[key], text) for key, text in spoken.items() if text
    }
    seconds = _milliseconds(board.items.get("duration"), "duration")
    seconds = timing if seconds is None else seconds
    if seconds is not None:
        line = board.key_lines.get("duration", board.line)
        items["seconds"] = tree.Scalar(seconds, line, f"{seconds:g}", bare=True)
    return tree.Table(items, board.line, {key: node.line for key, node in items.items()})


def _text(board: tree.Table, key: str) -> str:
    """A text of a board in one paragraph; "" where there is none. Raises JobError."""
    node = board.items.get(key)
    if node is None or tree.is_nothing(node):
        return ""
    if isinstance(node, tree.Scalar) and not isinstance(node.value, bool):
        return str(node.value).strip()
    raise JobError(f"`{key}` must be a text.", line=node.line, key=key, why=_TEMPLATE)


def _milliseconds(node: tree.Node | None, key: str) -> float | None:
    """As seconds; None where nothing is said. Older files hold numbers in quotes."""
    if node is None or tree.is_nothing(node):
        return None
    value = node.value if isinstance(node, tree.Scalar) else None
    try:
        seconds = float(value) / 1000 if isinstance(value, int | float | str) else -1.0
    except ValueError:
        seconds = -1.0
    if isinstance(value, bool) or not 0 <= seconds < 1e6:
        raise JobError(f"`{key}` must be a number of milliseconds.", line=node.line, key=key)
    return int(seconds) if seconds == int(seconds) else round(seconds, 3)


def _timing(scene: tree.Table) -> float | None:
    return _milliseconds(scene.items.get("defaultBoardTiming"), "defaultBoardTiming")


def _aspect(scene: tree.Table) -> dict[str, tree.Node]:
    """The scene's shape as a job says it: 1.7777777777777777 is 16:9."""
    node = scene.items.get("aspectRatio")
    if node is None or tree.is_nothing(node):
        return {}
    value = node.value if isinstance(node, tree.Scalar) else None
    try:
        ratio = Fraction(str(value)).limit_denominator(100)
    except (ValueError, ZeroDivisionError):
        raise JobError(
            "`aspectRatio` must be a number.", line=node.line, key="aspectRatio"
        ) from None
    shape = f"{ratio.numerator}:{ratio.denominator}"
    return {"aspect": tree.Scalar(shape, node.line, shape)}


def _is_drawn(board: tree.Table) -> bool:
    """Whether a drawing belongs to it; a board without layers, or with broken ones, has none."""
    layers = board.items.get("layers")
    return isinstance(layers, tree.Table) and any(name in layers.items for name in _DRAWN)


def _told(wordless: list[str], drawn: int, boards: int, strange: set[str]) -> list[str]:
    told = []
    if wordless:
        named = ", ".join(map(tree.shown, wordless[:8]))
        more = f" and {len(wordless) - 8} more" if len(wordless) > 8 else ""
        told.append(
            f"{len(wordless)} of {boards} boards say nothing in words (Action or Notes) and make "
            f"no shot: {named}{more}."
        )
    if drawn:
        told.append(f"{drawn} boards have drawings; drawings are not followed yet.")
    if strange:
        named = ", ".join(f"`{tree.shown(key)}`" for key in sorted(strange)[:8])
        told.append(f"What boards say under {named} was left aside.")
    return told


def _left_aside(table: tree.Table, known: frozenset[str], whose: str) -> list[str]:
    strange = [f"`{tree.shown(key)}`" for key in table.items if key not in known][:8]
    return [f"{whose} {', '.join(strange)} were left aside."] if strange else []
