"""The moment before which messages are not stored."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tracker.storage import _meta

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tracker.domain.message import Message


NOT_STORED = 0
"""The row of a message of which nothing is stored although its UID is accounted for."""


def horizon_of(db: Connection) -> datetime | None:
    """The moment before which nothing is stored; None if everything is."""
    at = _meta.get(db, _meta.KEPT_FROM)
    return None if at is None else datetime.fromisoformat(at)


def whole_from(db: Connection) -> datetime | None:
    """The moment before which messages may be missing, now that less was kept once; None if none ever were."""
    stored = (_meta.get(db, _meta.WHOLE_FROM), _meta.get(db, _meta.KEPT_FROM))
    return max((datetime.fromisoformat(at) for at in stored if at is not None), default=None)


def set_horizon(db: Connection, horizon: datetime | None) -> None:
    """From now on nothing older is stored. That something may be missing stays true when more is kept again."""
    latest = max((at for at in (whole_from(db), horizon) if at is not None), default=None)
    if latest is not None:
        _meta.put(db, _meta.WHOLE_FROM, latest.isoformat())
    if horizon is None:
        _meta.drop(db, _meta.KEPT_FROM)
    else:
        _meta.put(db, _meta.KEPT_FROM, horizon.isoformat())


def is_kept(fact: Message, horizon: datetime | None) -> bool:
    """Whether a message is stored: by the latest of its dates, and always if it has none."""
    dates = [at for at in (fact.dated_at, fact.received_at, fact.relayed_at) if at is not None]
    return horizon is None or not dates or max(dates) >= horizon
