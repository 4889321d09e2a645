"""When tokens are renewed, and what follows where that fails, or where the mail server refuses them."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.machine.provider import Fault, said
from tests.signin.production import USER, Home
from tests.system.daemon import Daemon, until
from tracker.errors import BadServerReply, ConfigError, LoginRejected, SignInNeeded, TrackerError, Unreachable
from tracker.service.access import open_account
from tracker.service.granting import demand_grant, secret_condition
from tracker.signin import State

if TYPE_CHECKING:
    from tests.machine.dovecot import Dovecot
    from tests.machine.provider import Provider


def test_a_token_is_renewed_five_minutes_before_its_end_and_not_earlier(signed_in: Home, provider: Provider) -> None:
    grant = demand_grant(signed_in.account)
    first = grant.access_token()
    signed_in.change(expires_at=(grant.ends_at() - timedelta(minutes=54)).isoformat())
    assert grant.access_token() == first
    signed_in.age()
    assert grant.access_token() != first
    assert provider.calls["refresh_token"] == 1


FAILURES: list[tuple[Fault, type[TrackerError], State]] = [
    (Fault(503), Unreachable, State.OK),
    (Fault(500, "<html>"), Unreachable, State.OK),
    (Fault(429, "", (("Retry-After", "120"),)), Unreachable, State.OK),
    (said("temporarily_unavailable"), Unreachable, State.OK),
    (Fault(200, "<html>"), BadServerReply, State.OK),
    (said("odd"), BadServerReply, State.OK),
    (said("invalid_client"), ConfigError, State.OK),
    (said("invalid_grant"), SignInNeeded, State.SIGN_IN_NEEDED),
    (said("interaction_required"), SignInNeeded, State.SIGN_IN_NEEDED),
]


@pytest.mark.parametrize("kind", ["microsoft", "google"])
def test_what_follows_from_each_failure_of_a_renewal(
    signed_in: Home, at_google: Home, provider: Provider, kind: str
) -> None:
    home = at_google if kind == "google" else Home(signed_in.folder, "microsoft", signed_in.ca_file)
    provider.is_strict = False
    grant = demand_grant(home.account)
    signed_in.change(holder=grant.registration.holder)
    whole = signed_in.tokens.read_text()
    for fault, error, state in FAILURES:
        signed_in.age()
        provider.faults["refresh_token"] = fault
        provider.calls.clear()
        with pytest.raises(error) as caught:
            open_account(home.account)
        assert type(caught.value) is error, fault
        calls = provider.calls["refresh_token"]
        # Google's library takes this word for a reason to ask twice more within seconds.
        assert calls == (3 if kind == "google" and "temporarily" in fault.body else 1), fault
        if fault.status == 429:
            assert isinstance(caught.value, Unreachable)
            assert caught.value.retry_after == timedelta(seconds=120)
        assert secret_condition(home.account).state is state, fault
        if state is State.SIGN_IN_NEEDED:
            with pytest.raises(SignInNeeded, match="a sign-in is needed") as again:
                open_account(home.account)
            assert again.value.hint == "run: tracker auth login work"
            assert provider.calls["refresh_token"] == calls, "nobody is called again"
        assert provider.calls["introspect"] == 0
        signed_in.tokens.write_text(whole)
    provider.faults.clear()
    open_account(home.account).close()


def test_a_provider_that_is_not_reached_is_a_bad_moment(
    signed_in: Home, monkeypatch: pytest.MonkeyPatch, provider: Provider
) -> None:
    signed_in.age()
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(Unreachable, match="Microsoft cannot be reached for an access token: check the network"):
        open_account(signed_in.account)
    monkeypatch.delenv("HTTPS_PROXY")
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(Unreachable, match="its certificate is not valid, or is not known here"):
        open_account(signed_in.account)
    assert not provider.calls


def test_a_refused_token_is_renewed_once_and_then_tried_once_at_a_time(signed_in: Home, provider: Provider) -> None:
    provider.user = "bob@example.org"
    grant = demand_grant(signed_in.account)
    grant.renew(grant.access_token())
    provider.calls.clear()

    def refused() -> None:
        with pytest.raises(LoginRejected, match="AUTHENTICATIONFAILED") as caught:
            open_account(signed_in.account)
        assert caught.value.retry_after == timedelta(hours=1)
        assert "tracker auth login work" in caught.value.hint

    refused()
    assert (provider.calls["refresh_token"], provider.calls["introspect"]) == (1, 2)
    refused()
    assert (provider.calls["refresh_token"], provider.calls["introspect"]) == (1, 3), "one login, no renewal"
    signed_in.run("sync", expect=77)
    assert (provider.calls["refresh_token"], provider.calls["introspect"]) == (1, 4)
    with contextlib.closing(sqlite3.connect(signed_in.folder / "tracker.db")) as db:
        (row,) = db.execute("SELECT refused_logins, (retry_at - failed_at) / 60e6 FROM account").fetchall()
    assert row == (0, 60), "it rests for an hour, and is not locked out"
    provider.user = USER
    signed_in.age()
    open_account(signed_in.account).close()
    assert not json.loads(signed_in.tokens.read_text())["is_refused"]


def test_a_token_that_was_revoked_meanwhile_is_replaced_without_a_word(signed_in: Home, provider: Provider) -> None:
    signed_in.change(access_token=provider.token(exp=1_700_000_000))
    open_account(signed_in.account).close()
    assert (provider.calls["refresh_token"], provider.calls["introspect"]) == (1, 2)


def test_a_mail_server_that_cannot_ask_is_no_reason_to_renew(signed_in: Home, provider: Provider) -> None:
    provider.faults["introspect"] = Fault(500)
    with pytest.raises(Unreachable, match="UNAVAILABLE"):
        open_account(signed_in.account)
    assert provider.calls["refresh_token"] == 0


def test_the_daemon_waits_for_a_sign_in_and_reads_the_other_account(
    signed_in: Home, provider: Provider, mail_server: Dovecot
) -> None:
    signed_in.add_account(mail_server)
    signed_in.age()
    provider.faults["refresh_token"] = said("invalid_grant")
    daemon = Daemon(signed_in, is_fast=False, **signed_in.environment)
    try:
        until(lambda: "a sign-in is needed" in daemon.said())
        until(lambda: "other: read" in signed_in.run("status", expect=1), pause=0.3)
        time.sleep(3)
        assert daemon.said().count("WARNING") == 1
        assert "run: tracker auth login work" in daemon.said()
        assert provider.calls["refresh_token"] == 1
        status = signed_in.run("status", expect=1)
        assert "work: never read completely; resting until you sign in: tracker auth login work" in status
        provider.faults.clear()
        signed_in.run("auth", "login", "work")
        until(lambda: "work: read" in signed_in.run("status", expect=None), pause=0.3)
        signed_in.run("status")
        assert daemon.is_alive
        assert daemon.stop() == 0
        assert not [secret for secret in provider.told if secret in daemon.said()]
    finally:
        daemon.process.kill()
        daemon.process.wait()


@pytest.mark.parametrize("seconds", [1, 600], ids=["a slow provider", "a silent one"])
def test_a_stop_amid_a_renewal_waits_for_the_answer_a_little_and_for_silence_no_longer(
    signed_in: Home, provider: Provider, seconds: int
) -> None:
    """What an answer brings is kept: the refresh token before it may be void by then."""
    signed_in.age()
    before = signed_in.tokens.read_text()
    provider.delays["refresh_token"] = seconds
    daemon = Daemon(signed_in, is_fast=False, **signed_in.environment)
    try:
        until(lambda: provider.calls["refresh_token"] == 1)
        assert daemon.stop(patience=10) == 0
    finally:
        daemon.process.kill()
        daemon.process.wait()
    is_slow = seconds < 60
    assert (signed_in.tokens.read_text() != before) is is_slow
    assert ("still in a call: work" in daemon.said()) is not is_slow
    assert "Traceback" not in daemon.said()
    if is_slow:
        open_account(signed_in.account).close()
        assert provider.calls["refresh_token"] == 1
