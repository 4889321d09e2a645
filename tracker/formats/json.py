"""One JSON document with everything, a connection a line, so that it streams, diffs and can be read by eye.

What a report does not need is loaded where it is used.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from tracker.formats._fields import asked_fields, connection_fields, head_fields, story_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tracker.domain.asking import Advice
    from tracker.domain.connection import Connection
    from tracker.domain.diagnosis import Diagnosis
    from tracker.domain.linking import Candidate
    from tracker.domain.report import Report, Story
    from tracker.domain.tuning import Tuning
    from tracker.domain.waiting import Waiting
    from tracker.formats import View
    from tracker.formats._fields import Fields


def render(report: Report, view: View) -> Iterator[str]:
    """The report; letters beyond ASCII are escaped where the view cannot show them."""
    clock = report.judging.clock.name
    people = (asked_fields(row, clock) if view.asks else connection_fields(row) for row in report.rows)
    return _document(head_fields(report), "connections", people, view)


def render_prune(report: Report, view: View) -> Iterator[str]:
    """The people of the report, as in the report."""
    return render(report, view)


def render_story(story: Story, view: View) -> Iterator[str]:
    """The connection with its asks, an ask a line, and the user's marks."""
    from tracker.formats._marks import mark_fields

    fields = story_fields(story)
    asks = cast("list[object]", fields.pop("asks_detail"))
    return _document(fields, "asks_detail", asks, view, end={"marks": [mark_fields(mark) for mark in story.marks]})


def render_waiting(waiting: Waiting, view: View) -> Iterator[str]:
    """A list of the open asks, an ask a line."""
    from tracker.formats._waiting import open_fields

    return _list(map(open_fields, waiting.asks), view)


def render_proposals(proposals: Sequence[tuple[Connection, Candidate]], view: View) -> Iterator[str]:
    """A list, a proposal a line."""
    from tracker.formats._linking import proposal_fields

    return _list((proposal_fields(person, one) for person, one in proposals), view)


def render_advice(advice: Advice, view: View) -> Iterator[str]:
    """How it was judged, then a person a line."""
    from tracker.formats._asking import advice_fields

    fields = advice_fields(advice)
    return _document(fields, "connections", cast("list[object]", fields.pop("connections")), view)


def render_tuning(tuning: Tuning, view: View) -> Iterator[str]:
    """The sample of asks, then a threshold a line."""
    from tracker.formats._tuning import level_fields, sample_fields

    return _document(sample_fields(tuning), "thresholds", map(level_fields, tuning.levels), view)


def render_diagnosis(diagnosis: Diagnosis, view: View) -> Iterator[str]:
    """One document for a report about a bug, a finding a line: no secret, and nobody's address in it."""
    from tracker.formats._diagnosis import diagnosis_fields

    fields = diagnosis_fields(diagnosis)
    return _document(fields, "findings", cast("list[object]", fields.pop("findings")), view)


def _document(
    fields: Fields, name: str, items: Iterable[object], view: View, *, end: Fields | None = None
) -> Iterator[str]:
    """An object: these fields, each on a line, the items under `name`, each on a line, and the fields of its end."""
    encoder = _encoder(view)
    yield "{\n"
    for key, content in fields.items():
        yield f" {encoder.encode(key)}: {encoder.encode(content)},\n"
    yield f" {encoder.encode(name)}: "
    yield from _lines(items, encoder, indent=" ")
    for key, content in (end or {}).items():
        yield f",\n {encoder.encode(key)}: {encoder.encode(content)}"
    yield "}\n"


def _list(items: Iterable[object], view: View) -> Iterator[str]:
    """A list that is the whole document."""
    yield from _lines(items, _encoder(view), indent="")
    yield "\n"


def _lines(items: Iterable[object], encoder: json.JSONEncoder, *, indent: str) -> Iterator[str]:
    """A list, each item on a line of its own."""
    yield "["
    mark = "\n"
    for item in items:
        yield f"{mark}{indent} {encoder.encode(item)}"
        mark = ",\n"
    yield "]" if mark == "\n" else f"\n{indent}]"


def _encoder(view: View) -> json.JSONEncoder:
    return json.JSONEncoder(ensure_ascii=not view.unicode)
