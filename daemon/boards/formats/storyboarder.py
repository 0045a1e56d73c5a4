"""A scene of Storyboarder (`.storyboarder`, JSON): every board in it is a shot.

A shot goes by the board's `uid`, which stays when boards are put in, moved or taken out; the label
that the program shows (`1A`), which does not, is its title. What a board says is read; what was
drawn of it is named where that is asked for, and what belongs to drawing it is left.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from daemon.boards.layers import Layers, drawing_of, is_drawn
from daemon.errors import JobError
from daemon.jobfile import tree
from daemon.jobfile.json_reader import read_json
from daemon.text.counted import agrees, counted

_SCENE = frozenset({"version", "aspectRatio", "fps", "defaultBoardTiming", "boards"})
_BOARD = frozenset(
    {
        *("uid", "url", "newShot", "lastEdited", "layers", "number", "shot", "time", "duration"),
        *("dialogue", "action", "notes", "lineMileage", "sts", "sg", "audio", "link"),
    }
)
_STAGED = frozenset({"sts", "sg"})
"""What the program's stage with cameras and puppets keeps: most of the file."""
_TEMPLATE = "A scene is an object with `boards`, a list of objects, as Storyboarder saves it."


def board_of_scene(data: bytes, layers: Layers | None = None) -> tree.Table:
    """The board in a scene's file, its shots drawn as the `layers` beside it are, if these are to
    be followed. Raises JobError and its kinds."""
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
    top["shots"] = _shots(boards, _timing(scene), layers, warnings)
    return tree.Table(
        top, scene.line, {key: node.line for key, node in top.items()}, warnings=tuple(warnings)
    )


def _shots(
    boards: tree.Listing, timing: float | None, layers: Layers | None, warnings: list[str]
) -> tree.Table:
    shots: dict[str, tree.Node] = {}
    lines: dict[str, int] = {}
    wordless: list[str] = []
    drawn: list[str] = []
    lacking: list[str] = []
    strange = set[str]()
    for index, board in enumerate(boards.items, start=1):
        if not isinstance(board, tree.Table):
            raise JobError("A board must be an object.", line=board.line, why=_TEMPLATE)
        name = _text(board, "uid") or f"{10 * index:03d}"
        if name in shots or name in wordless:
            raise tree.duplicate(name, lines[name], board.line)
        lines[name] = board.line
        strange |= board.items.keys() - _BOARD
        shot = _shot(board, timing)
        drawn += [name] if is_drawn(board) else []
        if shot is None:
            wordless.append(name)
            continue
        file = drawing_of(board, layers) if layers is not None else ""
        shots[name] = _drawn_by(shot, file, layers) if layers is not None and file else shot
        lacking += [name] if is_drawn(board) and not file else []
    if not shots:
        raise JobError(
            "No board says in words what it shows.",
            line=boards.line,
            why="Neither `action` nor `notes` of any board holds a text, and a drawing says where "
            "things are, not what they are.",
            remedy="Write what is seen into Action in Storyboarder.",
        )
    warnings += _told(wordless, len(boards.items), strange)
    warnings += _told_of_drawings(drawn, lacking, layers)
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


def _drawn_by(shot: tree.Table, file: str, layers: Layers) -> tree.Table:
    """The shot with the drawing that is followed, as closely as the defaults say."""
    how = {"image": file, **layers.how}
    items = {key: tree.Scalar(value, shot.line, str(value)) for key, value in how.items()}
    drawing = tree.Table(dict(items), shot.line, dict.fromkeys(items, shot.line))
    return replace(
        shot,
        items={**shot.items, "drawing": drawing},
        key_lines={**shot.key_lines, "drawing": shot.line},
    )


def _told(wordless: list[str], boards: int, strange: set[str]) -> list[str]:
    told = []
    if wordless:
        told.append(
            f"Of {counted(boards, 'board')} {len(wordless)} {agrees(len(wordless), 'says', 'say')} "
            "nothing in words (Action or Notes), and no shot is made of "
            f"{agrees(len(wordless), 'it', 'them')}: {_some(wordless)}."
        )
    if strange:
        named = ", ".join(f"`{tree.shown(key)}`" for key in sorted(strange)[:8])
        told.append(f"What boards say under {named} was left aside.")
    return told


def _told_of_drawings(drawn: list[str], lacking: list[str], layers: Layers | None) -> list[str]:
    if drawn and layers is None:
        return [
            f"{counted(len(drawn), 'board')} {agrees(len(drawn), 'has', 'have')} drawings, which "
            "are followed only where `drawing: layers` "
            "stands in a _defaults.yaml above the scene."
        ]
    if lacking and layers is not None:
        return [
            "The drawings of these boards do not lie in images/ beside the scene, and their "
            f"shots are made without: {_some(lacking)}."
        ]
    return []


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return f"{', '.join(map(tree.shown, names[:8]))}{more}"


def _left_aside(table: tree.Table, known: frozenset[str], whose: str) -> list[str]:
    strange = [f"`{tree.shown(key)}`" for key in table.items if key not in known][:8]
    return [f"{whose} {', '.join(strange)} were left aside."] if strange else []
