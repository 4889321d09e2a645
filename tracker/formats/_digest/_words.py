"""What a digest says, in words, for every form: a headline without names, three parts without verdicts, a footnote."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from tracker.domain.digest import AHEAD, Answered, Due, Passed
from tracker.formats._columns import UNNAMED
from tracker.formats._doubts import coverage_doubts
from tracker.formats._lines import outside
from tracker.formats._words import ago, count, duration, left, moment_words, threshold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tracker.domain.digest import Digest
    from tracker.domain.outcome import JudgedAsk
    from tracker.formats import View

SHOWN = 5
"""Entries of each part; the rest is named by the command that shows it."""

One = TypeVar("One", Due, Passed, Answered)

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Entry:
    """One ask: whom, what they do, and the time that counts here; `name` and `job` are harmless but not escaped."""

    name: str
    job: str
    time: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the digest: `total` entries, of which the first few are `entries`; `command` shows the others."""

    title: str
    heading: str
    total: int
    entries: tuple[Entry, ...]
    command: str

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.entries)


def headline(digest: Digest) -> str:
    """What there is in numbers; it is the subject of the mail too, so it names nobody."""
    within = threshold(digest.judging)
    parts = [
        count(len(digest.answered), "answer", "answers") if digest.answered else "",
        f"{count(len(digest.due), 'ask', 'asks')} due" if digest.due else "",
        f"{len(digest.passed):,} past {within}" if digest.passed else "",
    ]
    told = ", ".join(part for part in parts if part)
    return f"{_period(digest).capitalize()}: {told or 'the mail was not read'}"


def doubts(digest: Digest, view: View) -> tuple[str, ...]:
    """What was not read, one sentence each."""
    return tuple(coverage_doubts(digest.coverage, digest.as_of, replace(view, now=digest.now), digest.judging))


def parts(digest: Digest) -> Iterator[Part]:
    """The parts that have anything in them."""
    period, within, now = _period(digest), threshold(digest.judging), digest.now
    due, passed = f"Due in the next {_hours(AHEAD)}", f"Passed {within} {period} without an answer"
    latest = "tracker report --sort last-asked"
    made = (
        _part(due, "time left", digest.due, "tracker waiting", lambda one: left(one.left)),
        _part(passed, "asked", digest.passed, latest, lambda one: ago(one.judged.ask.asked_at, now)),
        _part(f"Answered {period}", "after", digest.answered, latest, lambda one: _latency(one.judged, within)),
    )
    return (part for part in made if part.total)


def footnotes(digest: Digest, view: View) -> tuple[str, ...]:
    """Up to when the mail was read, where the verdicts are, and how to get no more of these."""
    read = moment_words(digest.as_of, view.zone)
    within = threshold(digest.judging)
    return (
        f"Mail read to {read}, threshold {within}. No verdicts in this mail: see tracker report.",
        'Switch off: [digest] every = "" in the configuration.',
    )


def _part(title: str, heading: str, asks: Sequence[One], command: str, time: Callable[[One], str]) -> Part:
    entries = tuple(_entry(one, time(one)) for one in asks[:SHOWN])
    return Part(title, heading, len(asks), entries, command)


def _entry(one: Due | Passed | Answered, time: str) -> Entry:
    person = one.connection
    job = ", ".join(part for part in (outside(person.position), outside(person.company)) if part)
    return Entry(outside(person.name) or UNNAMED, job, time)


def _latency(judged: JudgedAsk, within: str) -> str:
    """How long the answer took; where no message names the ask, only that it was within the threshold is known."""
    return f"within {within}" if judged.latency is None else duration(judged.latency)


def _period(digest: Digest) -> str:
    if digest.since == _WEEK:
        return "this week"
    days = digest.since / timedelta(days=1)
    return f"in the last {days:g} days" if days > 1 else f"in the last {_hours(digest.since)}"


def _hours(span: timedelta) -> str:
    return f"{span / timedelta(hours=1):g} h"
