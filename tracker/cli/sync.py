"""`tracker sync`: one complete pass over all accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli._session import Session, counted, now, print_error, session_of
from tracker.errors import ConfigError, TrackerError
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from tracker.config import AccountConfig, Config
    from tracker.storage import Store


def command(
    context: typer.Context,
    *,
    account: Annotated[
        str | None, typer.Option("--account", metavar="NAME", show_default=False, help="Only this account.")
    ] = None,
) -> None:
    """Read what is new in every account, once."""
    session = session_of(context)
    config = session.load_config()
    with session.open_store(config) as store:
        sync_all(session, store, config, _chosen(config, account))


def _chosen(config: Config, name: str | None) -> list[AccountConfig]:
    """The accounts to visit. Raises `UnknownChoice`, `ConfigError`."""
    if not config.account:
        raise ConfigError("the configuration has no account", hint="add an [[account]]; config.example.toml shows one")
    return config.account if name is None else [config.account_called(name)]


def sync_all(session: Session, store: Store, config: Config, accounts: list[AccountConfig]) -> None:
    """Visit every account, whatever happens to another. Raises the error with the worst exit code at the end."""
    from tracker.cli._progress import progress_bars
    from tracker.service.judging import keep_paired
    from tracker.service.keeping import keep_recent_daily
    from tracker.service.syncing import SINCE_REMEDY, since_to_come, sync_account

    if words := since_to_come(config, now()):
        session.say(f"{words}; {SINCE_REMEDY}")
    failures: list[TrackerError] = []
    with progress_bars(wanted=session.verbosity >= 0) as progress:
        for account in accounts:
            try:
                synced = sync_account(store, account, config, clock=now, progress=progress)
            except TrackerError as error:
                failures.append(error)
                continue
            unreadable = f", {synced.unreadable} unreadable" if synced.unreadable else ""
            session.say(f"{account.name}: {counted(synced.new, 'new message')}{unreadable}")
            for note in synced.notes:
                session.say(f"{account.name}: {one_line(note)}")
    # Afterwards, since the age counts back from the moment up to which everything is read.
    if deleted := keep_recent_daily(store, config, now()):
        session.say(f"{counted(deleted, 'message')} {'was' if deleted == 1 else 'were'} older than is kept")
    keep_paired(store, config)
    worst = max(failures, key=lambda error: error.exit_code, default=None)
    for failure in failures:
        if failure is not worst:
            print_error(failure)
    if worst is not None:
        raise worst
