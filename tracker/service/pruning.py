"""Pruning: who is unresponsive beyond doubt and not to be kept, the evidence, and what the user decides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracker.domain.marks import Mark, MarkKind
from tracker.domain.report import Selection, select
from tracker.domain.verdict import Verdict
from tracker.service.judging import make_report

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.config import Config
    from tracker.domain.connection import ConnectionId
    from tracker.domain.report import Report
    from tracker.service.judging import Question
    from tracker.storage import Store


def to_prune(store: Store, config: Config, question: Question) -> Report:
    """The report with the unresponsive people alone who are not marked to be kept, in its usual order.

    Nobody else is ever offered: who was not asked, of whom too little is known, or who may have answered.
    """
    report = make_report(store, config, question)
    marks = store.marks()
    kept = {person for person, own in marks.items() if any(mark.kind is MarkKind.KEEP for mark in own)}
    chosen = select(report, Selection(verdicts=frozenset({Verdict.UNRESPONSIVE})))
    return replace(chosen, rows=tuple(row for row in chosen.rows if row.connection.id not in kept))


def decide(store: Store, person: ConnectionId, kind: MarkKind, now: datetime) -> Mark:
    """Record what the user decided about a person; the mark, by which it can be taken back."""
    mark = Mark(kind, now, "prune")
    store.add_mark(person, mark)
    return mark


def undo(store: Store, person: ConnectionId, mark: Mark) -> None:
    """Take a decision back."""
    store.drop_mark(person, mark)
