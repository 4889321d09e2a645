"""Bringing a database to this program's schema; a newer one is refused rather than harmed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from tracker.domain.backups import BEFORE_UPGRADE
from tracker.errors import SchemaMismatch
from tracker.storage._schema import HEAD, metadata

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

    from tracker.storage._engine import Database

VERSION_TABLE = "alembic_version"


def migrate(database: Database, *, backups: Path | None = None) -> None:
    """Run the pending migrations, all in one transaction, after a backup in the folder `backups`.

    A database without tables needs none, and PostgreSQL without pg_dump goes without one. Another process that migrates
    is waited for. Raises `SchemaMismatch`, `DatabaseUnreachable`, `BackupFailed`.
    """
    with database.reading() as db:
        if revision_of(db) == HEAD:
            return
    with database.writing() as db:
        revision = revision_of(db)  # another process may have been quicker
        if revision == HEAD:
            return
        if revision is not None:
            refuse_unknown(revision)
            if backups is not None:
                _back_up(database, backups)
        upgrade(db)


def _back_up(database: Database, folder: Path) -> None:
    """Nobody else writes meanwhile, and this transaction has not begun to."""
    from tracker.storage._copying import can_copy, copy

    if can_copy(database):
        copy(database, folder, reason=BEFORE_UPGRADE)


def refuse_unknown(revision: str) -> None:
    """Raises `SchemaMismatch` for a revision that this program does not know, which a newer one made."""
    if revision not in known_revisions():
        raise SchemaMismatch(
            f"the database was written by a newer version of tracker (schema {revision}, known up to {HEAD})",
            hint="upgrade tracker, or name another database in [database] url",
        )


def script_config() -> Config:
    """Alembic's configuration: where the migrations are."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def known_revisions() -> frozenset[str]:
    """The schemas that this program can read, or bring up to its own."""
    # Alembic takes as long to import as a whole report takes to make.
    from alembic.script import ScriptDirectory

    return frozenset(script.revision for script in ScriptDirectory.from_config(script_config()).walk_revisions())


def revision_of(db: Connection) -> str | None:
    """The schema of a database; None if it has no tables. Raises `SchemaMismatch` if it has another program's."""
    tables = inspect(db)
    if tables.has_table(VERSION_TABLE):
        revision: str | None = db.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608 -- a constant
        return revision
    if any(tables.has_table(name) for name in metadata.tables):
        raise SchemaMismatch(
            "the database holds tables of another program",
            hint="name a database of its own in [database] url",
        )
    return None


def upgrade(db: Connection) -> None:
    """Bring the schema up to this program's, in the transaction of `db`."""
    from alembic import command

    config = script_config()
    config.attributes["connection"] = db
    command.upgrade(config, "head")
