"""`tracker status`: how fresh the knowledge is, account by account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from tracker.cli._session import counted, now, session_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from tracker.service.standing import AccountStanding, Standing

UNREADABLE_SHOWN = 5
"""Unreadable messages listed for each account."""


def command(context: typer.Context) -> None:
    """How fresh the knowledge is.

    Exits with 1 if it is too old to judge by.
    """
    from tracker.cli._output import write
    from tracker.sanitizer import indented
    from tracker.service.standing import standing

    session = session_of(context)
    config = session.load_config()
    moment = now()
    with session.open_store(config) as store:
        found = standing(store, config, now=moment)
    lines = _lines(found, [account.name for account in config.account], config.reply.zone, moment)
    write(f"{indented(line)}\n" for line in lines)
    if found.is_stale:
        raise typer.Exit(1)


def _lines(found: Standing, names: list[str], zone: tzinfo, moment: datetime) -> Iterator[str]:
    yield f"{counted(found.connections, 'connection')}, {counted(found.messages, 'message')}"
    known = {account.state.name: account for account in found.accounts}
    for name in names:
        if name in known:
            yield from _account(known[name], zone, moment)
        else:
            yield f"{name}: never read"
    if found.as_of is None:
        yield "not everything has been read once; nobody is judged unresponsive yet"
    elif found.is_stale:
        yield f"everything is read up to {_when(found.as_of, zone)}, which is too old to judge by"
    else:
        yield f"everything is read up to {_when(found.as_of, zone)}"


def _account(account: AccountStanding, zone: tzinfo, moment: datetime) -> Iterator[str]:
    from tracker.service.standing import is_locked_out

    state = account.state
    read = f"read {_when(state.synced_at, zone)}" if state.synced_at else "never read completely"
    if account.needs_sign_in:
        upcoming = f"resting until you sign in: tracker auth login {state.name}"
    elif is_locked_out(state):
        upcoming = f"resting after {state.refused_logins} refused logins: correct the password, then tracker sync"
    else:
        upcoming = "next now" if account.next_at <= moment else f"next {_when(account.next_at, zone)}"
    yield f"{state.name}: {read}; {upcoming}"
    if state.error and state.failed_at:
        yield f"  failed {_when(state.failed_at, zone)} ({state.failures} in a row): {state.error}"
    for folder in account.folders:
        doubts = f", {folder.unreadable} unreadable" if folder.unreadable else ""
        gone = f", {folder.missing} gone before they were seen" if folder.missing else ""
        drafts = f", {counted(folder.drafts, 'draft')}" if folder.drafts else ""
        begun = " so far" if folder.is_begun_only else ""
        yield f"  {folder.name}: {counted(folder.messages, 'message')}{begun}{doubts}{drafts}{gone}"
    for message in account.unreadable[:UNREADABLE_SHOWN]:
        tries = f" ({message.tries} tries)" if message.tries > 1 else ""
        yield f"  unreadable: {message.folder} UID {message.uid}: {message.error}{tries}"
    for latch in account.latches:
        yield f"  {latch.extension} switched off {_when(latch.at, zone)}: {latch.reason}"


def _when(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")
