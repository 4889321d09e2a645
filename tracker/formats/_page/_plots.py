"""The three pictures of the page: how long answers take, what share came by when, and how each quarter went."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING

from tracker.domain.outcome import Outcome
from tracker.domain.rhythm import COUNTED, SHOWN
from tracker.formats._page._shapes import (
    BOTTOM,
    LEFT,
    RIGHT,
    Plot,
    Shape,
    ceiling,
    dot,
    grid,
    height_of,
    line,
    path,
    rect,
    text,
    wall,
)
from tracker.formats._words import count, duration, percent, threshold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tracker.domain.outcome import Judging
    from tracker.domain.rhythm import Bin, Quarter, Rhythm
    from tracker.domain.survival import Curve, Share

KINDS = {Outcome.IN_TIME: "good", Outcome.LATE: "late", Outcome.OVERDUE: "bad", Outcome.WAITING: "open"}
"""The class, and so the colour, of each outcome."""

FIRM = "\u00a0"
"""A blank at which no line breaks."""

_DAY = timedelta(days=1)
_SHORTEST, _LONGEST = timedelta(minutes=15), 30 * _DAY
_POINTS = 96
_TOLD = tuple(timedelta(hours=hours) for hours in (1, 6, 24, 96, 168, 336, 720))
_MARKED = tuple(span for span in _TOLD if span != timedelta(days=14))
_FORTNIGHT = 14 * _DAY
_MOST_QUARTERS = 12
_YEAR = 4
_ENOUGH = 20
"""Asks on each side, before two shares are set beside each other."""


def outcome_words(judging: Judging) -> Mapping[Outcome, str]:
    """What each sign and colour means."""
    return {
        Outcome.IN_TIME: f"within {threshold(judging)}",
        Outcome.LATE: "later",
        Outcome.OVERDUE: "no answer",
        Outcome.WAITING: "still open",
    }


def reply_times(rhythm: Rhythm, judging: Judging) -> Plot:
    """How many answers took how long, by doubling steps, with the silent asks as a bar of their own."""
    within, known = threshold(judging), count(sum(one.answers for one in rhythm.bins), "answer", "answers")
    if rhythm.median is None:
        finding = f"No answer yet whose time is known, and {count(rhythm.unanswered, 'ask', 'asks')} without any"
    else:
        finding = f"Half of the answers come within {duration(rhythm.median)}"
    return Plot(
        key="times",
        finding=finding,
        about=f"How long {known} took; each bar stands for times up to twice those of the bar before it, with a wall "
        f"at {within}. A bar of its own: the {rhythm.unanswered:,} asks without an answer.",
        shapes=tuple(_histogram(rhythm, judging)),
        headings=("time to the answer", "asks"),
        numbers=(
            *((_span(one), f"{one.answers:,}") for one in rhythm.bins),
            (f"answered within {within}, exact time unknown", f"{rhythm.untimed:,}"),
            ("no answer", f"{rhythm.unanswered:,}"),
        ),
    )


def _histogram(rhythm: Rhythm, judging: Judging) -> Iterator[Shape]:
    bins = rhythm.bins
    top, step = ceiling(max(rhythm.unanswered, *(one.answers for one in bins)))
    yield from grid([(value, f"{value:,}") for value in range(0, top + 1, step)], top)
    room = (RIGHT - LEFT) / (len(bins) + 1.6)  # the silent stand apart, more than half a bar away
    for place, one in enumerate(bins):
        in_time = one.until is not None and one.until <= judging.threshold
        y = height_of(one.answers, top)
        if one.answers:
            kind = KINDS[Outcome.IN_TIME if in_time else Outcome.LATE]
            yield rect(kind, LEFT + place * room + 0.75, y, width=room - 1.5, height=BOTTOM - y)
        if one.until is not None:
            x = LEFT + (place + 1) * room
            is_wall = one.until == judging.threshold
            yield line("axis", (x, BOTTOM), (x, BOTTOM + 3))
            if is_wall:
                yield from wall(x, threshold(judging))
            elif place % 2:
                yield text("tick middle", x, BOTTOM + 13, _short(one.until))
    y = height_of(rhythm.unanswered, top)
    yield rect(KINDS[Outcome.OVERDUE], RIGHT - room, y, width=room, height=BOTTOM - y)
    yield text("tick start", LEFT, BOTTOM + 28, "time to the answer")
    yield text("tick end", RIGHT, BOTTOM + 28, "no answer")


def _span(one: Bin) -> str:
    if one.since is None and one.until is not None:
        return f"up to {_short(one.until)}"
    if one.until is None and one.since is not None:
        return f"more than {_short(one.since)}"
    return f"{_short(one.since or _SHORTEST)} to {_short(one.until or _LONGEST)}"


def _short(span: timedelta) -> str:
    """A duration for an axis: "45 min", "1.5 h", "8 d"."""
    if span < timedelta(hours=1):
        return f"{span / timedelta(minutes=1):.0f} min"
    return f"{span / timedelta(hours=1):.3g} h" if span <= 2 * _DAY else f"{span / _DAY:.3g} d"


def share_by_time(curve: Curve, judging: Judging, sampled: int) -> Plot:
    """What share of asks was answered by when, with its band, and the value at the threshold (Kaplan-Meier)."""
    within = threshold(judging)
    at_wall = curve.answered_by(judging.threshold, confidence=judging.confidence)
    later = curve.answered_by(_FORTNIGHT, confidence=judging.confidence)
    finding = f"What share of asks is answered within {within} is not known yet"
    if at_wall is not None:
        finding = f"{percent(at_wall.share)}{FIRM}% of asks are answered within {within}"
        if later is not None and judging.threshold < _FORTNIGHT:
            finding += f", {percent(later.share)}{FIRM}% within two weeks"
    told = sorted({*_TOLD, judging.threshold})
    known = [(span, share) for span in told if (share := curve.answered_by(span, confidence=judging.confidence))]
    return Plot(
        key="shares",
        finding=finding,
        about=f"The share of {count(sampled, 'ask', 'asks')} answered by each time, by Kaplan and Meier: an ask that "
        "is still open counts for as long as it has been. The band is the range at "
        f"{percent(judging.confidence)} % confidence on either side.",
        shapes=tuple(_survival(curve, judging, at_wall)),
        headings=("after", "answered", "range"),
        numbers=tuple((_short(span), f"{percent(share.share)} %", share_range(share)) for span, share in known),
    )


def share_range(share: Share) -> str:
    """The range "57-95 %"; empty where there is none."""
    if share.low is None or share.high is None:
        return ""
    return f"{percent(share.low)}–{percent(share.high)} %"


def _survival(curve: Curve, judging: Judging, at_wall: Share | None) -> Iterator[Shape]:
    longest = max(_LONGEST, 2 * judging.threshold)

    def place(span: timedelta) -> float:
        share = log(span / _SHORTEST) / log(longest / _SHORTEST)
        return LEFT + (RIGHT - LEFT) * min(max(share, 0.0), 1.0)

    yield from grid([(value, f"{value} %") for value in (0, 25, 50, 75, 100)], 100)
    spans = [_SHORTEST * (longest / _SHORTEST) ** (step / _POINTS) for step in range(_POINTS + 1)]
    known = [
        (place(span), share)
        for span in spans
        if (share := curve.answered_by(span, confidence=judging.confidence)) is not None
    ]
    low = [(x, height_of(share.share if share.low is None else share.low, 1)) for x, share in known]
    high = [(x, height_of(share.share if share.high is None else share.high, 1)) for x, share in known]
    if known:
        yield path("band", [*_stairs(low), *reversed(_stairs(high))], closed=True)
        yield path("curve", _stairs([(x, height_of(share.share, 1)) for x, share in known]))
    for span in _MARKED:
        if abs(place(span) - place(judging.threshold)) > 24 or span == judging.threshold:
            yield text("tick end" if span == longest else "tick middle", place(span), BOTTOM + 13, _short(span))
    x = place(judging.threshold)
    yield from wall(x, threshold(judging))
    if at_wall is not None:
        y = height_of(at_wall.share, 1)
        yield dot("point", x, y, 4)
        side, gap = ("end", -8) if x > (LEFT + RIGHT) * 0.75 else ("start", 8)
        yield text(f"value {side}", x + gap, y + (18 if y < BOTTOM - 24 else -8), f"{percent(at_wall.share)} %")
    yield text("tick start", LEFT, BOTTOM + 28, "time since the ask")


def _stairs(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """A curve that stays until it jumps."""
    corners = [(after[0], before[1]) for before, after in pairwise(points)]
    return [point for pair in zip(points, [*corners, points[-1]], strict=True) for point in pair]


def by_quarter(quarters: Sequence[Quarter], judging: Judging) -> Plot:
    """The asks of the last quarters, and how they ended."""
    shown, words = quarters[-_MOST_QUARTERS:], outcome_words(judging)
    kinds = [outcome for outcome in SHOWN if outcome in COUNTED or any(one.ended[outcome] for one in shown)]
    return Plot(
        key="quarters",
        finding=_trend(shown, judging),
        about="Asks by the quarter in which they were sent. From the bottom up: "
        + ", ".join(words[outcome] for outcome in kinds)
        + ".",
        shapes=(
            *_stacks(shown, kinds),
            text("tick start", LEFT, BOTTOM + 40, "from the bottom: " + ", ".join(words[outcome] for outcome in kinds)),
        ),
        headings=("quarter", *(words[outcome] for outcome in kinds)),
        numbers=tuple(
            (f"{one.year} Q{one.number}", *(f"{one.ended[outcome]:,}" for outcome in kinds)) for one in shown
        ),
    )


def _trend(quarters: Sequence[Quarter], judging: Judging) -> str:
    """The last year beside the time before; without one of the two, what there is."""
    within = threshold(judging)
    early, late = _share_in_time(quarters[:-_YEAR], _ENOUGH), _share_in_time(quarters[-_YEAR:], 1)
    if late is None:
        return "No ask yet that tells anything"
    last = "the last quarter" if len(quarters) == 1 else f"the last {min(len(quarters), _YEAR)} quarters"
    told = f"{percent(late)}{FIRM}% of asks answered within {within} in {last}"
    return told if early is None else f"{told}, {percent(early)}{FIRM}% before"


def _share_in_time(quarters: Sequence[Quarter], least: int) -> float | None:
    total = sum(one.ended[outcome] for one in quarters for outcome in COUNTED)
    return sum(one.ended[Outcome.IN_TIME] for one in quarters) / total if total >= least else None


def _stacks(quarters: Sequence[Quarter], kinds: Sequence[Outcome]) -> Iterator[Shape]:
    top, step = ceiling(max((sum(one.ended[kind] for kind in kinds) for one in quarters), default=0))
    yield from grid([(value, f"{value:,}") for value in range(0, top + 1, step)], top)
    room = (RIGHT - LEFT) / max(len(quarters), 6)
    for place, one in enumerate(quarters):
        x, below = LEFT + place * room, 0
        for kind in kinds:
            number = one.ended[kind]
            y = height_of(below + number, top)
            if number:
                yield rect(KINDS[kind], x + 2, y, width=room - 4, height=height_of(below, top) - y)
            below += number
        yield text("tick middle", x + room / 2, BOTTOM + 13, f"Q{one.number}")
        if not place or one.number == 1:
            yield text("tick middle", x + room / 2, BOTTOM + 25, str(one.year))


def plots(rhythm: Rhythm, judging: Judging) -> tuple[Plot, ...]:
    """All three; none where no ask tells anything yet."""
    if not rhythm.quarters:
        return ()
    return (
        reply_times(rhythm, judging),
        share_by_time(rhythm.curve, judging, rhythm.sampled),
        by_quarter(rhythm.quarters, judging),
    )
