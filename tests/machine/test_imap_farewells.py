"""Servers that end the line or ask for a pause: their own words reach the user, and how long to stay away is obeyed."""

from __future__ import annotations

import select
import socket
import struct
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.machine.accounts import opened, settings
from tests.machine.scripted import Scripted, scripted, serving
from tracker.domain.folder import Folder
from tracker.domain.message import FolderRole
from tracker.errors import BadServerReply, Unreachable
from tracker.sources.imap import open_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.sources.imap import ImapSource

INBOX = Folder("INBOX", FolderRole.INBOX)
BYE = b"* BYE Sorry, \x1b[1mclosing\r\n"
HALF_A_FETCH = b"* 1 FETCH (UID 1 BODY[HEADER.FIELDS (From)] {6}\r\nA: b\r\n)\r\n"


def test_a_bye_in_place_of_a_greeting_is_told() -> None:
    def talk(line: socket.socket) -> None:
        line.sendall(b"* BYE [UNAVAILABLE] Too many sessions. Suggested Backoff Time: 90000 milliseconds\r\n")

    with serving(talk) as port, pytest.raises(Unreachable, match=r"hung up: .*Too many sessions") as caught:
        open_source(settings(port))
    assert caught.value.retry_after == timedelta(seconds=90)
    assert not isinstance(caught.value, BadServerReply)


@pytest.mark.parametrize(
    "name", ["CAPABILITY", "LOGIN", "LIST", "STATUS", "EXAMINE", "UID SEARCH", "UID FETCH", "NOOP"]
)
@pytest.mark.parametrize("before", [b"", HALF_A_FETCH])
def test_a_bye_in_reply_to_any_command_is_told(name: str, before: bytes) -> None:
    def everything(port: int) -> None:
        with opened(settings(port)) as source:
            source.folders()
            source.status(INBOX)
            source.fetch(INBOX, source.uids(INBOX, 1, 3, None))
            source.wait(0)

    replies: dict[str, Any] = {"UID SEARCH": b"* SEARCH 1 2 3\r\nTAG OK done\r\n", "UID FETCH": b"TAG OK done\r\n"}
    with scripted(**{**replies, name: before + BYE}) as server:
        with pytest.raises(Unreachable, match=r"hung up.*Sorry, \[1mclosing") as caught:
            everything(server.port)
        assert not isinstance(caught.value, BadServerReply)
        assert [command for command in server.received if command != "LOGOUT"][-1].startswith(name)


def test_a_bye_between_two_commands_is_told() -> None:
    with scripted(STATUS=[b"* STATUS INBOX (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 7)\r\nTAG OK done\r\n" + BYE]) as server:
        source = open_source(settings(server.port))
        source.status(INBOX)
        with pytest.raises(Unreachable, match="closing"):
            source.status(INBOX)
        source.close()


def test_a_bye_is_told_even_if_the_line_was_reset_before_we_send_again() -> None:
    def talk(line: socket.socket) -> None:
        script = Scripted()
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # what waits to be sent is lost with a reset
        line.sendall(script.greeting)
        with line.makefile("rb") as lines:
            for sent in lines:
                line.sendall(script.reply_to(sent.decode().rstrip()) or b"")
                if b"STATUS" in sent:
                    break
        line.sendall(BYE)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # so that it ends with a reset
        line.close()

    with serving(talk) as port:
        source = open_source(settings(port))
        source.status(INBOX)
        poll = select.poll()
        poll.register(source._socket.fileno(), select.POLLERR)
        assert poll.poll(20_000), "the reset did not come in"
        with pytest.raises(Unreachable, match="closing"):
            source.status(INBOX)
        source.close()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (b"[UNAVAILABLE] Suggested Backoff Time: 1500 milliseconds", timedelta(seconds=1.5)),
        (b"Request is throttled. Suggested Backoff Time: 299822 milliseconds", timedelta(milliseconds=299_822)),
        (b"Backoff Time: 999999999999 milliseconds", timedelta(hours=24)),
        (b"Too many connections, try again in 5 minutes", timedelta(minutes=5)),
        (b"rate limit, retry after 30 seconds", timedelta(seconds=30)),
        (b"temporary problem, try again in 2 hours", timedelta(hours=2)),
        (b"[LIMIT] Too many simultaneous connections", timedelta(minutes=15)),
        (b"[THROTTLED] slow down", timedelta(minutes=15)),
        (b"[UNAVAILABLE] try again", None),
        (b"User is authenticated but not connected.", None),
        (b"server busy", None),
    ],
)
@pytest.mark.parametrize("how", [b"TAG NO ", b"TAG BAD ", b"* BYE "])
def test_how_long_a_server_asks_us_to_stay_away_is_told(how: bytes, words: bytes, expected: timedelta | None) -> None:
    commands: dict[str, Callable[[ImapSource], object]] = {
        "LIST": lambda source: source.folders(),
        "STATUS": lambda source: source.status(INBOX),
        "EXAMINE": lambda source: source.fetch(INBOX, [1]),
        "UID SEARCH": lambda source: source.uids(INBOX, 1, 3, None),
        "UID FETCH": lambda source: source.fetch(INBOX, [1]),
    }
    for name, ask in commands.items():
        replies: dict[str, Any] = {name: how + words + b"\r\n"}
        with scripted(**replies) as server, opened(settings(server.port)) as source:
            with pytest.raises(Unreachable) as caught:
                ask(source)
            assert not isinstance(caught.value, BadServerReply)
            assert caught.value.retry_after == expected


def test_a_login_that_must_wait_says_how_long() -> None:
    words = b"[UNAVAILABLE] Suggested Backoff Time: 60000 milliseconds\r\n"
    for how in (b"TAG NO ", b"* BYE "):
        with scripted(LOGIN=how + words) as server, pytest.raises(Unreachable) as caught:
            open_source(settings(server.port))
        assert caught.value.retry_after == timedelta(minutes=1)


def test_words_that_are_no_hint_ask_for_no_pause() -> None:
    with scripted(STATUS=b"TAG NO [NONEXISTENT] no such folder\r\n") as server, opened(settings(server.port)) as source:
        with pytest.raises(BadServerReply) as caught:
            source.status(INBOX)
        assert caught.value.retry_after is None
