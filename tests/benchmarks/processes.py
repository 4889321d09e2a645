"""Programs run as processes of their own: how long they took, how much of a processor, and their greatest memory."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_HELLO = """import typer

app = typer.Typer()

@app.command()
def hello(name: str = "world") -> None:
    \"\"\"Say hello.\"\"\"
    print(f"Hello {name}")

if __name__ == "__main__":
    app()
"""
"""The smallest program that a user of Typer would write."""

_WATCHED = """
import atexit, os, re, sys
def note():
    with open("/proc/self/status") as status, open(os.environ["PEAK"], "w") as peak:
        peak.write(re.search(r"VmHWM:\\s+(\\d+)", status.read())[1])
atexit.register(note)
from tracker.cli.main import main
sys.exit(main())
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """Seconds from start to end, KiB of memory at the most, and what was printed."""

    seconds: float
    peak: int
    out: str


_NEARLY_NOTHING = 0.02
"""Seconds of a second."""


def tracker(config: Path, *words: str) -> list[str]:
    """The command line of the program, as it is installed."""
    return [str(Path(sys.executable).with_name("tracker")), "--config", str(config), *words]


def hello(folder: Path) -> list[str]:
    """The command line of a Typer hello-world that is written into `folder`."""
    path = folder / "hello.py"
    path.write_text(_HELLO, encoding="utf-8")
    return [sys.executable, str(path)]


def timed(command: Sequence[str], *, endings: Sequence[int] = (0,), **environment: str) -> float:
    """Seconds that a process takes; it must end with one of these exit codes."""
    started = time.perf_counter()
    process = subprocess.run(command, capture_output=True, env={**os.environ, **environment})
    seconds = time.perf_counter() - started
    if process.returncode not in endings:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {process.stderr.decode()}")
    return seconds


def watched(config: Path, *words: str) -> Ran:
    """The program with its greatest memory, which is read by the process itself at its end."""
    peak = config.with_name("peak")
    started = time.perf_counter()
    process = subprocess.run(
        [sys.executable, "-c", _WATCHED, "--config", str(config), *words],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PEAK": str(peak), "TRACKER_STATE": str(config.parent)},
    )
    return Ran(time.perf_counter() - started, int(peak.read_text()), process.stdout)


def in_turn(times: int, *deeds: Callable[[], float]) -> list[float]:
    """The median seconds of each deed, done in turn so that a busy moment strikes all of them alike."""
    rounds = [[deed() for deed in deeds] for _ in range(times)]
    return [statistics.median(column) for column in zip(*rounds, strict=True)]


def resident(pid: int) -> int:
    """KiB of memory that a living process holds."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text("utf-8"))
    return int(found[1]) if found else 0


def processor_seconds(pid: int) -> float:
    """Seconds of a processor that a living process has used, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def settled(pid: int) -> None:
    """Wait until a process has used next to no processor time for a second: whatever it was at is done."""
    before = -1.0
    while (now := processor_seconds(pid)) - before > _NEARLY_NOTHING:
        before = now
        time.sleep(1)
