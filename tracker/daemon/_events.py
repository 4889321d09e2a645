"""What can happen to the daemon that somebody may want to find or be told of; docs/operations.md explains each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.errors import (
    BackupFailed,
    ConfigError,
    DatabaseUnreachable,
    LoginRejected,
    SecretUnavailable,
    SignInNeeded,
    TrackerError,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Event:
    """`name` is TRACKER_EVENT in the journal; what an administrator has to act on has a `message_id`, too."""

    name: str
    message_id: str = ""


STARTED = Event("started")
STOPPED = Event("stopped")
RELOADED = Event("reloaded")
READ = Event("read")
NOTED = Event("noted")
RECOVERED = Event("recovered")
CHORE_DONE = Event("chore-done")
CLOCK_BROKE = Event("clock-broke", "f01c13843d3e45b9839fd0ae8e259260")
SIGN_IN_NEEDED = Event("sign-in-needed", "30cba0caaaf64b9183bc76c55cbe9340")
LOGIN_REFUSED = Event("login-refused", "fe2d484a459f4806b3f1ad1dbef74489")
SECRET_UNAVAILABLE = Event("secret-unavailable", "6030e1cd16964b65add76c0f3d8f83a8")
SERVER_UNREACHABLE = Event("server-unreachable", "a06313cb63b04da79371db82b14ac1c4")
ACCOUNT_REJECTED = Event("account-rejected", "c9533823d3bb4f678b9cb8d0e98c1e52")
DATABASE_UNREACHABLE = Event("database-unreachable", "b7a0392da9ce44248d588f57de581aea")
CONFIG_REJECTED = Event("config-rejected", "8f994f6119e441588a88d5ccbf5a54ca")
NOT_ALONE = Event("not-alone", "e8f3569f0c60422da3470afa33bcbdc0")
STUCK = Event("stuck", "e1d61a07f88d4a348e7c454063367d44")
CHORE_FAILED = Event("chore-failed", "ad907179a883406995afa852f168eb0b")
BUG = Event("bug", "308090868a254c27857f1296d5df25d4")

EVENTS = (
    STARTED, STOPPED, RELOADED, READ, NOTED, RECOVERED, CHORE_DONE, CLOCK_BROKE, SIGN_IN_NEEDED,
    LOGIN_REFUSED, SECRET_UNAVAILABLE,
    SERVER_UNREACHABLE, ACCOUNT_REJECTED, DATABASE_UNREACHABLE, CONFIG_REJECTED, NOT_ALONE, STUCK, CHORE_FAILED, BUG,
)  # fmt: skip

_OF_ERRORS: tuple[tuple[type[TrackerError], Event], ...] = (
    (SignInNeeded, SIGN_IN_NEEDED),
    (LoginRejected, LOGIN_REFUSED),
    (DatabaseUnreachable, DATABASE_UNREACHABLE),
    (BackupFailed, DATABASE_UNREACHABLE),
    (Unreachable, SERVER_UNREACHABLE),
    (SecretUnavailable, SECRET_UNAVAILABLE),
    (ConfigError, ACCOUNT_REJECTED),
)
"""Which event an error is, the first that fits."""


def event_of(error: TrackerError) -> Event:
    """The event that an error in the pass over an account is."""
    return next((event for kind, event in _OF_ERRORS if isinstance(error, kind)), BUG)


def about(event: Event, account: str = "") -> Mapping[str, object]:
    """The `extra` of a log call: what happened, and to which account, by its name in the configuration."""
    return {"tracker_event": event, "tracker_account": account}
