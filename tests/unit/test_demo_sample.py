"""The sample comes out as it was made at every moment, and holds one of everything that a mailbox can do to an ask."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tracker.addresses import normalise
from tracker.demo import EXPECTED, connections_csv
from tracker.demo._letters import ME, letters
from tracker.demo._people import PEOPLE
from tracker.domain.asks import Rules
from tracker.domain.connection import AddressBook, Connection, ConnectionId
from tracker.domain.coverage import Coverage
from tracker.domain.message import AddrSpec, FolderRole, Message, RawMessage
from tracker.domain.outcome import Judging, Knowledge, Outcome, Reason
from tracker.domain.pairing import pair
from tracker.domain.report import Evidences, Report, build_report
from tracker.domain.verdict import Verdict
from tracker.parsing import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.domain.asks import Ask

MINE = AddrSpec(ME[1])
ROLES = {"INBOX": FolderRole.INBOX, "Sent": FolderRole.SENT}
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MOMENTS = (
    NOW,
    datetime(2024, 2, 29, 0, 0, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC),
    datetime(2027, 1, 1, 0, 0, 1, tzinfo=UTC),
    datetime(2033, 3, 27, 23, 59, tzinfo=UTC),
)


@cache
def messages(now: datetime) -> tuple[Message, ...]:
    """The mailbox of the sample, read."""
    found = []
    for uid, letter in enumerate(letters(now), start=1):
        raw = RawMessage(uid, letter.message.as_bytes(), letter.at, 1)
        message = parse(raw, role=ROLES[letter.folder], now=now)
        assert isinstance(message, Message)
        found.append(message)
    return tuple(found)


@cache
def judged(now: datetime) -> Report:
    """The report that the sample leads to at `now`."""
    people = [
        Connection(ConnectionId(number), person.name, addresses=spelled(person.address))
        for number, person in enumerate(PEOPLE, start=1)
    ]
    mail = messages(now)
    pairing = pair(mail, AddressBook.of(people, mine=[MINE]), Rules())
    asks: dict[ConnectionId, list[Ask]] = defaultdict(list)
    for ask in pairing.asks:
        asks[ask.connection].append(ask)
    known = Knowledge(now, now, {MINE: received(mail)})
    evidence = Evidences(asks, pairing.heard)
    coverage = Coverage(complete=True, accounts=())
    return build_report([(people, evidence)], judging=Judging(), known=known, coverage=coverage)


def spelled(text: str) -> tuple[AddrSpec, ...]:
    addr = normalise(text)
    return () if addr is None else (addr,)


def received(mail: Sequence[Message]) -> list[date]:
    """The days on which something came in."""
    inbound = (message for message in mail if message.author is not None and message.author.addr != MINE)
    return sorted({message.arrived_at.date() for message in inbound if message.arrived_at is not None})


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_everybody_is_judged_as_they_were_made(now: datetime) -> None:
    assert {row.connection.name: row.verdict.value for row in judged(now).rows} == EXPECTED


def test_every_verdict_and_nearly_every_fate_of_an_ask_occurs() -> None:
    rows = judged(NOW).rows
    fates = Counter((ask.outcome, ask.reason) for row in rows for ask in row.asks)
    assert {row.verdict for row in rows} == set(Verdict)
    assert {
        (Outcome.IN_TIME, None),
        (Outcome.LATE, None),
        (Outcome.OVERDUE, None),
        (Outcome.WAITING, None),
        (Outcome.HEARD, None),
        (Outcome.EXCLUDED, Reason.AWAY),
        (Outcome.EXCLUDED, Reason.GROUP),
        (Outcome.EXCLUDED, Reason.LAST_WORD),
        (Outcome.EXCLUDED, Reason.ANSWERED_BY_OTHER),
        (Outcome.EXCLUDED, Reason.UNDELIVERABLE),
    } == set(fates), "no ask of the sample is in doubt"
    assert any(ask.nudges for row in rows for ask in row.asks)
    assert any(ask.outcome is Outcome.IN_TIME and ask.latency is None for row in rows for ask in row.asks)


def test_the_mailbox_is_of_a_size_and_an_age_that_are_worth_a_report() -> None:
    mail = letters(NOW)
    assert len(mail) >= 400
    assert all(NOW - timedelta(days=730) < letter.at < NOW for letter in mail)
    assert len({letter.message["Message-ID"] for letter in mail}) == len(mail)
    assert any(len(letter.message.get("References", "").split()) > 2 for letter in mail)


def test_the_inbox_is_a_witness_at_any_time() -> None:
    days = received(messages(NOW))
    assert max(later - earlier for earlier, later in pairwise(days)) <= timedelta(days=3)


def test_names_come_in_many_scripts_and_most_people_show_no_address() -> None:
    names = " ".join(person.name for person in PEOPLE)
    assert [sign for sign in "éüйמم中さशΕ김🚀" if sign not in names] == []
    rows = list(csv.DictReader(io.StringIO(connections_csv().partition("\n\n")[2])))
    assert len(rows) >= 40
    assert sum(not row["Email Address"] for row in rows) >= 10
    assert [row for row in rows if not row["First Name"] and not row["Last Name"]], "a closed account"
