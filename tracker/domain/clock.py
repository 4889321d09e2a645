"""Two ways to count the time between two moments: all of it, or that of working days only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

_ONE_DAY = timedelta(days=1)


class Clock(Protocol):
    """Counts the time between two moments."""

    @property
    def name(self) -> str:
        """The word for it in the configuration."""
        ...

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The time from `start` to `end`; negative if `end` comes first."""
        ...

    def after(self, start: datetime, duration: timedelta) -> datetime:
        """The first moment at which `duration` (not negative) has passed since `start`."""
        ...


@dataclass(frozen=True, slots=True)
class ElapsedClock:
    """Every hour counts."""

    name: str = "elapsed"

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The time from `start` to `end`."""
        return end - start

    def after(self, start: datetime, duration: timedelta) -> datetime:
        """`duration` later."""
        return start + duration


@dataclass(frozen=True, slots=True)
class WorkingClock:
    """Only the hours of working days count, from midnight to midnight where the user lives.

    A working day on which the clocks change has the 23 or 25 hours that really pass.
    """

    zone: ZoneInfo
    weekend: frozenset[int]
    """Days off, Monday is 0."""
    is_holiday: Callable[[date], bool]
    name: str = "working"
    _years: dict[int, tuple[timedelta, ...]] = field(default_factory=dict, compare=False, repr=False)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from `start` to `end`; negative if `end` comes first."""
        if end < start:
            return -self.between(end, start)
        return self._worked_until(end) - self._worked_until(start) + self._between_years(start, end)

    def after(self, start: datetime, duration: timedelta) -> datetime:
        """The first moment at which `duration` of working time has passed since `start`."""
        remaining, moment = duration, start
        while True:
            day = moment.astimezone(self.zone).date()
            midnight = self._midnight(day + _ONE_DAY)
            available = midnight - moment if self._is_working(day) else timedelta(0)
            if remaining <= available:
                return moment + remaining
            remaining, moment = remaining - available, midnight

    def _worked_until(self, moment: datetime) -> timedelta:
        """Working time from the start of the moment's year to the moment."""
        day = moment.astimezone(self.zone).date()
        worked = self._year(day.year)[day.timetuple().tm_yday - 1]
        return worked + (moment - self._midnight(day)) if self._is_working(day) else worked

    def _between_years(self, start: datetime, end: datetime) -> timedelta:
        years = range(start.astimezone(self.zone).year, end.astimezone(self.zone).year)
        return sum((self._year(year)[-1] for year in years), timedelta(0))

    def _year(self, year: int) -> tuple[timedelta, ...]:
        """Working time from the start of the year to each of its midnights, the next year's first one included."""
        if year not in self._years:
            sums, worked, day = [], timedelta(0), date(year, 1, 1)
            while day.year == year:
                sums.append(worked)
                if self._is_working(day):
                    worked += self._midnight(day + _ONE_DAY) - self._midnight(day)
                day += _ONE_DAY
            self._years[year] = (*sums, worked)
        return self._years[year]

    def _is_working(self, day: date) -> bool:
        return day.weekday() not in self.weekend and not self.is_holiday(day)

    def _midnight(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(UTC)
