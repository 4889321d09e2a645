"""A digest as plain text: a terminal shows it, and so does every mail program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.formats._digest._words import doubts, footnotes, headline, parts
from tracker.formats._lines import ASCII, UNICODE, cell, isolated, paint, sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.domain.digest import Digest
    from tracker.formats import View
    from tracker.formats._digest._words import Part
    from tracker.formats._lines import Signs

WIDTH = 76
"""Cells in a line (RFC 5322, 2.1.1 wants at most 78 characters)."""

_INDENT, _GAP, _PERSON, _TIME = 2, 2, 26, 12


def render_digest(digest: Digest, view: View) -> Iterator[str]:
    """The digest, no line wider than `WIDTH`."""
    signs = UNICODE if view.unicode else ASCII
    for doubt in doubts(digest, view):
        yield from _running(isolated(doubt, signs), signs)
        yield "\n"
    yield from _running(headline(digest), signs)
    for part in parts(digest):
        yield "\n"
        yield from _part(part, signs)
    yield "\n"
    for note in footnotes(digest, view):
        yield from _running(note, signs)


def _part(part: Part, signs: Signs) -> Iterator[str]:
    heading = cell(part.heading, WIDTH - len(part.title) - 1, signs=signs, right=True)
    yield f"{part.title} {heading}\n"
    job = WIDTH - _INDENT - _PERSON - _TIME - 2 * _GAP
    for entry in part.entries:
        cells = (
            cell(entry.name, _PERSON, signs=signs),
            cell(entry.job, job, signs=signs),
            cell(entry.time, _TIME, signs=signs, right=True),
        )
        yield " " * _INDENT + (" " * _GAP).join(cells) + "\n"
    if part.more:
        yield f"{' ' * _INDENT}{part.more:,} more: {part.command}\n"


def _running(text: str, signs: Signs) -> Iterator[str]:
    for line in sentences([text], WIDTH, "", signs):
        yield paint(line, colour=False)
