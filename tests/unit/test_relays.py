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
