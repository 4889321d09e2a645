"""A real PostgreSQL server, started as a plain subprocess for the tests and gone with them."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator

_START = 30.0
"""Seconds a server may take to answer."""

_INITDB = ("-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server that answers on a Unix socket in `socket` to the superuser `user`."""

    socket: Path
    user: str

    def url(self, database: str) -> str:
        """The URL of a database for `open_store`."""
        return f"postgresql+psycopg://{self.user}@/{database}?host={self.socket}"

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """The URL of an empty database of its own, dropped afterwards."""
        name = f"test_{os.getpid()}_{next(_numbers)}"
        self._run(sql.SQL("CREATE DATABASE {} STRATEGY FILE_COPY").format(sql.Identifier(name)))
        try:
            yield self.url(name)
        finally:
            self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(
            host=str(self.socket), user=self.user, dbname="postgres", autocommit=True, connect_timeout=5
        ) as connection:
            connection.execute(statement)


class Cluster:
    """An empty cluster in `folder`, and the server on it, which can be ended in any way and started again."""

    def __init__(self, folder: Path) -> None:
        self.server = Server(folder, "tracker")
        self._programs = _programs()
        self._account = _account()
        self._log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        if self._account:
            os.chown(folder, self._account["user"], self._account["group"])
        self._data = folder / "cluster"
        command: list[str | Path] = [self._programs / "initdb", "-D", self._data, "-U", self.server.user, *_INITDB]
        made = subprocess.run(command, capture_output=True, text=True, **self._account)
        if made.returncode:
            pytest.fail(f"initdb failed: {made.stderr.strip()}")

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        with self._log.open("ab") as out:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, "-k", self.server.socket, *_settings()],
                stdout=out,
                stderr=subprocess.STDOUT,
                **self._account,
            )
        _wait(self._process, self.server, self._log)

    def stop(self, number: int = signal.SIGINT) -> None:
        """End it: SIGINT ends its sessions first, SIGQUIT leaves all as it is, SIGTERM would wait for them."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(number)
            process.wait(_START)


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A cluster whose server runs; both are gone afterwards."""
    # A Unix socket's path must be shorter than 108 bytes, so pytest's own long folders do not serve.
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        cluster = Cluster(Path(name))
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()


@contextmanager
def running_server() -> Iterator[Server]:
    """A server on an empty cluster, for the time being."""
    with running_cluster() as cluster:
        yield cluster.server


def _settings() -> list[str]:
    values = {
        "listen_addresses": "",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "autovacuum": "off",
        "max_connections": "60",
        "shared_buffers": "32MB",
    }
    return [part for name, value in values.items() for part in ("-c", f"{name}={value}")]


def _programs() -> Path:
    """The folder of the newest installed server's programs. A missing server fails: half the contract hangs on it."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[4]))
    if found:
        return found[-1].parent
    on_path = shutil.which("postgres")
    if on_path:
        return Path(on_path).resolve().parent
    pytest.fail("PostgreSQL is not installed; the store's contract runs on it too. hint: apt-get install postgresql")


def _account() -> dict[str, Any]:
    """For subprocess: PostgreSQL refuses to run as root, so root runs it as somebody else."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "cwd": "/"}
    pytest.fail("PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody")


def _wait(process: subprocess.Popen[bytes], server: Server, log: Path) -> None:
    until = time.monotonic() + _START
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            psycopg.connect(host=str(server.socket), user=server.user, dbname="postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"PostgreSQL does not answer: {log.read_text(errors='replace').strip()}")
