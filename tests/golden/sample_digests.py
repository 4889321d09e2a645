"""Digests: that of the sample mailbox, and one made by hand with more entries than are shown and names hard to set."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

from tests.golden.sample_reports import AS_OF, COVERAGE, JUDGING, asked, row
from tracker.demo._letters import ME, DemoLetter, letters
from tracker.demo._people import PEOPLE
from tracker.domain.asks import Rules
from tracker.domain.connection import AddressBook, Connection, ConnectionId
from tracker.domain.coverage import AccountCoverage, Coverage
from tracker.domain.digest import Answered, Digest, Due, Passed, build_digest
from tracker.domain.message import AddrSpec, FolderRole, Message, RawMessage
from tracker.domain.outcome import Knowledge, Outcome
from tracker.domain.pairing import pair
from tracker.domain.report import Evidences, build_report
from tracker.domain.verdict import Verdict
from tracker.parsing import parse

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
_MINE = AddrSpec(ME[1])
_ROLES = {"INBOX": FolderRole.INBOX, "Sent": FolderRole.SENT}

_PEOPLE = (
    ("Leila García", "Helix Bio", "Data Scientist"),
    ("Ben Nakamura", "Juniper Foods", "Consultant"),
    ("中村 さくら", "任天堂", "Head of Sales"),
    ("محمد الأحمد", "شركة النور", "مهندس"),
    ("Ivo 🚀 Varga", "", ""),
    ("Bartholomew Featherstonehaugh-Cholmondeley", "The Company of Very Long Names and Sons", "Vice President"),
    ("<b>Bobby</b>\u202e & Sons\x1b[31m", 'Ex"ample', "'; DROP TABLE"),
    ("", "Acme", "CTO"),
)
_HOUR = timedelta(hours=1)


@cache
def demo_digest(since: timedelta = WEEK) -> Digest:
    """What the sample mailbox leads to at `NOW`, everything read up to then."""
    mail = [_message(uid, letter.folder, letter.message.as_bytes(), letter.at) for uid, letter in _numbered()]
    people = [
        Connection(
            ConnectionId(number),
            person.name,
            person.company,
            person.position,
            addresses=(AddrSpec(person.address),) if person.address else (),
        )
        for number, person in enumerate(PEOPLE, start=1)
    ]
    pairing = pair(mail, AddressBook.of(people, mine=[_MINE]), Rules())
    asks = {person.id: [ask for ask in pairing.asks if ask.connection == person.id] for person in people}
    known = Knowledge(NOW, NOW, {_MINE: [date(2024, 11, 1) + timedelta(days=day) for day in range(800)]})
    coverage = Coverage(complete=True, accounts=(AccountCoverage("sample", NOW, 2, len(mail)),), messages=len(mail))
    evidence = Evidences(asks, pairing.heard)
    report = build_report([(people, evidence)], judging=JUDGING, known=known, coverage=coverage)
    return build_digest(report, known, now=NOW, since=since)


def _numbered() -> list[tuple[int, DemoLetter]]:
    return list(enumerate(letters(NOW), start=1))


def _message(uid: int, folder: str, content: bytes, at: datetime) -> Message:
    message = parse(RawMessage(uid, content, at, len(content)), role=_ROLES[folder], now=NOW)
    assert isinstance(message, Message)
    return message


def full_digest() -> Digest:
    """Eight of everybody in each part, and an account that was last read three days ago."""
    people = [
        row(number, name, Verdict.UNTESTED, company=company, position=position).connection
        for number, (name, company, position) in enumerate(_PEOPLE, start=1)
    ]
    waits = [asked(Outcome.WAITING, age=number * 5 * _HOUR) for number in range(8, 0, -1)]
    silent = [asked(Outcome.OVERDUE, age=timedelta(days=3, hours=number * 11)) for number in range(8)]
    late = (Outcome.IN_TIME, Outcome.LATE)
    spoke = [
        asked(late[number % 2], age=timedelta(days=8), latency=(None if number == 4 else (23 + number * 17) * _HOUR))
        for number in range(8)
    ]
    behind = replace(COVERAGE.accounts[1], synced_at=AS_OF - timedelta(days=3))
    return Digest(
        now=AS_OF,
        as_of=AS_OF - timedelta(days=3),
        since=WEEK,
        judging=JUDGING,
        coverage=replace(COVERAGE, accounts=(COVERAGE.accounts[0], behind)),
        due=tuple(
            Due(person, one, one.ask.asked_at + 48 * _HOUR, one.ask.asked_at + 48 * _HOUR - AS_OF)
            for person, one in zip(people, waits, strict=True)
        ),
        passed=tuple(
            Passed(person, one, one.ask.asked_at + 48 * _HOUR) for person, one in zip(people, silent, strict=True)
        ),
        answered=tuple(
            Answered(person, one, one.evidence.at if one.evidence else AS_OF)
            for person, one in zip(people, spoke, strict=True)
        ),
    )
