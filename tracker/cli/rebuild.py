"""`tracker rebuild`: everything derived, computed again from the stored facts."""

from __future__ import annotations

import typer

from tracker.cli._session import counted, session_of


def command(context: typer.Context) -> None:
    """Compute all that is derived again."""
    from tracker.service.judging import rebuild

    session = session_of(context)
    config = session.load_config()
    session.say("computing every ask again from the stored messages ...")
    with session.open_store(config) as store:
        asks = rebuild(store, config)
    session.say(counted(asks, "ask"))
