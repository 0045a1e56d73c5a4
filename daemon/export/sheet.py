"""The contact sheet of a reel: one HTML file with its pictures in it, pages of so many panels.

Each page is a grid of its own that fills the paper, so that no panel is ever split. All frames of
a sheet are of one size, in the shape that most of its pictures have, so that they stand in rows;
words have what is left below. Text is the browser's, which has a font for every script. What makes
a PDF of it, `browser` knows.
"""

from __future__ import annotations

import base64
import html
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from daemon.export.reel import USUAL_SIZE, Panel, Reel
from daemon.export.stills import NO_PICTURE, drawing, opened

SIDE = 900
"""Pixels of a picture's longer side: 30 panels are some 3 MB."""
QUALITY = 82

PAPER = (281.0, 193.5)
"""Millimetres of A4 within its margins, and for the last row to be sure to fit."""
HEAD, GAP, LINE = 9.0, 4.0, 4.3
FEWEST_LINES = 3
"""Of words below a frame, where the rows are high enough."""

_STYLE = """
@page { size: A4 landscape; margin: 8mm; }
* { box-sizing: border-box; }
body { margin: 0; font: 9pt/@LINE@mm system-ui, sans-serif; color: #111; background: #fff; }
section { width: @WIDTH@mm; height: @HEIGHT@mm; margin: 0 auto; display: flex; flex-direction: column; break-after: page; overflow: hidden; }
section:last-child { break-after: auto; }
header { display: flex; justify-content: space-between; align-items: baseline; gap: 8mm; height: @HEAD@mm; }
h1 { font-size: 13pt; margin: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
header span { color: #555; white-space: nowrap; }
ol { flex: 1; min-height: 0; display: grid; gap: @GAP@mm; list-style: none; margin: 0; padding: 0; grid-template: repeat(@ROWS@, minmax(0, 1fr)) / repeat(@COLUMNS@, minmax(0, 1fr)); }
figure { margin: 0; break-inside: avoid; }
.still { position: relative; width: @FRAME_WIDTH@mm; height: @FRAME_HEIGHT@mm; color: #444; }
.empty { background: #e4e2dd; }
.none { position: absolute; left: 1mm; top: 1mm; padding: 0 1mm; background: #e4e2dd; }
.still img { display: block; width: 100%; height: 100%; object-fit: contain; }
figcaption { max-height: @WORDS@mm; overflow: hidden; margin-top: 1mm; overflow-wrap: anywhere; }
figcaption b { display: block; }
figcaption p { margin: 0; white-space: pre-line; }
.dialogue { font-style: italic; }
.prompt { color: #555; display: -webkit-box; -webkit-line-clamp: 5; -webkit-box-orient: vertical; overflow: hidden; }
@media screen { body { background: #777; } section { background: #fff; margin: 8mm auto; padding: 8mm; width: 297mm; height: 210mm; } }
"""  # noqa: E501 (a line a rule)


@dataclass(frozen=True, slots=True)
class Grid:
    """How many panels stand side by side, and below each other."""

    columns: int = 3
    rows: int = 2

    @property
    def panels(self) -> int:
        return self.columns * self.rows

    @property
    def cell(self) -> tuple[float, float]:
        """Width and height of what one panel has, in millimetres."""
        width = (PAPER[0] - GAP * (self.columns - 1)) / self.columns
        height = (PAPER[1] - HEAD - GAP * (self.rows - 1)) / self.rows
        return width, height

    def frame(self, shape: float) -> tuple[float, float]:
        """Width and height of every frame, which is `shape` times as wide as it is high."""
        width, height = self.cell
        words = min(FEWEST_LINES * LINE + 1, 0.4 * height)
        high = min(width / shape, height - words)
        return high * shape, high


def sheet(reel: Reel, grid: Grid) -> str:
    """The whole file, which needs nothing beside it."""
    starts = range(0, len(reel.panels), grid.panels)
    pages = [reel.panels[start : start + grid.panels] for start in starts]
    name = html.escape(reel.name)
    style = _style(grid, _shape(reel))
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "img-src data:; style-src 'unsafe-inline'\">",
        f"<title>{name}</title>\n<style>{style}</style>\n</head>\n<body>",
        *(_page(reel, page, number, len(pages)) for number, page in enumerate(pages, start=1)),
        "</body>\n</html>\n",
    ]
    return "\n".join(parts)


def _shape(reel: Reel) -> float:
    """That of most pictures, of the first of them where two are as common."""
    shapes = Counter(panel.size[0] / panel.size[1] for panel in reel.panels if panel.size)
    return shapes.most_common(1)[0][0] if shapes else USUAL_SIZE[0] / USUAL_SIZE[1]


def _style(grid: Grid, shape: float) -> str:
    width, height = grid.frame(shape)
    lines = max(1, int((grid.cell[1] - height - 1) / LINE))
    numbers = {
        "ROWS": grid.rows, "COLUMNS": grid.columns, "WIDTH": PAPER[0], "HEIGHT": PAPER[1],
        "HEAD": HEAD, "GAP": GAP, "LINE": LINE, "WORDS": lines * LINE,
        "FRAME_WIDTH": width, "FRAME_HEIGHT": height,
    }  # fmt: skip
    return re.sub(r"@([A-Z_]+)@", lambda found: f"{numbers[found[1]]:g}", _STYLE)


def _page(reel: Reel, panels: tuple[Panel, ...], number: int, of: int) -> str:
    title = reel.board.told.get("title", "") if reel.board is not None else ""
    head = html.escape(" · ".join(filter(None, (reel.name, title))))
    figures = "\n".join(f"<li>{_figure(panel)}</li>" for panel in panels)
    return (
        f"<section>\n<header><h1>{head}</h1><span>{number} / {of}</span></header>\n"
        f"<ol>\n{figures}\n</ol>\n</section>"
    )


def _figure(panel: Panel) -> str:
    picture = opened(panel.picture) if panel.picture is not None else None
    shown = picture or drawing(panel, panel.size or USUAL_SIZE)
    image = (
        f'<img alt="{html.escape(panel.prompt, quote=True)}" src="{_data(shown)}">' if shown else ""
    )
    mark = "" if picture is not None else f'<span class="none">{NO_PICTURE}</span>'
    still = f'<div class="still{"" if shown else " empty"}">{image}{mark}</div>'
    caption = "".join(_caption(panel))
    return f"<figure>{still}<figcaption>{caption}</figcaption></figure>"


def _caption(panel: Panel) -> Iterator[str]:
    told = panel.told
    seconds = f"{panel.seconds:g} s" if "seconds" in told else ""
    head = " · ".join(filter(None, (panel.name, told.get("scene"), told.get("title"), seconds)))
    yield f"<b>{html.escape(head)}</b>"
    for kind in ("dialogue", "action", "notes"):
        if told.get(kind):
            yield f'<p class="{kind}">{html.escape(told[kind])}</p>'
    if panel.prompt:
        yield f'<p class="prompt">{html.escape(panel.prompt)}</p>'


def _data(picture: Image.Image) -> str:
    small = picture.copy()
    small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    data = io.BytesIO()
    small.save(data, "JPEG", quality=QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(data.getvalue()).decode("ascii")
