"""A real terminal: tmux draws what a program prints, and says in which cell it stands."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PATIENCE = 30.0

_NUMBERS = itertools.count()

# Prints each text at the start of a line and asks the terminal where the cursor is (DSR, ECMA-48, 8.3.35).
_PROBE = r"""
import json, os, re, sys, termios, tty
tty.setcbreak(0)
found = []
for text in json.load(open(sys.argv[1], encoding="utf-8")):
    os.write(1, b"\r\x1b[2K" + text.encode() + b"\x1b[6n")
    told = b""
    while not told.endswith(b"R"):
        told += os.read(0, 1)
    row, column = map(int, re.search(rb"(\d+);(\d+)R", told).groups())
    found.append((row, column - 1))
with open(sys.argv[2] + ".part", "w") as file:
    json.dump(found, file)
os.rename(sys.argv[2] + ".part", sys.argv[2])
"""


@dataclass(frozen=True)
class Terminal:
    """A terminal of `width` by `height` cells, with a server of its own in `folder`."""

    folder: Path
    width: int
    height: int

    def cells_before(self, texts: Sequence[str]) -> list[int]:
        """In which cell the cursor stands after each text; every one must fit into its line."""
        told, answer = self.folder / "texts.json", self.folder / "cells.json"
        told.write_text(json.dumps(texts), encoding="utf-8")
        answer.unlink(missing_ok=True)
        with self._shown([sys.executable, "-c", _PROBE, str(told), str(answer)]):
            _until(answer.exists)
        found = json.loads(answer.read_text(encoding="utf-8"))
        assert {row for row, _ in found} == {1}, "a line wrapped"
        return [column for _, column in found]

    def shows(self, words: Sequence[str], *, escapes: bool = False, **environment: str) -> list[str]:
        """The screen, from its top, once a program has ended; with `escapes` also the colours."""
        done = self.folder / "done"
        done.unlink(missing_ok=True)
        script = '"$@"; touch "$DONE"; sleep 60'
        with self._shown(["sh", "-c", script, "sh", *words], DONE=str(done), **environment) as server:
            _until(done.exists)
            screen = self._tmux(server, "capture-pane", "-p", "-S", "-", *(["-e"] if escapes else []))
        return [line.rstrip() for line in screen.rstrip("\n").split("\n")]

    @contextlib.contextmanager
    def _shown(self, words: Sequence[str], **environment: str) -> Iterator[str]:
        """The name of a server's socket, another one each time: one that ends still takes commands, and drops them."""
        server = f"tmux{next(_NUMBERS)}"
        size = ("-x", str(self.width), "-y", str(self.height))
        settings = [word for name, value in environment.items() for word in ("-e", f"{name}={value}")]
        self._tmux(server, "-f", os.devnull, "new-session", "-d", *size, *settings, *words)
        try:
            yield server
        finally:
            with contextlib.suppress(subprocess.CalledProcessError):  # it went with its last program
                self._tmux(server, "kill-server")

    def _tmux(self, server: str, *words: str) -> str:
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        environment.pop("TMUX", None)
        command = ["tmux", "-u", "-S", str(self.folder / server), *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=30).stdout


def terminal(folder: Path, width: int, height: int = 100) -> Terminal:
    """A terminal; where tmux is missing, the test is skipped."""
    if shutil.which("tmux") is None:
        pytest.skip("NOT TESTED IN A REAL TERMINAL: tmux is missing; tests/install-servers installs it")
    return Terminal(folder, width, height)


def _until(is_so: object) -> None:
    deadline = time.monotonic() + PATIENCE
    assert callable(is_so)
    while not is_so():
        assert time.monotonic() < deadline, "the terminal did not answer in time"
        time.sleep(0.02)
