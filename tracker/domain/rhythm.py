"""How answers come: how long they take, what share had come by when, and how the asks of each quarter ended."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING

from tracker.domain.outcome import Outcome
from tracker.domain.survival import Curve, kaplan_meier

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, tzinfo

    from tracker.domain.brief import Judged
    from tracker.domain.outcome import Judging
    from tracker.domain.report import Report
    from tracker.domain.survival import Observation

HALVINGS, DOUBLINGS = 7, 4
"""The edges of the bins: the threshold halved and doubled so often; 48 h give 22.5 minutes to 32 days."""

COUNTED = (Outcome.IN_TIME, Outcome.LATE, Outcome.OVERDUE)
"""The outcomes that are evidence, the best first."""

SHOWN = (*COUNTED, Outcome.WAITING)
"""What a quarter tells of: the evidence, and the asks that are still open."""


@dataclass(frozen=True, slots=True)
class Bin:
    """So many answers took longer than `since` and at most `until`; None where there is no such limit."""

    since: timedelta | None
    until: timedelta | None
    answers: int


@dataclass(frozen=True, slots=True)
class Quarter:
    """The asks of a quarter of a year (1 to 4) where the user lives, by what became of them."""

    year: int
    number: int
    ended: Mapping[Outcome, int]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What many asks together tell of time, in the judging clock.

    bins        answers whose time is known exactly, of asks that are evidence
    median      of the times in `bins`; None if there are none
    untimed     answers within the threshold whose exact time is not known
    unanswered  asks that are overdue
    curve       when answers came, open asks censored
    sampled     how many asks the curve is taken of
    quarters    the first that holds an ask to the last one, none left out
    """

    bins: tuple[Bin, ...]
    median: timedelta | None
    untimed: int
    unanswered: int
    curve: Curve
    sampled: int
    quarters: tuple[Quarter, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """A report, with what the asks of everyone in it tell of time, whichever rows are selected later."""

    report: Report
    rhythm: Rhythm


def overview(report: Report, sample: Sequence[Observation], zone: tzinfo) -> Overview:
    """The overview of everyone in `report`, of whose asks `sample` was taken; quarters are those of `zone`."""
    asks = [judged for row in report.rows for judged in row.judged]
    return Overview(report, rhythm(asks, sample, report.judging, zone))


def rhythm(asks: Sequence[Judged], sample: Sequence[Observation], judging: Judging, zone: tzinfo) -> Rhythm:
    """What became of these asks, and the sample that `tuning.Sample` takes of them, as what they tell of time."""
    counted = Counter(judged.outcome for judged in asks)
    latencies = [judged.latency for judged in asks if judged.latency is not None and judged.outcome in COUNTED]
    return Rhythm(
        bins=bins(latencies, judging.threshold),
        median=timedelta(seconds=median(span.total_seconds() for span in latencies)) if latencies else None,
        untimed=sum(counted[outcome] for outcome in (Outcome.IN_TIME, Outcome.LATE)) - len(latencies),
        unanswered=counted[Outcome.OVERDUE],
        curve=kaplan_meier(sample),
        sampled=len(sample),
        quarters=quarters(((judged.asked_at, judged.outcome) for judged in asks), zone),
    )


def bins(latencies: Iterable[timedelta], threshold: timedelta) -> tuple[Bin, ...]:
    """Latencies by doubling steps, of which the threshold is one: what is in time lies on its one side."""
    edges = [threshold * 2.0**step for step in range(-HALVINGS, DOUBLINGS + 1)]
    counted = Counter(bisect_left(edges, span) for span in latencies)
    limits = [None, *edges, None]
    return tuple(Bin(limits[place], limits[place + 1], counted[place]) for place in range(len(edges) + 1))


def quarters(asks: Iterable[tuple[datetime, Outcome]], zone: tzinfo) -> tuple[Quarter, ...]:
    """Asks (when, and what became of it) by the quarter in which they were sent; outcomes not `SHOWN` are left out."""
    counted: dict[int, Counter[Outcome]] = {}
    for asked_at, outcome in asks:
        if outcome in SHOWN:
            local = asked_at.astimezone(zone)
            counted.setdefault(4 * local.year + (local.month - 1) // 3, Counter())[outcome] += 1
    if not counted:
        return ()
    empty = Counter[Outcome]()
    return tuple(
        Quarter(place // 4, place % 4 + 1, {outcome: counted.get(place, empty)[outcome] for outcome in SHOWN})
        for place in range(min(counted), max(counted) + 1)
    )
