"""What can not vary is said with its line and what to do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.varying import LISTS, job

from daemon.errors import DefaultsError, JobError, SettingsError
from daemon.settings import parse_settings


def refusal(text: str, **more: Any) -> JobError:
    with pytest.raises(JobError) as caught:
        job(text, **more)
    return caught.value


MANY = "\n".join(f"  {name}: [{', '.join(map(str, range(900)))}]" for name in "abc")
WRONG = {
    # text after `prompt: a {x}\n`: (line, in what, in why or remedy)
    "vary: {x: [1], lihgt: [2]}\n": (2, "`lihgt` of `vary` stands nowhere", "Write {lihgt}"),
    "vary: {y: [1]}\n": (2, "`y` of `vary` stands nowhere in the prompt", "{y}"),
    "vary:\n  xx: [1]\n": (3, "`xx` of `vary`", "Did you mean `x`?"),
    "vary: [{x: 1}, {steps: 2}]\n": (1, "needs `x`, and a row of `vary` has none", "every row"),
    "vary: {x: []}\n": (2, "`x` is an empty list", "values"),
    "vary: {}\n": (2, "`vary` is empty", "vary: {light:"),
    "vary: []\n": (2, "`vary` is empty", "vary: {light:"),
    "vary: light\n": (2, "must be a mapping of columns or a list", "vary: {light:"),
    "vary: [x]\n": (2, "Row 1 of `vary` must be a mapping", "{light: dawn}"),
    "vary: {x: dawn}\n": (2, "`x` must be a list of values", "x: [one, another]"),
    "vary:\n  x:\n  - a\n  - [b]\n": (5, "`x` holds no text here", "a text"),
    "vary:\n  x:\n  - a\n  -\n": (5, "`x` holds nothing here", '""'),
    "vary: {x: [a, b, a]}\n": (2, "`x` holds a twice", "same picture"),
    "vary: [{x: 1}, {x: 1}]\n": (2, "twice", "same picture"),
    f"vary:\n  x: [1]\n{MANY}\n": (2, "asks for 729,000,000 pictures", "max_pictures"),
    "count: 31\nvary: {x: [1, 2]}\n": (3, "asks for 62 pictures (2 rows of 31)", "max_pictures"),
    "vary: {x: [1], steps: [5, nine]}\n": (2, "`steps` must be a whole number", "digits"),
    "vary: {x: [1], steps: [010]}\n": (2, "begins with a zero", "YAML 1.2"),
    "steps: 9\nvary: {x: [1], steps: [5, 6]}\n": (3, "`steps` varies, and `steps`", "Keep one"),
    "cfg: 9\nvary: {x: [1], guidance: [5, 6]}\n": (3, "`cfg` stands in the job", "Keep one"),
    "size: 9x9\nvary: {x: [1], aspect: [1]}\n": (3, "stands beside both", "Keep"),
    "vary: {x: [1], count: [5, 6]}\n": (2, "`count` can't vary", "same number"),
    "vary: {x: [1], seed: [[5, 6]]}\n": (2, "`seed` can't vary", "one number"),
    "vary: {x: [1], model: [sketch]}\n": (2, "`model` can't vary", "a file for each"),
    "vary: {x: [1], vary: [2]}\n": (2, "", ""),
    "vary: {x: [1], shots: [2]}\n": (2, "`shots`", ""),
    "vary: {x: {pick: 9, of: lights.txt}}\n": (2, "picks 9 of 4", "fewer"),
    "vary: {x: {pick: 0, of: lights.txt}}\n": (2, "`pick` must be a whole number", ""),
    "vary: {x: {pick: 2}}\n": (2, "has no `of`", "{pick: 4"),
    "vary: {x: {pck: 2, of: lights.txt}}\n": (2, "`pck` says nothing", "`pick`"),
    "vary: {x: {pick: 2, of: []}}\n": (2, "`of` is an empty list", ""),
    "prompt_2: '{x}'\nvary: {x: [a, ' ']}\n": (2, "`prompt_2` is empty once", "beside"),
    "vary: {x: empty.txt}\n": (2, "holds no line", ""),
    "vary: {x: nowhere.txt}\n": (2, "nowhere.txt is not there", ""),
    "vary: {x: [1], steps: bad.txt}\n": (2, "`steps` must be a whole number", ""),
}  # fmt: skip


@pytest.mark.parametrize("rest", WRONG, ids=[text[:40] for text in WRONG])
def test_what_can_not_vary_is_said_with_its_line_and_what_to_do(rest: str) -> None:
    line, what, more = WRONG[rest]
    error = refusal("prompt: a {x}\n" + rest)

    assert error.line == line
    assert what in error.what
    assert more in f"{error.why} {error.remedy}"


@pytest.mark.parametrize(
    ("prompt", "what", "remedy"),
    [
        ("a {2$$red|blue}", "$$", "{one|another}"),
        ("a {0.5::red|blue}", "0.5::", "{one|another}"),
        ("a __*__", "*", "colours.txt"),
        ("a __empty__", "no line", ""),
        ("a __nowhere__", "nowhere.txt", ""),
    ],
)
def test_what_other_tools_draw_by_is_refused_by_name(prompt: str, what: str, remedy: str) -> None:
    error = refusal(json.dumps({"prompt": prompt, "prompt_syntax": "a1111"}), file="a.json")

    assert what in error.what
    assert remedy in error.remedy
    assert error.key == "prompt"


def test_a_list_that_leads_to_itself_is_an_error() -> None:
    LISTS["round.txt"] = ("__round__",)
    error = refusal('{"prompt": "__round__", "prompt_syntax": "a1111"}', file="a.json")

    assert "without an end" in error.what


@pytest.mark.parametrize("key", ["vary: {steps: [1, 2]}", "prompt: x", "id: x", "parent: 3"])
def test_what_is_one_jobs_own_can_not_be_a_default(key: str) -> None:
    name = key.partition(":")[0]
    with pytest.raises(DefaultsError) as caught:
        job("prompt: x\n", defaults=[("ep/_defaults.yaml", key.encode())])
    assert f"`{name}` can't be a default" in caught.value.what
    with pytest.raises(SettingsError, match=f"`{name}` can't be a default"):
        parse_settings(f"defaults:\n  {key}\n".encode())


def test_a_default_prompt_is_told_of_style() -> None:
    with pytest.raises(DefaultsError) as caught:
        job("prompt: x\n", defaults=[("ep/_defaults.yaml", b"steps: 9\nprompt: pencil\n")])

    assert (caught.value.file, caught.value.line) == ("ep/_defaults.yaml", 2)
    assert "`style`" in caught.value.remedy
