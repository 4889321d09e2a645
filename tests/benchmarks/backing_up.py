"""How long a backup takes beside a plain copy of the file, while another process writes to the database."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from tests.benchmarks.asking import stored
from tests.benchmarks.finding import Finding, clock
from tests.benchmarks.processes import timed, tracker, watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.benchmarks.shelf import Shelf

_WRITING = """
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
db.execute("PRAGMA synchronous = NORMAL")
count, longest = 0, 0.0
print("writing", flush=True)
while True:
    started = time.perf_counter()
    db.execute("BEGIN IMMEDIATE")
    db.executemany("INSERT INTO meta (key, value) VALUES (?, ?)", ((f"{count} {n}", "x" * 300) for n in range(200)))
    db.execute("COMMIT")
    count, longest = count + 1, max(longest, time.perf_counter() - started)
    print(count, longest, flush=True)
    time.sleep(0.02)
"""
"""Writes 60 KB a time, as a first sync does, and says how many times and how long the longest took."""


def backup(shelf: Shelf, size: int) -> list[Finding]:
    """`tracker backup`, the start of the program and the check of the copy included."""
    with stored(shelf, size) as config:
        timed(tracker(config, "rebuild"))
        database, folder = config.with_name("tracker.db"), config.with_name("elsewhere")
        with contextlib.closing(sqlite3.connect(database)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        plain = _copied(database, config.with_name("plain"))
        with _writing(database) as written:
            ran = watched(config, "backup", str(folder))
            count, longest = written()
        made = next(folder.iterdir()).stat().st_size
    return [
        Finding(
            f"backup beside a writer, {size:,} messages, {made / 1e6:.0f} MB; reference: the file copied and synced",
            "for the record",
            clock(ran.seconds),
            clock(plain),
        ),
        Finding("its memory", "for the record", f"{ran.peak / 1024:.0f} MiB"),
        Finding("the writer meanwhile", "for the record", f"{count} transactions, the longest {clock(longest)}"),
    ]


def _copied(file: Path, place: Path) -> float:
    """Seconds to copy a file and have it on the disk."""
    started = time.perf_counter()
    shutil.copyfile(file, place)
    with place.open("rb") as copy:
        os.fsync(copy.fileno())
    seconds = time.perf_counter() - started
    place.unlink()
    return seconds


@contextlib.contextmanager
def _writing(database: Path) -> Iterator[Callable[[], tuple[int, float]]]:
    """Another process that writes; asked, how many transactions it has written, and the seconds of the longest."""
    log = database.with_name("written")

    def written() -> tuple[int, float]:
        lines = re.findall(r"^(\d+) ([\d.e-]+)\n", log.read_text("utf-8"), re.MULTILINE)
        return (int(lines[-1][0]), float(lines[-1][1])) if lines else (0, 0.0)

    words = [sys.executable, "-c", _WRITING, str(database)]
    with log.open("wb") as out, subprocess.Popen(words, stdout=out) as process:
        try:
            while process.poll() is None and not log.stat().st_size:
                time.sleep(0.01)
            yield written
        finally:
            process.kill()
