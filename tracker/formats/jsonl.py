"""One connection a line, each a JSON object that also says for which moment it holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tracker.formats._fields import asked_fields, connection_fields, stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.domain.report import Report
    from tracker.formats import View


def render(report: Report, view: View) -> Iterator[str]:
    """The report's connections; letters beyond ASCII are escaped where the view cannot show them."""
    encoder = json.JSONEncoder(ensure_ascii=not view.unicode)
    clock, as_of = report.judging.clock.name, stamp(report.as_of)
    for row in report.rows:
        fields = asked_fields(row, clock) if view.asks else connection_fields(row)
        yield encoder.encode({"as_of": as_of, **fields}) + "\n"
