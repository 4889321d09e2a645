"""A line that lives on: calls that are cut, servers that hang up, and waiting for new mail."""

from __future__ import annotations

import ssl
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tests.machine.accounts import letter, minutes, on_dovecot, opened, settings
from tests.machine.certificates import Authority
from tests.machine.scripted import Scripted, scripted, serving
from tracker.domain.folder import Folder
from tracker.domain.message import FolderRole
from tracker.errors import Unreachable
from tracker.sources.imap import open_source

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

    from tests.machine.dovecot import Dovecot

INBOX = Folder("INBOX", FolderRole.INBOX)


@pytest.fixture
def quiet_after_login() -> Iterator[int]:
    with scripted(STATUS=b"", UID_FETCH=b"* 1 FETCH (UID 1 RFC822.SIZE") as server:
        yield server.port


@pytest.mark.parametrize("what", ["status", "fetch"])
def test_an_abort_frees_a_blocked_call_at_once(quiet_after_login: int, what: str) -> None:
    source = open_source(settings(quiet_after_login, timeout=60))
    timer = threading.Timer(0.2, source.abort)
    started = time.monotonic()
    timer.start()
    try:
        with pytest.raises(Unreachable, match="was cut"):
            source.status(INBOX) if what == "status" else source.fetch(INBOX, [1, 2])
    finally:
        timer.join()
        source.close()
    assert time.monotonic() - started < 1


def test_an_abort_frees_a_blocked_call_over_tls_too(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate = authority.issue("server")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    with scripted(tls=context, STATUS=b"") as server:
        source = open_source(settings(server.port, tls="implicit", ca_file=authority.certificate, timeout=60))
        timer = threading.Timer(0.2, source.abort)
        started = time.monotonic()
        timer.start()
        try:
            with pytest.raises(Unreachable, match="was cut"):
                source.status(INBOX)
        finally:
            timer.join()
            source.close()
        assert time.monotonic() - started < 1


def test_an_abort_ends_a_wait_for_new_mail(dovecot: Dovecot) -> None:
    with opened(on_dovecot(dovecot, dovecot.user())) as source:
        timer = threading.Timer(0.2, source.abort)
        started = time.monotonic()
        timer.start()
        with pytest.raises(Unreachable, match="was cut"):
            source.wait(30)
        timer.join()
        assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    "reply",
    [
        None,
        b"* 1 FETCH (UID 1 RFC822.SIZE 9 BODY[HEADER.FIELDS (FROM)] {400}\r\nFrom: a",
        b"* BYE Server shutting down\r\n",
    ],
)
def test_a_server_that_hangs_up_in_the_middle_is_unreachable(reply: bytes | None) -> None:
    def talk(line: socket.socket) -> None:
        script = Scripted(replies={"UID FETCH": reply})
        line.sendall(script.greeting)
        with line.makefile("rb") as lines:
            for sent in lines:
                answer = script.reply_to(sent.decode().rstrip())
                line.sendall(answer or b"")
                if b"UID FETCH" in sent:
                    return

    with serving(talk) as port:
        source = open_source(settings(port))
        try:
            with pytest.raises(Unreachable):
                source.fetch(INBOX, [1, 2, 3])
        finally:
            source.close()


def test_new_mail_ends_a_wait(dovecot: Dovecot) -> None:
    user = dovecot.user()
    with opened(on_dovecot(dovecot, user)) as source:
        source.status(INBOX)
        assert source.wait(0.2) is False
        timer = threading.Timer(0.3, user.mailbox.append, ("INBOX", letter(), minutes(0)))
        timer.start()
        started = time.monotonic()
        assert source.wait(20) is True
        timer.join()
        assert time.monotonic() - started < 10
        assert source.wait(20) is True  # it is still not read
        source.status(INBOX)
        assert source.wait(0.2) is False


def test_a_server_without_idle_is_asked_once_after_the_wait() -> None:
    with scripted(NOOP=b"* 4 EXISTS\r\nTAG OK done\r\n") as server, opened(settings(server.port)) as source:
        assert source.wait(0.1) is True
    assert server.received[-2:] == ["NOOP", "LOGOUT"]
