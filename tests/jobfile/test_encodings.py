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


ODD = {
    "\0": "NUL byte",
    "\x1a": "control character U+001A",
    "\x0c": "control character U+000C",
    "\ufeff": "U+FEFF",
    "\u200b": "U+200B",
    "\u2060": "U+2060",
    "\xa0": "U+00A0",
    "\u3000": "U+3000",
    "\u2028": "U+2028",
    "\xad": "U+00AD",
}
PLACES = {
    "before all": "\n{}{{\n  'prompt': 'a',\n  'steps': 3\n}}\n",
    "before a key": "{{\n  {}'prompt': 'a',\n  'steps': 3\n}}\n",
    "before a colon": "{{\n  'prompt'{}: 'a',\n  'steps': 3\n}}\n",
    "before a value": "{{\n  'prompt': {}'a',\n  'steps': 3\n}}\n",
    "before a comma": "{{\n  'prompt': 'a'{},\n  'steps': 3\n}}\n",
    "before a number": "{{\n  'prompt': 'a',\n  'steps': {}3\n}}\n",
    "at the end": "{{\n  'prompt': 'a',\n  'steps': 3\n}}{}",
}


@pytest.mark.parametrize("letter", ODD)
@pytest.mark.parametrize("place", PLACES)
def test_json_names_what_cannot_be_seen_where_it_stands_in_the_way(letter: str, place: str) -> None:
    text = PLACES[place].format(letter).replace("'", '"')

    with pytest.raises(JobError) as caught:
        read(text.encode(), "a.json")

    assert ODD[letter] in caught.value.what
    assert caught.value.line == text[: text.index(letter)].count("\n") + 1
    assert caught.value.remedy


@pytest.mark.parametrize("letter", ["\0", "\x0c", "\x1a", "\t", "\n"])
def test_a_control_in_quotes_is_called_what_it_is(letter: str) -> None:
    with pytest.raises(JobError) as caught:
        read(f'{{"prompt": "a{letter}boat"}}'.encode(), "a.json")

    said = ODD | {"\t": "A tab stands", "\n": "over the end of its line"}
    assert said[letter] in caught.value.what
    assert caught.value.line == 1
