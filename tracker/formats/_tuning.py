"""What each threshold would change, in a terminal and as fields."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracker.domain.clock import ElapsedClock
from tracker.domain.verdict import Verdict
from tracker.formats._doubts import doubts
from tracker.formats._fields import Fields, hours, judging_fields
from tracker.formats._lines import ASCII, UNICODE, VERDICT_STYLE, Line, cell, headed, sentences
from tracker.formats._words import count, moment_words, percent, threshold, window

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tracker.domain.survival import Share
    from tracker.domain.tuning import Level, Tuning
    from tracker.formats import View
    from tracker.formats._lines import Signs

_GAP = "  "
_THRESHOLD, _SHARE, _RANGE = 9, 8, 8
_RANGE_FROM, _WAITING_FROM = 100, 120
_COUNTED = (Verdict.RESPONSIVE, Verdict.SLOW, Verdict.UNRESPONSIVE, Verdict.UNPROVEN)


def sample_fields(tuning: Tuning) -> Fields:
    """Everything but the thresholds: how it was judged, and the asks of which the shares are taken."""
    return {
        **judging_fields(tuning.as_of, tuning.judging),
        "asks": {"answered": tuning.answered, "unanswered": tuning.unanswered, "left_out": tuning.left_out},
    }


def level_fields(level: Level) -> Fields:
    """One threshold."""
    answered = level.answered
    return {
        "threshold_hours": hours(level.threshold),
        **{verdict.value: level.summary.get(verdict, 0) for verdict in Verdict},
        "answered_share": _rounded(answered.share if answered else None),
        "answered_low": _rounded(answered.low if answered else None),
        "answered_high": _rounded(answered.high if answered else None),
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 3)


def tuning_lines(tuning: Tuning, view: View) -> Iterator[Line]:
    """The table, no line wider than the view or 80 cells."""
    signs, width = UNICODE if view.unicode else ASCII, max(view.width, 80) - 1
    yield from doubts(tuning.coverage, tuning.as_of, view, tuning.judging)
    yield from headed(tune_headline(tuning), moment_words(tuning.as_of, view.zone), width)
    yield []
    shown = _widths(tuning, (*_COUNTED, Verdict.WAITING) if width >= _WAITING_FROM - 1 else _COUNTED)
    has_range = width >= _RANGE_FROM - 1
    taken = 2 + _THRESHOLD + len(_GAP) + _SHARE + sum(len(_GAP) + size for size in shown.values())
    bar = width - taken - len(_GAP) - (_RANGE + len(_GAP) if has_range else 0)
    yield _heading(bar, shown, signs, has_range=has_range)
    for level in tuning.levels:
        yield _line(level, tuning, bar, shown, signs, has_range=has_range)
    yield []
    for note in tune_notes(tuning):
        yield from sentences([note], width, "dim", signs)


def tune_headline(tuning: Tuning) -> str:
    """The answer in one sentence."""
    level = next(level for level in tuning.levels if level.threshold == tuning.judging.threshold)
    if level.answered is None:
        return f"What share of asks is answered within {threshold(tuning.judging)} is not known yet"
    return f"{percent(level.answered.share)} % of your asks are answered within {threshold(tuning.judging)}"


def _widths(tuning: Tuning, shown: tuple[Verdict, ...]) -> dict[Verdict, int]:
    """The cells of each column: the verdict, and the largest number under it."""
    largest = {verdict: max(level.summary.get(verdict, 0) for level in tuning.levels) for verdict in shown}
    return {verdict: max(len(verdict.value), len(f"{number:,}")) for verdict, number in largest.items()}


def _heading(bar: int, shown: Mapping[Verdict, int], signs: Signs, *, has_range: bool) -> Line:
    cells = [
        cell("threshold", _THRESHOLD, signs=signs, right=True),
        cell("answered by then", bar + len(_GAP) + _SHARE, signs=signs),
        *([cell("range", _RANGE, signs=signs, right=True)] if has_range else []),
        *(cell(verdict.value, size, signs=signs, right=True) for verdict, size in shown.items()),
    ]
    return [("  " + _GAP.join(cells), "dim")]


def _line(
    level: Level, tuning: Tuning, bar: int, shown: Mapping[Verdict, int], signs: Signs, *, has_range: bool
) -> Line:
    is_own = level.threshold == tuning.judging.threshold
    loud = "bold" if is_own else ""
    words = threshold(replace(tuning.judging, threshold=level.threshold, clock=ElapsedClock()))
    share = level.answered.share if level.answered else 0.0
    filled = signs.bar[Verdict.RESPONSIVE] * round(share * bar)
    told = f"{percent(share)} %" if level.answered else signs.dash
    line: Line = [
        (f"{signs.lane[3]} " if is_own else "  ", "bold"),
        (cell(words, _THRESHOLD, signs=signs, right=True) + _GAP, loud),
        (cell(filled, bar, signs=signs), f"{loud} green".strip()),
        (_GAP + cell(told, _SHARE, signs=signs, right=True), loud),
    ]
    if has_range:
        line.append((_GAP + cell(_range(level.answered, signs), _RANGE, signs=signs, right=True), "dim"))
    for verdict, size in shown.items():
        number = f"{level.summary.get(verdict, 0):,}"
        style = f"{loud} {VERDICT_STYLE[verdict]}".strip()
        line.append((_GAP + cell(number, size, signs=signs, right=True), style))
    return line


def _range(answered: Share | None, signs: Signs) -> str:
    if answered is None or answered.low is None or answered.high is None:
        return ""
    return f"{percent(answered.low)}{signs.span}{percent(answered.high)} %"


def tune_notes(tuning: Tuning) -> Iterator[str]:
    """What the shares are taken of, and how to try a threshold, a sentence or two each."""
    if not tuning.answered + tuning.unanswered:
        yield "No ask tells yet how long answers take."
        return
    yield (
        f"Shares by Kaplan and Meier, of {count(tuning.answered + tuning.unanswered, 'ask', 'asks')} of the last "
        f"{window(tuning.judging)}: {tuning.answered:,} answered after a known time, {tuning.unanswered:,} not "
        f"answered so far. Left out: {tuning.left_out:,}, whose answer was not due, or is in doubt."
    )
    yield "Try one:  tracker report --threshold 24h. To keep it: threshold under [reply] in the configuration."
