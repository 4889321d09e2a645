"""How the passes over each account went, and what the accounts together cover."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, delete, func, insert, select, update

from tracker.domain.coverage import AccountCoverage, Coverage, is_at_limit
from tracker.domain.message import FolderRole
from tracker.sanitizer import storable
from tracker.storage import _horizon, _meta
from tracker.storage._schema import account, folder, latch, location, mailbox, message, unread
from tracker.storage._types import UtcDateTime
from tracker.storage._values import AccountState, Latch

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import Connection, Row

    from tracker.domain.message import AddrSpec
    from tracker.storage._values import Failure

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def account_id(db: Connection, name: str) -> int:
    """The row of an account, made if there is none."""
    known = db.scalar(select(account.c.id).where(account.c.name == storable(name)))
    if known is None:
        values = {"name": storable(name), "failures": 0, "refused_logins": 0}
        known = db.execute(insert(account).values(values).returning(account.c.id)).scalar_one()
    return int(known)


def begin(db: Connection, name: str, at: datetime) -> None:
    """A pass begins."""
    db.execute(update(account).where(account.c.id == account_id(db, name)).values(begun_at=at))


def complete(db: Connection, name: str, started_at: datetime) -> None:
    """A pass that began at `started_at` has read everything."""
    number = account_id(db, name)
    cleared = {"failed_at": None, "error": None, "failures": 0, "refused_logins": 0, "retry_at": None}
    db.execute(update(account).where(account.c.id == number).values(synced_at=started_at, **cleared))
    db.execute(update(folder).where(folder.c.account_id == number).values(read_at=started_at))


def fail(db: Connection, name: str, failure: Failure) -> None:
    """A pass failed. A server that was not reached says nothing about the password: refusals stay counted."""
    db.execute(
        update(account)
        .where(account.c.id == account_id(db, name))
        .values(
            failed_at=failure.at,
            error=storable(failure.error),
            failures=account.c.failures + 1,
            refused_logins=account.c.refused_logins + int(failure.login_refused),
            retry_at=failure.retry_at,
        )
    )


def note_latches(db: Connection, name: str, reasons: Mapping[str, str], at: datetime) -> None:
    """Extensions that misbehaved; one that did before gets the new reason and time."""
    number = account_id(db, name)
    for extension, reason in reasons.items():
        here = (latch.c.account_id == number) & (latch.c.extension == extension)
        db.execute(delete(latch).where(here))
        db.execute(insert(latch).values(account_id=number, extension=extension, reason=storable(reason), at=at))


def latches(db: Connection, name: str) -> list[Latch]:
    """The extensions that misbehaved, by name."""
    chosen = select(latch.c.extension, latch.c.reason, latch.c.at).join(account)
    return [
        Latch(*row) for row in db.execute(chosen.where(account.c.name == storable(name)).order_by(latch.c.extension))
    ]


def states(db: Connection) -> list[AccountState]:
    """All accounts that were ever read, by name."""
    columns = (account.c[name] for name in AccountState.__slots__)
    return [AccountState(*row) for row in db.execute(select(*columns).order_by(account.c.name))]


def archived(db: Connection, polled: Collection[str], authors: Collection[AddrSpec]) -> dict[str, datetime]:
    """Messages of these authors that lie in no account of `polled`: up to when the accounts reach in which they lie."""
    others = select(account.c.id).where(account.c.name.not_in(list(map(storable, polled))))
    if db.execute(others.limit(1)).first() is None:
        return {}
    lying = select(location.c.message_id).join(folder, folder.c.id == location.c.folder_id)
    still_polled = lying.where(folder.c.account_id.not_in(others))
    own = select(mailbox.c.id).where(mailbox.c.addr.in_(list(authors)))
    reached = case(
        (account.c.synced_at.is_(None), None),
        # A pass that read something new and did not come to its end may have left an answer before it unread.
        ((account.c.begun_at != account.c.synced_at) & (account.c.newest_at > account.c.synced_at), None),
        else_=account.c.newest_at,
    )
    chosen = (
        select(message.c.identity, func.max(reached, type_=UtcDateTime))
        .select_from(location)
        .join(message, message.c.id == location.c.message_id)
        .join(folder, folder.c.id == location.c.folder_id)
        .join(account, account.c.id == folder.c.account_id)
        .where(account.c.id.in_(others), message.c.author_id.in_(own), message.c.id.not_in(still_polled))
        .group_by(message.c.identity)
    )
    return {identity.hex(): newest_at or _NEVER for identity, newest_at in db.execute(chosen)}


def coverage(db: Connection, names: Sequence[str]) -> Coverage:
    """What is read of these accounts, in their order."""
    failed = select(unread.c.folder_id, func.count().label("copies")).group_by(unread.c.folder_id).subquery()
    rows = db.execute(
        select(
            account.c.name,
            account.c.synced_at,
            account.c.newest_at,
            func.count(folder.c.id).label("folders"),
            func.coalesce(func.sum(folder.c.messages), 0).label("messages"),
            func.coalesce(func.sum(failed.c.copies), 0).label("unreadable"),
            func.coalesce(func.sum(folder.c.missing), 0).label("missing"),
            func.min(folder.c.since).label("since"),
        )
        .outerjoin(folder, folder.c.account_id == account.c.id)
        .outerjoin(failed, failed.c.folder_id == folder.c.id)
        .group_by(account.c.name, account.c.synced_at, account.c.newest_at)
    )
    shown = _shown_from(db)
    known = {row.name: _covered(row, shown.get(row.name)) for row in rows}
    accounts = tuple(known.get(name) or AccountCoverage(name, None) for name in map(storable, names))
    return Coverage(
        complete=bool(accounts) and all(one.synced_at is not None for one in accounts),
        accounts=accounts,
        messages=int(_meta.get(db, _meta.MESSAGES) or 0),
        kept_from=_horizon.whole_from(db),
    )


_ODD = 100
"""One in so many messages may bear a stamp from long before it came: it was moved there, or its clock was wrong."""


def _shown_from(db: Connection) -> dict[str, datetime]:
    """For each account whose inbox shows no more than a server's limit, when that begins."""
    unreadable = select(func.count()).where(unread.c.folder_id == folder.c.id).scalar_subquery()
    inboxes = select(account.c.name, folder.c.id, (folder.c.messages + unreadable).label("messages")).join(folder)
    found: dict[str, datetime] = {}
    for name, number, messages in db.execute(inboxes.where(folder.c.role.in_([FolderRole.INBOX, FolderRole.ALL]))):
        if is_at_limit(messages):
            stamp = func.coalesce(message.c.received_at, message.c.dated_at, type_=UtcDateTime)
            lying = select(stamp).join(location, location.c.message_id == message.c.id)
            oldest = lying.where(location.c.folder_id == number, stamp.is_not(None)).order_by(stamp)
            begins = db.scalar(oldest.offset(messages // _ODD).limit(1))
            if begins is not None:
                found[name] = max(begins, found.get(name, begins))
    return found


def _covered(row: Row[Any], shown_from: datetime | None) -> AccountCoverage:
    return AccountCoverage(
        name=row.name,
        synced_at=row.synced_at,
        folders=int(row.folders),
        messages=int(row.messages),
        unreadable=int(row.unreadable),
        missing=int(row.missing),
        newest_at=row.newest_at,
        since=row.since,
        shown_from=shown_from,
    )
