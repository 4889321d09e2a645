"""How the passes over each account went, and what the accounts together cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from tracker.domain.report import AccountCoverage, Coverage
from tracker.sanitizer import storable
from tracker.storage import _meta
from tracker.storage._schema import account, folder, latch, unread
from tracker.storage._values import AccountState, Latch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from tracker.storage._values import Failure


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


def coverage(db: Connection, names: Sequence[str]) -> Coverage:
    """What is read of these accounts, in their order."""
    failed = select(unread.c.folder_id, func.count().label("copies")).group_by(unread.c.folder_id).subquery()
    rows = db.execute(
        select(
            account.c.name,
            account.c.synced_at,
            func.count(folder.c.id),
            func.coalesce(func.sum(folder.c.messages), 0),
            func.coalesce(func.sum(failed.c.copies), 0),
            func.coalesce(func.sum(folder.c.missing), 0),
        )
        .outerjoin(folder, folder.c.account_id == account.c.id)
        .outerjoin(failed, failed.c.folder_id == folder.c.id)
        .group_by(account.c.name, account.c.synced_at)
    )
    known = {name: AccountCoverage(name, synced_at, *map(int, rest)) for name, synced_at, *rest in rows}
    accounts = tuple(known.get(name) or AccountCoverage(name, None) for name in map(storable, names))
    return Coverage(
        complete=bool(accounts) and all(one.synced_at is not None for one in accounts),
        accounts=accounts,
        messages=int(_meta.get(db, _meta.MESSAGES) or 0),
    )
