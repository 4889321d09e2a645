"""Status: how the accounts stand, and whether what is known is fresh enough to judge by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

from tracker.storage import LINKEDIN

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.config import Config
    from tracker.domain.coverage import Coverage
    from tracker.storage import AccountState, FolderCount, Latch, Store, UnreadableMessage

_STALE = timedelta(hours=24)

LATCHED_FOR = timedelta(days=30)
"""So long an extension that misbehaved is left alone: servers are mended, too."""


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """An account's last passes and its folders. `next_at` is when the daemon would read it again.

    `latches` are the extensions of its server that misbehaved and are left alone. `needs_sign_in`: nothing is tried
    until somebody has signed in.
    """

    state: AccountState
    folders: tuple[FolderCount, ...]
    unreadable: tuple[UnreadableMessage, ...]
    latches: tuple[Latch, ...]
    next_at: datetime
    needs_sign_in: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """All accounts. `as_of` is the moment up to which everything is read; None before the first complete pass."""

    accounts: tuple[AccountStanding, ...]
    messages: int
    connections: int
    as_of: datetime | None
    is_stale: bool


def coverage_of(store: Store, config: Config) -> Coverage:
    """What is read of the configured accounts and of LinkedIn; without any account, of those that were, as archives."""
    archives = {account.name for account in config.account if account.is_archive}
    names = [account.name for account in config.account]
    stored = [state.name for state in store.accounts()]
    archives |= {LINKEDIN} if names else set(stored)
    names += [name for name in stored if name in archives and name not in names]
    coverage = store.coverage(names)
    accounts = (replace(account, is_archive=account.name in archives) for account in coverage.accounts)
    return replace(coverage, accounts=tuple(accounts))


def standing(store: Store, config: Config, *, now: datetime) -> Standing:
    """How the configured accounts stand. They are too old to judge by after a day, or three times the interval."""
    from tracker.service.granting import needs_sign_in  # a report, which asks for the coverage, signs in nowhere

    names = [account.name for account in config.account]
    coverage = coverage_of(store, config)
    states = {state.name: state for state in store.accounts()}
    unsigned = {account.name for account in config.account if needs_sign_in(account)}
    accounts = tuple(
        AccountStanding(
            state=states[name],
            folders=tuple(store.folders(name)),
            unreadable=tuple(store.unreadable(name)),
            latches=tuple(latch for latch in store.latches(name) if now - latch.at < LATCHED_FOR),
            next_at=due_at(states[name], config.sync.every) or now,
            needs_sign_in=name in unsigned,
        )
        for name in names
        if name in states
    )
    is_polled = any(not account.is_archive for account in config.account)
    as_of = coverage.as_of
    return Standing(
        accounts=accounts,
        messages=coverage.messages,
        connections=len(store.connections()),
        as_of=as_of,
        is_stale=as_of is None or (is_polled and now - as_of > max(_STALE, 3 * config.sync.every)),
    )


MAX_REFUSED = 3
"""Refused logins in a row after which an account rests until somebody looks: providers lock accounts out."""

_LONGEST_WAIT = timedelta(minutes=30)
_SHORTEST_WAIT = timedelta(seconds=30)


def due_at(state: AccountState, every: timedelta) -> datetime | None:
    """When an account is to be read next; None if it never was, so at once.

    After failures the wait is drawn from a range that doubles each time, so that many clients of a server that comes
    back do not ask all at once; and the server itself may have said how long to leave it alone.
    """
    if state.begun_at is None:
        return None
    if not state.failures or state.failed_at is None:
        return state.begun_at + every
    doublings = min(state.failures, 10)
    longest = min(_LONGEST_WAIT, _SHORTEST_WAIT * (1 << doublings))
    due = state.failed_at + _SHORTEST_WAIT + (longest - _SHORTEST_WAIT) * _draw(state)
    return due if state.retry_at is None else max(due, state.retry_at)


def _draw(state: AccountState) -> float:
    """A number from 0 to 1 that is the same whenever it is asked for the same failure."""
    digest = blake2b(f"{state.name} {state.failed_at} {state.failures}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") / 0xFFFF_FFFF


def is_locked_out(state: AccountState) -> bool:
    """Whether logins were refused so often that another try would do harm."""
    return state.refused_logins >= MAX_REFUSED
