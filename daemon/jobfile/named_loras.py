"""The LoRAs that a job names, by key, tag and character: each worn once, as it is named last.

Pure. Two names that lead to one file are two LoRAs here; who knows the files tells of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from daemon.jobfile.job import JobLora


def worn(of_cast: Sequence[JobLora], own: Sequence[JobLora]) -> tuple[list[JobLora], list[str]]:
    """Those that are worn, and warnings of what was said in vain. What a job says itself of a
    character's LoRA is meant to count instead."""
    last = {lora.name: lora for lora in (*of_cast, *own)}
    return list(last.values()), [*_in_vain(of_cast, last), *_in_vain(own, last, even_alike=True)]


def _in_vain(
    loras: Sequence[JobLora], last: dict[str, JobLora], *, even_alike: bool = False
) -> Iterable[str]:
    for name in dict.fromkeys(lora.name for lora in loras):
        scales = [_scale(lora) for lora in loras if lora.name == name]
        if len(scales) < 2 or (len(set(scales)) == 1 and not even_alike):
            continue
        told = f"The LoRA {name} is named {_times(len(scales))}"
        if len(set(scales)) == 1:
            yield f"{told}, and worn once."
        else:
            counts = _scale(last[name])
            yield f"{told}, {' and '.join(scales)}: it is worn once, {counts}, as it is named last."


def _times(number: int) -> str:
    return {2: "twice"}.get(number, f"{number} times")


def _scale(lora: JobLora) -> str:
    return "without a scale" if lora.scale is None else f"with a scale of {lora.scale:g}"
