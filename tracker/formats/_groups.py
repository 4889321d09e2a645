"""Who stands where in the formats for people: groups by verdict in the one order, the best evidence first in each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.domain.verdict import Verdict
from tracker.formats._words import ORDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracker.domain.report import Row

_BEST_FIRST = frozenset({Verdict.RESPONSIVE, Verdict.SLOW})


def groups(rows: Sequence[Row], *, ranked: bool, untested: bool) -> Iterator[tuple[Verdict, list[Row]]]:
    """The groups that have anyone. The never asked are one only with `untested`, or if there is nobody else."""
    members: dict[Verdict, list[Row]] = {verdict: [] for verdict in ORDER}
    for row in rows:
        members[row.verdict].append(row)
    for verdict, people in members.items():
        if not people or (verdict is Verdict.UNTESTED and not untested and len(people) < len(rows)):
            continue
        yield verdict, sorted(people, key=_rank) if ranked else people


def _rank(row: Row) -> tuple[float, str, int]:
    """Best lower bound first, lowest upper bound first, or last asked first, as the verdict wants it."""
    low, high = row.reply_bounds or (0.0, 1.0)
    if row.verdict in _BEST_FIRST:
        first = -low
    elif row.verdict is Verdict.UNRESPONSIVE:
        first = high
    else:
        first = -row.last_asked_at.timestamp() if row.last_asked_at else float("inf")
    return first, row.connection.name.casefold(), row.connection.id
