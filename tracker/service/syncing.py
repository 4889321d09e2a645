"""Sync: what is new in an account's folders becomes facts, a batch a transaction; the mailbox is only read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from tracker.errors import BadServerReply, LoginRejected, SignInNeeded, TrackerError, Unreachable
from tracker.service.access import account_opened
from tracker.service.reading import BATCH, Pass, Progress, batches, looked_into, task_of, together
from tracker.service.standing import LATCHED_FOR
from tracker.storage import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from tracker.config import AccountConfig, Config
    from tracker.service.reading import Task
    from tracker.sources import Source
    from tracker.storage import Store

__all__ = ["BATCH", "SINCE_REMEDY", "Progress", "Silence", "Synced", "left_alone", "since_to_come", "sync_account"]

SINCE_REMEDY = "write an earlier day, or how far back such as 730d; if that day has come, set this machine's clock"
"""What to do about a `since_to_come`."""

_FURTHEST_EAST = timedelta(hours=14)
"""The offset from UTC of the places where a day begins first."""


class Silence:
    """Tells nobody."""

    def begin(self, account: str, messages: int) -> None:
        """Say nothing."""

    def advance(self, account: str, messages: int) -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True)
class Synced:
    """What a pass over an account came to. `is_complete` is false if it was told to stop on the way.

    `notes` say what was found to differ from what was known, a line each.
    """

    account: str
    new: int = 0
    read: int = 0
    unreadable: int = 0
    is_complete: bool = True
    notes: tuple[str, ...] = ()


def sync_account(
    store: Store,
    account: AccountConfig,
    config: Config,
    *,
    clock: Callable[[], datetime],
    progress: Progress | None = None,
    connect: Callable[[AccountConfig], AbstractContextManager[Source]] | None = None,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Synced:
    """One complete pass over an account. A failure is recorded for `status` and raised; to be stopped is none."""
    started_at = clock()
    store.begin_pass(account.name, started_at)
    opened = connect or partial(account_opened, without=left_alone(store, account.name, started_at))
    try:
        with opened(account) as source:
            since = _first_day(config, started_at)
            work = Pass(store, source, account.name, since, started_at, clock, progress or Silence(), is_stopped)
            try:
                synced = _read(work)
            finally:
                store.note_latches(account.name, source.misbehaved, started_at)
    except TrackerError as error:
        if is_stopped():
            return Synced(account.name, is_complete=False)
        store.fail_pass(account.name, _failure(error, clock()))
        raise error.about(account.name) from error.__cause__
    return synced


def left_alone(store: Store, account: str, now: datetime) -> frozenset[str]:
    """The extensions of the account's server that misbehaved lately and are not to be used."""
    return frozenset(latch.extension for latch in store.latches(account) if now - latch.at < LATCHED_FOR)


def _failure(error: TrackerError, now: datetime) -> Failure:
    wait = error.retry_after if isinstance(error, Unreachable | LoginRejected) else None
    return Failure(
        at=now,
        error=error.message,
        # What locks an account out is a password that is tried again and again.
        login_refused=isinstance(error, LoginRejected) and not isinstance(error, SignInNeeded) and wait is None,
        retry_at=None if wait is None else now + wait,
    )


def _first_day(config: Config, now: datetime) -> date:
    """The day from which on mail is wanted: what is not kept need not be read."""
    since, keep = config.sync.since, config.database.keep
    wanted = (now - since).date() if isinstance(since, timedelta) else since
    return wanted if keep is None else max(wanted, (now - keep).date())


def since_to_come(config: Config, now: datetime) -> str:
    """That `since` is a day which has begun nowhere on earth yet, in words; empty if it has, or is a duration.

    No error: to a clock that is behind any day is still to come.
    """
    since = config.sync.since
    if isinstance(since, timedelta) or since <= (now + _FURTHEST_EAST).date():
        return ""
    return f'since = "{since}" under [sync] is a day to come: a first sync leaves out all mail before it'


def _read(work: Pass) -> Synced:
    synced = Synced(work.account)
    folders = work.source.folders()
    tasks: list[Task] = []
    for folder in folders:
        task = task_of(work, folder)
        if work.is_stopped():
            return replace(synced, is_complete=False)
        tasks += [] if task is None else [task]
    work.progress.begin(work.account, sum(task.messages for task in tasks))
    for task in tasks:
        for held in together(batches(work, task)):
            batch = looked_into(work, held)
            new = work.store.add(batch)
            read = len(batch.messages) + len(batch.unreadable)
            work.progress.advance(work.account, read)
            synced = replace(
                synced,
                new=synced.new + new,
                read=synced.read + read,
                unreadable=synced.unreadable + len(batch.unreadable),
            )
            if work.is_stopped():
                return replace(synced, is_complete=False)
        work.store.settle(work.account, task.folder.name, task.settled)
        synced = replace(synced, notes=(*synced.notes, *task.notes))
    work.store.retain_folders(work.account, folders)
    _demand_everything(tasks)
    work.store.complete_pass(work.account, work.started_at)
    return synced


def _demand_everything(tasks: Sequence[Task]) -> None:
    """A message that a server keeps to itself may be an answer: nothing is covered until it is there, or gone.

    Raises `BadServerReply`.
    """
    for task in tasks:
        if task.hidden:
            raise BadServerReply(
                f"the server counts {task.hidden} more messages in folder {task.folder.name!r} than it names",
                hint="what it named is read; if this stays, leave the folder out with `folders` in [[account]]",
            )
