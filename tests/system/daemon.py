"""The daemon as systemd would run it: a process, what it logs, and what it tells the service manager."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.cli.world import World

PATIENCE = 20.0

PEOPLE = 12

FAST = """
import sys, time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tracker.config import load_config
from tracker.daemon import serve
from tracker.service.access import open_database
began, at = time.monotonic(), datetime.now(UTC)
config = load_config(Path(sys.argv[1]))
def elapsed():
    return (time.monotonic() - began) * 30
with open_database(config) as store:
    serve(store, config, clock=lambda: at + timedelta(seconds=elapsed()), elapsed=elapsed)
"""
"""The daemon with clocks that run thirty times as fast, so that minutes of back-off are seconds."""


def until(is_so: Callable[[], bool], patience: float = PATIENCE, pause: float = 0.02) -> float:
    """Wait for something to become true; how long that took. Fails after `patience` seconds."""
    started = time.monotonic()
    while not is_so():
        assert time.monotonic() - started < patience, "this did not come true in time"
        time.sleep(pause)
    return time.monotonic() - started


class ServiceManager:
    """The other end of NOTIFY_SOCKET: what the daemon told, in order."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._told: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.settimeout(0)

    def told(self) -> list[str]:
        """Everything up to now."""
        with contextlib.suppress(BlockingIOError):
            while True:
                self._told.append(self._socket.recv(4096).decode())
        return self._told

    def statuses(self) -> list[str]:
        """What STATUS said, in order."""
        return [line.removeprefix("STATUS=") for line in self.told() if line.startswith("STATUS=")]

    def close(self) -> None:
        """Listen no longer."""
        self._socket.close()


class Place(Protocol):
    """Where a configuration lies, and what the program keeps."""

    @property
    def folder(self) -> Path: ...

    @property
    def config(self) -> Path: ...


class Daemon:
    """One run of the daemon over the world's configuration."""

    def __init__(self, world: Place, *, is_fast: bool = False, program: str = "", **environment: str) -> None:
        self.log = world.folder / f"log{time.monotonic_ns()}"
        program = FAST if is_fast else program
        words = (
            ["-c", program, str(world.config)] if program else ["-m", "tracker", "--config", str(world.config), "run"]
        )
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, *words],
                stderr=log,
                stdout=log,
                env={**os.environ, "TRACKER_STATE": str(world.folder), **environment},
            )

    def said(self) -> str:
        """Its log up to now."""
        return self.log.read_text("utf-8")

    def stop(self, number: int = signal.SIGTERM, patience: float = 5) -> int:
        """Send a signal; the exit code, which must come within `patience` seconds."""
        self.process.send_signal(number)
        return self.process.wait(patience)

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None


@contextlib.contextmanager
def running(world: World, *, is_fast: bool = False, **environment: str) -> Iterator[Daemon]:
    """The daemon for the time being; it must end by itself with 0, and without a traceback in its log."""
    daemon = Daemon(world, is_fast=is_fast, **environment)
    try:
        yield daemon
        if daemon.is_alive:
            assert daemon.stop() == 0, daemon.said()
        assert "Traceback" not in daemon.said()
    finally:
        daemon.process.kill()
        daemon.process.wait()


def query(world: World, statement: str) -> list[tuple[object, ...]]:
    """What the database answers; nothing before it has tables."""
    path = world.folder / "tracker.db"
    if not path.exists():
        return []
    with contextlib.closing(sqlite3.connect(path, timeout=10)) as db:
        try:
            return db.execute(statement).fetchall()
        except sqlite3.OperationalError:
            return []


def stored(world: World) -> int:
    """Messages in the database."""
    rows = query(world, "SELECT count(*) FROM message")
    return int(str(rows[0][0])) if rows else 0


def is_read(world: World) -> bool:
    """Whether a pass over everything was completed, and none is under way."""
    rows = query(world, "SELECT begun_at = synced_at FROM account")
    return bool(rows) and all(row[0] == 1 for row in rows)


def deliver_many(world: World, messages: int) -> None:
    """Noise and letters to and from twelve people, written straight into the Maildir, which is quick."""
    for person in range(PEOPLE):
        them = f"p{person}@acme.example"
        world.mail(f"ask{person}", world.ago(days=30), "ann@example.org", them)
        if person % 2:
            world.mail(
                f"answer{person}", world.ago(days=29, hours=person), them, "ann@example.org", answers=f"ask{person}"
            )
    for number in range(messages - PEOPLE - PEOPLE // 2):
        at = world.ago(minutes=20 * number + 5)
        text = (
            f"From: news@shop.example\nTo: ann@example.org\nSubject: {number}\nMessage-ID: <n{number}@shop.example>\n"
            f"Date: {at:%a, %d %b %Y %H:%M:%S} +0000\nList-Id: <shop>\n\nx\n"
        )
        world.user.mailbox.deliver("INBOX", text.encode(), at)


def network(world: World) -> None:
    """Import the twelve people."""
    rows = [f"P{n},Person,https://www.linkedin.com/in/p{n},p{n}@acme.example,Acme,,04 Mar 2021" for n in range(PEOPLE)]
    world.run("import", str(world.export(*rows)))
