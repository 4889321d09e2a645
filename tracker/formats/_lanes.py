"""The lane of an ask: how long the answer took on a logarithmic axis, with the threshold as a wall."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import log
from typing import TYPE_CHECKING

from tracker.domain.outcome import Outcome
from tracker.formats._lines import OUTCOME_STYLE, Line, Signs

if TYPE_CHECKING:
    from tracker.domain.outcome import JudgedAsk

# The axis spans a 288th of the threshold to fifteen thresholds: ten minutes to a month for 48 h. The wall then
# stands at two thirds, which leaves most of the room to the answers in time.
_SHORTEST = 1 / 288
_LONGEST = 15

# In the order in which they find a place; a label that would touch another is left out.
_TICKS = (
    ("1h", 1.0), ("6h", 6.0), ("1w", 168.0), ("2w", 336.0), ("1d", 24.0), ("10m", 1 / 6),
    ("5w", 840.0), ("12w", 2016.0),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Axis:
    """A lane of `width` cells, for a threshold, drawn with some signs."""

    width: int
    threshold: timedelta
    signs: Signs

    @property
    def wall(self) -> int:
        """The cell in which the threshold stands."""
        return self.position(self.threshold)

    def position(self, span: timedelta) -> int:
        """The cell for a latency; what is off the axis stands at its ends."""
        share = max(span / self.threshold, _SHORTEST)
        place = log(share / _SHORTEST) / log(_LONGEST / _SHORTEST) * (self.width - 1)
        return min(round(place), self.width - 1)


def labels(axis: Axis) -> Line:
    """The line above the lanes."""
    hours = axis.threshold / timedelta(hours=1)
    name = _tick_name(axis.threshold)
    taken: dict[int, str] = {}
    for label, value in ((name, hours), *_TICKS):
        place = axis.position(timedelta(hours=value)) - (len(label) - 1) // 2
        inside = 0 < axis.position(timedelta(hours=value)) < axis.width - 1 and place >= 0
        free = all(place > at + len(text) or place + len(label) < at for at, text in taken.items())
        if inside and free and place + len(label) <= axis.width:
            taken[place] = label
    line: Line = []
    end = 0
    for at in sorted(taken):
        line.extend([(" " * (at - end), ""), (taken[at], "bold" if taken[at] == name else "dim")])
        end = at + len(taken[at])
    return line


def _tick_name(span: timedelta) -> str:
    hours = span / timedelta(hours=1)
    if hours < 1:
        return f"{round(hours * 60)}m"
    return f"{hours:g}h" if hours <= 96 or hours % 24 else f"{hours / 24:g}d"


def lane(judged: JudgedAsk, open_for: timedelta, axis: Axis) -> Line:
    """The lane of one ask, `axis.width` cells. `open_for` is the age of an ask that is waiting."""
    solid, dotted, _, arrow, _ = axis.signs.lane
    style, outcome = OUTCOME_STYLE.get(judged.outcome, ""), judged.outcome
    if outcome is Outcome.OVERDUE:
        return _drawn(axis, axis.width - 1, solid, arrow, style)
    if outcome is Outcome.WAITING:
        place = min(axis.position(open_for), axis.wall - 1)
    elif outcome is Outcome.IN_TIME and judged.latency is None:
        return _drawn(axis, axis.wall, dotted, axis.signs.outcomes[outcome], style)
    elif outcome in {Outcome.IN_TIME, Outcome.LATE} and judged.latency is not None:
        place = axis.position(judged.latency)
        place = min(place, axis.wall - 1) if outcome is Outcome.IN_TIME else max(place, axis.wall + 1)
    else:
        return _empty(axis, 0)
    return _drawn(axis, place, solid, axis.signs.outcomes[outcome], style)


def _drawn(axis: Axis, place: int, stroke: str, head: str, style: str) -> Line:
    """A stroke up to `place`, through the wall if that lies behind it, and its head."""
    body = stroke * place
    if place > axis.wall:
        body = body[: axis.wall] + axis.signs.lane[2] + body[axis.wall + 1 :]
    return [(body + head, style), *_empty(axis, place + 1)]


def _empty(axis: Axis, start: int) -> Line:
    """The rest of the lane from `start`, with the wall if it is still to come."""
    if start > axis.wall:
        return [(" " * (axis.width - start), "")]
    return [(" " * (axis.wall - start), ""), (axis.signs.lane[4], "dim"), (" " * (axis.width - axis.wall - 1), "")]
