"""IDLE as servers have it: refused, ignored, cut short, or with news before it has begun."""

from __future__ import annotations

import time

import pytest

from tests.machine.accounts import opened, settings
from tests.machine.scripted import scripted
from tests.machine.test_imap_extensions import BAD, OK, offering
from tracker.errors import Unreachable
from tracker.sources.imap import open_source


@pytest.mark.parametrize("refusal", [BAD, b"TAG NO not here\r\n", b"* 9 EXISTS\r\nTAG BAD no\r\n"])
def test_a_server_that_refuses_idle_is_waited_for_without_it(refusal: bytes) -> None:
    with scripted(CAPABILITY=offering("IDLE"), IDLE=refusal) as server, opened(settings(server.port)) as source:
        assert source.wait(0.1) is False
        assert list(source.misbehaved) == ["IDLE"]
        source.wait(0.1)
    assert server.received.count("IDLE") == 1
    assert server.received.count("NOOP") == 2


def test_a_server_that_does_not_answer_idle_is_not_asked_again() -> None:
    with scripted(CAPABILITY=offering("IDLE"), IDLE=b"* OK one moment\r\n") as server:
        source = open_source(settings(server.port, timeout=2.0))
        with pytest.raises(Unreachable, match="in time"):
            source.wait(20)
        assert source.misbehaved == {"IDLE": "no answer came"}
        source.close()


def test_an_idle_that_is_refused_at_its_end_does_not_wait_twice() -> None:
    with (
        scripted(CAPABILITY=offering("IDLE"), IDLE=b"+ idling\r\n", CONTINUED=b"TAG NO never\r\n") as server,
        opened(settings(server.port, timeout=20)) as source,
    ):
        began = time.monotonic()
        assert source.wait(2) is False
        assert time.monotonic() - began < 3.9  # twice as long would be four
        assert list(source.misbehaved) == ["IDLE"]


@pytest.mark.parametrize("reply", [None, b"* BYE no\r\n", b"+ idling\r\n* BYE no\r\n"])
def test_a_line_that_ends_with_idle_is_held_against_it(reply: bytes | None) -> None:
    with scripted(CAPABILITY=offering("IDLE"), IDLE=reply, CONTINUED=None) as server:
        source = open_source(settings(server.port))
        with pytest.raises(Unreachable, match="hung up"):
            source.wait(20)
        assert list(source.misbehaved) == ["IDLE"]
        source.close()


def test_a_line_that_is_cut_on_request_is_held_against_nothing() -> None:
    with scripted(CAPABILITY=offering("IDLE", "LIST-STATUS"), IDLE=b"+ idling\r\n", LIST=b"") as server:
        for ask in ("wait", "folders"):
            source = open_source(settings(server.port))
            source.abort()
            with pytest.raises(Unreachable, match="was cut"):
                source.wait(20) if ask == "wait" else source.folders()
            assert source.misbehaved == {}
            source.close()


def test_news_before_the_servers_consent_to_idle_ends_the_wait() -> None:
    replies = b"* OK one moment\r\n* 4 EXISTS\r\n+ idling\r\n"
    with (
        scripted(CAPABILITY=offering("IDLE"), IDLE=replies, CONTINUED=OK) as server,
        opened(settings(server.port)) as source,
    ):
        began = time.monotonic()
        assert source.wait(30) is True
        assert time.monotonic() - began < 25  # not to the end


def test_a_line_that_died_during_idle_is_noticed_at_its_end_and_not_held_against_idle() -> None:
    with scripted(CAPABILITY=offering("IDLE"), IDLE=b"+ idling\r\n", CONTINUED=b"") as server:
        source = open_source(settings(server.port, timeout=2.0))
        with pytest.raises(Unreachable, match="does not answer in time"):
            source.wait(0.2)
        assert server.received[-1] == "CONTINUED DONE"
        assert source.misbehaved == {}
        source.close()
