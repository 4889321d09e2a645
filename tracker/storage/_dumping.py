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
from tracker.storage._secrets import secrets_of

if TYPE_CHECKING:
    from pathlib import Path

_SERVICE = "tracker"


def is_installed() -> bool:
    """Whether pg_dump is."""
    return shutil.which("pg_dump") is not None


def dump(url: URL, file: Path) -> None:
    """Write an archive of the database into `file`, and read its table of contents back. Raises `BackupFailed`.

    A secret stands neither in the arguments nor in the environment, but in a file beside `file` that only its owner
    may read.
    """
    if not is_installed():
        raise BackupFailed(
            "a PostgreSQL database is copied by pg_dump, which is not installed",
            hint="install PostgreSQL's client programs (Debian: postgresql-client), or back up on the server and set"
            ' every = "" in [backup]',
        )
    words = ["--format=custom", "--no-password", f"--file={file}", f"--dbname={_bare(url)}"]
    environment = {**os.environ, **_handed(url, file.parent)}
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


def _bare(url: URL) -> str:
    """The URL without its secrets."""
    # URL.set(password=None) would leave it in.
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return bare.difference_update_query(dict(secrets_of(url))).render_as_string(hide_password=False)


def _handed(url: URL, folder: Path) -> dict[str, str]:
    """The environment in which libpq finds the secrets of the URL (PostgreSQL's manual, 34.16 and 34.17)."""
    secrets = dict(secrets_of(url))
    environment = {}
    if (password := secrets.pop("password", None)) is not None:
        escaped = password.replace("\\", "\\\\").replace(":", "\\:")
        private_file(folder / "pgpass").write_text(f"*:*:*:*:{escaped}\n", encoding="utf-8")
        environment["PGPASSFILE"] = str(folder / "pgpass")
    if secrets:
        lines = "".join(f"{name}={secret}\n" for name, secret in secrets.items())
        private_file(folder / "service").write_text(f"[{_SERVICE}]\n{lines}", encoding="utf-8")
        environment |= {"PGSERVICEFILE": str(folder / "service"), "PGSERVICE": _SERVICE}
    return environment


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
