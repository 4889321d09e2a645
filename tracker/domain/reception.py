"""When mail went out from an address and none is there that came in: what was sent about then has no witness."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from tracker.domain.connection import is_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tracker.domain.message import AddrSpec

GAP = timedelta(days=30)
"""An inbox that received nothing at all for this long before and after an ask is no witness."""

_EVER = datetime.min.replace(tzinfo=UTC)


class Lost(NamedTuple):
    """What came in between the two moments is not there. What was asked soon after may lack what excuses it."""

    start: datetime
    end: datetime

    def bears_on(self, asked_at: datetime, due: datetime) -> bool:
        """Whether an answer that was to come between the two moments, or an excuse of that ask, may be lost."""
        return self.start <= due and asked_at < self.end + GAP


def lost(
    received: Mapping[AddrSpec, Sequence[date]],
    wrote: Callable[[AddrSpec, datetime, datetime], bool],
    *,
    judged_from: datetime,
    read_from: datetime | None,
) -> dict[AddrSpec, tuple[Lost, ...]]:
    """For each of the user's addresses the times of which nothing is there that came in, though it was in use.

    received     the days (UTC, sorted) on which something came in to each
    wrote        whether mail went out from an address between two moments
    judged_from  what was asked before is not judged
    read_from    what is older was not read, so that no mail from before it can tell that the address was in use
    """
    found = {}
    for addr, days in received.items():
        # Of LinkedIn there is everything: where nothing came in, nobody wrote.
        spans = () if is_profile(addr) else _pauses(days)
        late = (one for one in spans if one.end + GAP > judged_from and (not read_from or one.end - GAP > read_from))
        kept = tuple(one for one in late if wrote(addr, _in_gap_from(one), one.end - GAP))
        if kept:
            found[addr] = kept
    return found


def _pauses(days: Sequence[date]) -> Iterator[Lost]:
    """The time before the first of the days, and those between two of them that hold a gap."""
    previous = None
    for day in days:
        if previous is None or day - previous > 2 * GAP:
            yield Lost(_EVER if previous is None else _midnight(previous) + timedelta(days=1), _midnight(day))
        previous = day


def _in_gap_from(pause: Lost) -> datetime:
    return pause.start if pause.start == _EVER else pause.start + GAP


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
