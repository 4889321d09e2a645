"""`tracker report`: who answers, who is slow, who is silent, who was never asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli._judging import AsOf, Threshold, Window, question_of
from tracker.cli._options import flag, option, path
from tracker.cli._session import Session, session_of
from tracker.errors import UnknownChoice, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker.config import Config
    from tracker.domain.report import Report, Selection
    from tracker.domain.rhythm import Overview
    from tracker.formats import Format
    from tracker.service.judging import Question

VERDICTS = "responsive, slow, unresponsive, unproven, waiting, untested or unreachable"

_ORDERS = "verdict, name, company, latency, last-asked or rate."
_LIMIT = "At most N people (table: in each group); 0 for all."
_FORMATS = "table, json, jsonl, csv, markdown or html."

_Format = Annotated[str, typer.Option("--format", metavar="FORMAT", help=_FORMATS)]
_Output = Annotated[Path | None, path("--output", "Write to a file.")]
_Opens = Annotated[bool, flag("--open", "Show it as a page in the browser (html); the file is for you alone.")]
_Verdicts = Annotated[list[str] | None, option("--verdict", f"Only {VERDICTS}.", "VERDICT")]
_Unresponsive = Annotated[bool, flag("--unresponsive", "The same as --verdict unresponsive.")]
_Company = Annotated[str, option("--company", "Only companies whose name contains it.")]
_Sort = Annotated[str | None, option("--sort", _ORDERS, "ORDER")]
_Limit = Annotated[int | None, option("--limit", _LIMIT, "N", min=0)]
_Everyone = Annotated[bool, flag("--all", "Also those who were removed from the network.")]
_Asks = Annotated[bool, flag("--asks", "With each person's asks (json, jsonl).")]
_Check = Annotated[bool, flag("--check", "Exit with 1 if anyone is unresponsive.")]


def command(
    context: typer.Context,
    *,
    format_name: _Format = "table",
    output: _Output = None,
    opens: _Opens = False,
    verdicts: _Verdicts = None,
    unresponsive: _Unresponsive = False,
    company: _Company = "",
    threshold: Threshold = None,
    window: Window = None,
    as_of: AsOf = None,
    sort: _Sort = None,
    limit: _Limit = None,
    everyone: _Everyone = False,
    asks: _Asks = False,
    check: _Check = False,
) -> None:
    """Who answers, who is slow, who is silent."""
    from tracker.cli._output import view_for
    from tracker.domain.report import select
    from tracker.domain.verdict import Verdict
    from tracker.formats import is_page

    renderer = _renderer(format_name, opens=opens)
    is_table = format_name == "table" and not opens
    chosen = [*(verdicts or ()), *(["unresponsive"] if unresponsive else ())]
    selection = _selection(chosen, company, sort, None if is_table else limit)
    session = session_of(context)
    config = session.load_config()
    question = question_of(config, threshold, window, as_of)
    report, overview = _judged(session, config, question, is_page=is_page(renderer), everyone=everyone, asks=asks)
    view = replace(view_for(output, config.reply.zone), ranked=sort is None, asks=asks, chosen=bool(chosen))
    view = replace(view, per_group=limit or None) if chosen or limit is not None else view
    page = overview and replace(overview, report=select(report, selection))
    pieces = renderer.render_overview(page, view) if page else renderer.render(select(report, selection), view)
    _write(session, pieces, output, opens=opens)
    if check and report.summary[Verdict.UNRESPONSIVE]:
        raise typer.Exit(1)


def _renderer(format_name: str, *, opens: bool) -> Format:
    """The format that is wanted. Raises `UnknownChoice`, and `UsageError` for one that is no page to open."""
    from tracker.formats import is_page, report_format

    renderer = report_format("html" if opens and format_name == "table" else format_name)
    if opens and not is_page(renderer):
        raise UsageError(f"--open shows a page, not {format_name}", hint="leave out --format, or make it html")
    return renderer


def _judged(
    session: Session, config: Config, question: Question, *, is_page: bool, everyone: bool, asks: bool
) -> tuple[Report, Overview | None]:
    """Everybody judged, and what a page shows besides."""
    from tracker.service.judging import make_overview, make_report

    with session.open_store(config) as store:
        if not is_page:
            return make_report(store, config, question, removed=everyone, with_asks=asks), None
        overview = make_overview(store, config, question, removed=everyone)
        return overview.report, overview


def _write(session: Session, pieces: Iterable[str], output: Path | None, *, opens: bool) -> None:
    from tracker.cli._output import write

    if opens:
        from tracker.cli._opening import show_page

        show_page(session, pieces, output)
    else:
        write(pieces, output)


def _selection(verdicts: list[str], company: str, sort: str | None, limit: int | None) -> Selection:
    """Which rows are wanted. Raises `UnknownChoice`."""
    from tracker.domain.report import Selection, Sort
    from tracker.domain.verdict import Verdict

    for name in verdicts:
        if name not in set(Verdict):
            raise UnknownChoice("verdict", name, list(Verdict))
    if sort is not None and sort not in set(Sort):
        raise UnknownChoice("order", sort, list(Sort))
    return Selection(
        verdicts=frozenset(map(Verdict, verdicts)),
        company=company,
        sort=Sort(sort) if sort else Sort.VERDICT,
        limit=limit,
    )
