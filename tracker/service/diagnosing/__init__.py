"""Diagnosing: what keeps this program from its work, on this machine and at each account's server."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import TYPE_CHECKING

from tracker import __version__
from tracker.config import config_path, load_config
from tracker.domain.diagnosis import Diagnosis, Finding, Patient
from tracker.errors import ConfigError
from tracker.service.diagnosing import _machine, _mailbox, _server
from tracker.service.diagnosing._checks import run
from tracker.service.diagnosing._visit import Visit

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tracker.config import AccountConfig, Config


def diagnose(
    chosen: Path | None,
    only: str | None,
    *,
    clock: Callable[[], datetime],
    heed: Callable[[str], None] = lambda _: None,
) -> Diagnosis:
    """Look at everything; of the accounts at `only`, if it names one. Nothing is changed, here or there.

    `chosen` is the configuration file that the user named, if any. `clock` tells the moment, aware. `heed` is told
    which account is looked at. A broken configuration is a finding. Raises `UnknownChoice` for an account that is not
    there, and `ConfigError` for any where there is none.
    """
    at = clock()
    machine = _examined(chosen, at)
    accounts = _accounts(machine.config, only)
    findings = list(run(_machine.CHECKS, machine))
    for account in accounts:
        heed(account.name)
        findings += _visited(account, clock)
    return Diagnosis(
        at=at,
        version=__version__,
        system=f"Python {platform.python_version()} on {platform.system()} {platform.machine()}",
        patients=tuple(Patient(account.name, _words(account)) for account in accounts),
        findings=tuple(findings),
        masked=_masked(machine.config),
    )


def _examined(chosen: Path | None, now: datetime) -> _machine.Machine:
    path = None
    try:
        path = config_path(chosen)
        return _machine.Machine(now, path, load_config(path))
    except ConfigError as problem:
        return _machine.Machine(now, path, None, problem)


def _accounts(config: Config | None, only: str | None) -> list[AccountConfig]:
    if config is None:
        return []
    return config.account if only is None else [config.account_called(only)]


def _visited(account: AccountConfig, clock: Callable[[], datetime]) -> list[Finding]:
    checks = _mailbox.ARCHIVE_CHECKS if account.is_archive else (*_server.CHECKS, *_mailbox.CHECKS)
    visit = Visit(account, clock)
    try:
        return list(run(checks, visit, account.name))
    finally:
        visit.end()


def _words(account: AccountConfig) -> str:
    return f"{account.type} at {account.path}" if account.is_archive else f"{account.user} at {account.host}"


def _masked(config: Config | None) -> tuple[tuple[str, str], ...]:
    """What must not stand in a report about a bug: who signs in, and whose home this is."""
    users = [] if config is None else [account.user for account in config.account if account.user]
    own = [] if config is None else [str(address) for address in config.me.addresses]
    words = {word: "USER" for word in {*users, *own} if "@" not in word}
    return (*sorted(words.items(), key=lambda pair: -len(pair[0])), (str(Path.home()), "~"))
