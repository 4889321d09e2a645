"""Putting a backup in the place of a database: checked before, in one step, with the old one put aside.

Here is how a file of SQLite is replaced; `_reloading` does the same for PostgreSQL.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.domain.backups import BEFORE_RESTORE, Backup
from tracker.errors import BackupFailed, BackupRejected, DatabaseUnreachable
from tracker.sanitizer import one_line
from tracker.storage import _meta
from tracker.storage._engine import Database, parse_url
from tracker.storage._erasing import erase_again
from tracker.storage._files import alone, private_file, put, sync, workshop
from tracker.storage._migrating import VERSION_TABLE, migrate, refuse_unknown
from tracker.storage._reloading import reload
from tracker.storage._schema import metadata

if TYPE_CHECKING:
    from datetime import datetime

_SIDES = ("-wal", "-shm", "-journal")
"""Files beside a SQLite database; next to another one they would be applied to it, and ruin it."""


@dataclass(frozen=True, slots=True)
class Restored:
    """Where the old database lies now, if there was one, and what became of those who were forgotten since.

    `forgotten` is how many people and addresses of the backup were erased again; None if the old database could not
    tell who was forgotten.
    """

    aside: Path | None
    forgotten: int | None


def restore(url: str, file: Path, folder: Path, now: datetime) -> Restored:
    """Put a backup in the place of the database at `url`; the old one goes to `folder`, named by `now`.

    Raises `BackupRejected` for a file that is no sound backup, `SchemaMismatch` for one of a newer program,
    `DatabaseUnreachable` if the database is in use, `BackupFailed` if there is no room: the database stays as it was.
    """
    parsed = parse_url(url)
    _demand_readable(file, one_line(str(file)))
    try:
        if parsed.get_backend_name() != "sqlite":
            return Restored(*reload(parsed, file, folder, now))
        return _replace(Path(str(parsed.database)), file, folder, now)
    except OSError as error:
        raise BackupFailed(
            f"{one_line(str(file))} was not restored: {error.strerror or type(error).__name__}",
            hint="see that you may write the database, its folder and the folder of backups, and that there is room",
        ) from error


def _replace(place: Path, file: Path, folder: Path, now: datetime) -> Restored:
    """The same for the file of a SQLite database. Raises `OSError`, too."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with alone(place.parent), workshop(place.parent) as shop:
            fresh = _taken(file, _room_for_a_database(shop))
            names = _Names.of(place) if place.exists() and _comes_to_rest(place) else None
            forgotten = _make_current(fresh, names)
            aside = _put_aside(place, folder, now) if place.exists() else None
            put(fresh, place)
    except BlockingIOError as error:
        raise _in_use(place) from error
    return Restored(aside, forgotten)


def _room_for_a_database(shop: Path) -> Path:
    """An empty file in a folder of its own: whoever opens a database locks its folder, and the shop is locked."""
    folder = shop / "new"
    folder.mkdir(mode=0o700)
    return private_file(folder / "tracker.db")


def _in_use(place: Path) -> DatabaseUnreachable:
    return DatabaseUnreachable(
        f"the database {one_line(str(place))} is in use by another process",
        hint="stop the daemon (systemctl stop tracker), or wait until other commands have ended",
    )


def _taken(file: Path, fresh: Path) -> Path:
    """The backup as a file of its own, after a look at all of it. Raises `BackupRejected`, `SchemaMismatch`."""
    name = one_line(str(file))
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)) as db:
            told = [str(row[0]) for row in db.execute("PRAGMA integrity_check(1)")]
            if told != ["ok"]:
                raise _damaged(name, told[0])
            revision = _revision(db)
            if revision is None:
                raise BackupRejected(f"{name} holds a database of another program", hint="name a backup of tracker's")
            refuse_unknown(revision)
            db.execute("VACUUM INTO ?", (str(fresh),))
    except sqlite3.DatabaseError as error:
        code = str(getattr(error, "sqlite_errorname", ""))
        if code.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
            raise OSError(0, one_line(str(error))) from error
        raise _damaged(name, str(error)) from error
    return fresh


def _demand_readable(file: Path, name: str) -> None:
    """Raises `BackupRejected`. SQLite would only say that it cannot be opened."""
    if not file.is_file():
        raise BackupRejected(f"there is no file {name}", hint="`tracker backup` makes one and names it")
    try:
        os.close(os.open(file, os.O_RDONLY | os.O_CLOEXEC))
    except OSError as error:
        raise BackupRejected(
            f"{name} cannot be read: {error.strerror or type(error).__name__}",
            hint="see that you may read it; the user of a service may need to be given it",
        ) from error


def _damaged(name: str, reason: str) -> BackupRejected:
    return BackupRejected(
        f"{name} cannot be used: {one_line(reason)}",
        hint="name another backup; an archive of pg_dump goes into a PostgreSQL database alone",
    )


def _revision(db: sqlite3.Connection) -> str | None:
    """The schema of a database of this program; None if it is of another."""
    tables = {str(row[0]) for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if VERSION_TABLE not in tables or not tables & metadata.tables.keys():
        return None
    row = db.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()  # noqa: S608 -- a constant
    return None if row is None else str(row[0])


def _comes_to_rest(place: Path) -> bool:
    """Bring all of the old database into its one file; false if it is damaged.

    Raises `DatabaseUnreachable` if anybody has it open, be it another program: SQLite changes the mode for one alone.
    """
    try:
        with closing(sqlite3.connect(f"{place.resolve().as_uri()}?mode=rw", uri=True, timeout=0)) as db:
            mode = str(db.execute("PRAGMA journal_mode = DELETE").fetchone()[0])
    except sqlite3.DatabaseError as error:
        if str(getattr(error, "sqlite_errorname", "")).startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise _in_use(place) from error
        return False
    if mode != "delete":
        raise _in_use(place)
    return True


@dataclass(frozen=True, slots=True)
class _Names:
    """Who was forgotten by the old database: the salt and the digests."""

    salt: str | None
    digests: tuple[bytes, ...]

    @classmethod
    def of(cls, place: Path) -> _Names | None:
        """What the old database tells; None if it cannot."""
        try:
            with closing(sqlite3.connect(f"{place.resolve().as_uri()}?mode=ro", uri=True)) as db:
                salt = db.execute("SELECT value FROM meta WHERE key = ?", (_meta.SALT,)).fetchone()
                digests = tuple(bytes(row[0]) for row in db.execute("SELECT digest FROM forgotten"))
        except sqlite3.DatabaseError:
            return None
        return cls(None if salt is None else str(salt[0]), digests)


def _make_current(fresh: Path, names: _Names | None) -> int | None:
    """Bring a backup to this program's schema, without those who were forgotten since; how many they were."""
    database = Database(parse_url(f"sqlite:///{fresh}"))
    try:
        migrate(database)
        erased: int | None = None
        if names is not None:
            with database.writing() as db:
                erased = erase_again(db, names.salt, names.digests)
        database.truncate()
    finally:
        database.close()
    return erased


def _free_name(folder: Path, now: datetime) -> Path:
    """Where the old database goes; of two restores within a second the second is told as a later one."""
    target = folder / Backup(now, BEFORE_RESTORE).name
    return _free_name(folder, now + timedelta(seconds=1)) if target.exists() else target


def _put_aside(place: Path, folder: Path, now: datetime) -> Path:
    """Keep the old database under another name, without a moment in which there is none; what lies beside it goes."""
    with workshop(folder) as shop:
        old = shop / "old"
        try:
            os.link(place, old)
        except OSError:  # another file system, or one without links
            shutil.copyfile(place, private_file(old))
        target = _free_name(folder, now)
        for side in _SIDES:
            beside = place.with_name(place.name + side)
            if side == "-wal" and beside.exists():  # of a damaged database alone
                shutil.copyfile(beside, private_file(shop / "wal"))
                put(shop / "wal", target.with_name(target.name + side))
            beside.unlink(missing_ok=True)
        sync(place.parent)
        put(old, target)
    return target
