"""`tracker tune`: what another threshold would change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tracker.cli._judging import AsOf, Threshold, Window, question_of
from tracker.cli._options import path
from tracker.cli._session import session_of


def command(
    context: typer.Context,
    *,
    format_name: Annotated[str, typer.Option("--format", metavar="FORMAT", help="table, json or html.")] = "table",
    output: Annotated[Path | None, path("--output", "Write to a file.")] = None,
    threshold: Threshold = None,
    window: Window = None,
    as_of: AsOf = None,
) -> None:
    """What another threshold would change, from 4 hours to 14 days."""
    from tracker.cli._output import view_for, write
    from tracker.formats import tuning_format
    from tracker.service.judging import try_thresholds

    renderer = tuning_format(format_name)
    session = session_of(context)
    config = session.load_config()
    question = question_of(config, threshold, window, as_of)
    with session.open_store(config) as store:
        tuning = try_thresholds(store, config, question)
    write(renderer.render_tuning(tuning, view_for(output, config.reply.zone)), output)
