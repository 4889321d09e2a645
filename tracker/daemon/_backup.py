"""The daemon's chores about what is stored: a backup now and then, and each day no more than what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.daemon._chore import Chore, due_every
from tracker.service import copying, keeping

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.config import Config
    from tracker.daemon._chore import Errand


def backup_due(config: Config, now: datetime, last: datetime | None) -> datetime | None:
    """When the next backup is due; None if the daemon makes none."""
    return None if config.backup.every is None else due_every(config.backup.every, now, last)


def _back_up(errand: Errand) -> str:
    made = copying.back_up(errand.store, errand.config, errand.now)
    return f"{made.file} made" + (f", {made.removed} older removed" if made.removed else "")


def retention_due(config: Config, now: datetime, last: datetime | None) -> datetime | None:
    """When old messages are looked for next; None where all are kept."""
    return None if config.database.keep is None else due_every(keeping.EVERY, now, last)


def _keep_recent(errand: Errand) -> str | None:
    deleted = keeping.keep_recent(errand.store, errand.config, errand.now, errand.is_stopped)
    if deleted is None:
        return None
    return f"{deleted} messages were older than is kept" if deleted else ""


BACKUP = Chore(copying.CHORE, backup_due, _back_up)
RETENTION = Chore(keeping.CHORE, retention_due, _keep_recent)
