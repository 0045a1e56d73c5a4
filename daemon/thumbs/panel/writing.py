"""Letters that can be read: on a phone, a sign, a note; and the hands of a clock.

Capitals of straight strokes on a grid of 4 by 6, as somebody would letter a thumbnail.
"""

from __future__ import annotations

import math

from daemon.thumbs.outlines import Outline, outlines
from daemon.thumbs.palette import Colour
from daemon.thumbs.paper import Point, box, oval
from daemon.thumbs.stage import Stage

_ROUND = "10 01 05 16 36 45 41 30 10"
LETTERS = {
    "A": "00 26 40|12 32", "B": "00 06 36 45 44 33 03|33 42 41 30 00",
    "C": "41 30 10 01 05 16 36 45",
    "D": "00 06 26 44 42 20 00", "E": "46 06 00 40|03 33", "F": "46 06 00|03 33",
    "G": "45 36 16 05 01 10 30 41 43 23", "H": "00 06|40 46|03 43", "I": "20 26",
    "J": "46 41 30 10 01", "K": "00 06|46 03 40", "L": "06 00 40", "M": "00 06 23 46 40",
    "N": "00 06 40 46", "O": _ROUND, "P": "00 06 36 45 44 33 03", "Q": _ROUND + "|22 40",
    "R": "00 06 36 45 44 33 03|23 40", "S": "45 36 16 05 04 13 33 42 41 30 10 01",
    "T": "06 46|26 20", "U": "06 01 10 30 41 46", "V": "06 20 46", "W": "06 10 23 30 46",
    "X": "00 46|06 40", "Y": "06 23 46|23 20", "Z": "06 46 00 40", "0": _ROUND, "1": "15 26 20",
    "2": "05 16 36 45 44 00 40", "3": "06 46 23 33 42 41 30 10 01", "4": "30 36 02 42",
    "5": "46 06 03 33 42 41 30 10 01", "6": "36 16 05 01 10 30 41 42 33 13 02", "7": "06 46 10",
    "8": "13 04 05 16 36 45 44 33 13 02 01 10 30 41 42 33", "9": "10 30 41 45 36 16 05 04 13 33 44",
    ":": "21 22|24 25", ".": "20 21", "!": "26 22|20 21", "?": "05 16 36 45 44 23 22|20 21",
    "-": "13 33", "'": "26 24", "%": "00 46|05 15|31 41", ",": "21 10", "/": "00 46",
    "$": "45 36 16 05 04 13 33 42 41 30 10 01|26 20",
}  # fmt: skip
PLATES = {
    "phone": (-3.1, 1.5, 3.1, 13.6), "paper": (-7.6, 4.0, 7.6, 24.0), "letter": (-10, 1, 10, 14),
    "sign": (-33, 151, 33, 197), "placard": (-32, 2, 32, 42),
    "newspaper": (-18, 13, 18, 25), "card": (-3.6, 0.6, 3.6, 10.4),
    "book": (-15, 2, 15, 21), "closed book": (-8, 3, 8, 22), "computer": (-20, 14, 20, 38),
    "television": (-43, 9, 43, 53), "gravestone": (-24, 30, 24, 78), "clipboard": (),
    "blackboard": (), "laptop": (), "box": (), "stop sign": (), "bottle": (),
    "poster": (-29, 6, 29, 84),
    "door": (), "flag": (), "gift": (), "chest": (), "safe": (), "van": (), "truck": (), "bus": (),
    "clapperboard": (), "cake": (), "mirror": (), "window": (), "picture": (), "money": (),
    "filing cabinet": (), "police car": (), "coffin": (), "crate": (), "bag": (),
    "suitcase": (), "telephone": (), "something": (-17, 2.4, 17, 20.6),
    "cloth": (-14, -10, 8, 1), "food": (-15, -9, 15, -1), "spaceship": (),
}  # fmt: skip
"""What words can stand on, and where on it, in centimetres; () is its middle."""
SCREENS = ("phone", "computer", "television", "laptop")


def write_on(
    stage: Stage, name: str, at: Point, unit: float, lines: tuple[str, ...], turn: int = 1
) -> None:
    """Lines on a thing whose base is at a point; `unit` is a centimetre there."""
    if name not in PLATES or not lines:
        return
    left, low, right, high = PLATES[name] or _middle(outlines()[name])
    wide, tall = (right - left) * unit, (high - low) * unit
    x, y = at[0] + (left + right) / 2 * unit * turn, at[1] - (low + high) / 2 * unit
    tone: Colour = (214, 228, 240) if name in SCREENS else (250, 248, 240)
    plate = box(x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2)
    stage.paper.pale = 0.0
    stage.paper.shape([plate], stage.light.on(tone, 0, near=True), 0.6)
    longest = max(len(line) for line in lines)
    size = min(wide * 0.86 / (longest * 1.25), tall * 0.8 / (len(lines) * 1.6)) / 4
    top = y - (len(lines) - 1) * size * 4.6
    for number, line in enumerate(lines):
        write_line(stage, line, (x, top + number * size * 9.2), size)


def told(stage: Stage, name: str, at: Point, unit: float, turn: int = 1) -> None:
    """What the scene says is to be read on a thing, the time that it shows, or what it is."""
    kind, word = stage.scene.label
    if word and name == kind:
        if stage.scene.lettered:
            write_on(stage, name, at, unit, (word,), turn)
        return
    if stage.scene.clock and name in ("watch", "clock"):
        set_clock(stage, name, at, unit, stage.scene.clock)
    else:
        write_on(stage, name, at, unit, stage.scene.says, turn)


def _middle(outline: Outline) -> tuple[float, float, float, float]:
    left, low, right, high = outline.box
    wide, tall = right - left, high - low
    return (left + 0.16 * wide, low + 0.4 * tall, right - 0.16 * wide, low + 0.82 * tall)


def write_line(stage: Stage, line: str, middle: Point, size: float) -> None:
    """One line of letters; `size` is a step of their grid."""
    x = middle[0] - (len(line) * 5 - 1) * size / 2
    ends = stage.paper.seen([(x, middle[1] - 3 * size), (2 * middle[0] - x, middle[1] + 3 * size)])
    stage.lettered.append((*ends[0], *ends[1]))
    for letter in line:
        for stroke in LETTERS.get(letter, "").split("|"):
            spots = [
                (x + int(spot[0]) * size, middle[1] + (3 - int(spot[1])) * size)
                for spot in stroke.split()
            ]
            if spots:
                stage.paper.stroke(spots, max(0.9, min(3.4, size * 170)))
        x += 5 * size


def set_clock(stage: Stage, name: str, at: Point, unit: float, time: tuple[int, int]) -> None:
    """A dial that shows a time, over that of the outline."""
    rounds = [
        spots
        for piece in outlines()[name].pieces
        for kind, spots in piece.parts
        if kind == "o" and spots[1][0] > 2
    ]
    if not rounds:
        return
    (x, y), (r, _) = rounds[-1]
    centre, radius = (at[0] + x * unit, at[1] - y * unit), r * unit
    paper = stage.paper
    paper.pale = 0.0
    paper.shape([oval(centre, radius, radius, 24)], (250, 250, 246), 1.0)
    for k in range(12):
        paper.stroke([_on(centre, radius * 0.84, k / 12), _on(centre, radius * 0.95, k / 12)], 1.2)
    hour, minute = time
    paper.stroke([centre, _on(centre, radius * 0.5, (hour % 12 + minute / 60) / 12)], 3.2)
    paper.stroke([centre, _on(centre, radius * 0.8, minute / 60)], 1.8)


def _on(centre: Point, radius: float, share: float) -> Point:
    """A point of a circle, clockwise from its top."""
    angle = 2 * math.pi * share
    return (centre[0] + radius * math.sin(angle), centre[1] - radius * math.cos(angle))
