"""Signs of life: given where something ends, heard by whoever watches the thread, and missed where it hangs."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.machine.scripted import scripted, serving
from tracker import liveness
from tracker.daemon import _crew
from tracker.daemon._crew import Crew
from tracker.daemon._events import STUCK
from tracker.errors import Unreachable
from tracker.liveness import alive, wait_alive, watch
from tracker.sources import SourceSettings
from tracker.sources._files._reading import Interruption
from tracker.sources.imap import open_source
from tracker.storage import open_store

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

    from tracker.sources import Source
    from tracker.storage import Store


@pytest.fixture
def signs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """When the test's own thread gave a sign; a wait gives some in each second."""
    monkeypatch.setattr(liveness, "PIECE", 0.1)
    heard: list[float] = []
    watch(lambda: heard.append(time.monotonic()))
    yield heard
    watch(int)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'tracker.db'}") as opened:
        yield opened


def opened(port: int) -> Source:
    return open_source(SourceSettings("work", host="127.0.0.1", port=port, tls="none", timeout=10))


def test_a_sign_is_heard_by_whoever_watches_this_thread_and_by_nobody_else(signs: list[float]) -> None:
    other = threading.Thread(target=alive)
    other.start()
    other.join()
    assert signs == []
    alive()
    assert len(signs) == 1


def test_a_long_wait_gives_signs_and_ends_as_soon_as_something_comes(signs: list[float]) -> None:
    began = time.monotonic()
    assert not wait_alive(threading.Event().wait, 0.35)
    assert time.monotonic() - began >= 0.35
    assert len(signs) >= 3
    happened = threading.Event()
    happened.set()
    assert wait_alive(happened.wait, 3600)
    assert not wait_alive(happened.wait, 0), "no time at all is no wait"


@pytest.mark.parametrize("idle", [b" IDLE", b""], ids=["IDLE", "no IDLE"])
def test_to_wait_for_mail_is_to_live(signs: list[float], idle: bytes) -> None:
    capable = b"* CAPABILITY IMAP4rev1%b\r\nTAG OK done\r\n" % idle
    with scripted(CAPABILITY=capable, IDLE=b"+ idling\r\n", CONTINUED=b"TAG OK done\r\n") as server:
        source = opened(server.port)
        source.folders()
        signs.clear()
        began = time.monotonic()
        assert not source.wait(2.0)
        assert sum(began + 0.15 < at < began + 1.95 for at in signs) >= 3
        source.close()


def test_to_wait_beside_an_archive_is_to_live(signs: list[float]) -> None:
    Interruption().wait(0.35)
    assert len(signs) >= 3


def test_each_answer_of_a_server_and_each_statement_is_a_sign(signs: list[float], store: Store) -> None:
    with scripted() as server:
        source = opened(server.port)
        before = len(signs)
        source.folders()
        assert len(signs) > before
        source.close()
    before = len(signs)
    store.begin_pass("work", datetime.now(UTC))
    assert len(signs) > before


def test_a_long_line_and_a_large_literal_give_signs_on_their_way(signs: list[float]) -> None:
    uids = b" ".join(b"%d" % uid for uid in range(1, 100_001))
    field = b"Subject: " + b"x" * 300_000 + b"\r\n\r\n"
    with scripted(
        STATUS=b"* STATUS INBOX (MESSAGES 100000 UIDNEXT 100001 UIDVALIDITY 7)\r\nTAG OK done\r\n",
        EXAMINE=b"* 100000 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 100001] x\r\nTAG OK [READ-ONLY] done\r\n",
        UID_SEARCH=b"* SEARCH %b\r\nTAG OK done\r\n" % uids,
        UID_FETCH=b'* 1 FETCH (UID 1 INTERNALDATE "01-Jan-2026 00:00:00 +0000" FLAGS () RFC822.SIZE 5 '
        b"BODY[HEADER.FIELDS (SUBJECT)] {%d}\r\n%b)\r\nTAG OK done\r\n" % (len(field), field),
    ) as server:
        source = opened(server.port)
        [inbox, *_] = source.folders()
        source.status(inbox)
        before = len(signs)
        assert list(source.uids(inbox, 1, 100_000, None)) == list(range(1, 100_001))
        assert len(signs) - before >= len(uids) // 65_536
        before = len(signs)
        [raw] = source.fetch(inbox, [1])
        assert raw.header == field
        assert len(signs) - before >= 2, "one read brings as much of a literal as the system holds, but not all"
        source.close()


def test_a_server_that_sends_byte_by_byte_lives(signs: list[float]) -> None:
    """Whatever it is up to, no restart would help."""

    def talk(line: socket.socket) -> None:
        for byte in b"* OK hello":
            line.sendall(bytes([byte]))
            time.sleep(0.1)

    with serving(talk) as port, pytest.raises(Unreachable):
        opened(port)
    assert len(signs) >= 5


def test_a_writer_is_stuck_only_once_no_statement_ends(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(_crew, "WRITER", 1.5)
    crew = Crew(store, lambda: datetime.now(UTC), time.monotonic, ())
    hanging, ended = threading.Event(), threading.Event()

    def write() -> None:
        with store.pairing("a fingerprint") as work:
            for _ in range(12):
                time.sleep(0.2)
                work.mail()
            hanging.set()
            ended.wait(20)

    writer = threading.Thread(target=write)
    writer.start()
    while not hanging.wait(0.02):
        assert crew.silence() == 0, "it goes on"
    time.sleep(1.6)
    assert crew.silence() > 1.5
    crew.silence()
    ended.set()
    writer.join()
    assert crew.silence() == 0
    [told] = caplog.records
    assert told.getMessage().startswith("the database's writer makes no progress")
    assert getattr(told, "tracker_event", None) is STUCK
