"""How quickly questions are answered from a full database, beside the smallest program that Typer makes."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.finding import Finding, at_most
from tests.benchmarks.processes import hello, in_turn, timed, tracker, watched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.shelf import Shelf

_TIMES = 5


def show_help(_shelf: Shelf, _size: int) -> list[Finding]:
    """`tracker --help`."""
    with tempfile.TemporaryDirectory() as name:
        words = [tracker(Path(name) / "none.toml", "--help"), hello(Path(name))]
        ours, theirs = in_turn(2 * _TIMES, *(partial(timed, each) for each in words))
    return [at_most("`tracker --help` beside a Typer hello-world", target=1.5, seconds=(ours, theirs))]


def report(shelf: Shelf, size: int) -> list[Finding]:
    """`tracker report`, as JSON and as a table; and as JSON when there is twice the mail with the same asks."""
    with stored(shelf, size) as config, stored(shelf, size, noise=size) as double:
        for each in (config, double):
            timed(tracker(each, "rebuild"))
        asks = _rows(config, "ask")
        words = [
            tracker(config, "report", "--format", "json"),
            tracker(config, "report"),
            tracker(double, "report", "--format", "json"),
            hello(config.parent),
        ]
        as_json, as_table, doubled, plain = in_turn(_TIMES, *(partial(timed, each, COLUMNS="120") for each in words))
    of = f"{size:,} messages, {asks:,} asks"
    return [
        at_most(f"report as JSON, {of}, beside a Typer hello-world", target=6, seconds=(as_json, plain)),
        at_most(f"report as a table, {of}, beside a Typer hello-world", target=6, seconds=(as_table, plain)),
        at_most("report as JSON, twice the messages and the same asks", target=1.1, seconds=(doubled, as_json)),
    ]


def rebuild(shelf: Shelf, size: int) -> list[Finding]:
    """`tracker rebuild`, the start of the program included."""
    with stored(shelf, size) as config:
        ran = watched(config, "rebuild")
    rate = size / ran.seconds
    return [
        Finding(f"rebuild, {size:,} messages", "≥ 30,000 messages/s", f"{rate:,.0f} messages/s", met=rate >= 30_000),
        Finding("its memory", "for the record", f"{ran.peak / 1024:.0f} MiB"),
    ]


def store(shelf: Shelf, size: int) -> list[Finding]:
    """The size of the database on disk, indices and asks included."""
    with stored(shelf, size) as config:
        timed(tracker(config, "rebuild"))
        path = config.with_name("tracker.db")
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        used = path.stat().st_size / size
    return [Finding(f"store, {size:,} messages", "≤ 450 bytes a message", f"{used:.0f} bytes", met=used <= 450)]


@contextlib.contextmanager
def stored(shelf: Shelf, size: int, *, noise: int = 0) -> Iterator[Path]:
    """The configuration of a copy of a full database, which may be changed."""
    with tempfile.TemporaryDirectory() as name:
        for path in shelf.database(size, noise=noise).iterdir():
            shutil.copy(path, name)
        config = Path(name) / "config.toml"
        config.write_text(config.read_text("utf-8").replace("PLACE", name), "utf-8")
        yield config


def _rows(config: Path, table: str) -> int:
    with contextlib.closing(sqlite3.connect(config.with_name("tracker.db"))) as db:
        return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 # names of ours
