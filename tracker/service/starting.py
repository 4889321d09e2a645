"""What the daemon looks at before it begins: whether there is anything to watch, and the secrets that it needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tracker.errors import ConfigError, TrackerError
from tracker.signin import from_credential, from_file
from tracker.signin.oauth2 import demand_extra

if TYPE_CHECKING:
    from tracker.config import AccountConfig, Config


def demand_accounts(config: Config) -> None:
    """Raises `ConfigError` if there is no account to watch, or one that a service cannot watch."""
    if not config.account:
        raise ConfigError("no account is configured, so there is nothing to watch", hint="tracker init adds one")
    if ringing := [account.name for account in config.account if account.keyring]:
        raise ConfigError(
            f"keyring = true ({', '.join(ringing)}) is for a desktop; a service has no keyring that is unlocked",
            hint="use credential, password_file or password_command",
        )
    for provider in {account.oauth2 for account in config.account if account.oauth2}:
        demand_extra(provider)


def demand_secrets(config: Config) -> dict[str, TrackerError]:
    """The accounts without the secret that they name, and why. Raises the first of these if no account is left.

    Files and credentials are looked at; a command is not run, since it may ask a person or cost a token.
    """
    missing = {account.name: error for account in config.account if (error := _why_missing(account)) is not None}
    if len(missing) == len(config.account):
        for name, error in missing.items():
            raise error.about(name)
    return missing


def _why_missing(account: AccountConfig) -> TrackerError | None:
    try:
        if account.password_file:
            from_file(Path(account.password_file).expanduser())
        elif account.credential:
            from_credential(account.credential)
    except TrackerError as error:
        return error
    return None
