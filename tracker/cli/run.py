"""`tracker run`: the daemon."""

from __future__ import annotations

import gc

import typer

from tracker.cli._session import now, session_of

OFTEN = (700, 10, 10)
"""Python's own choice of when to look for garbage: what suits a command is too seldom in what runs for months."""


def command(context: typer.Context) -> None:
    """Watch the accounts until told to stop (the daemon)."""
    from tracker.daemon import opened_patiently, serve, start_log

    gc.set_threshold(*OFTEN)
    session = session_of(context)
    config = session.load_config()
    start_log(is_verbose=session.verbosity > 0)
    with opened_patiently(config) as store:
        serve(store, config, clock=now, is_verbose=session.verbosity > 0, load=session.load_config)
