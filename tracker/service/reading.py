"""One folder of a pass: what is to be read of it, and its messages as batches of facts."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from tracker.domain.folder import Batch, Difference, Folder, FolderState, FolderStatus, Plan, Settled, plan
from tracker.domain.message import Message, Unreadable
from tracker.errors import BadServerReply, TrackerError
from tracker.parsing import parse
from tracker.service.auditing import compared, hidden, is_reassigned
from tracker.service.enriching import enriched, expect_looks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date, datetime

    from tracker.domain.message import RawMessage
    from tracker.sources import Source
    from tracker.storage import Store

BATCH = 500
"""Messages fetched at a time: what has to be asked for again when the line is cut."""

AHEAD = 3
"""Batches that are asked for before they are needed."""

TOGETHER = 2000
"""Messages stored at a time where they come quickly: each transaction writes to pages all over the indices."""

LONGEST_HELD = 1.0
"""Seconds since the last was stored after which the next that comes is, too: how often progress shows."""


class Progress(Protocol):
    """Who is told how a sync goes on."""

    def begin(self, account: str, messages: int) -> None:
        """So many messages of the account are to be read."""
        ...

    def advance(self, account: str, messages: int) -> None:
        """So many more of them are stored."""
        ...


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over one account: what it reads from, where it writes to, and who may end it.

    since       the day from which on mail is wanted
    started_at  when the pass began; what came in before is covered once it is complete
    """

    store: Store
    source: Source
    account: str
    since: date
    started_at: datetime
    clock: Callable[[], datetime]
    progress: Progress
    is_stopped: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done with a folder, as the plan has it.

    fresh    UIDs that were given out since the last pass, up to the UIDNEXT of `status`
    again    UIDs below: read late, tried again after a failure, or drafts
    missing  UIDs that were given out and gone before they were seen
    settled  how the folder stands afterwards
    notes    what was found to differ from what was known, a line each
    hidden   messages that the server counts and does not name
    """

    folder: Folder
    status: FolderStatus
    is_first: bool
    fresh: Sequence[int]
    again: tuple[int, ...]
    missing: int
    since: date | None
    settled: Settled
    notes: tuple[str, ...] = ()
    hidden: int = 0

    @property
    def messages(self) -> int:
        """How many messages are to be read."""
        return len(self.fresh) + len(self.again)


def task_of(work: Pass, folder: Folder) -> Task | None:
    """What is to be done with a folder; None if nothing is. One whose UIDs mean something else now is read afresh."""
    status = work.source.status(folder)
    known = work.store.folder_state(work.account, folder.name)
    todo = plan(known, status, since=work.since, now=work.started_at)
    notes: tuple[str, ...] = ()
    if todo.is_idle:
        return None
    if not todo.is_first and is_reassigned(work, folder, todo):
        todo = replace(plan(None, status, since=work.since, now=work.started_at), forget=True)
        notes = (f"{folder.name}: the server gave old UIDs to other messages; the folder is read again",)
    if todo.forget:
        work.store.forget_uids(work.account, folder.name)
    return _task(work, folder, status, todo, notes)


def _task(work: Pass, folder: Folder, status: FolderStatus, todo: Plan, notes: tuple[str, ...]) -> Task:
    fresh = work.source.uids(folder, todo.first, todo.last, todo.since) if todo.span else []
    differing = compared(work, folder, todo) if todo.audit else Difference()
    unnamed = _hidden(work, folder, status, todo, len(fresh), differing)
    late = len(differing.late) - len(differing.retried)
    if late:
        notes = (*notes, f"{folder.name}: {late} older messages were not read before")
    return Task(
        folder=folder,
        status=status,
        is_first=todo.is_first,
        fresh=fresh,
        again=tuple(sorted({*differing.late, *todo.drafts})),
        missing=0 if todo.is_first or status.is_sparse else todo.span - len(fresh),
        since=todo.since,
        settled=Settled(
            since=todo.floor if todo.audit else todo.since,
            audited_at=work.started_at if (todo.audit or todo.is_first) and not unnamed else None,
            modseq=status.modseq,
            gone=differing.gone,
            retried=differing.retried,
        ),
        notes=notes,
        hidden=unnamed,
    )


def _hidden(work: Pass, folder: Folder, status: FolderStatus, todo: Plan, fresh: int, differing: Difference) -> int:
    """How many messages the server keeps to itself, as far as a comparison of all UIDs tells."""
    if todo.is_first and status.messages:
        # What came in before `since` is counted by the server, too.
        return hidden(work, folder, status, len(work.source.uids(folder, 1, todo.last, None)))
    return hidden(work, folder, status, fresh + differing.existing) if todo.audit else 0


def batches(work: Pass, task: Task) -> Iterator[Batch]:
    """The folder's batches, the new messages first; each moves the state on, the last new one to the UIDNEXT.

    Each is still to be `looked_into`. While one is made into facts and stored, the server works at what follows. Not
    before the first of them is: the next may be where the line dies, and then no pass would ever store anything.
    """
    pieces = _pieces(task.fresh) or [()]
    for number, piece in enumerate(pieces):
        is_first, is_last = number == 0, number == len(pieces) - 1
        _expect(work, task.folder, () if is_first else pieces[number : number + AHEAD])
        read = _read(work, task.folder, piece)
        batch = _batch(
            work,
            task,
            read,
            next_uid=task.status.uidnext if is_last else piece[-1] + 1,
            is_begun_only=task.is_first and not is_last,
            missing=len(read.gone) + (task.missing if is_last else 0),
        )
        expect_looks(work.source, task.folder, batch.messages)
        _expect(work, task.folder, () if is_first else pieces[number + 1 : number + 1 + AHEAD])
        yield batch
    for piece in _pieces(task.again):
        read = _read(work, task.folder, piece)
        batch = _batch(work, task, read, next_uid=task.status.uidnext, gone=read.gone)
        expect_looks(work.source, task.folder, batch.messages)
        yield batch


def _expect(work: Pass, folder: Folder, pieces: Iterable[Sequence[int]]) -> None:
    for piece in pieces:
        work.source.expect(folder, piece)


def together(read: Iterable[Batch]) -> Iterator[Batch]:
    """A folder's batches, the first alone, then several as one where they come quickly.

    Those wait until the next batch is there, while what will be asked about them is under way. When reading fails, what
    was read comes first.
    """
    held: Batch | None = None
    full: Batch | None = None
    since = -math.inf
    try:
        for batch in read:
            if full is not None:
                yield full
                full, since = None, time.monotonic()
            held = batch if held is None else held + batch
            if held.size >= TOGETHER:
                held, full = None, held
            elif time.monotonic() - since >= LONGEST_HELD:
                yield held
                held, since = None, time.monotonic()
    except TrackerError:
        yield from (left for left in (full, held) if left is not None)
        raise
    yield from (left for left in (full, held) if left is not None)


def looked_into(work: Pass, batch: Batch) -> Batch:
    """The batch with what its header fields leave open."""
    return replace(batch, messages=enriched(work.source, batch.folder, batch.messages, work.clock()))


def _pieces(uids: Sequence[int]) -> list[Sequence[int]]:
    return [uids[start : start + BATCH] for start in range(0, len(uids), BATCH)]


@dataclass(frozen=True, slots=True)
class _Read:
    """What became of some UIDs: messages, those that the server has and does not give, and those that have gone."""

    raws: Sequence[RawMessage]
    refused: Sequence[int]
    gone: Sequence[int]


def _batch(
    work: Pass,
    task: Task,
    read: _Read,
    *,
    next_uid: int,
    is_begun_only: bool = False,
    missing: int = 0,
    gone: Sequence[int] = (),
) -> Batch:
    facts = [(raw.uid, parse(raw, role=task.folder.role, now=work.clock())) for raw in read.raws if not raw.is_draft]
    refused = [Unreadable(uid, "the server does not give its header") for uid in read.refused]
    return Batch(
        account=work.account,
        folder=task.folder,
        messages=[(uid, fact) for uid, fact in facts if isinstance(fact, Message)],
        unreadable=[*refused, *(fact for _, fact in facts if isinstance(fact, Unreadable))],
        state=FolderState(task.status.uidvalidity, next_uid, is_begun_only=is_begun_only, since=task.since),
        missing=missing,
        drafts=[raw.uid for raw in read.raws if raw.is_draft],
        gone=gone,
    )


def _read(work: Pass, folder: Folder, uids: Sequence[int]) -> _Read:
    """Ask for messages; for those that do not come, whether they are there, and then for each alone."""
    raws = _given(work, folder, uids)
    lacking = [uid for uid in uids if uid not in raws]
    there = set(work.source.uids(folder, lacking[0], lacking[-1], None)) if lacking else set()
    for uid in lacking:
        if uid in there:
            raws.update({raw.uid: raw for raw in work.source.fetch(folder, [uid]) if raw.uid == uid})
    return _Read(
        raws=[raws[uid] for uid in sorted(raws)],
        refused=[uid for uid in lacking if uid in there and uid not in raws],
        gone=[uid for uid in lacking if uid not in there],
    )


def _given(work: Pass, folder: Folder, uids: Sequence[int]) -> dict[int, RawMessage]:
    """What the server gives of these messages; nothing if it refuses them all but gives another of the folder.

    Raises `BadServerReply` if it gives nothing at all: then the messages are not to blame.
    """
    if not uids:
        return {}
    try:
        return {raw.uid: raw for raw in work.source.fetch(folder, uids)}
    except BadServerReply:
        known = work.store.sample(work.account, folder.name, 1)
        if not known or not work.source.fetch(folder, sorted(known)):
            raise
        return {}
