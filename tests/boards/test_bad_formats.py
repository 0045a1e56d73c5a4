"""Boards in other formats that can't be read: each is told with its line and what to do now."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import pytest

from daemon.boards.formats.board_table import board_table
from daemon.errors import JobError
from daemon.text.failure_letter import explain

FILES = Path(__file__).parent / "formats"
SCENE = '{"version": "3.0.0",\n"boards": [\n%s\n]}'

BAD = [
    ("a.csv", "prompt,shot\na boat,010\n\nb,010\n", 4, "twice"),
    ("a.csv", "shot,prompt\n010,\n", 2, "no prompt"),
    ("a.csv", "shot;prompt\n010;a boat\n;;\n020;\n", 4, "Shot 020"),
    ("a.csv", "shot,prompt\n010,a boat, red\n", 2, "in quotes"),
    ("a.csv", 'shot,prompt\n010,"a boat\n020,b\n', 2, "never closed"),
    ("a.csv", 'shot,prompt\n010,"a "red" boat"\n', 2, "written twice"),
    ("a.csv", "shot,prompt,seconds\n010,a boat,a while\n", 2, "2.5"),
    ("a.csv", "prompt,description\na,b\n", 1, "Two columns"),
    ("a.csv", "one,two\na,b\n", 1, "headings"),
    ("a.csv", "shot,prompt\n", 1, "row for each shot"),
    ("a.csv", "", 1, "holds nothing"),
    ("a.csv", "shot,prompt\n010,caf\xe9\n".encode("latin-1"), 2, "CSV UTF-8"),
    ("a.csv", "shot,prompt\n010,caf\xe9\n".encode("mac-roman"), 2, "CSV UTF-8"),
    ("a.csv", "shot,prompt\n010,a boat\n".encode("utf-16-le"), 1, "UTF-16"),
    ("a.csv", b"PK\x03\x04\x14\0\0\0", 1, "control character"),
    ("a.tsv", "shot\tprompt\n" + "1\ta\n2\tb\n1\tc\n", 4, "twice"),
    ("a.xlsx", b"PK\x03\x04", None, "save it as csv"),
    ("a.numbers", b"PK\x03\x04", None, "save it as csv"),
    ("a.ods", b"PK\x03\x04", None, "save it as csv"),
    ("a.txt", "a boat\n--steps 20\n", 2, "option"),
    ("a.txt", "--steps 20", 1, "option"),
    ("a.txt", "010 a\n020 b\n\n010 c\n", 4, "twice"),
    ("a.txt", "prompt: a boat\nsteps: 4\n", 1, ".yaml"),
    ("a.txt", "# nothing\n", 1, "comments"),
    ("a.txt", "a\nb\xff".encode("latin-1"), 2, "UTF-8"),
    ("a.yaml", "shots:\n\t010: a\n", 2, "tab"),
    ("a.yaml", "shots:\n  010: a\n  010: b\n", 3, "twice"),
    ("a.yaml", 'shots:\n  010: "a\n', 2, "never closed"),
    ("a.storyboarder", "{}", 1, "no scene"),
    ("a.storyboarder", "[1]", 1, "no scene"),
    ("a.storyboarder", '{"boards": []}', 1, "no boards"),
    ("a.storyboarder", '{"boards": [', 1, "breaks off"),
    ("a.storyboarder", SCENE % '{"uid": "A", "layers": {}}', 2, "No board says in words"),
    ("a.storyboarder", SCENE % '"A"', 3, "must be an object"),
    ("a.storyboarder", SCENE % '{"uid": "A", "action": ["x"]}', 3, "`action` must be a text"),
    ("a.storyboarder", SCENE % '{"uid": "A", "action": "a"},\n{"uid": "A"}', 4, "twice"),
    ("a.storyboarder", SCENE % '{"action": "a", "duration": "long"}', 3, "milliseconds"),
    ("a.storyboarder", '{"aspectRatio": "x", "boards": [{"action": "a"}]}', 1, "must be a number"),
    ("a.fountain", "Title: nothing\n", 1, "no action"),
    ("a.fountain", "INT. ROOM - DAY\n\nCUT TO:\n", 1, "no action"),
    ("a.fountain", "INT. A #1#\n\nOne.\n\nINT. B #1#\n\nTwo.\n", 7, "twice"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "data", "line", "word"), BAD)
def test_a_mistake_is_told_with_its_line_and_what_to_do_now(
    file: str, data: str | bytes, line: int | None, word: str
) -> None:
    content = data if isinstance(data, bytes) else data.encode()

    with pytest.raises(JobError) as caught:
        board_table(content, file)

    letter = explain(caught.value, file=file, source=content)
    assert caught.value.line == line
    assert word.casefold() in " ".join(letter.split()).casefold()


@pytest.mark.parametrize("file", sorted(FILES.iterdir()), ids=lambda file: file.name)
def test_half_of_any_file_is_a_smaller_board_or_a_letter(file: Path) -> None:
    whole = file.read_bytes()

    for end in range(0, len(whole), max(1, len(whole) // 60)):
        try:
            board_table(whole[:end], file.name)
        except JobError as error:
            explain(error, file=file.name, source=whole[:end])


UNITS = (
    *("a", "a\n", "a,", '"', '","', ";", "\t", "#", "(", "A ", "AB\n\nCD\n", "*a", "[[", "[[a]]", "/*", "*/", "_a_ "),
    *("@", "!", ".", "INT. ", "> ", "~", "=", "1 a\n", "--a ", "{", "[", '{"boards":[', '"a":', "---\n", "\r", "\x85"),
)  # fmt: skip


@pytest.mark.parametrize("suffix", [".yaml", ".json", ".txt", ".csv", ".storyboarder", ".fountain"])
def test_the_work_of_reading_grows_no_faster_than_the_file(suffix: str) -> None:
    for opening in ("", "shot,prompt\n", "EXT. A - B\n\n", '{"boards": [{"action": "', "shots:\n"):
        for unit in UNITS:
            less, more = (_calls((opening + unit * n).encode(), f"a{suffix}") for n in (300, 600))
            assert more < 2.2 * less + 1_000, (opening, unit)


def _calls(data: bytes, file: str) -> int:
    counted = itertools.count()
    sys.setprofile(lambda _frame, event, _argument: event.endswith("call") and next(counted))
    try:
        board_table(data, file)
    except JobError:
        pass
    finally:
        sys.setprofile(None)
    return next(counted)
