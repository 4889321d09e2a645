"""What is accounted for in each folder: UIDs read, failed or missing, and where the reading stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from tracker.domain.folder import FolderState
from tracker.sanitizer import storable
from tracker.storage._accounts import account_id
from tracker.storage._rows import delete_in, insert_missing, insert_new, select_in
from tracker.storage._schema import account, draft, folder, location, unread

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Connection, Row, Select

    from tracker.domain.folder import Batch, Folder


def state_of(db: Connection, account_name: str, name: str) -> FolderState | None:
    """Where the reading of a folder stands; None if it was never read."""
    row = db.execute(folder_row(account_name, name)).one_or_none()
    if row is None:
        return None
    return FolderState(
        uidvalidity=row.uidvalidity,
        next_uid=row.next_uid,
        is_begun_only=row.is_begun_only,
        since=row.since,
        audited_at=row.audited_at,
        modseq=row.modseq,
        drafts=tuple(db.scalars(select(draft.c.uid).where(draft.c.folder_id == row.id).order_by(draft.c.uid))),
    )


def folder_row(account_name: str, name: str) -> Select[Any]:
    """The query for a folder's row."""
    chosen = select(folder).join(account).where(account.c.name == storable(account_name))
    return chosen.where(folder.c.name == storable(name))


def forget(db: Connection, account_name: str, name: str) -> None:
    """Forget a folder's UIDs and its state; what was learned from its messages stays."""
    row = db.execute(folder_row(account_name, name)).one_or_none()
    if row is not None:
        _drop(db, [row.id])


def retain(db: Connection, account_name: str, folders: Sequence[Folder]) -> None:
    """Forget the folders of an account that are not among `folders`, and note what each is for now."""
    roles = {storable(kept.name): kept.role.value for kept in folders}
    chosen = select(folder.c.id, folder.c.name, folder.c.role).join(account)
    rows = db.execute(chosen.where(account.c.name == storable(account_name))).all()
    _drop(db, [row.id for row in rows if row.name not in roles])
    for row in rows:
        role = roles.get(row.name, row.role)
        if role != row.role:
            db.execute(update(folder).where(folder.c.id == row.id).values(role=role))


def _drop(db: Connection, ids: Collection[int]) -> None:
    if ids:
        db.execute(delete(folder).where(folder.c.id.in_(ids)))


def record(db: Connection, batch: Batch, numbers: dict[str, int]) -> None:
    """Record where the messages of a batch lie, which UIDs failed or are drafts, and the state that it leads to.

    `numbers` gives the row of each message by its identity, none for mail of people who were erased. A batch that
    comes again changes nothing.
    """
    row = db.execute(folder_row(batch.account, batch.folder.name)).one_or_none()
    number = _begin(db, batch) if row is None else row.id
    where = {uid: numbers.get(fact.identity, 0) for uid, fact in batch.messages}
    fresh = insert_missing(db, location, [(number, uid, row_id) for uid, row_id in where.items()])
    located = _located(
        db, number, [*(where if fresh < len(where) else ()), *(failed.uid for failed in batch.unreadable)]
    )
    _move(db, number, {uid: where[uid] for uid in where if located.get(uid, where[uid]) != where[uid]})
    for table, uids in ((unread, [*where, *batch.drafts, *batch.gone]), (draft, [*where, *batch.gone])):
        if db.scalar(select(table.c.uid).where(table.c.folder_id == number).limit(1)) is not None:
            delete_in(db, table.c.uid, uids, folder_id=number)
    insert_missing(db, draft, [(number, uid) for uid in batch.drafts])
    failures = [
        {"folder_id": number, "uid": failed.uid, "error": storable(failed.error)}
        for failed in batch.unreadable
        if failed.uid not in located and failed.uid not in where
    ]
    insert_new(db, unread, failures)
    _advance(db, number, batch, row)
    _note_newest(db, batch)
    db.execute(update(folder).where(folder.c.id == number).values(messages=folder.c.messages + fresh))


def _begin(db: Connection, batch: Batch) -> int:
    values = {
        "account_id": account_id(db, batch.account),
        "name": storable(batch.folder.name),
        "role": batch.folder.role.value,
        "uidvalidity": batch.state.uidvalidity,
        "next_uid": 0,
        "is_begun_only": True,
        "messages": 0,
        "missing": 0,
        "since": batch.state.since,
    }
    number: int = db.execute(insert(folder).values(values).returning(folder.c.id)).scalar_one()
    return number


def _located(db: Connection, number: int, uids: Collection[int]) -> dict[int, int]:
    lying = select_in(db, (location.c.uid, location.c.message_id), uids, folder_id=number)
    return dict(lying)


def _move(db: Connection, number: int, moved: dict[int, int]) -> None:
    """A UID that means another message than before: the server broke its promise, the latest word counts."""
    for uid, message_id in moved.items():
        chosen = update(location).where(location.c.folder_id == number, location.c.uid == uid)
        db.execute(chosen.values(message_id=message_id))


def _note_newest(db: Connection, batch: Batch) -> None:
    """Up to when an account's mail reaches."""
    newest = max((at for _, fact in batch.messages if (at := fact.arrived_at) is not None), default=None)
    if newest is not None:
        older = account.c.newest_at.is_(None) | (account.c.newest_at < newest)
        db.execute(update(account).where(account.c.name == storable(batch.account), older).values(newest_at=newest))


def _advance(db: Connection, number: int, batch: Batch, row: Row[Any] | None) -> None:
    """Move the state on; never back while UIDVALIDITY stays the same, so that a repeated batch does no harm."""
    state = batch.state
    next_uid, is_begun_only, missing = state.next_uid, state.is_begun_only, batch.missing
    if row is not None:
        missing += row.missing
        if row.uidvalidity == state.uidvalidity and row.next_uid >= state.next_uid:
            next_uid, missing = row.next_uid, row.missing
            is_begun_only = row.is_begun_only and (state.is_begun_only or row.next_uid > state.next_uid)
    read_at = select(account.c.begun_at).where(account.c.name == storable(batch.account)).scalar_subquery()
    db.execute(
        update(folder)
        .where(folder.c.id == number)
        .values(
            role=batch.folder.role.value,
            uidvalidity=state.uidvalidity,
            next_uid=next_uid,
            is_begun_only=is_begun_only,
            missing=missing,
            read_at=read_at,
        )
    )
