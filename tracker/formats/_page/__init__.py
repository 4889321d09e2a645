"""One page for a browser: a file without network, cookies or state; the only home of Jinja2.

The page forbids itself everything but its own style and script, which it names by their hashes. Whatever came from
outside passes the sanitizer and Jinja2's escaping, or stands as JSON in which no tag can begin.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from tracker.domain.verdict import Verdict
from tracker.formats._doubts import coverage_doubts
from tracker.formats._lines import UNICODE
from tracker.formats._page._people import STANDING, data_of, people_of, sign_words, signs_in_words
from tracker.formats._page._plots import KINDS, outcome_words, plots, share_by_time, share_range
from tracker.formats._page._shapes import HEIGHT, WIDTH
from tracker.formats._tuning import tune_headline, tune_notes
from tracker.formats._words import (
    ORDER,
    asked_people,
    count,
    headline,
    moment_words,
    near_words,
    never_asked,
    percent,
    rule,
    span_words,
    window,
)
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from jinja2 import Environment

    from tracker.domain.coverage import Coverage
    from tracker.domain.report import Report
    from tracker.domain.rhythm import Overview
    from tracker.domain.tuning import Level, Tuning
    from tracker.formats import View

_ASKED = tuple(verdict for verdict in ORDER if verdict is not Verdict.UNTESTED)


def render_overview(overview: Overview, view: View) -> Iterator[str]:
    """The report as a page."""
    report = overview.report
    people = people_of(report, ranked=view.ranked)
    words = outcome_words(report.judging)
    standing = people[:STANDING]
    content = {
        "headline": headline(report),
        "when": _when(report.as_of, report, view),
        "doubts": list(coverage_doubts(report.coverage, report.as_of, view, report.judging)),
        "bar": list(_bar(report)),
        "verdicts": [_verdict(verdict, report) for verdict in ORDER if report.summary.get(verdict, 0)],
        "plots": plots(overview.rhythm, report.judging),
        "legend": [(UNICODE.outcomes[outcome], kind, words[outcome]) for outcome, kind in KINDS.items()],
        "people": standing,
        "total": len(people),
        "everyone": report.connections,
        "told": [signs_in_words(one, sign_words(report)) for one in standing],
        "signs": UNICODE.verdicts,
        "data": data_of(people, report),
        "footer": [text for text in (never_asked(report), _reading(report.coverage, report.as_of, view)) if text],
    }
    yield from _page("report.html", content, script="page.js" if people else "")


def render_tuning(tuning: Tuning, view: View) -> Iterator[str]:
    """What each threshold would change, as a page without script."""
    sampled = tuning.answered + tuning.unanswered
    content = {
        "headline": tune_headline(tuning),
        "when": f"As of {moment_words(tuning.as_of, view.zone)} · asks of the last {window(tuning.judging)}",
        "doubts": list(coverage_doubts(tuning.coverage, tuning.as_of, view, tuning.judging)),
        "plots": (share_by_time(tuning.curve, tuning.judging, sampled),) if sampled else (),
        "verdicts": _ASKED,
        "signs": UNICODE.verdicts,
        "levels": [_level(level, tuning) for level in tuning.levels],
        "footer": list(tune_notes(tuning)),
    }
    yield from _page("tune.html", content)


def _page(name: str, content: Mapping[str, object], *, script: str = "") -> Iterator[str]:
    environment = _environment()
    style, program = _asset("style.css"), _asset(script) if script else ""
    template = environment.get_template(name)
    yield from template.generate(
        **content,
        style=style,
        style_hash=_hash(style),
        script=program,
        script_hash=_hash(program) if program else "",
        width=WIDTH,
        height=HEIGHT,
    )
    yield "\n"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    return Environment(
        loader=FunctionLoader(_asset),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8").rstrip("\n")


def _hash(text: str) -> str:
    """The source expression of an inline element (CSP level 3)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _when(as_of: datetime, report: Report, view: View) -> str:
    told = f"As of {moment_words(as_of, view.zone)} · asks of the last {window(report.judging)}"
    return f"{told} · {count(report.coverage.messages, 'message', 'messages')} read"


def _bar(report: Report) -> Iterator[tuple[Verdict, float, float]]:
    """Everyone who was asked, side by side in a thousand parts: verdict, start, width. Nobody's share is too small."""
    shown = {verdict: number for verdict in _ASKED if (number := report.summary.get(verdict, 0))}
    total, gap, least = asked_people(report.summary), 4.0, 6.0
    free = 1000 - gap * (len(shown) - 1) - least * len(shown)
    place = 0.0
    for verdict, number in shown.items():
        width = least + free * number / total
        yield verdict, round(place, 2), round(width, 2)
        place += width + gap


def _verdict(verdict: Verdict, report: Report) -> tuple[Verdict, str, str]:
    return verdict, f"{report.summary.get(verdict, 0):,}", rule(verdict, report.judging)


def _level(level: Level, tuning: Tuning) -> dict[str, object]:
    known = level.answered
    return {
        "threshold": span_words(level.threshold),
        "is_own": level.threshold == tuning.judging.threshold,
        "share": f"{percent(known.share)} %" if known else "",
        "bar": round(100 * known.share, 1) if known else 0.0,
        "range": share_range(known) if known else "",
        "numbers": [f"{level.summary.get(verdict, 0):,}" for verdict in _ASKED],
    }


def _reading(coverage: Coverage, as_of: datetime, view: View) -> str:
    """How much was read of what, and what could not be."""
    accounts = [
        f"{one_line(account.name)} to {near_words(account.read_to, as_of, view.zone, minutes=True)}"
        if account.read_to
        else f"{one_line(account.name)} not yet"
        for account in coverage.accounts
    ]
    unreadable = sum(account.unreadable for account in coverage.accounts)
    end = f", {unreadable:,} unreadable" if unreadable else ""
    where = f" ({' · '.join(accounts)})" if accounts else ""
    return f"Mail read: {count(coverage.messages, 'message', 'messages')}{where}{end}."
