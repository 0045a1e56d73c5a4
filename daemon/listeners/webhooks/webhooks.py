"""Webhooks as a listener: each moment that a receiver asked for becomes a delivery in the spool."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from daemon.fs.read import read_regular
from daemon.listeners.errands import Errands, Lingering, Patience
from daemon.listeners.moments import HEARD, Facts, Moment, facts_of, moment_of
from daemon.listeners.webhooks.sender import Receiver, Sender
from daemon.listeners.webhooks.spool import Delivery, Outgoing
from daemon.notify.subscribers import Numbered
from daemon.root.layout import Layout
from daemon.settings_forms import WebhookForm

MOST_PICTURES = 100
"""Pictures of one job that a delivery names."""


class Webhooks(Lingering[Moment]):
    """The receivers of one root; `say` is told, by any thread, what goes wrong."""

    heard = HEARD

    def __init__(
        self, layout: Layout, forms: tuple[WebhookForm, ...], say: Callable[[str], None]
    ) -> None:
        self._say = say
        self._outgoing = Outgoing(layout)
        self._forms: dict[str, WebhookForm] = {}
        self._senders: dict[str, Sender] = {}
        self._known: set[str] = set()
        for form in forms:
            self._add(form)
        errands = Errands("webhooks", self._spool, say)
        super().__init__(errands, Patience(calm=10.0, hurried=3.0))
        self._start()

    def take(self, told: Numbered) -> None:
        """One event."""
        moment = moment_of(told)
        if moment is not None and any(moment.word in f.events for f in self._forms.values()):
            self._errands.put(moment)

    def close(self) -> None:
        """Send what is due, for a few seconds; what is left is sent by the next daemon."""
        self._run_rest()
        for sender in self._senders.values():
            sender.stop()
        for sender in self._senders.values():
            sender.join(self._patience.is_over)

    # --- inside -------------------------------------------------------------------------------

    def _add(self, form: WebhookForm) -> None:
        label, secret = urlsplit(form.url).hostname or "?", form.secret
        key = hashlib.sha256(form.url.encode()).hexdigest()[:16]
        self._known.add(key)
        if form.secret_env and not secret:
            secret = os.environ.get(form.secret_env, "")
            if not secret:
                self._say(
                    f"the webhook to {label} is not sent: its secret is to be in the environment "
                    f"as {form.secret_env}, and is not"
                )
                return
        self._forms[key] = form
        receiver = Receiver(key, label, form.url, secret)
        self._senders[key] = Sender(receiver, self._outgoing, self._say)

    def _start(self) -> None:
        left: dict[str, list[Delivery]] = {key: [] for key in self._senders}
        strange = 0
        for delivery in self._outgoing.all():
            if delivery.target in left:
                left[delivery.target].append(delivery)
            elif delivery.target not in self._known:
                strange += 1
                self._outgoing.forget(delivery)
        if strange:
            self._say(
                f"{strange} deliveries to webhooks that are no longer in the settings are gone"
            )
        for key, sender in self._senders.items():
            sender.start(left[key])

    def _spool(self, moment: Moment) -> None:
        for key, form in self._forms.items():
            if moment.word not in form.events:
                continue
            delivery = Delivery(
                id=uuid.uuid4().hex,
                number=moment.told.number,
                target=key,
                event=moment.word,
                body=json.dumps(payload(moment, form.include), ensure_ascii=True),
                created=time.time(),
            )
            try:
                self._outgoing.keep(delivery)
            except OSError as error:
                self._say(f"a delivery can't be kept, and is lost: {error.strerror or error}")
                continue
            self._senders[key].put(delivery)
        gone = self._outgoing.trim()
        if gone:
            self._say("more deliveries to webhooks wait than are kept: the oldest are lost")


def payload(moment: Moment, include: Sequence[str] = ()) -> Facts:
    """What is sent: the facts, and the prompt where that is asked for."""
    facts = facts_of(moment)
    pictures = facts.get("pictures")
    first = facts.get("record")
    if isinstance(pictures, list):
        first = pictures[0]["record"] if pictures else None
        facts |= {"pictures": pictures[:MOST_PICTURES], "pictures_number": len(pictures)}
    if "prompt" in include and first:
        facts["prompt"] = _prompt(Path(str(first)))
    return facts


def _prompt(record: Path) -> str | None:
    """As it was written, of the picture whose record this is."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        content = json.loads(read_regular(record))
        job = content.get("job") if isinstance(content, Mapping) else None
        if isinstance(job, Mapping):
            written = job.get("written")
            typed = written.get("prompt") if isinstance(written, Mapping) else None
            return str(typed or job.get("prompt") or "")
    return None
