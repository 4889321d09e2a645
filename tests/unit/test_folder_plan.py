"""What is read of a folder next, decided from what is remembered of it and what the server says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tracker.domain.folder import AUDIT_EVERY, Accounted, Difference, FolderState, FolderStatus, Plan, plan

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SINCE = date(2024, 3, 1)
KNOWN = FolderState(7, 10, since=SINCE, audited_at=NOW)


def planned(known: FolderState | None, server: FolderStatus, *, since: date = SINCE, now: datetime = NOW) -> Plan:
    return plan(known, server, since=since, now=now)


def test_a_folder_that_was_never_read_is_read_from_the_wanted_day_on() -> None:
    assert planned(None, FolderStatus(7, 10, 9)) == Plan(1, 9, SINCE, is_first=True)
    assert not planned(None, FolderStatus(7, 1, 0)).is_idle, "that it is empty has to be noted, too"


def test_what_is_new_is_read_whatever_its_date() -> None:
    assert planned(KNOWN, FolderStatus(7, 12, 9)) == Plan(10, 11, None, floor=SINCE)
    assert planned(KNOWN, FolderStatus(7, 10, 9)).is_idle


@pytest.mark.parametrize("server", [FolderStatus(8, 20, 9), FolderStatus(7, 9, 9)])
def test_uids_that_mean_something_else_now_are_forgotten(server: FolderStatus) -> None:
    assert planned(KNOWN, server) == Plan(1, server.uidnext - 1, SINCE, is_first=True, forget=True)


def test_a_first_reading_goes_on_from_where_it_was_and_the_day_with_which_it_began() -> None:
    begun = FolderState(7, 5, is_begun_only=True, since=SINCE)
    earlier = date(2020, 1, 1)
    goes_on = Plan(5, 9, SINCE, is_first=True, audit=True, floor=SINCE)
    assert planned(begun, FolderStatus(7, 10, 9), since=earlier) == goes_on
    assert planned(replace(begun, since=None), FolderStatus(7, 10, 9)) == goes_on


@pytest.mark.parametrize(
    ("known", "since", "hours", "due"),
    [
        (KNOWN, SINCE, 23, False),
        (KNOWN, SINCE, 24, True),
        (KNOWN, SINCE, -25, True),  # the clock was set back
        (KNOWN, SINCE + timedelta(days=1), 1, False),  # the window moves on with time
        (KNOWN, SINCE - timedelta(days=1), 1, True),
        (replace(KNOWN, since=None), SINCE, 1, True),
        (replace(KNOWN, audited_at=None), SINCE, 1, True),
    ],
)
def test_an_audit_is_due_daily_and_when_older_mail_is_wanted(
    known: FolderState, since: date, hours: int, *, due: bool
) -> None:
    found = planned(known, FolderStatus(7, 10, 9), since=since, now=NOW + timedelta(hours=hours))
    assert (found.audit, found.is_idle) == (due, not due)
    assert found.floor == min(since, known.since or since)
    assert timedelta(hours=24) == AUDIT_EVERY


@pytest.mark.parametrize(
    ("modseq", "told", "again"), [(5, 5, False), (5, 6, True), (None, None, True), (5, None, True)]
)
def test_drafts_are_looked_at_again_unless_the_server_says_that_nothing_changed(
    modseq: int | None, told: int | None, *, again: bool
) -> None:
    known = replace(KNOWN, drafts=(3, 4), modseq=modseq)
    found = planned(known, FolderStatus(7, 10, 9, told))
    assert found.drafts == ((3, 4) if again else ())
    assert found.is_idle is not again


def test_an_audit_tells_what_was_passed_over_what_failed_and_what_is_gone() -> None:
    known = Accounted(9, seen=frozenset({1, 2}), failed=frozenset({3, 4}), drafts=frozenset({5, 6}))
    existing, wanted = [1, 3, 5, 7, 8], [1, 7]
    assert known.compare(existing, wanted) == Difference(late=(3, 7), retried=(3,), gone=(2, 4, 6), existing=5)
    assert known.compare([], []) == Difference(gone=(1, 2, 3, 4, 5, 6))
    assert Difference((1,), (2,), (3,), 7) + Difference((4,), (5,), (6,), 2) == Difference((1, 4), (2, 5), (3, 6), 9)
