"""`tracker run`: the daemon."""

from __future__ import annotations

import typer

from tracker.cli._session import now, session_of

NAME = "run"


def command(context: typer.Context) -> None:
    """Watch the accounts until told to stop (the daemon)."""
    from tracker.daemon import serve

    session = session_of(context)
    config = session.load_config()
    with session.open_store(config) as store:
        serve(store, config, clock=now, is_verbose=session.verbosity > 0)
