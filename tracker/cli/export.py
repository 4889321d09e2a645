"""`tracker export WHO`: all that is stored about one person."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tracker.cli._options import path
from tracker.cli._session import session_of


def command(
    context: typer.Context,
    who: Annotated[str, typer.Argument(metavar="WHO", help="An id, an address, or (part of) a name.")],
    *,
    output: Annotated[Path | None, path("--output", "Write here, not to stdout.")] = None,
) -> None:
    """Everything that is stored about a person, as JSON."""
    import json

    from tracker.cli._output import view_for, write
    from tracker.service.forgetting import tell_all

    session = session_of(context)
    config = session.load_config()
    with session.open_store(config) as store:
        found = tell_all(store, config, who)
    is_ascii = not view_for(output, config.reply.zone).unicode
    write([json.dumps({"schema": 1, **found}, indent=1, ensure_ascii=is_ascii), "\n"], output)
