"""Sync: what is new in an account's folders becomes facts, a batch a transaction; the mailbox is only read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from tracker.domain.folder import Batch, Folder, FolderState, FolderStatus, Plan, plan
from tracker.domain.message import Message, RawMessage, Unreadable
from tracker.errors import LoginRejected, TrackerError
from tracker.parsing import parse
from tracker.service.access import account_opened
from tracker.service.enriching import enriched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from tracker.config import AccountConfig, Config
    from tracker.sources import Source
    from tracker.storage import Store

BATCH = 500
"""Messages fetched and stored at a time: what a cut can cost, and how often progress shows."""


class Progress(Protocol):
    """Who is told how a sync goes on."""

    def begin(self, account: str, messages: int) -> None:
        """So many messages of the account are to be read."""
        ...

    def advance(self, account: str, messages: int) -> None:
        """So many more of them are stored."""
        ...


class Silence:
    """Tells nobody."""

    def begin(self, account: str, messages: int) -> None:
        """Say nothing."""

    def advance(self, account: str, messages: int) -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True)
class Synced:
    """What a pass over an account came to. `is_complete` is false if it was told to stop on the way."""

    account: str
    new: int = 0
    read: int = 0
    unreadable: int = 0
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over one account: what it reads from, where it writes to, and who may end it."""

    store: Store
    source: Source
    account: str
    since: date
    clock: Callable[[], datetime]
    progress: Progress
    is_stopped: Callable[[], bool]


def sync_account(
    store: Store,
    account: AccountConfig,
    config: Config,
    *,
    clock: Callable[[], datetime],
    progress: Progress | None = None,
    connect: Callable[[AccountConfig], AbstractContextManager[Source]] = account_opened,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Synced:
    """One complete pass over an account. A failure is recorded for `status` and raised; to be stopped is none."""
    started_at = clock()
    store.begin_pass(account.name, started_at)
    try:
        with connect(account) as source:
            since = _first_day(config.sync.since, started_at)
            work = Pass(store, source, account.name, since, clock, progress or Silence(), is_stopped)
            synced = _read(work, started_at)
    except TrackerError as error:
        if is_stopped():
            return Synced(account.name, is_complete=False)
        store.fail_pass(account.name, clock(), error.message, login_refused=isinstance(error, LoginRejected))
        raise error.about(account.name) from error.__cause__
    return synced


def _first_day(since: timedelta | date, now: datetime) -> date:
    return (now - since).date() if isinstance(since, timedelta) else since


def _read(work: Pass, started_at: datetime) -> Synced:
    folders = work.source.folders()
    tasks: list[_Task] = []
    for folder in folders:
        if work.is_stopped():
            return Synced(work.account, is_complete=False)
        task = _task(work, folder)
        tasks += [] if task is None else [task]
    work.progress.begin(work.account, sum(len(task.uids) for task in tasks))
    synced = Synced(work.account)
    for task in tasks:
        for batch in _batches(work, task):
            if work.is_stopped():
                return replace(synced, is_complete=False)
            new = work.store.add(batch)
            read = len(batch.messages) + len(batch.unreadable)
            work.progress.advance(work.account, read)
            synced = replace(
                synced,
                new=synced.new + new,
                read=synced.read + read,
                unreadable=synced.unreadable + len(batch.unreadable),
            )
    work.store.retain_folders(work.account, folders)
    work.store.complete_pass(work.account, started_at)
    return synced


@dataclass(frozen=True, slots=True)
class _Task:
    """What is to be read of a folder: these UIDs, up to the UIDNEXT of this status."""

    folder: Folder
    status: FolderStatus
    uids: tuple[int, ...]
    missing: int


def _task(work: Pass, folder: Folder) -> _Task | None:
    """What is new in a folder; None if nothing is. A folder whose UIDs mean something else now is read afresh."""
    status = work.source.status(folder)
    known = work.store.folder_state(work.account, folder.name)
    todo = plan(known, status)
    if todo.forget:
        work.store.forget_uids(work.account, folder.name)
    is_first = known is None or known.is_begun_only or todo.forget
    if todo.is_idle and not is_first:
        return None
    uids = (
        () if todo.is_idle else tuple(work.source.uids(folder, todo.first, todo.last, work.since if is_first else None))
    )
    return _Task(folder, status, uids, missing=0 if is_first else _span(todo) - len(uids))


def _span(todo: Plan) -> int:
    return max(0, todo.last - todo.first + 1)


def _batches(work: Pass, task: _Task) -> Iterator[Batch]:
    """The folder's batches in the order of UIDs; each moves the state on, the last one to the folder's UIDNEXT."""
    pieces = [task.uids[start : start + BATCH] for start in range(0, len(task.uids), BATCH)] or [()]
    for number, piece in enumerate(pieces, start=1):
        is_last = number == len(pieces)
        next_uid = task.status.uidnext if is_last else piece[-1] + 1
        messages, unreadable, vanished = _fetch(work, task.folder, piece)
        yield Batch(
            account=work.account,
            folder=task.folder,
            messages=messages,
            unreadable=unreadable,
            state=FolderState(task.status.uidvalidity, next_uid, is_begun_only=not is_last),
            missing=vanished + (task.missing if is_last else 0),
        )


def _fetch(work: Pass, folder: Folder, uids: Sequence[int]) -> tuple[list[tuple[int, Message]], list[Unreadable], int]:
    """The facts of these messages, those that cannot be read, and how many have gone meanwhile."""
    raws = {raw.uid: raw for raw in work.source.fetch(folder, uids)} if uids else {}
    unreadable: list[Unreadable] = []
    vanished = 0
    for uid in uids:
        if uid in raws:
            continue
        alone = {raw.uid: raw for raw in work.source.fetch(folder, [uid])}
        if uid in alone:
            raws[uid] = alone[uid]
        elif work.source.uids(folder, uid, uid, None):
            unreadable.append(Unreadable(uid, "the server does not give its header"))
        else:
            vanished += 1
    messages: list[tuple[int, Message]] = []
    for uid in sorted(raws):
        fact = _fact(work, raws[uid], folder)
        if isinstance(fact, Unreadable):
            unreadable.append(fact)
        elif fact is not None:
            messages.append((uid, fact))
    return enriched(work.source, folder, messages, work.clock()), unreadable, vanished


def _fact(work: Pass, raw: RawMessage, folder: Folder) -> Message | Unreadable | None:
    """What is known of a message; a draft is no fact until it is sent."""
    return None if raw.is_draft else parse(raw, role=folder.role, now=work.clock())
