"""Pages for a browser: the report, the thresholds, and a list to work through; no network, no cookies."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from tracker.formats._columns import UNNAMED, bounds
from tracker.formats._lines import UNICODE
from tracker.formats._words import ago, count, moment_words, threshold
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.domain.report import Report, Row
    from tracker.domain.rhythm import Overview
    from tracker.domain.tuning import Tuning
    from tracker.formats import View

_PROFILE = "https://www.linkedin.com/in/"

_HEAD = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width">
<title>To prune</title>
<style>
:root { color-scheme: light dark; font-family: system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #8886; vertical-align: top; }
</style>
"""


def render_overview(overview: Overview, view: View) -> Iterator[str]:
    """The report as one page, with pictures and a table that can be searched and sorted."""
    from tracker.formats import _page

    return _page.render_overview(overview, view)


def render_tuning(tuning: Tuning, view: View) -> Iterator[str]:
    """What each threshold would change, with the curve of the answers."""
    from tracker.formats import _page

    return _page.render_tuning(tuning, view)


def render_prune(report: Report, view: View) -> Iterator[str]:
    """The people of the report with the evidence in figures, and the profile of each to be opened."""
    yield _HEAD
    yield f"<h1>{count(len(report.rows), 'unresponsive person', 'unresponsive people')}</h1>\n"
    yield (
        f"<p>As of {escape(moment_words(report.as_of, view.zone))}: asked often enough to be sure, answered within "
        f"{escape(threshold(report.judging))} or at all in fewer cases than the cut. This is about answers to your "
        "messages in a span of time, not about a person. Afterwards: <code>tracker mark ID --removed</code> or "
        "<code>--keep</code>.</p>\n<table>\n"
    )
    headings = ("Done", "ID", "Name", "Company", "Silences", "Answers in 100", "Last asked")
    yield f"<thead><tr>{''.join(f'<th scope=col>{name}' for name in headings)}</thead>\n<tbody>\n"
    for row in report.rows:
        yield _row(row, report)
    yield "</tbody>\n</table>\n</html>\n"


def _row(row: Row, report: Report) -> str:
    person, counted = row.connection, row.tally
    name = escape(one_line(person.name) or UNNAMED)
    if person.profile_url is not None and person.profile_url.startswith(_PROFILE):
        name = f'<a href="{escape(one_line(person.profile_url))}" rel="noreferrer noopener"><bdi>{name}</bdi></a>'
    else:
        name = f"<bdi>{name}</bdi>"
    cells = (
        f'<input type=checkbox aria-label="done: {escape(one_line(person.name), quote=True)}">',
        str(person.id),
        name,
        f"<bdi>{escape(one_line(person.company))}</bdi>",
        f"{counted.silences} of {counted.trials}",
        escape(bounds(row, UNICODE)),
        escape(ago(row.last_asked_at, report.as_of)),
    )
    return "<tr>" + "".join(f"<td>{cell}" for cell in cells) + "</tr>\n"
