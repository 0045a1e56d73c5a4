"""Texts of any length for an encoder that reads 77 tokens: cut into windows, weighted by token.

CLIP reads a beginning, 75 tokens and an end. A longer text is read in several windows, each on its
own, and the UNet attends to all of them: what other tools do. A window ends at the last comma of
its last 20 tokens where there is one, so that fewer phrases are torn apart; parts of one text may
weigh more or less, and a part may ask for a window of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from daemon.protocol.render import Span

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Tokenizer

BACKTRACK = 20
COMMA = ","


@dataclass(frozen=True, slots=True)
class Window:
    """The tokens of one window, without its beginning and end, and how much each weighs."""

    ids: tuple[int, ...] = ()
    weights: tuple[float, ...] = ()

    @property
    def weighted(self) -> bool:
        return any(weight != 1.0 for weight in self.weights)


@dataclass(frozen=True, slots=True)
class Cut:
    """A text in windows; `tokens` in all, `torn` if it did not fit into those it asked for."""

    windows: tuple[Window, ...]
    tokens: int
    torn: bool


def cut(tokenizer: Tokenizer, text: str, spans: Sequence[Span] | None) -> Cut:
    """`text`, or where given its weighted `spans`, in windows; at least one."""
    limit = tokenizer.model_max_length - 2
    comma = tokenizer(COMMA, add_special_tokens=False).input_ids
    windows: list[Window] = []
    tokens, torn = 0, False
    for stretch in _stretches(spans if spans is not None else (Span(text),)):
        row: list[tuple[int, float]] = []
        for span in stretch:
            ids = tokenizer(span.text, add_special_tokens=False, verbose=False).input_ids
            row += [(token, span.weight) for token in ids]
        tokens += len(row)
        torn = torn or len(row) > limit
        while len(row) > limit:
            end = _end_of_window(row, limit, comma)
            windows.append(_window(row[:end]))
            row = row[end:]
        windows.append(_window(row))
    return Cut(tuple(windows) or (Window(),), tokens, torn)


def padded(tokenizer: Tokenizer, window: Window) -> list[int]:
    """What the encoder reads: beginning, tokens, end, and filling."""
    row = [tokenizer.bos_token_id, *window.ids, tokenizer.eos_token_id]
    return row + [tokenizer.pad_token_id] * (tokenizer.model_max_length - len(row))


def weights(tokenizer: Tokenizer, window: Window) -> list[float]:
    """The weight of each of the encoder's places."""
    after = tokenizer.model_max_length - 1 - len(window.ids)
    return [1.0, *window.weights, *[1.0] * after]


def _stretches(spans: Sequence[Span]) -> list[list[Span]]:
    """The spans between those that begin a new window."""
    stretches: list[list[Span]] = [[]]
    for span in spans:
        if span.fresh:
            stretches.append([])
        stretches[-1].append(span)
    return stretches if stretches[0] or len(stretches) == 1 else stretches[1:]


def _end_of_window(row: list[tuple[int, float]], limit: int, comma: list[int]) -> int:
    if len(comma) == 1:
        for end in range(limit, limit - BACKTRACK, -1):
            if row[end - 1][0] == comma[0]:
                return end
    return limit


def _window(row: list[tuple[int, float]]) -> Window:
    return Window(tuple(token for token, _ in row), tuple(weight for _, weight in row))
