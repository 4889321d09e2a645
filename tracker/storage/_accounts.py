"""How the passes over each account went, and what the accounts together cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from tracker.domain.report import AccountCoverage, Coverage
from tracker.sanitizer import storable
from tracker.storage import _meta
from tracker.storage._schema import account, folder, unread
from tracker.storage._values import AccountState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection


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
    cleared = {"failed_at": None, "error": None, "failures": 0, "refused_logins": 0}
    db.execute(update(account).where(account.c.id == number).values(synced_at=started_at, **cleared))
    db.execute(update(folder).where(folder.c.account_id == number).values(read_at=started_at))


def fail(db: Connection, name: str, at: datetime, *, error: str, login_refused: bool) -> None:
    """A pass failed. A server that was not reached says nothing about the password: refusals stay counted."""
    db.execute(
        update(account)
        .where(account.c.id == account_id(db, name))
        .values(
            failed_at=at,
            error=storable(error),
            failures=account.c.failures + 1,
            refused_logins=account.c.refused_logins + int(login_refused),
        )
    )


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
