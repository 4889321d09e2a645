"""What another threshold would change: verdicts for each, and the share of answers that had come by then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tracker.domain.brief import Brief
from tracker.domain.outcome import Judging, Knowledge, Outcome, deadline, excuse, for_only
from tracker.domain.report import Evidences, build_row
from tracker.domain.survival import Curve, Observation, Share, kaplan_meier
from tracker.domain.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from tracker.domain.asks import Ask
    from tracker.domain.brief import Judged
    from tracker.domain.connection import Connection
    from tracker.domain.coverage import Coverage

THRESHOLDS = (
    *(timedelta(hours=hours) for hours in (4, 8, 12, 24, 36, 48, 72)),
    *(timedelta(days=days) for days in (5, 7, 14)),
)
"""What people try; the one in force is always among the levels."""

NOTHING_KNOWN = kaplan_meier(())


@dataclass(frozen=True, slots=True)
class Level:
    """One threshold: how many people it would call what, and the share of asks answered by then, if it is known."""

    threshold: timedelta
    summary: Mapping[Verdict, int]
    answered: Share | None


@dataclass(frozen=True, slots=True)
class Tuning:
    """The levels, shortest first, and what the shares are taken of: asks answered, still open, and left out.

    `curve` tells the share for every other time, too.
    """

    as_of: datetime
    judging: Judging
    coverage: Coverage
    levels: tuple[Level, ...]
    answered: int
    unanswered: int
    left_out: int
    curve: Curve = NOTHING_KNOWN


class Sample:
    """The asks that shares are taken of, gathered while they are judged. `asks` counts those left out, too."""

    def __init__(self, judging: Judging, known: Knowledge) -> None:
        self._judging = judging
        self._known = known
        self.seen: list[Observation] = []
        self.asks = 0

    def watch(self, ask: Ask | Brief, judged: Judged) -> None:
        """Take account of an ask and what became of it."""
        self.asks += 1
        seen = observed(ask, judged, self._judging, self._known)
        if seen is not None:
            self.seen.append(seen)


def build_tuning(
    parts: Iterable[tuple[Sequence[Connection], Evidences]], *, judging: Judging, known: Knowledge, coverage: Coverage
) -> Tuning:
    """Judge everyone by each threshold: people come a part at a time with their evidence, whole or in brief.

    The shares do not depend on the threshold: they are taken of one sample of asks.
    """
    spans = sorted({*THRESHOLDS, judging.threshold})
    summaries = {span: dict.fromkeys(Verdict, 0) for span in spans}
    sample = Sample(judging, known)
    for people, evidence in parts:
        for span in spans:
            watch = sample.watch if span == judging.threshold else None
            by_span = replace(judging, threshold=span)
            for person in people:
                row = build_row(person, evidence, judging=by_span, known=known, watch=watch)
                summaries[span][row.verdict] += 1
    curve = kaplan_meier(sample.seen)
    answered = sum(seen.answered for seen in sample.seen)
    return Tuning(
        as_of=known.as_of,
        judging=judging,
        coverage=coverage,
        levels=tuple(
            Level(span, summaries[span], curve.answered_by(span, confidence=judging.confidence)) for span in spans
        ),
        answered=answered,
        unanswered=len(sample.seen) - answered,
        left_out=sample.asks - len(sample.seen),
        curve=curve,
    )


def observed(ask: Ask | Brief, judged: Judged, judging: Judging, known: Knowledge) -> Observation | None:
    """What an ask tells of the time that answers take, in the judging clock; `judged` is what became of it.

    An event is an exact latency. Censored is an ask that is `waiting` or `overdue`, at the time for which its silence
    is known: up to as_of, and no further than the mailbox is read. Left out (None) are

    - asks that could only speak for a person (an absence, a group, a last word), or that were excluded, also where an
      answer came: to count them when they are answered and not otherwise would make answers look quicker;
    - asks after which the person was heard without naming them: that may have been the answer or not, so that there is
      neither a time of an answer nor a proof of silence;
    - asks in doubt (`unknown`), whose silence is not known.
    """
    if isinstance(ask, Brief):
        due = judging.clock.after(ask.asked_at, judging.threshold)
        excused, covered = for_only(ask, due, known), known.covered_to((ask.identity,))
    else:
        due = deadline(ask, judging, known)
        excused, covered = excuse(ask, judging, known), known.covered_for(ask)
    if excused is not None:
        return None
    if judged.latency is not None:
        return Observation(judged.latency, answered=True)
    if judged.outcome not in _OPEN or covered is None:
        return None
    until = min(known.as_of, covered)
    return Observation(max(timedelta(0), judging.threshold + judging.clock.between(due, until)), answered=False)


_OPEN = frozenset({Outcome.WAITING, Outcome.OVERDUE})
