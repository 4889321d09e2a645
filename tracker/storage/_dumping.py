"""Copies of a PostgreSQL database, made by the server's own program pg_dump where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from sqlalchemy import URL

from tracker.errors import BackupFailed, BackupRejected
from tracker.sanitizer import one_line
from tracker.storage._files import private_file

if TYPE_CHECKING:
    from pathlib import Path


def is_installed() -> bool:
    """Whether pg_dump is."""
    return shutil.which("pg_dump") is not None


def dump(url: URL, file: Path) -> None:
    """Write an archive of the database into `file`, and read its table of contents back. Raises `BackupFailed`.

    A password stands neither in the arguments nor in the environment, but in a file beside `file` that only its owner
    may read.
    """
    if not is_installed():
        raise BackupFailed(
            "a PostgreSQL database is copied by pg_dump, which is not installed",
            hint="install PostgreSQL's client programs (Debian: postgresql-client), or back up on the server and set"
            ' every = "" in [backup]',
        )
    words = ["--format=custom", "--no-password", f"--file={file}", f"--dbname={_without_password(url)}"]
    environment = {**os.environ, **_password(url, file.with_name("pgpass"))}
    _run(["pg_dump", *words], environment)
    _run(["pg_restore", "--list", str(file)], environment)


def unpack(archive: Path, script: Path) -> None:
    """Write what an archive holds into `script`, as SQL that names no owner; all of the archive is read for that.

    Raises `BackupRejected`, `BackupFailed`.
    """
    name = one_line(str(archive))
    if shutil.which("pg_restore") is None:
        raise BackupFailed(
            "a PostgreSQL database is restored by pg_restore, which is not installed",
            hint="install PostgreSQL's client programs (Debian: postgresql-client)",
        )
    words = ["--no-owner", "--no-privileges", f"--file={private_file(script)}", str(archive.absolute())]
    try:
        _run(["pg_restore", *words], dict(os.environ))
    except BackupFailed as error:
        raise BackupRejected(
            f"{name} cannot be used: {error.message.partition(': ')[2]}",
            hint="name another backup of a PostgreSQL database; see that pg_restore is not older than what made it",
        ) from error


def _without_password(url: URL) -> str:
    # URL.set(password=None) would leave it in.
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return bare.render_as_string(hide_password=False)


def _password(url: URL, file: Path) -> dict[str, str]:
    """Where libpq finds the password (PostgreSQL's manual, 34.16); nothing if the URL has none."""
    if url.password is None:
        return {}
    escaped = str(url.password).replace("\\", "\\\\").replace(":", "\\:")
    private_file(file).write_text(f"*:*:*:*:{escaped}\n", encoding="utf-8")
    return {"PGPASSFILE": str(file)}


def _run(words: list[str], environment: dict[str, str]) -> None:
    ended = subprocess.run(
        words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    if ended.returncode:
        said = ended.stderr.decode("utf-8", "replace").strip().splitlines() or [f"exit code {ended.returncode}"]
        raise BackupFailed(
            f"no backup was made: {one_line(said[0])}",
            hint="see that the server runs, that the folder has room, and that pg_dump is not older than the server",
        )
