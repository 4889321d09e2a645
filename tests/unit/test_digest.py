"""What a digest tells of which ask, and when the next one is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.unit.letters_by_hand import BOOK, ME
from tracker.config import Config, masked, parse_config, recipient
from tracker.domain.asks import Ask, Channel, Evidence, Rung, Send
from tracker.domain.connection import ConnectionId
from tracker.domain.coverage import Coverage
from tracker.domain.digest import Digest, build_digest
from tracker.domain.kind import MessageKind
from tracker.domain.message import AddrSpec, MessageId
from tracker.domain.outcome import Judging, Knowledge
from tracker.domain.report import Evidences, build_report
from tracker.errors import ConfigError
from tracker.service.digesting import next_digest

NOW = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
_DAILY = tuple(date(2026, 1, 1) + timedelta(days=day) for day in range(365))
PERSON = next(iter(BOOK.connections.values()))


def ask(age: timedelta, answered_after: timedelta | None = None) -> Ask:
    """An ask so long before `NOW`, and its answer."""
    at = NOW - age
    send = Send(f"{at:%d%H%M}", MessageId(f"{at:%d%H%M}@example.org"), AddrSpec("x@acme.example"), at, at)
    reply = None if answered_after is None else at + answered_after
    exact = () if reply is None else (Evidence("aa", None, reply, MessageKind.HUMAN, Rung.IN_REPLY_TO, "in_reply_to"),)
    return Ask(ConnectionId(PERSON.id), Channel.EMAIL, "?", (send,), AddrSpec(ME), exact=exact)


def digest_of(*asks: Ask, as_of: datetime = NOW, now: datetime = NOW, since: timedelta = WEEK) -> Digest:
    known = Knowledge(as_of, as_of, {AddrSpec(ME): _DAILY})
    evidence = Evidences({PERSON.id: sorted(asks, key=lambda one: one.asked_at)}, {})
    coverage = Coverage(complete=True, accounts=())
    report = build_report([([PERSON], evidence)], judging=Judging(), known=known, coverage=coverage)
    return build_digest(report, known, now=now, since=since)


def told(digest: Digest) -> tuple[list[float], list[float], list[float]]:
    """Hours left, hours since it passed, hours since the answer."""
    return (
        [one.left / HOUR for one in digest.due],
        [(NOW - one.due_at) / HOUR for one in digest.passed],
        [(NOW - one.at) / HOUR for one in digest.answered],
    )


def test_each_part_holds_what_belongs_there_in_the_order_of_time() -> None:
    digest = digest_of(
        ask(47 * HOUR), ask(2 * HOUR), ask(50 * HOUR), ask(6 * DAY), ask(5 * DAY, 3 * HOUR), ask(4 * DAY, 60 * HOUR)
    )
    assert told(digest) == ([1, 46], [2, 96], [36, 117])
    assert digest.has_news


@pytest.mark.parametrize(
    ("one", "parts"),
    [
        (ask(9 * DAY), ([], [], [])),
        (ask(9 * DAY - HOUR), ([], [167], [])),
        (ask(20 * DAY, 13 * DAY), ([], [], [])),
        (ask(20 * DAY, 13 * DAY + HOUR), ([], [], [167])),
        (ask(48 * HOUR), ([], [], [])),
    ],
)
def test_the_edges_of_a_week(one: Ask, parts: tuple[list[float], list[float], list[float]]) -> None:
    assert told(digest_of(one)) == parts


def test_what_ran_out_after_the_mailbox_was_read_is_left_to_the_next_digest() -> None:
    """Nobody knows yet whether it was answered."""
    read = NOW - 12 * HOUR
    digest = digest_of(ask(50 * HOUR), ask(40 * HOUR), ask(65 * HOUR), as_of=read)
    assert told(digest) == ([8], [17], [])


def test_only_two_days_ahead_are_told_whatever_the_threshold() -> None:
    known = Knowledge(NOW, NOW, {AddrSpec(ME): _DAILY})
    judging = replace(Judging(), threshold=WEEK)
    evidence = Evidences({PERSON.id: [ask(6 * DAY), ask(4 * DAY)]}, {})
    coverage = Coverage(complete=True, accounts=())
    report = build_report([([PERSON], evidence)], judging=judging, known=known, coverage=coverage)
    assert told(build_digest(report, known, now=NOW, since=WEEK))[0] == [24]


# ---- when it is due: Monday, 16 March 2026, 07:30 in Berlin is 06:30 UTC

MONDAY = datetime(2026, 3, 16, 6, 30, tzinfo=UTC)
SMTP = """
[me]
addresses = ["ann@example.org"]
[reply]
timezone = "Europe/Berlin"
[digest.smtp]
host = "smtp.example.org"
"""


def config(digest: str = "") -> Config:
    return parse_config(f"{SMTP}[digest]\n{digest}", "config.toml")


@pytest.mark.parametrize(
    ("now", "last", "due"),
    [
        (MONDAY - HOUR, None, MONDAY),
        (MONDAY, None, MONDAY),
        (MONDAY + HOUR, MONDAY - WEEK, MONDAY),
        (MONDAY + HOUR, MONDAY, MONDAY + WEEK),
        (MONDAY + HOUR, MONDAY - HOUR, MONDAY + WEEK),
        (MONDAY + HOUR, MONDAY - 8 * HOUR, MONDAY),
        (MONDAY + 2 * DAY - HOUR, MONDAY - WEEK, MONDAY),
        (MONDAY + 2 * DAY, MONDAY - WEEK, MONDAY + WEEK),
        (MONDAY + 2 * DAY, None, MONDAY + WEEK),
        (MONDAY + HOUR, MONDAY + 2 * HOUR, MONDAY + WEEK),
        (MONDAY + HOUR, MONDAY + 30 * DAY, MONDAY),
        (MONDAY + 3 * DAY, MONDAY + 30 * DAY, MONDAY + WEEK),
    ],
    ids=[
        "before",
        "on time",
        "late",
        "sent",
        "sent by hand that morning",
        "sent by hand on Sunday",
        "slept",
        "slept too long",
        "begun in the middle of a week",
        "the clock was set back by an hour",
        "the clock was a month ahead, and what was told is of that month",
        "the same, with nothing to catch up on",
    ],
)
def test_the_next_digest(now: datetime, last: datetime | None, due: datetime) -> None:
    assert next_digest(config(), now, last) == due


def test_the_time_is_that_of_the_place_on_the_day_the_clocks_change() -> None:
    summer = datetime(2026, 3, 29, 6, 30, tzinfo=UTC)
    assert next_digest(config('every = "sun 08:30"'), summer - DAY, None) == summer
    assert next_digest(config('every = "sun 08:30"'), summer - 2 * WEEK, None) == summer - 2 * WEEK + HOUR


def test_it_is_switched_off_by_the_setting_or_without_a_server() -> None:
    assert next_digest(config('every = ""'), MONDAY, None) is None
    assert next_digest(parse_config("", "config.toml"), MONDAY, None) is None


# ---- settings


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "config.toml")
    return sorted(caught.value.problems)


def test_every_problem_of_the_digest_has_its_dotted_key() -> None:
    found = problems(
        '[digest]\nevery = "monday"\nsince = "7d"\n[digest.smtp]\nhost = "smtp.example.org"\ntls = "none"\nport = 0\n'
    )
    assert [line.partition(":")[0] for line in found] == ["digest.every", "digest.since", "digest.smtp.port"]
    assert problems('[digest.smtp]\nhost = "smtp.example.org"\ntls = "none"\n') == [
        'digest.smtp: tls = "none" is accepted for this machine itself only; use "implicit" or "starttls"'
    ]
    mine = '[me]\naddresses = ["ann@example.org"]\n[digest.smtp]\nhost = "smtp.example.org"\n'
    one_of = "name exactly one of password_command, password_file, credential, keyring"
    assert problems(f'{mine}user = "ann"\n') == [f"digest.smtp: {one_of}"]
    assert problems(f'{mine}user = "ann"\nkeyring = true\ncredential = "x"\n') == [f"digest.smtp: {one_of}"]
    assert "without a user" in problems(f"{mine}keyring = true\n")[0]


def test_the_recipient_is_one_of_the_users_addresses_in_any_spelling() -> None:
    nobody = "digest.to: is none of me.addresses, and the digest goes to nobody else"
    assert problems('[me]\naddresses = ["ann@example.org"]\n[digest]\nto = "bob@example.org"\n') == [nobody]
    assert "name your address" in problems('[digest.smtp]\nhost = "smtp.example.org"\n')[0]
    mine = ["ann@example.org", "ann@gmail.com"]
    told_to = parse_config(f'[me]\naddresses = {mine}\n[digest]\nto = "a.nn+digest@gmail.com"\n', "c")
    assert recipient(told_to.digest, mine) == "a.nn+digest@gmail.com"
    assert recipient(Config().digest, mine) == "ann@example.org"


def test_what_is_shown_of_the_settings_is_no_secret() -> None:
    text = f'{SMTP}user = "ann"\npassword_command = ["pass", "-p", "s3cret"]\n'
    shown = masked(parse_config(text, "config.toml"))
    assert shown["digest"] == {"every": "mon 07:30", "to": ""}
    assert shown["digest.smtp"]["password_command"] == ["pass", "***"]
    assert "s3cret" not in str(shown)
