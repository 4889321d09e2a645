"""How the deeds reach the world: the database and the accounts that the configuration names."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.config import state_directory
from tracker.service.owning import demand_owner
from tracker.sources import Source, SourceSettings, source_module
from tracker.storage import Store, open_store, place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracker.config import AccountConfig, Config


def open_database(config: Config, *, claims: bool = False) -> Store:
    """The store that the configuration names; one of an earlier schema is backed up and brought to this program's.

    A daemon `claims` it, as one at a time can. Raises `DatabaseUnreachable`, `BackupFailed`, `ConfigError`.
    """
    file = database_file(config)
    if file is not None:
        demand_owner(file)
    store = open_store(database_url(config), backups=backup_directory(config), claims=claims)
    if config.database.keep is None:
        store.keep_from(None)  # it may have been otherwise before
    return store


def database_url(config: Config) -> str:
    """The URL of the database that the configuration names."""
    return config.database.url or f"sqlite:///{state_directory() / 'tracker.db'}"


def backup_directory(config: Config) -> Path:
    """Where backups lie unless another folder is named for one of them."""
    return Path(config.backup.directory).expanduser() if config.backup.directory else state_directory() / "backups"


def database_file(config: Config) -> Path | None:
    """The file of the database that the configuration names; None for one on a server. Raises `ConfigError`."""
    return place_of(database_url(config))


def open_account(account: AccountConfig, *, without: frozenset[str] = frozenset()) -> Source:
    """Connect to an account and sign in; its server's extensions `without` are not used.

    Raises `Unreachable`, `LoginRejected`, `ConfigError`.
    """
    from tracker.service.granting import open_with_token, secret_of  # a report signs in nowhere

    open_with = partial(_open, account, without)
    return open_with_token(account, open_with) if account.auth == "oauth2" else open_with(secret_of(account))


def _open(account: AccountConfig, without: frozenset[str], password: Callable[[], str]) -> Source:
    return source_module(account.type).open_source(settings_of(account, without, password))


def settings_of(
    account: AccountConfig,
    without: frozenset[str] = frozenset(),
    password: Callable[[], str] = str,
    *,
    timeout: float = 60.0,
) -> SourceSettings:
    """How an account is reached; without `password` nobody can sign in."""
    return SourceSettings(
        account=account.name,
        host=account.host,
        port=account.port,
        tls=account.tls,
        user=account.user,
        password=password,
        auth="password" if account.auth == "password" else "xoauth2",
        ca_file=Path(account.ca_file).expanduser() if account.ca_file else None,
        path=Path(account.path).expanduser() if account.path else None,
        state=state_directory() / "sources" / account.name,
        folders=account.folders,
        sent=account.sent,
        without=without,
        timeout=timeout,
    )


@contextmanager
def account_opened(account: AccountConfig, *, without: frozenset[str] = frozenset()) -> Iterator[Source]:
    """An account for the length of a pass. Raises `Unreachable`, `LoginRejected`, `ConfigError`."""
    source = open_account(account, without=without)
    try:
        yield source
    finally:
        source.close()
