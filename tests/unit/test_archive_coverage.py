"""Up to when a mailbox is known to be read: polled accounts to their last pass, archives to their newest message."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.letters_by_hand import START, at, only_ask
from tests.unit.test_verdict import ASK, T48, known
from tracker.domain.coverage import AccountCoverage, Coverage
from tracker.domain.outcome import Outcome, Reason, judge

WEEK = timedelta(days=7)
WORK = AccountCoverage("work", START + WEEK)
HOME = AccountCoverage("home", START + 2 * WEEK)
TAKEOUT = AccountCoverage("takeout", START + 3 * WEEK, newest_at=START, is_archive=True)
OLDER = AccountCoverage("older", START + 3 * WEEK, newest_at=START - WEEK, is_archive=True)
AHEAD = AccountCoverage("ahead", START, newest_at=START + WEEK, is_archive=True)
EMPTY = AccountCoverage("empty", START, is_archive=True)
UNREAD = AccountCoverage("unread", None, newest_at=START, is_archive=True)


@pytest.mark.parametrize(
    ("accounts", "as_of"),
    [
        ((WORK, HOME), START + WEEK),
        ((WORK, TAKEOUT), START + WEEK),
        ((TAKEOUT, OLDER), START),
        ((AHEAD,), START),  # its newest message bears a date after the day on which it was read
        ((EMPTY,), START),
    ],
)
def test_polled_accounts_decide_and_archives_only_without_them(
    accounts: tuple[AccountCoverage, ...], as_of: object
) -> None:
    assert Coverage(complete=True, accounts=accounts).as_of == as_of
    assert Coverage(complete=False, accounts=(*accounts, UNREAD)).as_of is None


def test_an_ask_that_lies_in_an_archive_alone_is_judged_up_to_its_end() -> None:
    ask, polled = only_ask(ASK), known()
    assert judge(ask, T48, polled).outcome is Outcome.OVERDUE
    for end, outcome in ((at(48), Outcome.OVERDUE), (at(47.9), Outcome.UNKNOWN)):
        judged = judge(ask, T48, replace(polled, archived={ask.identity: end}))
        assert judged.outcome is outcome
        assert judged.reason is (None if outcome is Outcome.OVERDUE else Reason.NOT_SYNCED)
    elsewhere = replace(polled, archived={"another": at(1)})
    assert judge(ask, T48, elsewhere).outcome is Outcome.OVERDUE
    assert judge(ask, T48, replace(elsewhere, covered=None)).outcome is Outcome.UNKNOWN
    unread = replace(polled, covered=None, archived={ask.identity: at(200)})
    assert judge(ask, T48, unread).outcome is Outcome.UNKNOWN, "an account that was not read may hold the answer"
