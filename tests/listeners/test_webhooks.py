"""Webhooks: delivered once and signed, whatever the receiver does, and over restarts."""

from __future__ import annotations

import hashlib
import hmac
import json

from support.daemon import hotfolder
from support.receiver import receiver

from daemon.listeners.webhooks import post as posting
from daemon.listeners.webhooks import spool as spooling
from daemon.listeners.webhooks.post import post
from daemon.listeners.webhooks.sender import Receiver, Sender
from daemon.listeners.webhooks.spool import Delivery, Outgoing
from daemon.listeners.webhooks.webhooks import Webhooks
from daemon.notify import events
from daemon.notify.subscribers import Numbered
from daemon.protocol.outcome import Outcome
from daemon.settings import parse_settings

SMALL = "size: 64x64\nsteps: 2\n"


def signed(headers: dict[str, str], body: bytes, secret: str) -> bool:
    """As a receiver would look at it."""
    text = headers["X-Hotfolder-Timestamp"].encode() + b"." + body
    right = hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
    return headers["X-Hotfolder-Signature"] == f"sha256={right}"


def waiting(root) -> list[str]:
    return sorted(p.name for p in (root.state / "outgoing").glob("*.json"))


def test_what_fails_three_times_is_delivered_once_after_a_restart_and_rightly_signed(
    root, drop, daemon
):
    with receiver(500, 500, 503) as told:
        root.settings_file.write_text(
            f"webhooks: [{{url: '{told.url}', secret_env: HOOK_SECRET, events: [job-done]}}]\n"
        )
        drop.whole("a.yaml", f"prompt: a private word\n{SMALL}")
        for tries in range(1, 4):
            child = daemon("--until-empty", ready=False, HOOK_SECRET="s3cret-key")
            assert child.wait() == 0
            assert len(told.heard) == tries
            assert len(waiting(root)) == 1
        assert daemon("--until-empty", ready=False, HOOK_SECRET="s3cret-key").wait() == 0
        assert waiting(root) == []

        assert len(told.heard) == 4
        [(_, headers, body)] = told.taken
    assert signed(headers, body, "s3cret-key")
    assert headers["X-Hotfolder-Event"] == "job-done"
    assert len({each[1]["X-Hotfolder-Delivery"] for each in told.heard}) == 1
    said = json.loads(body)
    assert (said["event"], said["outcome"], said["file"]) == ("job-done", "done", "a.yaml")
    assert said["pictures"][0]["picture"] == str(root.outbox / "a.png")
    assert b"private" not in body
    log = root.log_file.read_text()
    assert "the webhook to 127.0.0.1 fails, and is tried again: it answers 500" in log
    everything = log + root.jsonl_file.read_text() + child.output() + root.status_file.read_text()
    for verb in ("status", "logs"):
        done = hotfolder(verb, "--root", str(root.root))
        everything += done.stdout + done.stderr
    assert "s3cret" not in everything


def test_events_and_the_prompt_are_sent_as_the_settings_ask(root, drop, daemon):
    with receiver() as all_of_it, receiver() as few:
        root.settings_file.write_text(
            f"webhooks:\n- url: {all_of_it.url}\n  secret: key\n  include: [prompt]\n"
            f"  events: [picture-done, job-done, job-failed, queue-empty]\n- url: {few.url}\n"
        )
        drop.whole("a.yaml", f"prompt: a private word\n{SMALL}count: 2\n")
        drop.whole("b.yaml", "prmpt: a\n")
        assert daemon("--until-empty", ready=False).wait() == 1

    told = [json.loads(body) for _, _, body in all_of_it.heard]
    assert sorted(each["event"] for each in told) == [
        "job-done", "job-failed", "picture-done", "picture-done", "queue-empty",
    ]  # fmt: skip
    assert {each.get("prompt") for each in told} == {"a private word", None}
    assert [each["number"] for each in told] == sorted(each["number"] for each in told)
    assert sorted(json.loads(each[2])["event"] for each in few.heard) == [
        "job-done", "job-failed", "queue-empty",
    ]  # fmt: skip
    assert not any(b"private" in body for _, _, body in few.heard)
    assert "X-Hotfolder-Signature" not in few.heard[0][1]


# --- one POST -------------------------------------------------------------------------------------


def test_a_redirect_is_not_followed():
    with receiver() as elsewhere, receiver(elsewhere.url) as told:
        answer = post(told.url, b"{}", {})
        assert answer.trouble == "it answers 302, a redirect, and those are not followed"
        assert elsewhere.heard == []


def test_one_that_hangs_drips_or_is_not_there_is_given_up(monkeypatch):
    with receiver("hang") as told:
        monkeypatch.setattr(posting, "PATIENCE", 0.3)
        assert post(told.url, b"{}", {}).trouble == "no answer within 0 s"
        monkeypatch.setattr(posting, "PATIENCE", 60.0)
        monkeypatch.setattr(posting, "LIMIT", 0.3)
        told.answers.append("hang")
        answer = post(told.url, b"{}", {})
        assert "can't be reached" in answer.trouble
        gone = told.url
    answer = post(gone, b"{}", {})
    assert (answer.is_reached, answer.trouble) == (False, "it can't be reached: Connection refused")


def test_proxies_of_the_environment_are_not_asked(monkeypatch):
    with receiver() as told, receiver() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert post(told.url, b"{}", {}).trouble == ""
        assert (len(told.heard), proxy.heard) == (1, [])


# --- many tries -----------------------------------------------------------------------------------


def delivery(number: int, created: float = 1000.0, tries: int = 0) -> Delivery:
    return Delivery(f"id{number}", number, "key", "job-done", "{}", created, tries)


def pump(root, told, *spooled: Delivery, start: float = 1000.0, before=(), pauses=(0.0,) * 4):
    """Sends deliveries without pauses, the clock standing still; returns what is said."""
    said: list[str] = []
    outgoing = Outgoing(root)
    for each in (*spooled, *before):
        outgoing.keep(each)
    to = Receiver("key", "host", told.url, "")
    sender = Sender(to, outgoing, said.append, pauses=pauses, clock=lambda: start)
    sender.start(list(before))
    for each in spooled:
        sender.put(each)
    sender.stop()
    sender.join(lambda: False)
    return said


def test_after_five_tries_it_is_given_up_and_said_in_two_lines(root):
    with receiver(*[500] * 5) as told:
        said = pump(root, told, delivery(1))
        assert len(told.heard) == 5
    assert said == [
        "the webhook to host fails, and is tried again: it answers 500",
        "the webhook to host is given up for job-done (delivery id1): it answers 500",
    ]
    assert waiting(root) == []


def test_one_that_is_refused_lets_the_others_go_on_in_their_order(root):
    with receiver(500) as told:
        pump(root, told, *(delivery(number) for number in (1, 2, 3)), pauses=(9.0,) * 4)
        assert [each[1]["X-Hotfolder-Delivery"] for each in told.heard] == ["id1", "id2", "id3"]
    assert waiting(root) == [delivery(1).name]


def test_a_receiver_that_is_away_is_knocked_at_once_a_pause(root):
    with receiver() as told:
        pass
    said = pump(root, told, *(delivery(number) for number in range(100)), pauses=(9.0,) * 4)
    assert len(said) == 1
    assert len(waiting(root)) == 100
    tried = [each for each in Outgoing(root).all() if each.tries]
    assert [each.number for each in tried] == [0]


def test_down_for_a_day_over_two_restarts_each_start_tries_once_and_then_it_is_over(root):
    with receiver() as told:
        pass
    pump(root, told, delivery(1), pauses=(9.0,) * 4)
    [left] = Outgoing(root).all()
    said = pump(root, told, before=[left], start=1000.0 + 1800.0, pauses=(9.0,) * 4)
    [left] = Outgoing(root).all()
    assert (left.tries, len(said)) == (1, 1)  # a start's try does not count
    said = pump(root, told, before=[left], start=1000.0 + 86_400.0, pauses=(9.0,) * 4)
    assert waiting(root) == []
    assert "is given up for job-done" in said[0]


# --- the spool ------------------------------------------------------------------------------------


def finished(number: int, text: str = "") -> Numbered:
    subject = events.Subject(7, "a", "a.yaml", "", ())
    return Numbered(number, 1.0, events.JobFinished(subject, Outcome.DONE, "done", text, ()))


def test_the_spool_is_bounded_private_and_holds_neither_address_nor_secret(root, monkeypatch):
    monkeypatch.setattr(spooling, "MOST", 3)
    with receiver() as told:
        pass
    text = f"webhooks: [{{url: '{told.url}', secret: s3cret-key}}]"
    said: list[str] = []
    hooks = Webhooks(root, parse_settings(text.encode()).webhooks, said.append)
    for number in range(1, 6):
        hooks.take(finished(number))
    hooks.close()
    folder = root.state / "outgoing"
    assert [each.number for each in Outgoing(root).all()] == [3, 4, 5]
    assert said.count("more deliveries to webhooks wait than are kept: the oldest are lost") == 2
    assert folder.stat().st_mode & 0o077 == 0
    for file in folder.iterdir():
        assert file.stat().st_mode & 0o077 == 0
        assert "s3cret" not in file.read_text()

    (folder / "000000000009-key.json").write_text("{")
    (folder / ".1-a.tmp").write_text("x")
    said.clear()
    Webhooks(root, (), said.append).close()
    assert waiting(root) == []
    assert "3 deliveries to webhooks that are no longer in the settings are gone" in said


def test_what_was_trimmed_while_it_was_sent_in_vain_does_not_come_back(root):
    outgoing = Outgoing(root)
    delivery = Delivery("a", 1, "key", "done", "{}", created=0.0)
    outgoing.keep(delivery)
    assert outgoing.put_off(delivery.put_off(9.0, counts=True))
    assert [each.tries for each in outgoing.all()] == [1]
    outgoing.forget(delivery)

    assert not outgoing.put_off(delivery.put_off(9.0, counts=True))
    assert list(outgoing.all()) == []


def test_without_its_secret_a_webhook_is_not_sent(root):
    with receiver() as told:
        text = f"webhooks: [{{url: '{told.url}', secret_env: NOT_SET_ANYWHERE}}]"
        said: list[str] = []
        hooks = Webhooks(root, parse_settings(text.encode()).webhooks, said.append)
        hooks.take(finished(1))
        hooks.close()
        assert told.heard == []
    assert "NOT_SET_ANYWHERE" in said[0]
