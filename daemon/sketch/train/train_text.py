"""The two text encoders learn to read before anything is drawn.

From the states the UNet will see (the last but one layer of both, at the end of the text and
just after) and from the pooled embedding, linear heads must tell every fact a caption said.
After that the encoders stay as they are: joint training spent most of its time on reading.
"""

from __future__ import annotations

import random
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from daemon.sketch import precision
from daemon.sketch.train import export, stages
from daemon.sketch.train.blueprint import CROSS, TEXT_WIDTHS, TOKENS
from daemon.sketch.train.muon import Muon
from daemon.sketch.train.stage_run import Course, clock, save_state
from daemon.sketch.train.stages import Room
from daemon.sketch.train.worlds import SHAPES, WORLDS, Facts, World

RATE = 2e-3
#: Fresh captions that are read once a stage has ended, to say how well.
FRESH = 1200


class Reader:
    """Tokenizer and both encoders: captions to the two embeddings SDXL's UNet takes."""

    def __init__(self, room: Room) -> None:
        self.tokenizer = stages.load(room, "tokenizer")
        self.one = stages.load(room, "text_encoder").eval()
        self.two = stages.load(room, "text_encoder_2").eval()
        self.device = room.device

    def ids(self, texts: list[str]) -> Tensor:
        """Token numbers, padded to the full length."""
        rows = self.tokenizer(
            texts, padding="max_length", max_length=TOKENS, truncation=True
        ).input_ids
        return torch.tensor(rows, device=self.device)

    def states(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """(n, tokens, CROSS) and the pooled embedding, with gradients if those are on."""
        one = self.one(ids, output_hidden_states=True).hidden_states[-2]
        out = self.two(ids, output_hidden_states=True)
        return torch.cat([one, out.hidden_states[-2]], -1), out.text_embeds

    @torch.no_grad()
    def __call__(self, texts: list[str]) -> tuple[Tensor, Tensor]:
        """What the UNet is given for these captions."""
        with precision.mixed(self.device):
            tokens, pooled = self.states(self.ids(texts))
        return tokens.float(), pooled.float()


class Heads(nn.Module):
    """A linear answer to every question, from one vector."""

    def __init__(
        self, width: int, weights: dict[str, float] | None = None, of: World = WORLDS[SHAPES]
    ) -> None:
        """Every question of that world weighs 1 but those in `weights`."""
        super().__init__()
        self.sizes = [len(answers) for answers in of.questions.values()]
        self.weights = [(weights or {}).get(question, 1.0) for question in of.questions]
        self.linear = nn.Linear(width, sum(self.sizes))

    def right(self, states: Tensor, answers: Tensor) -> Tensor:
        """(n, questions): whether each is answered as it should be."""
        told = [logits.argmax(-1) for logits in self.linear(states).split(self.sizes, -1)]
        return torch.stack(told, 1) == answers

    def loss(self, states: Tensor, answers: Tensor) -> tuple[Tensor, Tensor]:
        """Weighted mean cross entropy over questions, and the share answered without a mistake."""
        total = torch.zeros((), device=states.device)
        right = torch.ones(len(states), dtype=torch.bool, device=states.device)
        for k, logits in enumerate(self.linear(states).split(self.sizes, -1)):
            total = total + self.weights[k] * F.cross_entropy(logits, answers[:, k])
            right &= logits.argmax(-1) == answers[:, k]
        return total / sum(self.weights), right.float().mean()


def answers(facts: list[Facts], of: World = WORLDS[SHAPES]) -> Tensor:
    """The facts as an answer number per question."""
    return torch.tensor([[a.index(f.get(q, "")) for q, a in of.questions.items()] for f in facts])


def batch(
    rng: random.Random, count: int, loose: bool = False, of: World = WORLDS[SHAPES]
) -> tuple[list[str], Tensor]:
    """Captions and what they say."""
    said = [of.caption(rng, loose) for _ in range(count)]
    return [text for text, _ in said], answers([facts for _, facts in said], of)


@torch.no_grad()
def settle(reader: Reader, of: World = WORLDS[SHAPES]) -> tuple[float, float, float]:
    """Rescale both residual streams and the pooled embedding to deviation 1; nothing else changes.

    Every layer reads through a norm, so scaling all that writes to the stream scales the stream
    and nothing else.  Unscaled, it saturates the UNet's cross attention and nothing is learnt.
    """
    rng = random.Random(0)
    tokens, pooled = reader(batch(rng, 64, of=of)[0])
    width = TEXT_WIDTHS[0]
    factors = [1 / part.std().item() for part in (tokens[..., :width], tokens[..., width:], pooled)]
    for model, factor in zip((reader.one, reader.two), factors, strict=False):
        for name, parameter in model.named_parameters():
            writes = "embedding." in name or ".out_proj." in name or ".fc2." in name
            if writes:
                parameter.mul_(factor)
    reader.two.text_projection.weight.mul_(factors[2])
    return factors[0], factors[1], factors[2]


def _new_heads(room: Room) -> Any:
    widths, of = (CROSS, CROSS, TEXT_WIDTHS[1]), WORLDS[room.world]
    return nn.ModuleList([Heads(width, of=of) for width in widths]).to(room.device)


def _vectors(reader: Reader, texts: list[str]) -> tuple[Tensor, Tensor, Tensor]:
    """What the heads answer from: the end of the text, just after it, and the pooled embedding."""
    ids = reader.ids(texts)
    end = (ids == 1).int().argmax(1)
    ids = ids[:, : min(TOKENS, int(end.max()) + 2)]
    with precision.mixed(ids.device):
        tokens, pooled = reader.states(ids)
    rows = torch.arange(len(ids), device=ids.device)
    after = (end + 1).clamp(max=ids.shape[1] - 1)
    return tokens[rows, end].float(), tokens[rows, after].float(), pooled.float()


def trained_heads(room: Room, reader: Reader) -> Any:
    """The heads of the reading stage, or new ones fitted where only shipped weights are at hand."""
    heads, path = _new_heads(room), room.work / "heads.pt"
    if path.exists():
        heads.load_state_dict(torch.load(path, map_location=room.device)["heads"])
        return heads.requires_grad_(False)
    rng = random.Random(room.seed + 22)
    opt = stages.optimizer(heads.parameters(), 1e-2, decay=0)
    for done, figures in clock("heads", min(60.0, room.seconds / 8), -(-room.steps // 8)):
        stages.set_rate(opt, 1e-2 * stages.pace(done))
        texts, truth = batch(rng, 64, of=WORLDS[room.world])
        with torch.no_grad():
            vectors = _vectors(reader, texts)
        pairs = zip(heads, vectors, strict=True)
        loss = torch.stack([head.loss(v, truth.to(room.device))[0] for head, v in pairs]).sum()
        opt.zero_grad(set_to_none=True)
        loss.backward()
        opt.step()
        figures["loss"] = loss.item()
    save_state(path, heads=heads.state_dict())
    return heads.requires_grad_(False)


def train(room: Room) -> None:
    """A few minutes, until captions are read without mistakes."""
    torch.manual_seed(room.seed + 2)
    reader = Reader(room)
    for encoder in (reader.one, reader.two):  # the bf16 backward of fused attention is slow
        encoder.set_attn_implementation("eager")
    heads: Any = _new_heads(room)
    again = (room.work / "heads.pt").exists()
    if again:  # go on reading
        heads.load_state_dict(torch.load(room.work / "heads.pt", map_location=room.device)["heads"])
    encoders = nn.ModuleList([reader.one, reader.two])
    opt, head_opt = Muon(encoders, decay=0.1), stages.optimizer(heads.parameters(), RATE)
    course = Course(room, "text", encoders=encoders, heads=heads, opt=opt, head_opt=head_opt)
    of = WORLDS[room.world]
    for done, figures in course:
        rng = course.chance_of_step(f"captions {again}")
        opt.set_rate(stages.pace(done, warm=0.05))
        stages.set_rate(head_opt, RATE * stages.pace(done, warm=0.05))
        texts, truth = batch(rng, 64, rng.random() < 0.6, of)
        truth = truth.to(room.device)
        vectors = _vectors(reader, texts)
        results = [head.loss(v, truth) for head, v in zip(heads, vectors, strict=True)]  # type: ignore[operator]
        loss = torch.stack([r[0] for r in results]).sum()
        opt.zero_grad()
        head_opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*encoders.parameters(), *heads.parameters()], 1.0)
        opt.step()
        head_opt.step()
        right = torch.stack([r[1] for r in results]).mean().item()
        figures["loss"] = 0.95 * figures.get("loss", loss.item()) + 0.05 * loss.item()
        figures["read"] = 0.95 * figures.get("read", right) + 0.05 * right
    read = share_read(reader, heads, room)
    one, two, pool = settle(reader, of)
    with torch.no_grad():
        for head in heads[:2]:
            head.linear.weight[:, : TEXT_WIDTHS[0]] /= one
            head.linear.weight[:, TEXT_WIDTHS[0] :] /= two
        heads[2].linear.weight /= pool
    stages.drop_pictures(room.work)
    export.save_part(reader.one, room.model / "text_encoder")
    export.save_part(reader.two, room.model / "text_encoder_2")
    save_state(room.work / "heads.pt", heads=heads.state_dict())
    course.end(read=read)


@torch.no_grad()
def share_read(reader: Reader, heads: Any, room: Room) -> dict[str, float]:
    """The share of fresh captions that are read without a mistake in any question: from the end of
    the text, just after it, and the pooled embedding; from its end, of what training never has
    together; and of each question the share of mistakes, where there are any."""
    of, count = WORLDS[room.world], room.enough(FRESH)
    chance = random.Random("fresh")
    fresh = [of.caption(chance, False) for _ in range(count)]
    whole = _answered(reader, heads, fresh, of)
    told = {n: whole[k].all(1) for k, n in enumerate(("end", "after", "pooled"))}
    unseen = [of.unseen(chance) for _ in range(count)]
    told["unseen"] = _answered(reader, heads, unseen, of)[0].all(1)
    wrong = 1 - whole[0].float().mean(0)
    mistakes = {q: round(m, 4) for q, m in zip(of.questions, wrong.tolist(), strict=True) if m}
    shares = {name: round(right.float().mean().item(), 4) for name, right in told.items()}
    return shares | {f"wrong in {question}": share for question, share in mistakes.items()}


def _answered(
    reader: Reader, heads: Any, said: list[tuple[str, Facts]], of: World
) -> tuple[Tensor, ...]:
    """(captions, questions) for each head: whether it answers as the caption says."""
    rows: list[list[Tensor]] = [[] for _ in heads]
    for number in range(0, len(said), 100):
        some = said[number : number + 100]
        truth = answers([told for _, told in some], of).to(reader.device)
        vectors = _vectors(reader, [text for text, _ in some])
        for right, head, vector in zip(rows, heads, vectors, strict=True):
            right.append(head.right(vector, truth))
    return tuple(torch.cat(right) for right in rows)
