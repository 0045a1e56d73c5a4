"""The contact sheet of a reel: one HTML file with its pictures in it, pages of so many panels.

Each page is a grid of its own that fills the paper, so that no panel is ever split. Text is the
browser's, which has a font for every script. What makes a PDF of it, `browser` knows.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from daemon.export.reel import USUAL_SIZE, Panel, Reel
from daemon.export.stills import NO_PICTURE, drawing, opened

SIDE = 900
"""Pixels of a picture's longer side: 30 panels are some 3 MB."""
QUALITY = 82

_STYLE = """
@page { size: A4 landscape; margin: 8mm; }
* { box-sizing: border-box; }
body { margin: 0; font: 9pt/1.35 system-ui, sans-serif; color: #111; background: #fff; }
section { width: 281mm; height: 193.5mm; margin: 0 auto; display: flex; flex-direction: column; break-after: page; overflow: hidden; }
section:last-child { break-after: auto; }
header { display: flex; justify-content: space-between; align-items: baseline; gap: 8mm; padding-bottom: 2mm; }
h1 { font-size: 13pt; margin: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
header span { color: #555; white-space: nowrap; }
ol { flex: 1; min-height: 0; display: grid; gap: 4mm; list-style: none; margin: 0; padding: 0; grid-template: repeat(@ROWS@, minmax(0, 1fr)) / repeat(@COLUMNS@, minmax(0, 1fr)); }
figure { margin: 0; height: 100%; display: flex; flex-direction: column; break-inside: avoid; }
.still { position: relative; flex: 1 1 0; min-height: 0; display: flex; align-items: center; justify-content: center; background: #e4e2dd; color: #444; }
.none { position: absolute; left: 1mm; top: 1mm; padding: 0 1mm; background: #e4e2dd; }
.still img { width: 100%; height: 100%; object-fit: contain; }
figcaption { flex: 0 1 auto; max-height: 45%; overflow: hidden; padding-top: 1mm; overflow-wrap: anywhere; }
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


def sheet(reel: Reel, grid: Grid) -> str:
    """The whole file, which needs nothing beside it."""
    starts = range(0, len(reel.panels), grid.panels)
    pages = [reel.panels[start : start + grid.panels] for start in starts]
    name = html.escape(reel.name)
    style = _STYLE.replace("@ROWS@", str(grid.rows)).replace("@COLUMNS@", str(grid.columns))
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "img-src data:; style-src 'unsafe-inline'\">",
        f"<title>{name}</title>\n<style>{style}</style>\n</head>\n<body>",
        *(_page(reel, page, number, len(pages)) for number, page in enumerate(pages, start=1)),
        "</body>\n</html>\n",
    ]
    return "\n".join(parts)


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
    still = image + mark
    caption = "".join(_caption(panel))
    return f'<figure><div class="still">{still}</div><figcaption>{caption}</figcaption></figure>'


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
