"""UTF-8, and UTF-16 where its mark says so, are read; of anything else is told how to save it."""

from __future__ import annotations

import codecs

import pytest

from daemon.boards.formats.documents import from_yaml
from daemon.errors import JobError
from daemon.jobfile.defaults import JobDefaults
from daemon.jobfile.job import Job
from daemon.jobfile.read import read_job
from daemon.settings import parse_settings
from daemon.text.failure_letter import explain

MARKED = {
    "utf-8-sig": b"",
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
}


def read(data: bytes, file: str = "a.yaml", defaults: bytes = b"#\n") -> Job:
    return read_job(data, file=file, base=JobDefaults(), defaults=[("ep/_defaults.yaml", defaults)])


def marked(text: str, encoding: str) -> bytes:
    return MARKED[encoding] + text.encode(encoding)


@pytest.mark.parametrize("encoding", MARKED)
@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("prompt: ein Bär 🐻\r\n", "a.yaml"),
        ('{"prompt": "ein Bär 🐻"}', "a.json"),
        ("ein Bär 🐻\n", "a.txt"),
    ],
)
def test_what_a_mark_says_is_read(encoding: str, text: str, file: str) -> None:
    assert read(marked(text, encoding), file).sampling.prompt == "ein Bär 🐻"


@pytest.mark.parametrize("encoding", MARKED)
def test_so_are_defaults_settings_and_boards(encoding: str) -> None:
    style, nothing = marked("style: Kohle\n", encoding), marked("# nothing\n", encoding)

    assert read(b"prompt: a", defaults=style).sampling.prompt == "a, Kohle"
    assert read(b"prompt: a", defaults=nothing).sampling.prompt == "a"
    assert parse_settings(marked("model: bär\n", encoding)).model == "bär"
    assert parse_settings(nothing) == parse_settings(b"")
    assert from_yaml(marked("shots:\n  010: ein Bär\n", encoding)) is not None


@pytest.mark.parametrize(
    ("data", "what"),
    [
        ("prompt: ein Bär\n".encode("latin-1"), "not UTF-8"),
        ("prompt: ein Bär\n".encode("mac-roman"), "not UTF-8"),
        ("prompt: ein Bär\n".encode("utf-16-le"), "UTF-16"),
        ("prompt: ein Bär\n".encode("utf-32"), "UTF-32"),
        (codecs.BOM_UTF16_LE + b"a", "middle of a letter"),
        ("prompt: ein Bä".encode()[:-1], "middle of a letter"),
    ],
)
@pytest.mark.parametrize("file", ["a.yaml", "a.json", "a.txt"])
def test_of_anything_else_the_letter_says_how_to_save_it(data: bytes, what: str, file: str) -> None:
    with pytest.raises(JobError) as caught:
        read(data, file)

    letter = explain(caught.value, file=file, source=data)
    assert what in caught.value.what
    assert "Save it as UTF-8. TextEdit: File > Duplicate" in " ".join(letter.split())


@pytest.mark.parametrize("encoding", MARKED)
def test_a_letter_shows_the_line_however_it_is_written(encoding: str) -> None:
    data = marked("prompt: ein Bär\nsteps: viele\n", encoding)

    with pytest.raises(JobError) as caught:
        read(data)

    assert "> 2 | steps: viele" in explain(caught.value, file="a.yaml", source=data)
