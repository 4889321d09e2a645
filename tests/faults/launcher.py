"""Runs of the program as processes of their own, forked from one that has it loaded, so that each starts at once."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.world import World

_PROGRAM = """
import json, os, resource, sys
import tracker.cli.main, tracker.daemon, tracker.cli._progress
import tracker.importers.linkedin, tracker.service.importing, tracker.service.judging, tracker.service.syncing
import tracker.service.reading, tracker.sources.imap

# So that a mailbox of a few thousand messages takes several transactions, between which it can be killed.
tracker.service.reading.TOGETHER = tracker.service.reading.BATCH

def run(order):
    words = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(words, 1)
    os.dup2(words, 2)
    os.environ.update(order["environment"])
    if order["largest"]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["largest"], order["largest"]))
    sys.argv = ["tracker", *order["words"]]
    tracker.cli.main.main()

for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        run(json.loads(line))
    print(pid, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


@dataclass
class Started:
    """A run that is under way, and where its words go."""

    launcher: Launcher
    pid: int
    log: Path

    def kill(self) -> int:
        """SIGKILL; how it ended, which may have been just before."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        return self.wait()

    def wait(self) -> int:
        """Its exit code, or the negative number of the signal that ended it."""
        return self.launcher.next_number()

    @property
    def has_ended(self) -> bool:
        """Whether it has ended by itself."""
        try:
            return Path(f"/proc/{self.pid}/stat").read_text("utf-8").rpartition(") ")[2][:1] == "Z"
        except FileNotFoundError:
            return True

    def said(self) -> str:
        """Its words up to now."""
        return self.log.read_text("utf-8") if self.log.exists() else ""


class Launcher:
    """Starts one run at a time; each must be waited for or killed before the next."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, world: World, *words: str, largest: int = 0) -> Started:
        """Run `tracker WORDS`, which may make no file larger than `largest` bytes, if given."""
        log = world.folder / "said"
        log.unlink(missing_ok=True)
        order = {
            "words": ["--config", str(world.config), *words],
            "environment": {"TRACKER_STATE": str(world.folder), "COLUMNS": "120"},
            "log": str(log),
            "largest": largest,
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Started(self, self.next_number(), log)

    def run(self, world: World, *words: str, expect: int = 0) -> str:
        """The words of a run that ends by itself with this exit code."""
        started = self.start(world, *words)
        code = started.wait()
        assert code == expect, f"exit code {code} of {words}: {started.said()}"
        return started.said()

    def next_number(self) -> int:
        """What the loaded process tells next: the id of a new process, or how it ended."""
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """End the loaded process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextlib.contextmanager
def launching() -> Iterator[Launcher]:
    """A launcher for the time being."""
    launcher = Launcher()
    try:
        yield launcher
    finally:
        launcher.close()
