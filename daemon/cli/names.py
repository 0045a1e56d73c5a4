"""Which jobs a word on the command line means: one rule for every verb.

`#10` is job 10; `10` too, unless a file is called so; `010` is a name. Anything else is FOLDER/NAME
as `status` spells it, a bare NAME, each with its ending or without, a path into the root, a FOLDER,
or a pattern with `*`, `?` or `[…]`. Names are equal in NFC and NFD. A word that several files bear
is never guessed.
Asks the files, not the daemon. Standard library only.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from unicodedata import normalize

from daemon.cli.known_jobs import KnownJob, known_jobs
from daemon.errors import UsageError
from daemon.root.layout import WHY_SUFFIX, Layout
from daemon.text.suggest import did_you_mean

LISTED = 20
"""Matches that are listed when a word means several."""

GUESSED = 2000
"""Names among which one is looked for that was meant, the newest."""

_NUMBER = re.compile(r"#0*([0-9]{1,18})|(0|[1-9][0-9]{0,17})")
_PATTERN = re.compile(r"[*?\[]")
_FOLDERS = ("inbox", "done", "failed")

Matcher = Callable[[str], bool]


def job_number(word: str) -> int | None:
    """10 of `10` and `#10`; None of anything else, `010` included, which is a name."""
    found = _NUMBER.fullmatch(word)
    return int(found[1] or found[2]) if found else None


class Names:
    """The jobs of one root as its files tell of them at this moment."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self.jobs = known_jobs(layout)

    def find(self, word: str, able: Callable[[KnownJob], bool] = lambda _: True) -> list[KnownJob]:
        """The jobs that `word` means, of those that `able` accepts; where it accepts none of them,
        all it means, for the caller to say why not. Of one file's ended tries only the newest,
        unless a number says which. Raises UsageError where it means nothing, or several files."""
        found, is_one = self._meant(word) if word else ([], True)
        if not found:
            raise self._unknown(word)
        chosen = [job for job in found if able(job)] or found
        if is_one and len({(job.place, job.is_over or job.number) for job in chosen}) > 1:
            raise _several(word, chosen)
        return chosen

    def tries(self, word: str) -> list[KnownJob]:
        """All that is known of the one file, the files of the folder or of the pattern that `word`
        means, every try of each; of the one job if it is a number. Raises UsageError as `find`."""
        found, is_one = self._meant(word) if word else ([], True)
        if not found:
            raise self._unknown(word)
        places = {job.place for job in found}
        if is_one and len(places) > 1:
            raise _several(word, found)
        if any(job.number is not None for job in found) and job_number(word) is not None:
            return found
        return [job for job in self.jobs if job.place in places]

    def knows(self, word: str) -> bool:
        """Whether it means anything."""
        return bool(word and self._meant(word)[0])

    def bearing(self, word: str) -> list[KnownJob]:
        """The jobs that have this number or this name; those in a folder of the name are not."""
        number, text = job_number(word), normalize("NFC", word)
        numbered = [job for job in self.jobs if number is not None and job.number == number]
        return [*numbered, *self._named(text)]

    def has_left(self, job: KnownJob) -> bool:
        """Whether a file that waited when the names were read waits no more."""
        return job.is_waiting and not os.path.lexists(self._layout.inbox / job.place)

    def inside(self, folder: str) -> list[KnownJob]:
        """The jobs whose files lie, or lay, in this folder of the inbox or below it."""
        return [job for job in self.jobs if _is_in(job.place, normalize("NFC", folder))]

    def _meant(self, word: str) -> tuple[list[KnownJob], bool]:
        """Everything the word could mean, and whether it is to mean one file only."""
        text, number = normalize("NFC", word.removesuffix(WHY_SUFFIX)), job_number(word)
        numbered = [job for job in self.jobs if number is not None and job.number == number]
        if word.startswith("#"):
            return numbered, True
        place = self._path(text)
        if place is not None:
            return self._at(place)
        folder = text.rstrip("/")
        named = self._named(text) if folder == text else []
        inside = [job for job in self.jobs if folder and _is_in(job.place, folder)]
        if numbered or named:  # a folder of this name as well makes it mean several
            return [*_both(numbered, named), *_newest(inside)], True
        if inside or not _PATTERN.search(text):
            return _newest(inside), False
        return _newest(self._like(text)), False

    def _named(self, text: str) -> list[KnownJob]:
        """Those of this name, the strictest comparison first that finds any."""
        for fold in (str, str.casefold):
            for spelt in (_with_ending, _without_ending):
                wanted = fold(text)
                named = [job for job in self.jobs if wanted in map(fold, spelt(job, "/" in text))]
                if named:
                    return _newest(named)
        return []

    def _like(self, text: str) -> Iterator[KnownJob]:
        """Those that a pattern fits; `*` stops at a `/`, `**` does not."""
        fits = _pattern(text)
        for job in self.jobs:
            spelt = (*_with_ending(job, "/" in text), *_without_ending(job, "/" in text))
            if any(map(fits, spelt)):
                yield job

    # --- paths --------------------------------------------------------------------------------

    def _path(self, text: str) -> str | None:
        """The place below the root if the word is a path to a job file, or a folder of them: one
        that is typed as such, or that leads there from the folder we are in."""
        first = text.split("/", 1)[0]
        if "/" in text and first in _FOLDERS:
            return text.rstrip("/")
        path = Path(os.path.abspath(text))  # noqa: PTH100 (links are not to be followed)
        typed = Path(text).is_absolute() or first in (".", "..")
        if not typed and not os.path.lexists(path):
            return None
        for start, name in ((self._layout.inbox, "inbox"), (self._layout.root, "")):
            for base in (start, Path(os.path.realpath(start))):
                if path.is_relative_to(base):
                    place = (Path(name) / path.relative_to(base)).as_posix()
                    return place if typed or place.split("/", 1)[0] in _FOLDERS else None
        return None

    def _at(self, place: str) -> tuple[list[KnownJob], bool]:
        """What lies at a path below the root, or lay there when it was dropped."""
        if place == "inbox":
            return [job for job in self.jobs if not job.is_over], False
        of_inbox = place.startswith("inbox/")
        paths = [
            (job, normalize("NFC", f"inbox/{job.place}" if of_inbox else job.kept))
            for job in self.jobs
        ]
        exact = [job for job, path in paths if path == place]
        if exact:
            return [job for job in exact if job.is_waiting] or _newest(exact), True
        fits = _pattern(place)
        inside = [job for job, path in paths if path.startswith(f"{place}/") or fits(path)]
        if inside:
            return _newest(inside) if of_inbox else inside, False
        return _newest(job for job, path in paths if _stem(path) == place), True

    def _unknown(self, word: str) -> UsageError:
        names = list(dict.fromkeys(job.place for job in reversed(self.jobs)))[:GUESSED]
        bare = {name.rpartition("/")[2]: name for name in names}
        guess = did_you_mean(word, [*names, *bare])
        return UsageError(
            f"There is no job `{word}`. {guess} ".rstrip()
            + " `hotfolder status` lists what waits and what is worked on; the others lie in "
            "done/ and failed/."
        )


# --- how names are compared -----------------------------------------------------------------------


def _with_ending(job: KnownJob, whole: bool) -> tuple[str, ...]:
    """What it is called with its ending: FOLDER/NAME, or the bare name unless a `/` was typed."""
    kept = normalize("NFC", job.kept.partition("/")[2])
    both = [normalize("NFC", job.place), *([kept] if kept else [])]
    return tuple(both if whole else [name.rpartition("/")[2] for name in both])


def _without_ending(job: KnownJob, whole: bool) -> tuple[str, ...]:
    """The same without, and the name that the job file gives itself."""
    folder = f"{job.project}/" if whole and job.project else ""
    own = [normalize("NFC", folder + job.name)] if job.name else []
    return (*map(_stem, _with_ending(job, whole)), *own)


def _stem(path: str) -> str:
    return os.path.splitext(path)[0]  # noqa: PTH122 (of a text, not of a file)


def _is_in(place: str, folder: str) -> bool:
    """Whether a file lies in this folder of the inbox or below it."""
    return normalize("NFC", place).startswith(f"{folder}/")


def _pattern(text: str) -> Matcher:
    """Whether a name fits a pattern, part by part unless it holds `**`."""
    if "**" in text:
        loose = text.replace("**/", "*").replace("**", "*")
        return lambda name: fnmatchcase(name, loose)
    parts = text.split("/")

    def fits(name: str) -> bool:
        of = name.split("/")
        return len(of) == len(parts) and all(map(fnmatchcase, of, parts))

    return fits


# --- which of several -----------------------------------------------------------------------------


def _newest(jobs: Iterable[KnownJob]) -> list[KnownJob]:
    """Of several ended tries of one file only the last; what is not over stays."""
    kept: dict[tuple[str, bool, int | None], KnownJob] = {}
    for job in jobs:
        kept[job.place, job.is_over, None if job.is_over else job.number] = job
    return list(kept.values())


def _both(numbered: list[KnownJob], named: list[KnownJob]) -> list[KnownJob]:
    """A number and a name at once: one job, if the number's file bears the name."""
    if numbered and {job.place for job in named} <= {numbered[0].place}:
        return numbered
    return [*numbered, *(job for job in named if job not in numbered)]


_WHICH = "Say which: a number with its #, or FOLDER/NAME (inbox/NAME for the inbox itself)."


def _several(word: str, jobs: Sequence[KnownJob]) -> UsageError:
    return several(word, [f"{job.label}  {job.state}" for job in jobs])


def several(word: str, meanings: Sequence[str], remedy: str = "") -> UsageError:
    """What to say of a word that means all of these."""
    lines = list(meanings[:LISTED])
    if len(meanings) > LISTED:
        lines.append(f"and {len(meanings) - LISTED} more")
    remedy = remedy or _WHICH
    return UsageError("\n".join([f"`{word}` means several; nothing was done:", *lines, remedy]))
