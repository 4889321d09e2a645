"""When the last relay took a message, and when that counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.letters_by_hand import ME, START, message
from tracker.parsing import with_relay

NOW = START + timedelta(days=1000)
MOVED = replace(message("m", 24 * 90, "jane@acme.example", ME), dated_at=START - timedelta(days=400))
TOPMOST = datetime(2026, 3, 3, 7, 30, tzinfo=UTC)


def relayed(received: bytes) -> datetime | None:
    return with_relay(MOVED, received, now=NOW).relayed_at


def test_the_topmost_of_the_received_fields_counts() -> None:
    hops = (
        b"Received: from mx by imap with LMTP;\r\n\tTue, 3 Mar 2026 08:30:00 +0100 (CET)\r\n"
        b"Received: from [192.0.2.1]; by mx; Tue, 3 Mar 2026 06:00:00 +0000\r\n\r\n"
    )
    assert relayed(hops) == TOPMOST


@pytest.mark.parametrize(
    "hops",
    [
        b"",
        b"\r\n",
        b"Received: from a by b\r\n\r\n",
        b"Received: from a by b; some day\r\n\r\n",
        b"Received: from a by b; Tue, 3 Mar 2026 08:30:00\r\n\r\n",
        b"Received: from a by b; Tue, 3 Mar 2026 08:30:00 NOWHERE\r\n\r\n",
        b"Received: from a by b; Tue, 3 Mar 1970 08:30:00 +0000\r\n\r\n",
        b"Received: from a by b; Tue, 3 Mar 2099 08:30:00 +0000\r\n\r\n",
        b"Received: " + b"x" * 300_000,
    ],
)
def test_a_relay_that_names_no_moment_that_can_be_true_says_nothing(hops: bytes) -> None:
    assert with_relay(MOVED, hops, now=NOW) == MOVED


def test_where_the_stamps_disagree_the_relay_decides_and_else_the_date() -> None:
    assert MOVED.arrived_at == MOVED.dated_at
    assert replace(MOVED, relayed_at=TOPMOST).arrived_at == TOPMOST
    agreeing = message("m", 0, "jane@acme.example", ME)
    assert replace(agreeing, relayed_at=TOPMOST).arrived_at == agreeing.received_at


def test_two_stamps_a_day_apart_agree_still() -> None:
    a_day = message("m", 24, "jane@acme.example", ME, dated=0)
    assert (a_day.is_misdated, a_day.arrived_at) == (False, a_day.received_at)
    longer = message("m", 24.1, "jane@acme.example", ME, dated=0)
    assert (longer.is_misdated, longer.arrived_at) == (True, longer.dated_at)


def test_one_stamp_alone_contradicts_nothing() -> None:
    assert not replace(MOVED, dated_at=None).is_misdated
    assert not replace(MOVED, received_at=None).is_misdated


def test_of_two_stamps_that_agree_the_earlier_counts_alone() -> None:
    later = message("m", 5, ME, "jane@acme.example", dated=0)
    assert (later.sent_at, later.sent_at_latest) == (START, START)
