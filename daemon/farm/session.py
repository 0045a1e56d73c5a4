"""One render: jobs of what is missing go into an inbox, and come back as pictures in a folder.

Follows the events of a daemon, whoever's it is; starts none, and decides nothing about rendering.
"""

from __future__ import annotations

import contextlib
import json
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

from daemon.boards.key import TakeId
from daemon.errors import JobError
from daemon.farm.progress import FarmProgress
from daemon.farm.results import Named, Results
from daemon.farm.wanted import WantedPicture
from daemon.fs import atomic
from daemon.fs.read import read_file
from daemon.plan.prepare import Preparer
from daemon.protocol.outcome import Outcome
from daemon.root import commands, drop_notes
from daemon.root.create import make_folder
from daemon.root.layout import Layout

MOST = 500
"""Jobs that wait in the inbox at a time."""

Event = Mapping[str, object]


class Session:
    """Of the `wanted` pictures, which are `named` so, those that are chosen and not there are made
    by the daemon of `layout`; `arrived` tells it of a file, `quote` is told a letter."""

    def __init__(
        self,
        layout: Layout,
        results: Results,
        wanted: Mapping[TakeId, WantedPicture],
        named: Mapping[TakeId, Named],
        preparer: Preparer,
        progress: FarmProgress,
        arrived: Callable[[Path], None],
        quote: Callable[[str], None],
    ) -> None:
        self._layout = layout
        self._results = results
        self._wanted = wanted
        self._named = named
        self._preparer = preparer
        self._progress = progress
        self._arrived = arrived
        self._quote = quote
        self._project = f"render-{uuid.uuid4().hex[:8]}"
        self._free: deque[TakeId] = deque()
        self._followers: dict[TakeId, list[TakeId]] = {}
        self._under_way: dict[tuple[str, str], TakeId] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self.made = 0
        self.failed = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to be done."""
        return not self._under_way and not self._free

    def begin(self) -> None:
        """Drop what can be begun."""
        for one, each in self._wanted.items():
            if not each.is_chosen or self._named[one].is_there:
                continue
            needed = each.picture.follows
            if needed is None or self._named[needed].is_there:
                self._free.append(one)
            else:
                self._followers.setdefault(needed, []).append(one)
        self._drop_on()

    def hear(self, event: Event) -> None:
        """What happens there. Raises SetupError where a picture can't be brought."""
        key = str(event.get("project", "")), str(event.get("file", ""))
        one = self._under_way.get(key)
        if one is None:
            return
        if isinstance(job := event.get("job"), int):
            self._numbers[key] = job
        match event.get("event"), event.get("step"), event.get("steps"):
            case "step", int() as step, int() as steps:
                self._progress.step(self._wanted[one].label, step, steps)
            case "removed", _, _:
                self._end(key, one, "somebody has taken its job away")
            case str() as word, _, _ if word in set(Outcome):
                self._heard_end(key, one, event)

    def cancel(self) -> None:
        """Nothing that is under way is wanted any more."""
        self._free.clear()
        for project, file in self._under_way:
            job = self._numbers.get((project, file), f"{project}/{file}")
            with contextlib.suppress(OSError):
                commands.ask(self._layout, commands.Cancel(job))

    # --- going there ----------------------------------------------------------------------------

    def _drop_on(self) -> None:
        while self._free and len(self._under_way) < MOST:
            one = self._free.popleft()
            try:
                self._drop(one)
            except JobError as error:
                self._fail(one, str(error))

    def _drop(self, one: TakeId) -> None:
        each, named = self._wanted[one], self._named[one]
        body = each.body(named.name, named.version, self._preparer, self._followed(each))
        project = "/".join(filter(None, (self._project, each.ask.place)))
        folder = self._layout.inbox / project
        make_folder(self._layout, folder)
        draft = atomic.draft_beside(folder / "job.json")
        data = json.dumps(body, indent=1, ensure_ascii=False).encode("utf-8", "replace")
        atomic.write_new(draft, data)
        try:
            file = drop_notes.drop(self._layout, draft, folder, f"{named.name}.json", None)
        finally:
            draft.unlink(missing_ok=True)
        self._under_way[project, file.name] = one
        self._arrived(file)

    def _followed(self, each: WantedPicture) -> tuple[str, str] | None:
        """(name, sha256) of the picture it follows, kept. Raises JobError where it is gone."""
        needed = each.picture.follows
        if needed is None:
            return None
        place = self._results.place_of(self._wanted[needed], self._named[needed].name)
        return place.name, self._preparer.keep(place)

    # --- coming back ----------------------------------------------------------------------------

    def _heard_end(self, key: tuple[str, str], one: TakeId, event: Event) -> None:
        pictures = event.get("pictures")
        if event["event"] == Outcome.DONE and isinstance(pictures, list) and pictures:
            each = self._wanted[one]
            made = Path(str(pictures[0]))
            place = self._results.deliver(each, self._named[one].name, made)
            self.made += 1
            self._progress.made(each.label, place)
            self._end(key, one)
            return
        if isinstance(letter := event.get("letter"), str):
            with contextlib.suppress(OSError):
                self._quote(read_file(Path(letter)).decode("utf-8", "replace"))
        self._end(key, one, str(event.get("reason") or event["event"]))

    def _end(self, key: tuple[str, str], one: TakeId, reason: str | None = None) -> None:
        del self._under_way[key]
        if reason is None:
            self._free.extend(self._followers.pop(one, ()))
        else:
            self._fail(one, reason)
        self._drop_on()

    def _fail(self, one: TakeId, reason: str) -> None:
        """And all that follow it."""
        lost = [(one, reason)]
        for each, why in lost:
            label = self._wanted[each].label
            self.failed += 1
            self._progress.failed(label, why)
            lost += [(other, f"it follows {label}") for other in self._followers.pop(each, ())]
