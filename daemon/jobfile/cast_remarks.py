"""What is said of a cast that may not come out as somebody thinks.

Names in other capitals than the cast writes them, and characters that blend into each other. Pure;
never an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from daemon.jobfile.areas import Area
from daemon.jobfile.cast import Character
from daemon.jobfile.names_in_text import names_in


def miswritten(text: str, cast: Mapping[str, Character], settled: set[str]) -> Iterable[str]:
    """Names that stand in the text with other capitals than in the cast."""
    open_names = [name for name in cast if name not in settled]
    spelled = {name.casefold(): name for name in open_names}
    for folded in names_in(text.casefold(), spelled):
        name = spelled[folded]
        yield (
            f"{name} is not in the picture: the prompt writes the name with other capitals than "
            f"`cast` does. `with: {name}` or `without: {name}` decides."
        )


def blending(here: Mapping[str, Character], places: Mapping[str, Area]) -> Iterable[str]:
    """What several characters in one picture do to each other."""
    looking = [name for name, each in here.items() if each.looks]
    bare = [name for name in looking if name not in places]
    if len(looking) > 1 and bare:
        said = ", ".join(
            f"{name}: {word}" for name, word in zip(looking, ("left", "right"), strict=False)
        )
        yield (
            f"{_and(looking)} may blend into each other: {_and(bare)} "
            f"{'has' if len(bare) == 1 else 'have'} no `place`. Write for instance "
            f"place: {{{said}}}"
        )
    wearing = [name for name, each in here.items() if each.loras]
    if len(wearing) > 1:
        yield f"The LoRAs of {_and(wearing)} act on the whole picture, each on everyone in it."


def _and(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
