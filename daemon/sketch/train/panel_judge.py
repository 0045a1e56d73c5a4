"""Panels to facts: a small network that looks at pixels and answers every question there is.

It has its own eyes: nothing of the model that it judges. `train_panel_judge` trains it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from daemon.sketch import precision
from daemon.sketch.storyboard.drawn import SIDE
from daemon.sketch.storyboard.facts import QUESTIONS, Facts

WIDTHS = (48, 96, 160, 224)
"""Of its levels, at a quarter of the picture's size, an eighth, a sixteenth and a thirtieth."""
BLOCKS = (0, 2, 2, 1)
GROUPS = 8
LAST = 96
SIZES = [len(answers) for answers in QUESTIONS.values()]
NO_FACT = -100
"""In place of an answer where the panel has no such fact; it is what cross entropy leaves out."""
FILE = "model.safetensors"


class _Block(nn.Module):
    """What a level adds to what it was given."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList([nn.GroupNorm(GROUPS, width) for _ in range(2)])
        self.convs = nn.ModuleList([nn.Conv2d(width, width, 3, padding=1) for _ in range(2)])
        nn.init.zeros_(self.convs[1].weight)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        held = x
        for norm, conv in zip(self.norms, self.convs, strict=True):
            x = conv(nn.functional.silu(norm(x)))
        return held + x


class Judge(nn.Module):
    """(n, 3, 256, 256) in -1..1 to a number for every answer of every question."""

    def __init__(self) -> None:
        super().__init__()
        parts: list[nn.Module] = [nn.Conv2d(3, WIDTHS[0], 4, stride=4)]
        for level, width in enumerate(WIDTHS):
            if level:
                parts.append(nn.Conv2d(WIDTHS[level - 1], width, 2, stride=2))
            parts += [_Block(width) for _ in range(BLOCKS[level])]
        edge = SIDE // 4 // 2 ** (len(WIDTHS) - 1)
        parts += [nn.GroupNorm(GROUPS, WIDTHS[-1]), nn.SiLU(), nn.Conv2d(WIDTHS[-1], LAST, 1)]
        parts += [nn.Flatten(), nn.SiLU(), nn.Linear(LAST * edge * edge, sum(SIZES))]
        self.layers = nn.Sequential(*parts)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.layers(x)
        return logits

    @torch.no_grad()
    def read(self, pictures: Tensor, at_once: int = 50) -> list[Facts]:
        """What is to be seen in pictures (n, 3, 256, 256) in -1..1: an answer to every question,
        also to those that make no sense of them."""
        device = next(self.parameters()).device
        rows: list[Facts] = []
        for some in pictures.split(at_once):
            x = some.to(device).contiguous(memory_format=torch.channels_last)
            with precision.mixed(device):
                logits = self(x).float()
            best = [part.argmax(-1).tolist() for part in logits.split(SIZES, -1)]
            for row in range(len(some)):
                chosen = zip(QUESTIONS.items(), best, strict=True)
                rows.append({name: answers[own[row]] for (name, answers), own in chosen})
        return rows


def numbered(facts: Facts) -> list[int]:
    """The facts as an answer's number for every question."""
    return [
        answers.index(facts[name]) if name in facts else NO_FACT
        for name, answers in QUESTIONS.items()
    ]


def save(judge: Judge, folder: Path) -> None:
    """Into the working model folder, beside what it judges."""
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{FILE}.partial"
    save_file({name: one.contiguous() for name, one in judge.state_dict().items()}, partial)
    partial.replace(folder / FILE)


def load(folder: Path, device: torch.device) -> Judge:
    """SystemExit where none was trained."""
    if not (folder / FILE).exists():
        raise SystemExit(f"there is no judge in {folder}: run the stage `judge`")
    judge = Judge()
    judge.load_state_dict(load_file(folder / FILE))
    return judge.to(device, memory_format=torch.channels_last).eval()  # type: ignore[call-overload, no-any-return]


Share = tuple[int, int]
"""How many facts were right, of how many."""


def shares(read: Sequence[Facts], said: Sequence[Facts]) -> dict[str, Share]:
    """For every kind of fact (a figure's pose is one, whichever figure) how many of what was said
    are read so."""
    counts: dict[str, Share] = {}
    for seen, told in zip(read, said, strict=True):
        for name, answer in told.items():
            kind = name.partition(".")[2] if name[:2] in ("a.", "b.") else name
            right, asked = counts.get(kind, (0, 0))
            counts[kind] = right + (seen[name] == answer), asked + 1
    return counts


def of_others(read: Sequence[Facts], said: Sequence[Facts]) -> dict[str, Share]:
    """The same, each panel held against what was said of the one after it: what guessing gives."""
    return shares(read, [*said[1:], *said[:1]])
