"""`tracker waiting`: the open asks, the next to become overdue first."""

from __future__ import annotations

from typing import Annotated

import typer

from tracker.cli._judging import AsOf, Threshold, Window, question_of
from tracker.cli._session import session_of


def command(
    context: typer.Context,
    *,
    format_name: Annotated[str, typer.Option("--format", metavar="FORMAT", help="table or json.")] = "table",
    threshold: Threshold = None,
    window: Window = None,
    as_of: AsOf = None,
) -> None:
    """What is still open, the next to become overdue first."""
    from tracker.cli._output import view_for, write
    from tracker.formats import waiting_format
    from tracker.service.judging import list_waiting

    renderer = waiting_format(format_name)
    session = session_of(context)
    config = session.load_config()
    question = question_of(config, threshold, window, as_of)
    with session.open_store(config) as store:
        waiting = list_waiting(store, config, question)
    write(renderer.render_waiting(waiting, view_for(None, config.reply.zone)), None)
