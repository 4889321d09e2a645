"""What another threshold would change: verdicts for each, and the share of answers that had come by then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tracker.domain.outcome import JudgedAsk, Judging, Knowledge, Outcome, deadline, excuse
from tracker.domain.report import Evidences, build_report
from tracker.domain.survival import Curve, Observation, Share, kaplan_meier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from tracker.domain.connection import Connection
    from tracker.domain.coverage import Coverage
    from tracker.domain.verdict import Verdict

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


def build_tuning(
    people: Sequence[Connection], evidence: Evidences, *, judging: Judging, known: Knowledge, coverage: Coverage
) -> Tuning:
    """Judge everyone by each threshold. The shares do not depend on it: they are taken of one sample of asks."""
    thresholds = sorted({*THRESHOLDS, judging.threshold})
    reports = {
        span: build_report(people, evidence, judging=replace(judging, threshold=span), known=known, coverage=coverage)
        for span in thresholds
    }
    asks = [judged for row in reports[judging.threshold].rows for judged in row.asks]
    sample = [seen for judged in asks if (seen := observed(judged, judging, known)) is not None]
    curve = kaplan_meier(sample)
    answered = sum(seen.answered for seen in sample)
    return Tuning(
        as_of=known.as_of,
        judging=judging,
        coverage=coverage,
        levels=tuple(
            Level(span, reports[span].summary, curve.answered_by(span, confidence=judging.confidence))
            for span in thresholds
        ),
        answered=answered,
        unanswered=len(sample) - answered,
        left_out=len(asks) - len(sample),
        curve=curve,
    )


def observed(judged: JudgedAsk, judging: Judging, known: Knowledge) -> Observation | None:
    """What an ask tells of the time that answers take, in the judging clock.

    An event is an exact latency. Censored is an ask that is `waiting` or `overdue`, at the time for which its silence
    is known: up to as_of, and no further than the mailbox is read. Left out (None) are

    - asks that could only speak for a person (an absence, a group, a last word), or that were excluded, also where an
      answer came: to count them when they are answered and not otherwise would make answers look quicker;
    - asks after which the person was heard without naming them: that may have been the answer or not, so that there is
      neither a time of an answer nor a proof of silence;
    - asks in doubt (`unknown`), whose silence is not known.
    """
    if excuse(judged.ask, judging, known) is not None:
        return None
    if judged.latency is not None:
        return Observation(judged.latency, answered=True)
    covered = known.covered_for(judged.ask)
    if judged.outcome not in {Outcome.WAITING, Outcome.OVERDUE} or covered is None:
        return None
    until, due = min(known.as_of, covered), deadline(judged.ask, judging, known)
    return Observation(max(timedelta(0), judging.threshold + judging.clock.between(due, until)), answered=False)
