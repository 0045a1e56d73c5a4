"""The contact sheet: every panel whole, in any script, as one file or as a PDF."""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess

import pytest
from PIL import Image
from support.browser import needs_browser, opened
from support.daemon import needs
from support.rendered import ODD

from daemon.cli import main
from daemon.root.layout import Layout

CAPTIONS = (
    "Лодка у причала, É — ß",
    "港で夜が明ける 船が出る",
    "قارب في الميناء",
    "</p><script>&amp;",
)


def sheet(layout: Layout, name: str, *options: str) -> int:
    return main(["sheet", name, "--root", str(layout.root), *options])


@pytest.fixture
def thirty(root: Layout) -> Layout:
    """A project of thirty pictures of several shapes, with captions in several scripts."""
    folder = root.outbox / "many"
    folder.mkdir()
    for number in range(30):
        size = [(160, 90), (90, 160), (100, 100)][number % 3]
        Image.new("RGB", size, (number * 8, 90, 160)).save(folder / f"{number:02}.png")
        job = {"prompt": f"{CAPTIONS[number % 4]} {'long ' * (number * 9)}", "seed": number}
        record = {"schema": 1, "job": job, "result": {"job": number}}
        (folder / f"{number:02}.json").write_text(json.dumps(record))
    return root


@needs_browser
def test_no_panel_is_cut_or_split_whatever_the_layout_and_nothing_is_asked_for(thirty, tmp_path):
    for layout, pages in (("3x2", 5), ("5x4", 2)):
        file = tmp_path / f"{layout}.html"
        assert sheet(thirty, "many", "--layout", layout, "-o", str(file)) == 0
        with opened(file) as (page, seen):
            page.emulate_media(media="print")
            assert page.locator("section").count() == pages
            assert page.locator("figure").count() == 30
            assert page.evaluate(CUT) == []
        assert [url for url in seen.requests if not url.startswith(("file:", "data:"))] == []
        assert seen.complaints == []


@needs_browser
@pytest.mark.parametrize("layout", ["3x2", "3x3", "2x5"])
def test_frames_are_of_one_size_in_rows_and_no_picture_has_bars(
    root: Layout, tmp_path, layout: str
) -> None:
    folder = root.outbox / "wide"
    folder.mkdir()
    for number in range(9):
        Image.new("RGB", (160, 90), (90, 90, number * 20)).save(folder / f"{number}.png")
        job = {"prompt": "words " * (40 * (number % 3)), "seed": number}
        record = {"schema": 1, "job": job, "result": {"job": number}}
        (folder / f"{number}.json").write_text(json.dumps(record))
    file = tmp_path / "wide.html"
    assert sheet(root, "wide", "--layout", layout, "-o", str(file)) == 0

    with opened(file) as (page, _):
        page.emulate_media(media="print")
        boxes = page.evaluate(FRAMES)
    columns = int(layout[0])
    assert len(boxes) == 9
    for place, (left, top, width, height, words) in enumerate(boxes):
        assert width / height == pytest.approx(16 / 9, rel=0.01)
        assert (width, height) == pytest.approx(boxes[0][2:4], abs=0.1)
        row = boxes[place - place % columns]
        assert top == pytest.approx(row[1], abs=0.1)
        assert left == pytest.approx(boxes[place % columns][0], abs=0.1)
        assert words >= top + height, "words stand beneath"


FRAMES = """() => [...document.querySelectorAll("figure")].map((figure) => {
  const image = figure.querySelector("img").getBoundingClientRect();
  const words = figure.querySelector("figcaption").getBoundingClientRect();
  return [image.left, image.top, image.width, image.height, words.top];
})"""


CUT = """() => [...document.querySelectorAll("figure")].filter((figure) => {
  const page = figure.closest("section").getBoundingClientRect();
  const box = figure.getBoundingClientRect();
  const image = figure.querySelector(".still").getBoundingClientRect();
  const caption = figure.querySelector("figcaption b").getBoundingClientRect();
  const inside = (one) => one.top >= page.top - 1 && one.bottom <= page.bottom + 1
    && one.left >= page.left - 1 && one.right <= page.right + 1 && one.height > 5;
  return ![box, image, caption].every(inside) || image.height < box.height * 0.5;
}).map((figure) => figure.textContent)"""


@needs_browser
@needs("pdftotext")
def test_a_pdf_has_the_pages_of_the_layout_and_captions_in_every_script(thirty, tmp_path, capsys):
    file = tmp_path / "many.pdf"
    assert sheet(thirty, "many", "--pdf", "-o", str(tmp_path)) == 0
    assert capsys.readouterr().out.strip() == str(file)
    text = subprocess.run(["pdftotext", file, "-"], capture_output=True, check=True).stdout.decode()
    assert text.count("\f") == 5
    for number, page in enumerate(text.split("\f")[:5]):
        assert f"{number + 1}/5" in page.replace(" ", "")
        assert sorted(re.findall(r"^(\d\d)$", page, re.M)) == [
            f"{number * 6 + n:02}" for n in range(6)
        ]
    for caption in (CAPTIONS[0], "で夜が明ける", CAPTIONS[3]):
        assert caption in text
    assert sheet(thirty, "many", "--pdf", "-o", str(tmp_path)) == 2  # nothing is replaced unasked


def test_a_board_has_its_shots_in_order_with_what_is_said_and_a_drawing_of_what_is_missing(
    rendered, tmp_path, capsys
):
    file = tmp_path / "ep.html"
    assert sheet(rendered, "ep03", "-o", str(file)) == 0
    text = file.read_text("utf-8")
    heads = re.findall(r"<figcaption><b>(.*?)</b>", text)
    assert heads == ["010 · 2 s", f"{ODD} · 1.5 s".replace('"', "&quot;"), "030 · 0.75 s", "040"]
    assert text.count("data:image/jpeg;base64,") == 4
    assert text.count("no picture yet") == 1
    assert "ep03 · The «harbour»" in text
    assert '<p class="action">mist &lt;rolls&gt; &amp; in</p>' in text
    assert "shot 030 has no picture yet" in capsys.readouterr().err


def test_without_a_browser_it_says_what_to_install_and_writes_nothing(
    rendered, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert sheet(rendered, "ep03", "--pdf", "-o", str(tmp_path)) == 5
    said = capsys.readouterr().err
    assert "apt install chromium" in said
    assert "brew install --cask chromium" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", ["exit 1", "sleep 1000", ': > "${pdf#--print-to-pdf=}"'])
def test_a_browser_that_prints_nothing_costs_the_sheet_and_says_so(
    rendered, tmp_path, monkeypatch, capsys, how
):
    monkeypatch.setattr("daemon.export.browser.PATIENCE", 0.2)
    fake, out = tmp_path / "bin" / "chromium", tmp_path / "out"
    fake.parent.mkdir()
    out.mkdir()
    fake.write_text(
        f'#!/bin/sh\nfor pdf; do case "$pdf" in --print-to-pdf=*) break; esac; done\n{how}\n'
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:/usr/bin:/bin")
    assert sheet(rendered, "ep03", "--pdf", "-o", str(out)) == 5
    assert "made no PDF" in capsys.readouterr().err
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("layout", ["3", "0x2", "3x", "100x1", "axb", "-1x2"])
def test_a_layout_that_is_none_is_a_mistake_of_usage(rendered, layout, capsys):
    assert sheet(rendered, "ep03", f"--layout={layout}") == 2
    assert "such as 3x2" in capsys.readouterr().err


def test_what_is_missing_is_drawn_in_the_shape_that_its_picture_will_have(root, tmp_path):
    board = root.boards / "wide" / "board.yaml"
    board.parent.mkdir(parents=True)
    board.write_text("aspect: 16:9\nshots:\n  010: a pier\n  020: {prompt: a boat, aspect: 1:1}\n")
    file = tmp_path / "wide.html"
    assert sheet(root, "wide", "-o", str(file)) == 0
    drawn = re.findall(r"data:image/jpeg;base64,([^\"]+)", file.read_text("utf-8"))
    shapes = [Image.open(io.BytesIO(base64.b64decode(each))).size for each in drawn]

    assert [round(width / height, 1) for width, height in shapes] == [1.8, 1.0]
