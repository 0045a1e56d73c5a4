"""`drawing: auto`: the thumbnail of the prompt as lines that the model follows, if it is asked for."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from PIL import Image

from daemon.errors import JobError
from daemon.plan.plan import Plan
from daemon.plan.prepare import Preparer
from daemon.root.layout import Layout
from daemon.settings import Settings

JOB = "prompt: a man runs along the beach\nsize: 320x192\nseed: 7\n"


@pytest.fixture
def preparer(root: Layout) -> Preparer:
    return Preparer(root, Settings(), engine="dry-run", model=None)


def planned(root: Layout, preparer: Preparer, text: str, name: str = "job.yaml") -> Plan:
    file = root.inbox / name
    file.write_text(text)
    job = preparer.peek(file, project="")
    return preparer.plan(
        job, number=1, stem="job", project="", draw_seed=lambda: 7, taken=lambda _: False
    )


def control(plan: Plan):
    (found,) = plan.pictures[0].render.controls
    return found


def test_the_thumbnail_of_the_prompt_is_followed_as_white_lines_on_black(root, preparer) -> None:
    found = control(planned(root, preparer, f"{JOB}drawing: auto exact\n"))
    kept = Path(found.source.path)

    assert (found.params.kind, found.params.scale, found.params.ready) == ("drawing", 1.0, True)
    assert kept.parent == root.references
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == kept.name == found.source.sha256
    with Image.open(kept) as lines:
        assert (lines.mode, lines.size) == ("L", (320, 192))
        black, white = lines.histogram()[0], lines.histogram()[255]
    assert black + white == 320 * 192
    assert 0 < white < black


def test_other_words_are_other_lines_and_the_same_words_the_same(root, preparer) -> None:
    one = control(planned(root, preparer, f"{JOB}drawing: auto\n"))
    same = control(planned(root, preparer, f"{JOB}controls: [{{image: auto, kind: lines}}]\n"))
    other = control(planned(root, preparer, f"{JOB.replace('runs', 'sits')}drawing: auto\n"))

    assert one.source.sha256 == same.source.sha256 != other.source.sha256


def test_it_is_not_there_unless_it_is_asked_for_and_gives_no_shape(root, preparer) -> None:
    plain = planned(root, preparer, JOB.replace("size: 320x192\n", ""))
    lines = planned(root, preparer, f"{JOB.replace('size: 320x192', '')}drawing: auto\n")

    assert plain.pictures[0].render.controls == ()
    sides = [
        (one.pictures[0].render.width, one.pictures[0].render.height) for one in (plain, lines)
    ]
    assert sides[0] == sides[1]


def test_begun_with_flat_colours_and_followed_in_lines_at_once(root, preparer) -> None:
    plan = planned(root, preparer, f"{JOB}image: auto\nstrength: 0.6\ndrawing: auto\n")
    render = plan.pictures[0].render

    assert render.image is not None
    assert render.image.sha256 != control(plan).source.sha256


def test_a_record_makes_it_again_from_what_is_kept_whatever_its_prompt_says(root, preparer) -> None:
    first = planned(root, preparer, f"{JOB}drawing: auto\n")
    kept = control(first).source.sha256
    record = {
        "prompt": "something else altogether",
        "size": "320x192",
        "controls": [{"image": "thumbnail.png", "sha256": kept, "ready": True}],
    }
    again = planned(root, preparer, json.dumps(record), "again.json")

    assert control(again).source.sha256 == kept


@pytest.mark.parametrize("kind", ["depth", "pose", "tile"])
def test_lines_are_no_map_of_depths(root, preparer, kind) -> None:
    with pytest.raises(JobError) as told:
        planned(root, preparer, f"{JOB}controls: [{{image: auto, kind: {kind}}}]\n")

    assert kind in str(told.value.what)
    assert told.value.line == 4
