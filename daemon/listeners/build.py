"""Who listens to the daemon of one root, as its settings want it: put together and taken apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from daemon.listeners.answers import Answers
from daemon.listeners.hooks import Hooks
from daemon.listeners.service_manager import ServiceManager
from daemon.notify.events import Event
from daemon.notify.stream import EventStream
from daemon.notify.subscribers import Numbered
from daemon.root.layout import Layout
from daemon.root.status_file import Snapshot
from daemon.settings import Settings


class Listener(Protocol):
    """What takes the events it `wants`, and has things to do when the daemon ends."""

    def wants(self, event: Event) -> bool: ...

    def take(self, told: Numbered) -> None: ...

    def hurry(self) -> None: ...

    def close(self) -> None: ...


class Listeners:
    """Those of one root; subscribed to `stream` when made."""

    def __init__(
        self,
        layout: Layout,
        settings: Settings,
        stream: EventStream,
        manager: ServiceManager | None = None,
    ) -> None:
        answers = Answers(layout, stream.overhear)
        # It waits for nothing, and has a thread of its own.
        stream.attach(answers.take, at_rest=answers.rest)
        others: dict[str, Listener] = {"hooks": Hooks(layout, stream.tell_soon)}
        self._manager = manager or ServiceManager()
        self._beats: list[Callable[[Snapshot], None]] = [self._manager.beat]
        if settings.metrics:
            from daemon.listeners.metrics import Metrics

            metrics = Metrics(layout, settings.metrics, stream.overhear)
            others["metrics"] = metrics
            self._beats.append(metrics.beat)
        if settings.notify:
            from daemon.listeners.desktop import Desktop, Messenger

            desktop = Desktop(stream.overhear)
            others["notify"] = Messenger("notify", desktop.send, stream.overhear)
        if settings.apprise:
            from daemon.listeners.apprise import Apprise
            from daemon.listeners.desktop import Messenger

            services = Apprise(settings.apprise, stream.overhear)
            others["apprise"] = Messenger("apprise", services.send, stream.overhear)
        if settings.webhooks:
            from daemon.listeners.webhooks.webhooks import Webhooks

            others["webhooks"] = Webhooks(layout, settings.webhooks, stream.overhear)
        for name, listener in others.items():
            stream.subscribe(name, listener.take, wants=listener.wants)
        self._all = (answers, *others.values())

    def also(self, beat: Callable[[Snapshot], None]) -> None:
        """One more that hears every status, and must not wait."""
        self._beats.append(beat)

    def beat(self, snapshot: Snapshot) -> None:
        """The daemon lives, and this is what it does. Never waits."""
        for beat in self._beats:
            beat(snapshot)

    def hurry(self) -> None:
        """A signal has come: whoever sent it waits. Safe in its handler."""
        for listener in self._all:
            listener.hurry()

    def close(self) -> None:
        """The daemon ends, and the stream has told all it will: do what is left."""
        self._manager.stopping()
        for listener in self._all:
            listener.close()
