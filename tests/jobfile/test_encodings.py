"""Job files are read in UTF-8, texts also in UTF-16 where its mark says so; of anything else is told
how to save it."""

from __future__ import annotations

import codecs

import pytest

from daemon.errors import JobError
from daemon.jobfile.defaults import JobDefaults
from daemon.jobfile.job import Job
from daemon.jobfile.read import read_job
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
def test_what_a_mark_says_is_read_of_a_text(encoding: str) -> None:
    assert read(marked("ein Bär 🐻\n", encoding), "a.txt").sampling.prompt == "ein Bär 🐻"


@pytest.mark.parametrize(
    ("text", "file"), [("prompt: ein Bär 🐻\r\n", "a.yaml"), ('{"prompt": "ein Bär 🐻"}', "a.json")]
)
def test_a_mark_of_utf_8_is_read_over(text: str, file: str) -> None:
    assert read(text.encode("utf-8-sig"), file).sampling.prompt == "ein Bär 🐻"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        ("prompt: ein Bär\n".encode("latin-1"), "not UTF-8"),
        ("prompt: ein Bär\n".encode("mac-roman"), "not UTF-8"),
        ("prompt: ein Bär\n".encode("utf-16-le"), "UTF-16"),
        ("prompt: ein Bär\n".encode("utf-32"), "UTF-32"),
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


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("file", ["a.yaml", "a.json"])
def test_of_a_job_file_in_utf_16_the_letter_says_so_and_shows_the_line(
    encoding: str, file: str
) -> None:
    data = marked('{"prompt": "ein Bär"}\n', encoding)

    with pytest.raises(JobError, match="UTF-16") as caught:
        read(data, file)

    letter = explain(caught.value, file=file, source=data)
    assert '> 1 | {"prompt": "ein Bär"}' in letter
    assert "Save it as UTF-8. TextEdit" in " ".join(letter.split())
