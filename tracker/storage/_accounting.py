"""Every UID of a folder: which is accounted for and how, compared with what the server has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select, update

from tracker.domain.folder import Accounted
from tracker.domain.message import FolderRole
from tracker.sanitizer import storable
from tracker.storage._folders import folder_row
from tracker.storage._rows import pieces
from tracker.storage._schema import account, draft, folder, location, message, unread
from tracker.storage._values import FolderCount, UnreadableMessage

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

    from tracker.domain.folder import Settled

PAGE = 20_000
"""UIDs of stored messages that are compared at a time, so that memory does not grow with the folder."""


def accounted(db: Connection, account_name: str, name: str, after: int, before: int) -> Accounted:
    """What is accounted for of the UIDs above `after`, up to a page of messages further or up to `before`."""
    row = db.execute(folder_row(account_name, name)).one_or_none()
    if row is None:
        return Accounted(before - 1, frozenset(), frozenset(), frozenset())
    lying = select(location.c.uid).where(location.c.folder_id == row.id, location.c.uid > after)
    seen = list(db.scalars(lying.where(location.c.uid < before).order_by(location.c.uid).limit(PAGE)))
    last = seen[-1] if len(seen) == PAGE else before - 1
    failed, drafts = (_between(db, table, row.id, after, last) for table in (unread, draft))
    return Accounted(last, frozenset(seen), failed, drafts)


def _between(db: Connection, table: Table, number: int, after: int, last: int) -> frozenset[int]:
    chosen = select(table.c.uid).where(table.c.folder_id == number, table.c.uid > after, table.c.uid <= last)
    return frozenset(db.scalars(chosen))


def sample(db: Connection, account_name: str, name: str, size: int) -> dict[int, str]:
    """The identities of a few messages by their UIDs, the first and the last of the folder among them.

    Only such as have a Message-ID: the others' identity is their header, of which later versions may ask for more.
    """
    row = db.execute(folder_row(account_name, name)).one_or_none()
    here = location.c.folder_id == (row.id if row is not None else -1)
    # Each in a query of its own: SQLite looks both ends up in the key, but scans a folder for the two together.
    first = db.scalar(select(func.min(location.c.uid)).where(here))
    last = db.scalar(select(func.max(location.c.uid)).where(here))
    if first is None or last is None:
        return {}
    lying = select(location.c.uid, message.c.identity).join(message, message.c.id == location.c.message_id)
    chosen = lying.where(here, message.c.msg_id.is_not(None)).limit(1)
    found: dict[int, str] = {}
    for step in range(size):
        place = first + (last - first) * step // max(1, size - 1)
        upward = chosen.where(location.c.uid >= place).order_by(location.c.uid)
        downward = chosen.where(location.c.uid < place).order_by(location.c.uid.desc())
        near = db.execute(upward).one_or_none() or db.execute(downward).one_or_none()
        if near is not None:
            found[near.uid] = near.identity.hex()
    return found


def settle(db: Connection, account_name: str, name: str, settled: Settled) -> None:
    """Note how a folder stands after a pass. What lies there no longer is forgotten as to its place; facts stay."""
    row = db.execute(folder_row(account_name, name)).one_or_none()
    if row is None:
        return
    lost = 0
    for piece in pieces(settled.gone):
        for table in (location, unread, draft):
            count = db.execute(delete(table).where(table.c.folder_id == row.id, table.c.uid.in_(piece))).rowcount
            lost += count if table is location else 0
    for piece in pieces(settled.retried):
        still = (unread.c.folder_id == row.id) & unread.c.uid.in_(piece)
        db.execute(update(unread).where(still).values(tries=unread.c.tries + 1))
    told = {"since": settled.since, "audited_at": settled.audited_at, "modseq": settled.modseq}
    values: dict[str, Any] = {key: value for key, value in told.items() if value is not None}
    values["messages"] = row.messages - lost
    db.execute(update(folder).where(folder.c.id == row.id).values(**values))


def counts(db: Connection, account_name: str) -> list[FolderCount]:
    """The folders of an account, by name."""
    failed = select(unread.c.folder_id, func.count().label("unreadable")).group_by(unread.c.folder_id).subquery()
    drafts = select(func.count()).where(draft.c.folder_id == folder.c.id).scalar_subquery().label("drafts")
    columns = select(folder, func.coalesce(failed.c.unreadable, 0).label("unreadable"), drafts)
    joined = columns.join(account).outerjoin(failed, failed.c.folder_id == folder.c.id)
    rows = db.execute(joined.where(account.c.name == storable(account_name)).order_by(folder.c.name))
    return [
        FolderCount(
            name=row.name,
            role=FolderRole(row.role),
            messages=row.messages,
            unreadable=row.unreadable,
            missing=row.missing,
            next_uid=row.next_uid,
            read_at=row.read_at,
            drafts=row.drafts,
            is_begun_only=row.is_begun_only,
        )
        for row in rows
    ]


def unreadable(db: Connection, account_name: str | None) -> list[UnreadableMessage]:
    """The messages of an account (None: of all) of which no facts could be read, by account, folder and UID."""
    columns = select(account.c.name, folder.c.name.label("folder"), unread.c.uid, unread.c.error, unread.c.tries)
    chosen = columns.select_from(unread).join(folder).join(account)
    if account_name is not None:
        chosen = chosen.where(account.c.name == storable(account_name))
    rows = db.execute(chosen.order_by(account.c.name, folder.c.name, unread.c.uid))
    return [UnreadableMessage(*row) for row in rows]
