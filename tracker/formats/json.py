"""One JSON document with everything, a connection a line, so that it streams, diffs and can be read by eye.

What a report does not need is loaded where it is used.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tracker.formats._fields import asked_fields, connection_fields, head_fields, story_fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracker.domain.asking import Advice
    from tracker.domain.connection import Connection
    from tracker.domain.diagnosis import Diagnosis
    from tracker.domain.linking import Candidate
    from tracker.domain.report import Report, Story
    from tracker.domain.tuning import Tuning
    from tracker.domain.waiting import Waiting
    from tracker.formats import View


def render(report: Report, view: View) -> Iterator[str]:
    """The report; letters beyond ASCII are escaped where the view cannot show them."""
    encoder = json.JSONEncoder(ensure_ascii=not view.unicode)
    yield "{\n"
    for name, content in head_fields(report).items():
        yield f" {encoder.encode(name)}: {encoder.encode(content)},\n"
    yield ' "connections": ['
    clock, mark = report.judging.clock.name, "\n"
    for row in report.rows:
        yield f"{mark}  {encoder.encode(asked_fields(row, clock) if view.asks else connection_fields(row))}"
        mark = ",\n"
    yield "\n ]}\n" if report.rows else "]}\n"


def render_prune(report: Report, view: View) -> Iterator[str]:
    """The people of the report, as in the report."""
    return render(report, view)


def render_story(story: Story, view: View) -> Iterator[str]:
    """The connection with its asks, an ask a line, and the user's marks."""
    from tracker.formats._marks import mark_fields

    encoder = json.JSONEncoder(ensure_ascii=not view.unicode)
    fields = story_fields(story)
    asks = fields.pop("asks_detail")
    marks = encoder.encode([mark_fields(mark) for mark in story.marks])
    yield "{\n"
    for name, content in fields.items():
        yield f" {encoder.encode(name)}: {encoder.encode(content)},\n"
    lines = [encoder.encode(ask) for ask in asks] if isinstance(asks, list) else []
    yield ' "asks_detail": [' + ",".join(f"\n  {line}" for line in lines) + ("\n ],\n" if lines else "],\n")
    yield f' "marks": {marks}}}\n'


def render_waiting(waiting: Waiting, view: View) -> Iterator[str]:
    """A list of the open asks, an ask a line."""
    from tracker.formats._waiting import open_fields

    encoder = json.JSONEncoder(ensure_ascii=not view.unicode)
    lines = ",".join(f"\n {encoder.encode(open_fields(one))}" for one in waiting.asks)
    yield f"[{lines}\n]\n" if lines else "[]\n"


def render_proposals(proposals: Sequence[tuple[Connection, Candidate]], view: View) -> Iterator[str]:
    """A list, a proposal a line."""
    from tracker.formats._linking import proposal_fields

    encoder = json.JSONEncoder(ensure_ascii=not view.unicode)
    lines = ",".join(f"\n {encoder.encode(proposal_fields(person, one))}" for person, one in proposals)
    yield f"[{lines}\n]\n" if lines else "[]\n"


def render_advice(advice: Advice, view: View) -> Iterator[str]:
    """How it was judged, then a person a line."""
    from tracker.formats._asking import advice_fields

    encoder = json.JSONEncoder(ensure_ascii=not view.unicode)
    fields = advice_fields(advice)
    people = fields.pop("connections")
    yield "{\n"
    for name, content in fields.items():
        yield f" {encoder.encode(name)}: {encoder.encode(content)},\n"
    lines = [encoder.encode(one) for one in people] if isinstance(people, list) else []
    yield ' "connections": [' + ",".join(f"\n  {line}" for line in lines) + ("\n ]}\n" if lines else "]}\n")


def render_tuning(tuning: Tuning, view: View) -> Iterator[str]:
    """The sample of asks, then a threshold a line."""
    from tracker.formats._tuning import level_fields, sample_fields

    encoder = json.JSONEncoder(ensure_ascii=not view.unicode)
    yield "{\n"
    for name, content in sample_fields(tuning).items():
        yield f" {encoder.encode(name)}: {encoder.encode(content)},\n"
    yield ' "thresholds": ['
    yield ",".join(f"\n  {encoder.encode(level_fields(level))}" for level in tuning.levels)
    yield "\n ]}\n"


def render_diagnosis(diagnosis: Diagnosis, view: View) -> Iterator[str]:
    """One document for a report about a bug, a finding a line: no secret, and nobody's address in it."""
    from tracker.formats._diagnosis import diagnosis_fields

    encoder = json.JSONEncoder(ensure_ascii=not view.unicode)
    fields = diagnosis_fields(diagnosis)
    findings = fields.pop("findings")
    yield "{\n"
    for name, content in fields.items():
        yield f" {encoder.encode(name)}: {encoder.encode(content)},\n"
    lines = [encoder.encode(one) for one in findings] if isinstance(findings, list) else []
    yield ' "findings": [' + ",".join(f"\n  {line}" for line in lines) + "\n ]}\n"
