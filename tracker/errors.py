"""Every error a user can meet.

A broken *message* is a value (`Unreadable`), a broken *world* is one of these, a *bug* is anything else and crashes::

    TrackerError                 one line, a hint, an exit code
    ├── UsageError           2   the command line cannot mean anything
    │   ├── UnknownChoice        a name that is not among the choices
    │   ├── UnknownPerson        no connection is called that
    │   └── AmbiguousPerson      more than one connection is
    ├── ImportRejected      65   a file that cannot be used; nothing of it is imported
    ├── BackupRejected      65   a file that is no sound backup; the database stays as it was
    ├── Unreachable         69   a server does not answer, or hangs up
    │   ├── BadServerReply       it answers, but not in a way that can be relied on
    │   ├── DatabaseUnreachable  the database cannot be opened or written
    │   └── BackupFailed         no backup could be made
    ├── LoginRejected       77   the server refuses the user or the password
    │   └── SignInNeeded         nobody has signed in by browser yet, or what that gave does not hold any longer
    └── ConfigError         78   the configuration; systemd does not restart on it
        ├── SecretUnavailable    a password source that yields none
        ├── NoSuchFolder         a configured folder that the account does not have
        ├── MissingExtra         an optional part that is not installed
        ├── SchemaMismatch       a database of another version
        ├── AlreadyRunning       another daemon works on the database
        └── WrongUser            state that belongs to another user of this machine

The numbers are those of sysexits.h where it has one.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, ClassVar, Self

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta


class TrackerError(Exception):
    """What happened in one line, what to do about it, and the exit code that scripts see."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def about(self, what: str) -> Self:
        """The same error, saying first what it is about."""
        self.message = f"{what}: {self.message}"
        return self


class UsageError(TrackerError):
    """The command line cannot mean anything."""

    exit_code = 2


class UnknownChoice(UsageError):
    """A name that is not among the choices."""

    def __init__(self, what: str, name: str, choices: Sequence[str]) -> None:
        super().__init__(f"there is no {what} called {name!r}", hint=f"choose one of: {', '.join(choices)}")


class UnknownPerson(UsageError):
    """No connection is called that."""


class AmbiguousPerson(UsageError):
    """More than one connection is called that."""


class ImportRejected(TrackerError):
    """An input file that cannot be used; nothing of it is imported."""

    exit_code = 65


class BackupRejected(TrackerError):
    """A file that is no sound backup; the database stays as it was."""

    exit_code = 65


class Unreachable(TrackerError):
    """A server does not answer, or hangs up. `retry_after` is how long it wants to be left alone, if it says so."""

    exit_code = 69

    def __init__(self, message: str, *, hint: str, retry_after: timedelta | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class BadServerReply(Unreachable):
    """A server answers, but not in a way that can be relied on."""


class DatabaseUnreachable(Unreachable):
    """The database cannot be opened or written."""


class BackupFailed(Unreachable):
    """No backup could be made, and nothing of one is left."""


class LoginRejected(TrackerError):
    """The server refuses the user or the password. `retry_after` is set where trying again later can do no harm."""

    exit_code = 77

    def __init__(self, message: str, *, hint: str, retry_after: timedelta | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class SignInNeeded(LoginRejected):
    """An account to which a person has to sign in, for the first time or again; until then nothing is tried."""

    def __init__(self, account: str, why: str) -> None:
        super().__init__(f"a sign-in is needed: {why}", hint=f"run: tracker auth login {account}")
        self.why = why


class ConfigError(TrackerError):
    """The configuration cannot be used. `problems` holds all of them, one line each, with their dotted key."""

    exit_code = 78

    def __init__(self, message: str, *, hint: str, problems: Sequence[str] = ()) -> None:
        super().__init__(message, hint=hint)
        self.problems = tuple(problems)


class SecretUnavailable(ConfigError):
    """A password source that yields none."""


class NoSuchFolder(ConfigError):
    """A configured folder that the account does not have."""


class MissingExtra(ConfigError):
    """An optional part of the program that is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs a part that is not installed",
            hint=f"install it with: {sys.executable} -m pip install 'responsiveness-tracker[{extra}]'",
        )


class SchemaMismatch(ConfigError):
    """A database of another version than this program's."""


class AlreadyRunning(ConfigError):
    """Another daemon works on the database. `lingers` is how long it may seem to after it has ended."""

    def __init__(self, who: str, *, lingers: timedelta) -> None:
        super().__init__(
            f"another {who} works on this database",
            hint="stop it with systemctl stop tracker, or use another [database]",
        )
        self.lingers = lingers


class WrongUser(ConfigError):
    """State that belongs to another user of this machine."""
