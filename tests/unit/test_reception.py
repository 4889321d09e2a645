"""Times of which nothing is there that came in, told by the days on which something did and by what went out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.unit.letters_by_hand import ME
from tracker.domain.connection import profile_addr
from tracker.domain.message import AddrSpec
from tracker.domain.reception import Lost, lost

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST = date(2026, 1, 1)
EVER = datetime.min.replace(tzinfo=UTC)


def day(number: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


def found(
    days: Sequence[int],
    wrote: Sequence[float],
    *,
    judged_from: int = -1000,
    read_from: int | None = None,
    addr: str = ME,
) -> tuple[Lost, ...]:
    """With something coming in on these days, and the user writing at these moments."""
    moments = [day(0) + timedelta(days=number) for number in wrote]
    return lost(
        {AddrSpec(addr): [FIRST + timedelta(days=number) for number in days]},
        lambda _, since, until: any(since < moment < until for moment in moments),
        judged_from=day(judged_from),
        read_from=None if read_from is None else day(read_from),
    ).get(AddrSpec(addr), ())


@pytest.mark.parametrize(
    ("wrote", "expected"),
    [([], ()), ([80, 150], ()), ([69.5, 71], (Lost(EVER, day(100)),)), ([70], ()), ([-400], (Lost(EVER, day(100)),))],
    ids=["never wrote", "began then", "more than a month before", "a month before", "long before"],
)
def test_an_inbox_begins_too_late_if_the_user_wrote_more_than_a_month_before(
    wrote: Sequence[float], expected: tuple[Lost, ...]
) -> None:
    assert found(range(100, 200), wrote) == expected


def test_a_gap_between_two_days_counts_if_the_user_wrote_in_the_midst_of_it() -> None:
    days = [*range(10), *range(100, 200)]
    assert found(days, [20, 39, 71]) == (), "within a month of something that came in"
    assert found(days, [41]) == (Lost(day(10), day(100)),)
    assert found([*range(10), *range(69, 200)], [39.5]) == (), "two months hold no moment that is a month from both"


@pytest.mark.parametrize(("judged_from", "expected"), [(129, 1), (130, 0)])
def test_what_bears_on_nothing_that_is_judged_is_not_looked_for(judged_from: int, expected: int) -> None:
    assert len(found(range(100, 200), [0], judged_from=judged_from)) == expected


@pytest.mark.parametrize(("read_from", "expected"), [(69, 1), (70, 0)])
def test_mail_that_was_not_read_is_not_looked_for(read_from: int, expected: int) -> None:
    assert len(found(range(100, 200), [0], read_from=read_from)) == expected


def test_linkedin_holds_everything() -> None:
    assert found(range(100, 200), [0], addr=profile_addr("ann")) == ()


@pytest.mark.parametrize(
    ("asked", "due", "expected"),
    [(7, 9, False), (8, 10, True), (50, 52, True), (129, 131, True), (130, 132, False)],
)
def test_it_bears_on_what_was_to_be_answered_in_it_or_asked_within_a_month_after_it(
    asked: int, due: int, *, expected: bool
) -> None:
    assert Lost(day(10), day(100)).bears_on(day(asked), day(due)) is expected
