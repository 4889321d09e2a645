"""Signing in with passwords and tokens, and what a refusal means; no secret in any error."""

from __future__ import annotations

import base64
import logging
from typing import TYPE_CHECKING

import pytest

from tests.machine.accounts import on_dovecot, opened, settings
from tests.machine.scripted import scripted
from tracker.errors import BadServerReply, ConfigError, LoginRejected, TrackerError, Unreachable
from tracker.sources.imap import open_source

if TYPE_CHECKING:
    from tests.machine.dovecot import Dovecot


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


PLAIN = encoded("\0ann\0secret-word")


@pytest.mark.parametrize(
    ("name", "password"),
    [("Ann Smith", 'quote" and \\slash'), ('EXAMPLE\\ann"', "x y"), ("bernd", "pässwört"), ("björn@example.org", "x")],
)
def test_names_and_passwords_of_any_characters_sign_in(dovecot: Dovecot, name: str, password: str) -> None:
    with opened(on_dovecot(dovecot, dovecot.user(name, password=password))) as source:
        assert len(source.folders()) == 4


def test_a_wrong_password_is_rejected_and_never_shown(dovecot: Dovecot, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(LoginRejected, match="AUTHENTICATIONFAILED") as caught:
        open_source(on_dovecot(dovecot, dovecot.user(), password=lambda: "not-the-word"))
    assert caught.value.exit_code == 77
    assert "not-the-word" not in f"{caught.value!r} {caught.value.hint} {caught.value.__cause__!r} {caplog.text}"


def test_a_server_that_repeats_the_password_does_not_get_it_into_an_error() -> None:
    with (
        scripted(LOGIN=b"TAG NO who has told you secret-word?\r\n") as server,
        pytest.raises(LoginRejected, match=r"told you \*\*\*\?") as caught,
    ):
        open_source(settings(server.port))
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (b"TAG NO [AUTHENTICATIONFAILED] no\r\n", LoginRejected),
        (b"TAG NO Invalid credentials (Failure)\r\n", LoginRejected),
        (b"TAG NO [UNAVAILABLE] Temporary authentication failure.\r\n", Unreachable),
        (b"TAG NO [INUSE] busy\r\n", Unreachable),
        (b"TAG NO [SERVERBUG] Internal error occurred\r\n", Unreachable),
        (b"TAG NO [AUTHENTICATIONFAILED] Too many login failures\r\n", LoginRejected),
        (b"TAG NO Your account is temporarily locked\r\n", LoginRejected),
        (b"TAG NO [LIMIT] enough\r\n", Unreachable),
        (b"TAG NO [ALERT] Too many simultaneous connections. (Failure)\r\n", Unreachable),
        (b"TAG BAD User is authenticated but not connected.\r\n", Unreachable),
        (b"TAG BAD what is LOGIN?\r\n", BadServerReply),
        (b"* BYE Internal error occurred.\r\n", Unreachable),
        (None, Unreachable),
    ],
)
def test_a_refused_login_is_told_from_a_bad_moment(reply: bytes | None, error: type[TrackerError]) -> None:
    with scripted(LOGIN=reply) as server, pytest.raises(error) as caught:
        open_source(settings(server.port))
    assert isinstance(caught.value, LoginRejected) == (error is LoginRejected)


def test_where_login_is_switched_off_the_password_goes_by_plain() -> None:
    with scripted(
        CAPABILITY=b"* CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN\r\nTAG OK done\r\n",
        AUTHENTICATE=b"+ \r\n",
        CONTINUED=b"TAG OK in\r\n",
    ) as server:
        open_source(settings(server.port)).close()
    assert server.received[1:3] == ["AUTHENTICATE PLAIN", f"CONTINUED {PLAIN}"]


@pytest.mark.parametrize(
    ("mechanisms", "mechanism", "first"),
    [
        ("AUTH=XOAUTH2 AUTH=OAUTHBEARER AUTH=PLAIN", "XOAUTH2", "user=ann\1auth=Bearer secret-word\1\1"),
        ("AUTH=OAUTHBEARER", "OAUTHBEARER", "n,a=ann,\1auth=Bearer secret-word\1\1"),
    ],
)
def test_a_token_goes_by_the_mechanism_that_is_offered(mechanisms: str, mechanism: str, first: str) -> None:
    capability = f"* CAPABILITY IMAP4rev1 {mechanisms}\r\nTAG OK done\r\n".encode()
    with scripted(CAPABILITY=capability, AUTHENTICATE=b"+ \r\n", CONTINUED=b"TAG OK in\r\n") as server:
        open_source(settings(server.port, auth="xoauth2")).close()
    assert server.received[1:3] == [f"AUTHENTICATE {mechanism}", f"CONTINUED {encoded(first)}"]


@pytest.mark.parametrize(("mechanism", "nod"), [("XOAUTH2", ""), ("OAUTHBEARER", "AQ==")])
def test_the_error_behind_a_refused_token_is_nodded_at_and_not_repeated(
    mechanism: str, nod: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    challenge = encoded('{"status":"401","scope":"of-the-server"}')
    with (
        scripted(
            CAPABILITY=f"* CAPABILITY IMAP4rev1 AUTH={mechanism}\r\nTAG OK done\r\n".encode(),
            AUTHENTICATE=b"+ \r\n",
            CONTINUED=[f"+ {challenge}\r\n".encode(), b"TAG NO [AUTHENTICATIONFAILED] no\r\n"],
        ) as server,
        pytest.raises(LoginRejected) as caught,
    ):
        open_source(settings(server.port, auth="xoauth2"))
    assert server.received[-1] == f"CONTINUED {nod}"
    shown = f"{caught.value!r} {caught.value.hint} {caplog.text}"
    assert not [word for word in ("of-the-server", challenge, "secret-word") if word in shown]


@pytest.mark.parametrize("is_encoded", [False, True])
def test_a_server_that_repeats_a_token_does_not_get_it_into_an_error(*, is_encoded: bool) -> None:
    """Tokens are longer than what is quoted of a server, so they are taken out first."""
    token = "token-" + "x" * 1500
    sent = encoded(f"user=ann\1auth=Bearer {token}\1\1") if is_encoded else token
    with (
        scripted(
            CAPABILITY=b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\nTAG OK done\r\n",
            AUTHENTICATE=b"+ \r\n",
            CONTINUED=f"TAG NO what is {sent} to me?\r\n".encode(),
        ) as server,
        pytest.raises(LoginRejected, match=r"what is \*\*\* to me\?") as caught,
    ):
        open_source(settings(server.port, auth="xoauth2", password=lambda: token))
    assert caught.value.__cause__ is None


def test_without_a_mechanism_for_tokens_the_configuration_is_wrong() -> None:
    with scripted() as server, pytest.raises(ConfigError, match="neither XOAUTH2 nor OAUTHBEARER"):
        open_source(settings(server.port, auth="xoauth2"))


def test_a_server_that_repeats_an_encoded_password_does_not_get_it_into_an_error() -> None:
    capability = b"* CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN\r\nTAG OK done\r\n"
    echo = f"you said {PLAIN}\r\n".encode()
    with (
        scripted(CAPABILITY=capability, AUTHENTICATE=b"+ \r\n", CONTINUED=echo) as server,
        pytest.raises(Unreachable, match="hung up while we signed in") as caught,
    ):
        open_source(settings(server.port))
    assert caught.value.__cause__ is None


def test_where_no_password_is_taken_the_hint_says_what_is() -> None:
    capability = b"* CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2\r\nTAG OK done\r\n"
    with scripted(CAPABILITY=capability) as server, pytest.raises(LoginRejected, match="takes no password") as caught:
        open_source(settings(server.port))
    assert "xoauth2" in caught.value.hint


@pytest.mark.parametrize("bad", ["two\r\nlines", "tab\t", "nul\0"])
def test_a_password_or_user_with_a_control_character_never_reaches_the_wire(bad: str) -> None:
    with scripted() as server:
        for changes in ({"user": bad}, {"password": lambda: bad}):
            with pytest.raises(ConfigError, match="control character"):
                open_source(settings(server.port, **changes))
    assert set(server.received) == {"CAPABILITY"}


@pytest.mark.parametrize("auth", ["password", "xoauth2"])
def test_a_line_that_is_cut_while_we_sign_in_is_no_refusal(auth: str) -> None:
    capability = b"* CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN AUTH=XOAUTH2\r\nTAG OK done\r\n"
    with (
        scripted(CAPABILITY=capability, AUTHENTICATE=b"+ \r\n", CONTINUED=None) as server,
        pytest.raises(Unreachable, match="hung up while we signed in"),
    ):
        open_source(settings(server.port, auth=auth))
