"""`tracker doctor`: what keeps the program from its work, and what to do about it."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli._session import Session, now, session_of

if TYPE_CHECKING:
    from datetime import tzinfo

    from tracker.formats import Format


def command(
    context: typer.Context,
    account: Annotated[
        str | None, typer.Argument(metavar="ACCOUNT", show_default=False, help="Of the accounts, this one alone.")
    ] = None,
    *,
    format_name: Annotated[
        str,
        typer.Option(
            "--format", metavar="FORMAT", help="table, or json for a report about a bug: addresses are masked."
        ),
    ] = "table",
) -> None:
    """Look for what is broken, and say what to do.

    On this machine and at each mail server. Nothing is changed. Exits with 1 if anything is broken.
    """
    from tracker.formats import diagnosis_format

    if not examined(session_of(context), diagnosis_format(format_name), account):
        raise typer.Exit(1)


def examined(session: Session, renderer: Format, account: str | None = None) -> bool:
    """Print the diagnosis; whether nothing is broken."""
    from tracker.cli._output import view_for, write
    from tracker.service.diagnosing import diagnose

    diagnosis = diagnose(session.config, account, clock=now, heed=lambda name: session.say(f"{name}: looking ..."))
    write(renderer.render_diagnosis(diagnosis, view_for(None, _zone(session))), None)
    return not diagnosis.is_broken


def _zone(session: Session) -> tzinfo:
    """Where days begin for the user, if the configuration can be read."""
    from tracker.errors import ConfigError

    try:
        return session.load_config().reply.zone
    except ConfigError:
        return UTC
