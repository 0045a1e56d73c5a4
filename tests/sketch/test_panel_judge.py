"""The judge of storyboard panels: what it is asked, how it answers, how its answers are counted."""

from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch

from daemon.sketch.storyboard import drawn, facts
from daemon.sketch.storyboard.panels import FIGURES, WORLD
from daemon.sketch.train import panel_judge, train_panel_judge
from daemon.sketch.train.panel_judge import NO_FACT, Judge


def test_a_fact_that_a_panel_lacks_is_no_answer() -> None:
    answers = panel_judge.numbered({"shot": "full", "a.pose": "kneeling"})

    asked = dict(zip(facts.QUESTIONS, answers, strict=True))
    assert asked.pop("shot") == facts.QUESTIONS["shot"].index("full")
    assert asked.pop("a.pose") == facts.QUESTIONS["a.pose"].index("kneeling")
    assert set(asked.values()) == {NO_FACT}


def test_every_question_is_answered_and_by_one_of_its_answers() -> None:
    judge = Judge().eval()

    read = judge.read(torch.rand(3, 3, drawn.SIDE, drawn.SIDE) * 2 - 1, at_once=2)

    assert len(read) == 3
    for told in read:
        assert told.keys() == facts.QUESTIONS.keys()
        assert all(answer in facts.QUESTIONS[name] for name, answer in told.items())


def test_what_was_kept_judges_alike(tmp_path: Path) -> None:
    judge, x = Judge().eval(), torch.rand(1, 3, drawn.SIDE, drawn.SIDE)

    panel_judge.save(judge, tmp_path)

    with torch.no_grad():
        again = panel_judge.load(tmp_path, torch.device("cpu"))(x)
    assert torch.allclose(again, judge(x), atol=1e-5)
    with pytest.raises(SystemExit, match="run the stage `judge`"):
        panel_judge.load(tmp_path / "none", torch.device("cpu"))


def test_facts_of_both_figures_are_of_one_kind_and_others_captions_stand_beside() -> None:
    read = [
        {"shot": "wide", "a.pose": "running", "b.pose": "lying"},
        {"shot": "full", "a.pose": "waving", "b.pose": "waving"},
    ]
    said = [
        {"shot": "wide", "a.pose": "running", "b.pose": "sitting"},
        {"shot": "wide", "a.pose": "waving"},
    ]

    assert panel_judge.shares(read, said) == {"shot": (1, 2), "pose": (2, 3)}
    assert panel_judge.of_others(read, said) == {"shot": (1, 2), "pose": (0, 3)}


def test_drawings_depend_on_seed_and_number_alone_and_come_of_both_mixes() -> None:
    drawings, again = (train_panel_judge.Drawings("5 judge") for _ in range(2))

    for number, mix in ((6, WORLD), (7, FIGURES)):
        pixels, answers = drawings[number]
        assert (pixels == again[number][0]).all()
        true = facts.truth(drawn.scene_of("5 judge", number, mix))
        assert answers.tolist() == panel_judge.numbered(true)
    assert (drawings[6][0] != train_panel_judge.Drawings("6 judge")[6][0]).any()


def test_the_loss_asks_for_the_facts_that_there_are_and_for_no_others() -> None:
    class Sure:
        """Answers what it is told to, surely."""

        def __init__(self, facts_told: dict[str, str]) -> None:
            wanted = panel_judge.numbered(facts_told)
            parts = []
            for size, answer in zip(panel_judge.SIZES, wanted, strict=True):
                parts.append(torch.zeros(size))
                if answer != NO_FACT:
                    parts[-1][answer] = 50.0
            self.logits = torch.cat(parts)[None]

        def __call__(self, _pictures: torch.Tensor) -> torch.Tensor:
            return self.logits

    true = {"shot": "full", "a.pose": "kneeling"}
    answers = torch.tensor([panel_judge.numbered(true)])
    picture, chance = torch.zeros(1, 3, 8, 8), torch.Generator().manual_seed(1)

    right = train_panel_judge.loss(Sure(true), picture, answers, chance)
    wrong = train_panel_judge.loss(Sure(true | {"shot": "wide"}), picture, answers, chance)
    more = train_panel_judge.loss(Sure(true | {"a.hat": "cap"}), picture, answers, chance)

    assert right < 1e-6
    assert more < 1e-6
    assert wrong == pytest.approx(25)  # one of two facts, by fifty
