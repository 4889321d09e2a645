"""`tracker ask [COMPANY]`: whom to ask for an introduction, a meeting or a referral."""

from __future__ import annotations

from typing import Annotated

import typer

from tracker.cli._judging import AsOf, Threshold, Window, question_of
from tracker.cli._session import session_of

LISTED = 10
"""People who are listed unless the user wants more: how the user answers them takes time to find out."""


def command(
    context: typer.Context,
    company: Annotated[
        str, typer.Argument(metavar="COMPANY", show_default=False, help="Only at companies whose name contains this.")
    ] = "",
    *,
    format_name: Annotated[str, typer.Option("--format", metavar="FORMAT", help="table or json.")] = "table",
    threshold: Threshold = None,
    window: Window = None,
    as_of: AsOf = None,
    limit: Annotated[
        int, typer.Option("--limit", min=0, metavar="N", help="At most so many people; 0 is all.")
    ] = LISTED,
) -> None:
    """Whom to ask: those who answer in time, the surest first.

    Tells of each whether you answer them.
    """
    from tracker.cli._output import view_for, write
    from tracker.formats import advice_format
    from tracker.service.judging import whom_to_ask

    renderer = advice_format(format_name)
    session = session_of(context)
    config = session.load_config()
    question = question_of(config, threshold, window, as_of)
    with session.open_store(config) as store:
        advice = whom_to_ask(store, config, question, company, limit=limit)
    write(renderer.render_advice(advice, view_for(None, config.reply.zone)), None)
