"""`tracker restore FILE`: a backup in the place of the database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tracker.cli._session import now, session_of


def command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", readable=False, help="What `tracker backup` made.")],
) -> None:
    """Put a backup in the place of the database, which is kept aside. Stop the daemon first."""
    from tracker.service.copying import put_back

    session = session_of(context)
    restored = put_back(session.load_config(), file, now())
    session.say(f"{file}: restored; the next sync reads what came in since")
    if restored.aside is not None:
        session.say(f"the database as it was lies in {restored.aside}")
    if restored.forgotten is None:
        session.say("whom you forgot after the backup was made is here again: forget them again")
    elif restored.forgotten:
        session.say(f"forgotten since and erased from it: {restored.forgotten} people and addresses")
