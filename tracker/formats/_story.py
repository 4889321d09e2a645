"""The evidence behind one verdict in a terminal: who, the verdict, and a line for each ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.addresses import display
from tracker.domain.asks import EXACT, Channel
from tracker.domain.outcome import Outcome
from tracker.formats._columns import UNNAMED, bounds
from tracker.formats._doubts import doubts, legend, short_reason
from tracker.formats._lanes import Axis, labels, lane
from tracker.formats._lines import (
    ASCII,
    OUTCOME_STYLE,
    UNICODE,
    Line,
    Signs,
    cell,
    fill,
    isolated,
    loud,
    outside,
    sentences,
)
from tracker.formats._marks import contest_words, mark_words
from tracker.formats._words import count, date_words, duration, left, percent, threshold, time_left, window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.domain.outcome import JudgedAsk
    from tracker.domain.report import Row, Story
    from tracker.formats import View

_DATE = 6
_WORDS = 25
_RUNG = 11
_RUNG_FROM = 112
_WIDE_FROM = 100
_LONGEST_SUBJECT = 48
_PROFILE = "https://www."


@dataclass(frozen=True, slots=True)
class _Layout:
    """Widths in cells; `rung` is 0 where the rule that paired an answer stands among the words."""

    width: int
    subject: int
    axis: Axis
    rung: int
    signs: Signs


def story_lines(story: Story, view: View) -> Iterator[Line]:
    """The whole story, no line wider than the view or 80 cells."""
    layout = _layout(story, view)
    width, signs, row = layout.width, layout.signs, story.row
    yield from doubts(story.coverage, story.as_of, view, story.judging)
    yield from fill(_who(row, signs), width, gap="   ", signs=signs)
    yield from fill(_judged(story, signs), width, gap="   ", signs=signs)
    yield from _reciprocity(story, width, signs)
    for mark in story.marks:
        yield from sentences([mark_words(mark, story, view.zone, signs)], width, "", signs)
    yield []
    if row.asks:
        yield from _asks(story, view, layout)
        yield []
    else:
        yield from _without_asks(story, width, signs)
    for note in _notes(story):
        yield from sentences([note], width, "dim", signs)
    yield [(contest_words(story), "dim")]


def _layout(story: Story, view: View) -> _Layout:
    width = max(view.width, 80) - 1
    rung = _RUNG if view.width >= _RUNG_FROM else 0
    lane_width = 34 if view.width >= _WIDE_FROM else 26
    rest = width - (_DATE + 3) - 2 - lane_width - 2 - _WORDS - (rung + 2 if rung else 0)
    subject = min(rest, _LONGEST_SUBJECT)
    signs = UNICODE if view.unicode else ASCII
    axis = Axis(lane_width + rest - subject, story.judging.threshold, signs)
    return _Layout(width, subject, axis, rung, signs)


def _who(row: Row, signs: Signs) -> Iterator[Line]:
    person = row.connection
    yield [(isolated(outside(person.name) or UNNAMED, signs), "bold")]
    job = ", ".join(isolated(part, signs) for part in (outside(person.position), outside(person.company)) if part)
    if job:
        yield [(job, "")]
    if person.profile_url:
        yield [(outside(person.profile_url).removeprefix(_PROFILE), "")]
    if person.connected_on:
        yield [(f"connected {person.connected_on:%Y-%m}", "")]


def _judged(story: Story, signs: Signs) -> Iterator[Line]:
    row, judging = story.row, story.judging
    yield [(f"{signs.verdicts[row.verdict]} {row.verdict.value.upper()}", loud(row.verdict))]
    counted = row.tally
    if counted.asks:
        asks = count(counted.asks, "ask", "asks")
        yield [(f"answered {counted.answered} of {asks}, {counted.in_time} within {threshold(judging)}", "")]
    elif row.asks:
        yield [("no ask counts yet", "")]
    if row.reply_bounds:
        sure = percent(2 * judging.confidence - 1)
        yield [(f"{sure} % range {bounds(row, signs)}, cut {percent(judging.cut)} %", "dim")]


def _reciprocity(story: Story, width: int, signs: Signs) -> Iterator[Line]:
    mutual = story.reciprocity
    if mutual is None:
        return
    if not mutual.asked:
        yield [("They asked you nothing.", "dim")]
        return
    text = f"You answer them: {mutual.in_time} of {mutual.asked} within {threshold(story.judging)}"
    if mutual.median_latency is not None:
        text += f", usually after {duration(mutual.median_latency)}"
    yield from sentences([text], width, "dim", signs)


def _asks(story: Story, view: View, layout: _Layout) -> Iterator[Line]:
    """The axis, then the asks by year."""
    yield [(" " * (_DATE + 3 + layout.subject + 2), ""), *labels(layout.axis)]
    year = None
    for judged in story.row.asks:
        asked_in = judged.ask.asked_at.astimezone(view.zone).year
        if asked_in != year:
            year = asked_in
            yield [(f"{year}", "bold dim")]
        yield _ask_line(judged, story, view, layout)


def _ask_line(judged: JudgedAsk, story: Story, view: View, layout: _Layout) -> Line:
    signs, outcome = layout.signs, judged.outcome
    counts = outcome in signs.outcomes
    plain = "" if counts else "dim"
    linkedin = judged.ask.channel is Channel.LINKEDIN
    subject = outside(judged.ask.subject) or "(no subject)"
    open_for = story.judging.clock.between(judged.ask.asked_at, story.as_of)
    line: Line = [
        (f"{date_words(judged.ask.asked_at, view.zone)} ", "dim"),
        (signs.outcomes.get(outcome, signs.uncounted), OUTCOME_STYLE.get(outcome, "dim")),
        (" ", ""),
        (cell(subject, layout.subject - (3 if linkedin else 0), signs=signs), plain),
        *([(" ", ""), ("in", "blue")] if linkedin else []),
        ("  ", ""),
        *lane(judged, open_for, layout.axis),
        ("  ", ""),
        (cell(_words(judged, story, suffixed=not layout.rung), _WORDS, signs=signs), plain),
    ]
    if layout.rung and judged.evidence is not None:
        line.extend([("  ", ""), (cell(judged.evidence.rung.value, layout.rung, signs=signs), "dim")])
    return line


def _words(judged: JudgedAsk, story: Story, *, suffixed: bool) -> str:
    """What became of the ask; with the sort of the answer behind it where no column tells it."""
    text = _outcome_words(judged, story)
    if judged.evidence is not None and judged.evidence.hidden_in is not None:
        text = f"{text}, in {judged.evidence.hidden_in.value.capitalize()}"
    if judged.outcome in {Outcome.IN_TIME, Outcome.LATE} and judged.evidence is not None and suffixed:
        longer = f"{text} ({'reply' if judged.evidence.rung in EXACT else 'other'})"
        return longer if len(longer) <= _WORDS else text
    nudges = f"{text}, {count(judged.nudges, 'nudge', 'nudges')}"
    return nudges if judged.nudges and len(nudges) <= _WORDS else text


def _outcome_words(judged: JudgedAsk, story: Story) -> str:
    match judged.outcome:
        case Outcome.IN_TIME | Outcome.LATE:
            if judged.latency is None:
                return f"within {threshold(story.judging)}"
            return f"after {duration(judged.latency)}"
        case Outcome.OVERDUE:
            age = story.as_of - judged.ask.asked_at
            return f"none, {age.days} d" if age.days > 1 else f"none, {duration(age)}"
        case Outcome.WAITING:
            return left(time_left(judged, story.judging, story.as_of))
        case Outcome.HEARD:
            if judged.evidence is None:
                return "heard, by your mark"
            exact = judged.evidence.rung in EXACT
            return "answered, times disagree" if exact else "heard later, not counted"
        case Outcome.EXCLUDED:
            return f"not counted: {short_reason(judged.reason or '')}".rstrip(": ")
        case Outcome.UNKNOWN:
            return f"cannot be told: {short_reason(judged.reason or '')}".rstrip(": ")


def _without_asks(story: Story, width: int, signs: Signs) -> Iterator[Line]:
    yield from sentences([f"Nothing was asked in the last {window(story.judging)}."], width, "", signs)
    addresses = story.row.connection.addresses
    if not addresses:
        yield from sentences(["No address is known, so that no mail can be theirs."], width, "", signs)
        return
    pieces: list[Line] = [[("Known by:", "dim")]]
    pieces.extend([(isolated(outside(display(addr)), signs), "")] for addr in addresses)
    yield from fill(pieces, width, gap="  ", signs=signs)


def _notes(story: Story) -> Iterator[str]:
    """What the lines above leave to be explained, a line each."""
    row = story.row
    if row.older_asks:
        were, they = ("was", "it does") if row.older_asks == 1 else ("were", "they do")
        asks = count(row.older_asks, "ask", "asks")
        yield f"{asks} {were} earlier than the last {window(story.judging)}; {they} not count."
    yield from legend(row.asks)
    if any(judged.outcome is Outcome.IN_TIME and judged.latency is None for judged in row.asks):
        yield "Dotted: in time, by a message that does not name the ask."
    if row.asks:
        linkedin = any(judged.ask.channel is Channel.LINKEDIN for judged in row.asks)
        channel = "in = LinkedIn message. " if linkedin else ""
        yield f"{channel}Axis: time to the answer, logarithmic; the wall is {threshold(story.judging)}."
