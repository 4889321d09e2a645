"""Comma-separated values (RFC 4180) with a header, for spreadsheets: no cell can be taken for a formula."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from tracker.formats._fields import COLUMNS, connection_fields
from tracker.sanitizer import csv_cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracker.domain.report import Report
    from tracker.formats import View


def render(report: Report, _: View) -> Iterator[str]:
    """The header, then a connection a line; unknown is empty, addresses are joined by "; "."""
    yield _line(COLUMNS)
    for row in report.rows:
        yield _line([_cell(content) for content in connection_fields(row).values()])


def render_prune(report: Report, view: View) -> Iterator[str]:
    """The people of the report, as in the report."""
    return render(report, view)


def _cell(content: object) -> str:
    if content is None:
        return ""
    if isinstance(content, list):
        return csv_cell("; ".join(content))
    return csv_cell(content) if isinstance(content, str) else str(content)


def _line(cells: Sequence[str]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()
