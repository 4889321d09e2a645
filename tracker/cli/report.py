"""`tracker report`: who answers, who is slow, who is silent, who was never asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli._judging import AsOf, Threshold, Window, question_of
from tracker.cli._session import session_of
from tracker.errors import UnknownChoice, UsageError

if TYPE_CHECKING:
    from tracker.domain.report import Selection

VERDICTS = "responsive, slow, unresponsive, unproven, waiting, untested or unreachable"


def command(
    context: typer.Context,
    *,
    format_name: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="table, json, jsonl, csv, markdown or html.")
    ] = "table",
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", show_default=False, help="Write to a file.")
    ] = None,
    opens: Annotated[
        bool, typer.Option("--open", help="Show it as a page in the browser (html); the file is for you alone.")
    ] = False,
    verdicts: Annotated[
        list[str] | None, typer.Option("--verdict", metavar="VERDICT", show_default=False, help=f"Only {VERDICTS}.")
    ] = None,
    unresponsive: Annotated[bool, typer.Option("--unresponsive", help="The same as --verdict unresponsive.")] = False,
    company: Annotated[
        str,
        typer.Option("--company", metavar="TEXT", show_default=False, help="Only companies whose name contains it."),
    ] = "",
    threshold: Threshold = None,
    window: Window = None,
    as_of: AsOf = None,
    sort: Annotated[
        str | None,
        typer.Option(
            "--sort", metavar="ORDER", show_default=False, help="verdict, name, company, latency, last-asked or rate."
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit",
            metavar="N",
            min=0,
            show_default=False,
            help="At most N people (table: in each group); 0 for all.",
        ),
    ] = None,
    everyone: Annotated[bool, typer.Option("--all", help="Also those who were removed from the network.")] = False,
    asks: Annotated[bool, typer.Option("--asks", help="With each person's asks (json, jsonl).")] = False,
    check: Annotated[bool, typer.Option("--check", help="Exit with 1 if anyone is unresponsive.")] = False,
) -> None:
    """Who answers, who is slow, who is silent."""
    from tracker.cli._output import view_for, write
    from tracker.domain.report import select
    from tracker.domain.verdict import Verdict
    from tracker.formats import is_page, report_format
    from tracker.service.judging import make_overview, make_report

    renderer = report_format("html" if opens and format_name == "table" else format_name)
    is_table, shows_page = format_name == "table" and not opens, is_page(renderer)
    if opens and not shows_page:
        raise UsageError(f"--open shows a page, not {format_name}", hint="leave out --format, or make it html")
    chosen = [*(verdicts or ()), *(["unresponsive"] if unresponsive else ())]
    selection = _selection(chosen, company, sort, None if is_table else limit)
    session = session_of(context)
    config = session.load_config()
    question = question_of(config, threshold, window, as_of)
    with session.open_store(config) as store:
        overview = make_overview(store, config, question, removed=everyone) if shows_page else None
        report = overview.report if overview else make_report(store, config, question, removed=everyone, with_asks=asks)
    view = view_for(output, config.reply.zone)
    per_group = None if chosen and limit is None else view.per_group if limit is None else limit or None
    view = replace(view, per_group=per_group, ranked=sort is None, asks=asks, chosen=bool(chosen))
    selected = select(report, selection)
    if overview is not None:
        pieces = renderer.render_overview(replace(overview, report=selected), view)
    else:
        pieces = renderer.render(selected, view)
    if opens:
        from tracker.cli._opening import show_page

        show_page(session, pieces, output)
    else:
        write(pieces, output)
    if check and report.summary[Verdict.UNRESPONSIVE]:
        raise typer.Exit(1)


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
