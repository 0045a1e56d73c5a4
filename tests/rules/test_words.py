"""What people read is whole sentences: numbers agree with what they count, and no sentence runs into
the next.

Looked up in the code itself, so that another sentence of the kind can't come back.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from support.places import PACKAGE

from daemon.errors import JobError, SetupError, sentences
from daemon.text.counted import agrees, counted

QUIET = ("sketch", "bench")
"""Rooms that speak to whoever works on Hotfolder."""

COUNTED = """
    boards channels characters checkpoints cells columns drawings entries files frames images items
    jobs layers letters lines LoRAs machines models pages pictures places prompts records references
    rows scales seconds seeds shots steps takes times values warnings words workers
""".split()  # noqa: SIM905 - a page of words reads better than a page of quotes

NEVER_ONE = {
    "daemon/boards/formats/shot_rows.py": {"len(row.cells)"},  # more than the heading has
    "daemon/boards/formats/storyboarder.py": {"agrees(len(drawn), 'has', 'have')"},  # the verb
    "daemon/boards/keys.py": {"len(text)"},  # longer than is allowed
    "daemon/boards/read.py": {"len(written)"},  # a board too large
    "daemon/boards/shot_list.py": {"len(node.items)"},  # more than are allowed
    "daemon/boards/takes.py": {"asked"},  # more than are allowed
    "daemon/cli/status_rows.py": {"count"},  # told of several
    "daemon/engine/sdxl/attention_check.py": {"height"},  # a size
    "daemon/engine/sdxl/conditioning/picture_notes.py": {"self.frames"},  # told of several
    "daemon/engine/sdxl/control/control_file.py": {"_listed(have)"},  # of every block
    "daemon/engine/sdxl/lora/fitted.py": {"total", "many"},  # a file's layers; told of several
    "daemon/engine/sdxl/lora/lora_file.py": {"len(keys)"},  # more than any LoRA has
    "daemon/jobfile/assemble.py": {"pictures", "len(text)"},  # more than are allowed
    "daemon/jobfile/casting.py": {"len(asked)", "len(text)"},  # more than are allowed
    "daemon/jobfile/named_loras.py": {"number"},  # 2 is "twice"
    "daemon/jobfile/plain_text.py": {"len(words)"},  # longer than is allowed
    "daemon/jobfile/tree.py": {"self._limit"},  # a limit
    "daemon/jobfile/value_errors.py": {"length", "len(value)"},  # more than are allowed
    "daemon/jobfile/vary.py": {"tree.shown(f'{number:,}')"},  # more than are allowed
    "daemon/jobs/retry_policy.py": {"ticket.deaths"},  # told from the third on
    "daemon/listeners/messages.py": {"len(bad)"},  # told together where they are many
    "daemon/models/card.py": {"len(files)"},  # told of several
    "daemon/models/controls.py": {"facts.channels[0]"},  # hundreds
    "daemon/models/pull/few_step_loras.py": {"steps"},  # of a list of ours
    "daemon/models/pull/recipe.py": {"len(checkpoints)"},  # told of several
    "daemon/notify/log_lines.py": {"total - load"},  # 1.00 seconds
    "daemon/plan/look_folders.py": {"len(found)"},  # more than are allowed
    "daemon/plan/model_checks.py": {"scale", "job.hires.scale"},  # 1.5 times
    "daemon/protocol/control_kinds.py": {"first[1]"},  # multiples of 64
    "daemon/protocol/samplers.py": {"steps"},  # more than 50
}
"""By file, the numbers that are told only where they are more than one, and why."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        path = file.relative_to(PACKAGE.parent).as_posix()
        if file.relative_to(PACKAGE).parts[0] not in QUIET:
            yield path, ast.parse(file.read_text("utf-8"))


def counts(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(number, noun) of every noun in the plural that follows a number in a text."""
    for text in (node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)):
        for number, after in zip(text.values, text.values[1:], strict=False):
            if not isinstance(number, ast.FormattedValue) or not isinstance(after, ast.Constant):
                continue
            noun = re.match(r" (?:more |other |control )?(\w+)\b", str(after.value))
            if noun and noun[1] in COUNTED:
                yield ast.unparse(number.value), noun[1]


def is_bound(number: str) -> bool:
    """A limit, which is never one; `a_b.SOME_LIMIT` too."""
    return number.rpartition(".")[2].isupper() or number in ("limit", "most", "card.max_size")


def test_a_number_agrees_with_what_it_counts() -> None:
    told = [
        f"{path}: {{{number}}} {noun}"
        for path, tree in modules()
        for number, noun in counts(tree)
        if not is_bound(number) and number not in NEVER_ONE.get(path, ())
    ]
    assert told == [], "daemon/text/counted.py says it of one, too"


def test_what_is_never_one_is_still_told() -> None:
    found = {(path, number) for path, tree in modules() for number, _ in counts(tree)}
    assert {(path, each) for path, known in NEVER_ONE.items() for each in known} <= found


ERRORS = {
    *("BrokenError", "DefaultsError", "JobError", "NotYetError", "RenderError", "SetupError"),
    *("UnfinishedError", "UnloadableError", "StillLookingError", "StillWrittenError"),
}
ENDED = re.compile(r"[.!?:…]['\"`)]*$")
SENTENCES = ("what", "why")
"""Parts of an error that another may follow. What to do now may end in an example to be copied."""


def said(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    if call.args:
        yield "what", call.args[0]
    yield from ((each.arg, each.value) for each in call.keywords if each.arg in SENTENCES)


def end_of(text: ast.expr) -> str | None:
    """How a text ends that is written out; None for one that ends in somebody else's words."""
    if isinstance(text, ast.Constant) and isinstance(text.value, str):
        return text.value
    if isinstance(text, ast.JoinedStr) and text.values:
        last = text.values[-1]
        return str(last.value) if isinstance(last, ast.Constant) else None
    if isinstance(text, ast.IfExp):
        ends = [end_of(text.body), end_of(text.orelse)]
        return next((end for end in ends if end and not ENDED.search(end)), None)
    return None


def test_every_sentence_of_a_letter_ends_as_one() -> None:
    open_ended = [
        f"{path}:{call.lineno} {part}: …{end[-40:]}"
        for path, tree in modules()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ERRORS
        for part, text in said(call)
        if (end := end_of(text)) and not ENDED.search(end)
    ]
    assert open_ended == []


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (("A.", "B."), "A. B."),
        (("A", "B"), "A. B"),
        (("Write lines such as: steps: 4", "Mend x.yaml."), "Write lines such as: steps: 4. Mend x.yaml."),
        (("It says: no!", "", " Mend it. "), "It says: no! Mend it."),
        (("", ""), ""),
        (("Here are:", "a, b."), "Here are: a, b."),
    ],
)  # fmt: skip
def test_sentences_are_joined_by_a_full_stop_where_there_is_none(
    parts: tuple[str, ...], whole: str
) -> None:
    assert sentences(*parts) == whole


def test_errors_are_told_in_whole_sentences() -> None:
    assert str(JobError("It is wrong", why="So it is", remedy="Mend it.")) == (
        "It is wrong. So it is. Mend it."
    )
    assert str(SetupError("It is wrong", remedy="Mend it.")) == "It is wrong. Mend it."


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 steps"), (1, "1 step"), (2, "2 steps"), (1024, "1,024 steps"), (1.0, "1 step"), (1.5, "1.5 steps")],
)  # fmt: skip
def test_one_is_told_as_one(number: float, said: str) -> None:
    assert counted(number, "step") == said
    assert agrees(number, "is", "are") == ("is" if number == 1 else "are")
