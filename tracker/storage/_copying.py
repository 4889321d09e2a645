"""A copy of a whole database, taken while others write to it, in a file that appears only once it is sound."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.domain.backups import Backup
from tracker.errors import BackupFailed, DatabaseUnreachable
from tracker.sanitizer import one_line
from tracker.storage import _dumping
from tracker.storage._files import private_file, put, sweep, workshop

if TYPE_CHECKING:
    from tracker.storage._engine import Database


def copy(database: Database, folder: Path, *, made_at: datetime | None = None, reason: str = "") -> Path:
    """Copy a database into a file of `folder`, which is made if it is missing; the file.

    `made_at` (aware; None: the file's own time) and `reason` name it, see `Backup`. What an earlier copy that was
    killed left in `folder` is removed. Raises `BackupFailed`, after which nothing of the copy is left.
    """
    is_sqlite = database.url.get_backend_name() == "sqlite"
    if is_sqlite:
        sweep(Path(str(database.url.database)).parent)  # of a restore, which holds what may be forgotten since
    try:
        with workshop(folder) as place:
            finished = private_file(place / "copy")
            if is_sqlite:
                database.copy_into(finished)
                _demand_sound(finished)
            else:
                _dumping.dump(database.url, finished)
            at = made_at or datetime.fromtimestamp(finished.stat().st_mtime, UTC)
            target = folder / Backup(at, reason, "db" if is_sqlite else "dump").name
            put(finished, target)
    except DatabaseUnreachable as error:
        raise BackupFailed(
            f"no backup was made in {one_line(str(folder))}: {error.message}",
            hint="see that there is room; [backup] directory in the configuration names another folder",
        ) from error
    except OSError as error:
        raise BackupFailed(
            f"no backup was made in {one_line(str(folder))}: {error.strerror or type(error).__name__}",
            hint="see that you may write there and that there is room, or name another folder with [backup] directory",
        ) from error
    return target


def can_copy(database: Database) -> bool:
    """Whether what it takes is installed."""
    return database.url.get_backend_name() == "sqlite" or _dumping.is_installed()


def _demand_sound(file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as db:
            told = [str(row[0]) for row in db.execute("PRAGMA integrity_check(1)")]
    except sqlite3.DatabaseError as error:  # too damaged to be looked at
        told = [str(error)]
    if told != ["ok"]:
        raise DatabaseUnreachable(f"the copy is damaged: {one_line(told[0])}", hint="")
