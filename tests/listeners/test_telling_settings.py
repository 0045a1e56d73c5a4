"""The settings of who is told: what they may be, and mistakes told without the secrets in them."""

from __future__ import annotations

import pytest

from daemon.errors import SettingsError
from daemon.settings import parse_settings, read_settings
from daemon.settings_forms import without_secrets
from daemon.text.failure_letter import explain

WRONG = {
    "no address": ("webhooks: [{secret: s3cret}]", "A webhook lacks its `url`."),
    "an address of another kind": ("webhooks: [{url: 'ftp://s3cret.org/x'}]", "https://example.org/hook"),
    "a password in it": ("webhooks: [{url: 'https://me:s3cret@host/'}]", "no user or password"),
    "a space in it": ("webhooks: [{url: 'https://host/ s3cret'}]", "https://example.org/hook"),
    "a secret that is a number": ("webhooks:\n- url: https://host/s3cret\n  secret: 5318008", "in quotes"),
    "an unknown event": ("webhooks: [{url: 'https://host/s3cret', events: [done]}]", "picture-done, job-done"),
    "more than prompts": ("webhooks: [{url: 'https://host/s3cret', include: [all]}]", "include: [prompt]"),
    "a misspelt key": ("webhooks:\n- url: https://host/s3cret\n  sekret: s3cret", "Did you mean `secret`?"),
    "no list": ("webhooks: https://host/s3cret", "Write a list such as"),
    "apprise without a kind": ("apprise: [s3cret]", "ntfy://my-topic"),
    "metrics elsewhere": ("metrics: metrics.txt", "ends in .prom"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "words"), WRONG.values(), ids=WRONG)
def test_wrong_settings_are_told_without_what_may_be_a_secret(text, words):
    source = f"model: sketch\n{text}\nnotify: true\n".encode()
    with pytest.raises(SettingsError) as told:
        parse_settings(source)

    letter = explain(told.value, file="hotfolder.yaml", source=without_secrets(source))
    assert words in letter.replace("\n", " ").replace("    ", " ")
    assert "line " in letter
    for text in (letter, str(told.value)):
        assert "s3cret" not in text.replace("sekret", "")
        assert "5318008" not in text


def test_what_may_be_a_secret_is_left_out_of_what_is_quoted_and_the_lines_stay():
    source = (
        b"webhooks:\n- url: https://hooks.slack.com/services/T0 # mine\n  secret: abc\n"
        b'  "secret": "a b c"\n\napprise: [slack://tokA/tokB, "ntfys://topic"]\nmodel: a\n'
        b"apprise:\n  - slack://tokA/tokB\nnotify: true"
    )
    assert without_secrets(source) == (
        b'webhooks: ...\n- url: ...\n  secret: ...\n  "secret": ...\n\napprise: ...\nmodel: a\n'
        b"apprise: ...\n  - ...\nnotify: true"
    )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_nothing_is_quoted_of_settings_in_utf_16(encoding):
    source = "\ufeff".encode(encoding) * (encoding != "utf-16")
    source += "webhooks:\n- url: https://user:s3cret@host\n".encode(encoding)
    with pytest.raises(SettingsError, match="UTF-16") as told:
        parse_settings(source)

    letter = explain(told.value, file="hotfolder.yaml", source=without_secrets(source))
    assert "s3cret" not in letter


def test_what_is_right_is_read_and_its_representation_shows_no_secret(root):
    root.settings_file.write_text(
        "notify: true\nmetrics: /var/lib/node/hotfolder.prom\napprise: [$MY_SLACK, 'ntfy://t']\n"
        "webhooks:\n- url: https://host:8443/a?b=c\n  secret: s3cret\n- {url: 'http://[::1]/'}\n"
    )
    settings = read_settings(root.settings_file)
    assert [each.url for each in settings.webhooks] == ["https://host:8443/a?b=c", "http://[::1]/"]
    assert settings.webhooks[0].events == ["job-done", "job-failed", "queue-empty", "blocked"]
    assert settings.apprise == ("$MY_SLACK", "ntfy://t")
    assert "s3cret" not in repr(settings)
    assert "host:8443" not in repr(settings)
