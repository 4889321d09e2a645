"""`tracker backup [DIR]`: a copy of the database, taken while the daemon runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tracker.cli._session import now, session_of


def command(
    context: typer.Context,
    directory: Annotated[
        Path | None,
        typer.Argument(
            metavar="DIR",
            readable=False,
            help="Where to; nothing is removed there. Without it: where the daemon's lie.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Copy the database, also while the daemon runs.

    Prints the name of the copy.
    """
    from tracker.cli._output import write
    from tracker.sanitizer import one_line
    from tracker.service.copying import back_up

    session = session_of(context)
    config = session.load_config()
    with session.open_store(config) as store:
        made = back_up(store, config, now(), directory)
    write([f"{one_line(str(made.file))}\n"])
    session.say(
        f"{made.file.stat().st_size / 1_000_000:.1f} MB" + (f"; {made.removed} older removed" * (made.removed > 0))
    )
