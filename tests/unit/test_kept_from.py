"""Messages that are gone for their age: what is not kept is not covered, and silence over it proves nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.unit.letters_by_hand import BOOK as PLAIN_BOOK
from tests.unit.letters_by_hand import JANE, ME, PEOPLE, START, at, message
from tracker.config import parse_config
from tracker.domain.asks import Rules
from tracker.domain.coverage import AccountCoverage, Coverage, is_at_limit
from tracker.domain.message import AddrSpec
from tracker.domain.outcome import Judging, Knowledge, Outcome, Reason
from tracker.domain.pairing import pair
from tracker.domain.report import Evidences, Report, Row, build_report, build_row
from tracker.domain.verdict import Verdict
from tracker.formats import View, report_format
from tracker.service.keeping import keep_recent
from tracker.storage import open_store
from tracker.storage._horizon import is_kept

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.domain.message import Message

JANES = "jane@acme.example"
DAY = 24
NOW = at(300 * DAY)
CUT = at(100 * DAY)
"""Everything from before it is deleted in these tests."""


def judged(*messages: Message, window: int = 200, kept_from: datetime | None = CUT) -> Row:
    """Jane after a deletion, at `NOW`, in a mailbox that receives something every day."""
    days = {AddrSpec(ME): tuple((START + timedelta(days=day)).date() for day in range(-60, 300))}
    kept = [one for one in messages if is_kept(one, kept_from)]
    paired = pair(kept, PLAIN_BOOK, Rules())
    return build_row(
        PEOPLE[JANE],
        Evidences({JANE: paired.asks}, paired.heard),
        judging=Judging(window=timedelta(days=window)),
        known=Knowledge(NOW, NOW, days, kept_from=kept_from),
    )


def silent(*days: int) -> list[Message]:
    return [message(f"q{day}", day * DAY, ME, JANES) for day in days]


ONLY_ANSWER = (message("old", 50 * DAY, ME, JANES), message("answer", 50 * DAY + 1, JANES, ME, answers="old"))


def test_a_window_of_which_nothing_was_deleted_is_judged_as_ever() -> None:
    row = judged(*ONLY_ANSWER, *silent(140, 160))
    assert (row.verdict, row.tally.overdue) == (Verdict.UNRESPONSIVE, 2)


def test_somebody_whose_only_answer_is_gone_is_not_unresponsive_in_a_window_that_held_it() -> None:
    assert judged(*ONLY_ANSWER, *silent(140, 160), window=280, kept_from=None).verdict is Verdict.UNPROVEN
    for window, verdict in ((199, Verdict.UNRESPONSIVE), (200, Verdict.UNRESPONSIVE), (201, Verdict.UNPROVEN)):
        assert judged(*ONLY_ANSWER, *silent(140, 160), window=window).verdict is verdict


def test_it_takes_no_verdict_from_anybody_else() -> None:
    asked, answer = message("q", 150 * DAY, ME, JANES), message("a", 150 * DAY + 1, JANES, ME, answers="q")
    assert judged(asked, answer, window=280).verdict is Verdict.RESPONSIVE
    assert judged(window=280).verdict is Verdict.UNTESTED


@pytest.mark.parametrize(
    "before",
    [
        message("note", 99 * DAY, JANES, ME, marks="auto_submitted_replied"),
        replace(message("word", 99 * DAY, JANES, ME), thread_keys=("linkedin c1",)),
    ],
    ids=["an absence note", "their last word in a conversation"],
)
def test_what_excused_an_ask_and_is_gone_leaves_a_doubt(before: Message) -> None:
    asked = replace(message("q", 105 * DAY, ME, JANES), thread_keys=("linkedin c1",))
    (whole,) = judged(before, asked, kept_from=None).judged
    assert whole.outcome is Outcome.EXCLUDED
    (cut,) = judged(before, asked).judged
    assert (cut.outcome, cut.reason) == (Outcome.UNKNOWN, Reason.NOT_SYNCED)


def test_what_was_never_read_leaves_the_same_doubt_and_takes_no_verdict() -> None:
    """An absence note from before the day from which on mail is read excuses what was asked after it."""
    days = {AddrSpec(ME): tuple((START + timedelta(days=day)).date() for day in range(-60, 300))}

    def row(*asked: int) -> Row:
        paired = pair(silent(*asked), PLAIN_BOOK, Rules())
        judging, known = Judging(window=timedelta(days=300)), Knowledge(NOW, NOW, days, whole_from=CUT)
        return build_row(PEOPLE[JANE], Evidences({JANE: paired.asks}, paired.heard), judging=judging, known=known)

    (early,) = row(105).judged
    assert (early.outcome, early.reason) == (Outcome.UNKNOWN, Reason.NOT_SYNCED)
    assert row(105, 131).verdict is Verdict.UNPROVEN
    assert row(131, 140).verdict is Verdict.UNRESPONSIVE


def test_mail_may_be_missing_from_before_the_latest_day_from_which_on_any_account_was_read() -> None:
    def whole_from(*since: date | None, kept_from: datetime | None = None) -> datetime | None:
        read = tuple(AccountCoverage(f"a{number}", NOW, since=day) for number, day in enumerate(since))
        return Coverage(complete=True, accounts=read, kept_from=kept_from).whole_from

    first, second = date(2024, 1, 1), date(2024, 6, 1)
    assert whole_from() is whole_from(None) is None
    assert whole_from(first, second, None) == datetime(2024, 6, 1, tzinfo=UTC)
    assert whole_from(first, kept_from=CUT) == max(CUT, datetime(2024, 1, 1, tzinfo=UTC))
    assert whole_from(None, kept_from=CUT) == CUT
    shown = (AccountCoverage("a", NOW, shown_from=CUT), AccountCoverage("b", NOW, since=date(2020, 1, 1)))
    assert Coverage(complete=True, accounts=shown).whole_from == CUT


def test_an_inbox_is_at_a_servers_limit_until_the_days_new_messages_are_more_than_a_tenth_of_it() -> None:
    near = (999, 1_000, 1_100, 1_101, 9_999, 10_000, 11_000, 11_001)
    assert [number for number in near if is_at_limit(number)] == [1_000, 1_100, 10_000, 11_000]


def test_thirty_days_after_the_cut_nothing_from_before_it_can_excuse() -> None:
    (doubtful, counted) = judged(message("q", 130 * DAY - 1, ME, JANES), message("r", 130 * DAY, ME, JANES)).judged
    assert (doubtful.outcome, counted.outcome) == (Outcome.UNKNOWN, Outcome.OVERDUE)


def test_an_answer_counts_on_either_side_of_that_day() -> None:
    (row,) = judged(message("q", 105 * DAY, ME, JANES), message("a", 106 * DAY, JANES, ME, answers="q")).judged
    assert row.outcome is Outcome.IN_TIME


def test_a_message_is_as_young_as_the_youngest_of_its_stamps() -> None:
    """Where two stamps disagree, the last relay's may be the one that counts."""
    old = message("q", 0, JANES, ME)
    assert not is_kept(old, CUT)
    young = (replace(old, dated_at=CUT), replace(old, received_at=CUT), replace(old, relayed_at=CUT))
    assert [is_kept(one, CUT) for one in young] == [True, True, True]


def test_the_report_says_that_less_is_kept_than_is_judged() -> None:
    def told(window: int, kept_from: datetime | None) -> str:
        judging, coverage = (
            Judging(window=timedelta(days=window)),
            Coverage(complete=True, accounts=(), kept_from=kept_from),
        )
        report: Report = build_report([], judging=judging, known=Knowledge(NOW, NOW, {}), coverage=coverage)
        return "".join(report_format("table").render(report, View()))

    sentence = "is not kept, and more is to be judged; so nobody is judged unresponsive."
    assert sentence in told(201, CUT)
    assert sentence not in told(200, CUT)
    assert sentence not in told(201, None)


CONFIG = """
[database]
keep = "730d"
[[account]]
name = "work"
host = "localhost"
user = "ann"
password_command = ["true"]
"""


def test_the_age_counts_back_from_the_moment_that_is_judged(tmp_path: Path) -> None:
    """An account that is not read holds the verdicts back, and the answers that their window begins with."""
    config = parse_config(CONFIG, "test")
    days = {None: 0, 0: 0, 10: 10, 30: 30, 31: 30, 400: 30, -5: 0}
    with open_store(f"sqlite:///{tmp_path}/tracker.db") as store:
        store.begin_pass("work", START - timedelta(days=900))
        for behind, waited in days.items():
            if behind is not None:
                store.complete_pass("work", NOW - timedelta(days=behind))
            store.keep_from(None)
            keep_recent(store, config, NOW)
            with store._database.reading() as db:
                found = db.exec_driver_sql("SELECT value FROM meta WHERE key = 'kept_from'").scalar_one()
            assert found == (NOW - timedelta(days=730 + waited)).isoformat(), behind
