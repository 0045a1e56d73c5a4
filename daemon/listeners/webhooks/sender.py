"""Sends what waits for one receiver, in a thread of its own: five tries in an hour, then no more.

What an earlier run has left is tried once more when a daemon starts. While nobody can be reached
only the first delivery knocks; one that is answered with a refusal lets the others go on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from daemon.listeners.webhooks.post import Answer, headers, post
from daemon.listeners.webhooks.spool import Delivery, Outgoing

PAUSES = (30.0, 180.0, 900.0, 2_400.0)
"""Seconds between the five tries."""

HOUR = 3_600.0
"""Seconds after which nothing is put off any more."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where deliveries go: `key` stands for it in the spool, `label` in the log; never its address,
    which may be a secret."""

    key: str
    label: str
    url: str
    secret: str


class Sender:
    """Of one receiver; `say` is told, by any thread, what goes wrong."""

    def __init__(
        self,
        receiver: Receiver,
        outgoing: Outgoing,
        say: Callable[[str], None],
        *,
        pauses: tuple[float, ...] = PAUSES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._receiver, self._outgoing, self._say = receiver, outgoing, say
        self._pauses, self._clock = pauses, clock
        self._waiting: list[Delivery] = []
        self._extra: set[str] = set()  # tried once more, which does not count
        self._deaf_until = 0.0
        self._changed = threading.Condition()
        self._is_closing = False
        self._is_well = True
        self._thread = threading.Thread(target=self._serve, daemon=True, name="webhook")

    def start(self, before: list[Delivery]) -> None:
        """Begin with what an earlier run has left: each is tried at once."""
        self._waiting = [each.put_off(0.0, counts=False) for each in before]
        self._extra = {each.id for each in before if each.tries}
        self._thread.start()

    def put(self, delivery: Delivery) -> None:
        """One more; it lies in the spool."""
        with self._changed:
            self._waiting.append(delivery)
            self._changed.notify()

    def stop(self) -> None:
        """Send what is due now, and begin nothing after it."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()

    def join(self, is_over: Callable[[], bool]) -> None:
        """Wait for that."""
        while self._thread.is_alive() and not is_over():
            self._thread.join(0.05)

    def _serve(self) -> None:
        while (delivery := self._next()) is not None:
            if not self._outgoing.has(delivery):
                continue
            answer = self._send(delivery)
            if answer.trouble:
                self._failed(delivery, answer)
            else:
                self._outgoing.forget(delivery)
                if not self._is_well:
                    self._say(f"the webhook to {self._receiver.label} goes through again")
                self._is_well = True

    def _next(self) -> Delivery | None:
        """What is due, the oldest first; None where there is nothing and the daemon ends."""
        with self._changed:
            while True:
                now = self._clock()
                due = [each for each in self._waiting if each.not_before <= now]
                if due and self._deaf_until <= now:
                    first = min(due, key=lambda each: each.number)
                    self._waiting.remove(first)
                    return first
                if self._is_closing:
                    return None
                moments = [max(each.not_before, self._deaf_until) for each in self._waiting]
                self._changed.wait(min(moments) - now if moments else None)

    def _send(self, delivery: Delivery) -> Answer:
        body = delivery.body.encode("utf-8")
        said = headers(
            secret=self._receiver.secret,
            timestamp=str(int(self._clock())),
            delivery=delivery.id,
            event=delivery.event,
            body=body,
        )
        return post(self._receiver.url, body, said)

    def _failed(self, delivery: Delivery, answer: Answer) -> None:
        now = self._clock()
        counts = delivery.id not in self._extra
        self._extra.discard(delivery.id)
        tries = delivery.tries + counts
        label, trouble = self._receiver.label, answer.trouble
        if tries > len(self._pauses) or now - delivery.created > HOUR:
            self._outgoing.forget(delivery)
            self._say(f"the webhook to {label} is given up for {_named(delivery)}: {trouble}")
            self._is_well = False
            return
        if self._is_well:
            self._is_well = False
            self._say(f"the webhook to {label} fails, and is tried again: {trouble}")
        again = now + self._pauses[max(0, tries - 1)]
        later = delivery.put_off(again, counts=counts)
        try:
            if not self._outgoing.put_off(later):
                return
        except OSError as error:
            self._say(f"the webhook to {label}: its delivery can't be kept: {error.strerror}")
        with self._changed:
            self._waiting.append(later)
            if not answer.is_reached:
                self._deaf_until = again


def _named(delivery: Delivery) -> str:
    return f"{delivery.event} (delivery {delivery.id})"
