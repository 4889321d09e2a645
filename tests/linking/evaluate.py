"""How sure candidates are, and how often they are right: the tables of docs/linking.md.

``python -m tests.linking.evaluate`` measures on the held-out half of the sample worlds, and puts the tables into the
document if `--write` is given.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tests.linking.samples import HELD_OUT, worlds
from tracker.linking import candidates

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "linking.md"
BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"
BANDS = (0.95, 0.8, 0.5, 0.2, 0.03)
SURE = BANDS[0]


@dataclass(frozen=True, slots=True)
class Shown:
    """A candidate of the evaluation: its confidence, the first of its evidence, and whether it is right."""

    confidence: float
    because: str
    is_right: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """All candidates of some worlds; `findable` addresses of people without one were there to be found."""

    shown: tuple[Shown, ...]
    people: int
    findable: int


@lru_cache(maxsize=4)
def measured(half: tuple[tuple[int, int], ...]) -> Measured:
    """The candidates of these worlds against the truth."""
    shown: list[Shown] = []
    people = findable = 0
    for drawn in worlds(half):
        people += len(drawn.people)
        findable += sum(one.addr in drawn.truth for one in drawn.correspondents)
        for one in candidates(drawn.people, drawn.correspondents, known=drawn.book):
            is_right = drawn.truth.get(one.correspondent.addr) == one.connection
            shown.append(Shown(one.confidence, one.evidence[0], is_right))
    return Measured(tuple(shown), people, findable)


def tables(half: tuple[tuple[int, int], ...] = HELD_OUT) -> str:
    """The tables in Markdown."""
    found = measured(half)
    lines = [
        f"{len(half)} worlds: {found.people:,} connections without an address, {found.findable:,} addresses of theirs.",
        "",
        "| confidence | candidates | right | share right | mean confidence | found so far |",
        "|---|---:|---:|---:|---:|---:|",
        *_bands(found),
        "",
        "| at 0.95 or more, because of | candidates | right |",
        "|---|---:|---:|",
        *_reasons(found),
    ]
    return "\n".join(lines) + "\n"


def in_band(found: Measured, place: int) -> list[Shown]:
    """The candidates of one of the `BANDS`."""
    above = BANDS[place - 1] if place else 2.0
    return [one for one in found.shown if BANDS[place] <= one.confidence < above]


def _bands(found: Measured) -> list[str]:
    lines, so_far = [], 0
    for place, low in enumerate(BANDS):
        band = in_band(found, place)
        right = sum(one.is_right for one in band)
        so_far += right
        mean = sum(one.confidence for one in band) / max(1, len(band))
        span = f"{low} and more" if not place else f"{low} to {BANDS[place - 1]}"
        share, recall = right / max(1, len(band)), so_far / max(1, found.findable)
        lines.append(f"| {span} | {len(band)} | {right} | {share:.3f} | {mean:.3f} | {recall:.0%} |")
    return lines


def _reasons(found: Measured) -> list[str]:
    sure = [one for one in found.shown if one.confidence >= SURE]
    counts, right = Counter(one.because for one in sure), Counter(one.because for one in sure if one.is_right)
    return [
        f"| {why} | {count} | {right[why]} |" for why, count in sorted(counts.items(), key=lambda it: (-it[1], it[0]))
    ]


if __name__ == "__main__":
    text = tables()
    if "--write" in sys.argv:
        before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
        DOCUMENT.write_text(before + BEGIN + "\n" + text + "\n" + END + rest.partition(END)[2], encoding="utf-8")
    sys.stdout.write(text)
