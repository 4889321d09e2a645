"""Backups: made, rotated, put back; and until when they hold what was forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.domain.backups import DAY, backup_of, gone_after, superfluous
from tracker.errors import BackupFailed
from tracker.sanitizer import one_line
from tracker.service.access import backup_directory, database_file, database_url
from tracker.service.owning import demand_owner
from tracker.storage import restore

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tracker.config import Config
    from tracker.domain.backups import Backup
    from tracker.storage import Restored, Store

CHORE = "backup"
"""The name under which the store remembers when the last backup was made."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup, and how many older ones went for it."""

    file: Path
    removed: int


def back_up(store: Store, config: Config, now: datetime, directory: Path | None = None) -> Made:
    """Make a backup in the usual folder and remove those that are superfluous, or in `directory` and remove none.

    One in another folder is none of the daily ones, by which older ones go. Raises `BackupFailed`.
    """
    folder = backup_directory(config) if directory is None else directory.absolute()
    file = store.backup(folder, now)
    if directory is None or config.backup.every is None:
        store.note_chore(CHORE, now)
    return Made(file, _rotate(folder, config, now) if directory is None else 0)


def _rotate(folder: Path, config: Config, now: datetime) -> int:
    gone = superfluous(_backups_in(folder), config.backup.rotation, now)
    try:
        for backup in gone:
            (folder / backup.name).unlink(missing_ok=True)
            (folder / f"{backup.name}-wal").unlink(missing_ok=True)  # of a damaged database that was put aside
    except OSError as error:
        raise BackupFailed(
            f"a backup was made, but older ones cannot be removed from {one_line(str(folder))}: {error.strerror}",
            hint="see that you may write there",
        ) from error
    return len(gone)


def _backups_in(folder: Path) -> list[Backup]:
    try:
        return [backup for path in folder.iterdir() if (backup := backup_of(path.name)) is not None]
    except OSError:
        return []  # nothing was ever backed up, or nobody here may look


def held_until(config: Config, now: datetime) -> datetime | None:
    """When the last backup that is there now will have gone, if they go on being made; None if there is none."""
    backups = _backups_in(backup_directory(config))
    return gone_after(backups, config.backup.rotation, now, every=config.backup.every or DAY)


def put_back(config: Config, file: Path, now: datetime) -> Restored:
    """Put a backup in the place of the database; see `tracker.storage.restore` for what it raises.

    Raises `WrongUser` where the database would be another user's than it was, or than its folder.
    """
    place = database_file(config)
    if place is not None:
        demand_owner(place)
    return restore(database_url(config), file, backup_directory(config), now)
