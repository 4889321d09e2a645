"""Every target of speed, measured beside its reference in the same run: `python -m tests.benchmarks.bench [ROW ...]`.

`--write` puts whole tables into docs/performance.md; `--keep` leaves the mailboxes for the next run.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sqlite3
import subprocess
import sys
import timeit
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tests.benchmarks.asking import rebuild, report, show_help, store
from tests.benchmarks.backing_up import backup
from tests.benchmarks.far import far_sync
from tests.benchmarks.finding import table
from tests.benchmarks.growth import growth
from tests.benchmarks.hands import hands
from tests.benchmarks.letters import letters
from tests.benchmarks.page import html_page
from tests.benchmarks.peers import peers
from tests.benchmarks.reading import first_sync, idle_pass, new_message
from tests.benchmarks.resting import at_rest
from tests.benchmarks.serving import service
from tests.benchmarks.shelf import Shelf, raw
from tracker.domain.message import FolderRole
from tracker.parsing import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
ROWS = {
    "first_sync": first_sync,
    "far_sync": far_sync,
    "idle_pass": idle_pass,
    "new_message": new_message,
    "report": report,
    "help": show_help,
    "page": html_page,
    "rebuild": rebuild,
    "store": store,
    "backup": backup,
    "at_rest": at_rest,
}
EXTRAS = {"growth": growth, "hands": hands, "peers": peers, "service": service}
"""Run when named only: they take long, or need root or programs that are not the project's."""

_LIBRARIES = ("imapclient", "mail-parser", "sqlalchemy", "pydantic", "typer", "rich")
_SIZE = 20_000
_FEW = 2_000


def measured(names: Sequence[str], shelf: Shelf, size: int) -> Iterator[tuple[str, str]]:
    """The tables, each with the name under which a document holds it; empty for one that is not whole."""
    for name in [name for name in names if name in EXTRAS]:
        yield name, _tell(name, EXTRAS[name], shelf, size)
    chosen = [name for name in names if name in ROWS]
    if chosen:
        findings = [finding for name in chosen for finding in _tell(name, ROWS[name], shelf, size)]
        yield "measured" if set(chosen) == set(ROWS) else "", f"{machine(size)}\n\n{table(findings)}"


def _tell(name: str, benchmark: Callable[[Shelf, int], T], shelf: Shelf, size: int) -> T:
    """Run a benchmark, and say so to whoever waits."""
    sys.stderr.write(f"{name} ...\n")
    return benchmark(shelf, size)


def machine(size: int) -> str:
    """What the figures were taken on."""
    dovecot = subprocess.run(["dovecot", "--version"], check=True, capture_output=True, text=True).stdout.split()[0]
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return (
        f"{size:,} messages unless a row says otherwise; {os.cpu_count()} cores ({_processor()}), "
        f"Python {platform.python_version()} ({_builder()}; a whole header is parsed in {_pace() * 1e6:.0f} µs), "
        f"Dovecot {dovecot}, SQLite {sqlite3.sqlite_version}, {libraries}."
    )


def _builder() -> str:
    """Whose Python it is: a distribution's is optimized by its own profile, one built from source seldom is."""
    return "the distribution's" if sys.base_prefix == "/usr" else "not the distribution's"


def _pace() -> float:
    """Seconds in which a whole header is parsed, by which tables of other days are compared: the least of ten."""
    raws, now = [raw(uid, letter) for uid, letter in enumerate(letters(_FEW), start=1)], datetime.now(UTC)

    def read() -> None:
        for one in raws:
            parse(one, role=FolderRole.INBOX, now=now)

    return min(timeit.repeat(read, number=1, repeat=10)) / len(raws)


def _processor() -> str:
    found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text("utf-8"))
    return found[1].strip() if found else platform.machine()


def write(name: str, text: str) -> None:
    """Put a table between its markers in the document."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
    before, found, rest = DOCUMENT.read_text(encoding="utf-8").partition(begin)
    if not found:
        raise ValueError(f"{DOCUMENT} has no place for {name}")
    DOCUMENT.write_text(f"{before}{begin}\n{text}\n{end}{rest.partition(end)[2]}", encoding="utf-8")


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[*ROWS, *EXTRAS, []], metavar="ROW", help=", ".join(ROWS | EXTRAS))
    parser.add_argument("--size", type=int, default=_SIZE, help="messages in the mailbox")
    parser.add_argument("--keep", action="store_true", help="leave mailboxes and databases for the next run")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    asked = parser.parse_args()
    with Shelf(keep=asked.keep) as shelf:
        for name, text in measured(asked.rows or list(ROWS), shelf, asked.size):
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()
            if asked.write and name:
                write(name, text)


if __name__ == "__main__":
    main()
