"""Elapsed and working time, across weekends, holidays and the days on which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.clock import ElapsedClock, WorkingClock

BERLIN = ZoneInfo("Europe/Berlin")
CLOCK = WorkingClock(zone=BERLIN, weekend=frozenset({5, 6}), is_holiday=lambda day: day == date(2026, 5, 1))


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def test_a_weekend_does_not_count() -> None:
    friday, monday = berlin("2026-03-06T18:00"), berlin("2026-03-09T09:00")
    assert CLOCK.between(friday, monday) == timedelta(hours=15)
    assert ElapsedClock().between(friday, monday) == timedelta(hours=63)


def test_a_holiday_does_not_count() -> None:
    assert CLOCK.between(berlin("2026-04-30T12:00"), berlin("2026-05-04T12:00")) == timedelta(hours=24)


def test_a_day_on_which_the_clocks_change_has_the_hours_that_pass() -> None:
    every_day = WorkingClock(zone=BERLIN, weekend=frozenset(), is_holiday=lambda _: False)
    assert every_day.between(berlin("2026-03-29T00:00"), berlin("2026-03-30T00:00")) == timedelta(hours=23)
    assert every_day.between(berlin("2026-10-25T00:00"), berlin("2026-10-26T00:00")) == timedelta(hours=25)


def test_a_span_over_years_is_the_sum_of_its_parts() -> None:
    start, middle, end = berlin("2023-06-01T10:00"), berlin("2025-01-01T00:00"), berlin("2026-03-02T11:00")
    assert CLOCK.between(start, end) == CLOCK.between(start, middle) + CLOCK.between(middle, end)


def test_time_that_runs_backwards_is_negative() -> None:
    assert CLOCK.between(berlin("2026-03-03T12:00"), berlin("2026-03-02T12:00")) == timedelta(hours=-24)
    before, after = berlin("2025-12-31T12:00"), berlin("2026-01-01T12:00")
    assert CLOCK.between(after, before) == -CLOCK.between(before, after) == timedelta(hours=-24)


def test_a_time_that_ends_with_the_week_has_passed_before_the_weekend() -> None:
    assert CLOCK.after(berlin("2026-03-06T00:00"), timedelta(hours=24)) == berlin("2026-03-07T00:00")
    assert CLOCK.after(berlin("2026-03-07T12:00"), timedelta(0)) == berlin("2026-03-07T12:00")


moments = st.datetimes(datetime(2020, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds


@given(moments, st.timedeltas(timedelta(0), timedelta(days=60)))
def test_a_deadline_is_where_the_time_has_passed(start: datetime, duration: timedelta) -> None:
    deadline = CLOCK.after(start, duration)
    assert CLOCK.between(start, deadline) == duration
    assert CLOCK.between(start, deadline - timedelta(seconds=1)) <= duration


@given(moments, moments, moments)
def test_working_time_adds_up_and_never_exceeds_elapsed_time(one: datetime, two: datetime, three: datetime) -> None:
    start, middle, end = sorted((one, two, three))
    assert CLOCK.between(start, middle) + CLOCK.between(middle, end) == CLOCK.between(start, end)
    assert timedelta(0) <= CLOCK.between(start, end) <= end - start
