"""A person at a terminal with an empty home, who has just heard of the program."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pexpect

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine.dovecot import Dovecot


class Newcomer:
    """A person at a terminal with an empty home."""

    def __init__(self, home: Path, ca_file: Path) -> None:
        self.home = home
        self.config = home / ".config" / "tracker" / "config.toml"
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("XDG", "TRACKER"))}
        # The system's own store of CAs is the one thing that a test server's certificate cannot be in.
        trusted = {"SSL_CERT_FILE": str(ca_file), "REQUESTS_CA_BUNDLE": str(ca_file)}
        self.environment = kept | trusted | {"HOME": str(home), "TERM": "xterm", "COLUMNS": "100", "NO_PROXY": "*"}
        for desktop in ("DISPLAY", "WAYLAND_DISPLAY"):
            self.environment.pop(desktop, None)

    def starts(self, *words: str) -> pexpect.spawn[str]:
        """`tracker WORDS` in a terminal."""
        return self.python("-m", "tracker", *words)

    def python(self, *words: str) -> pexpect.spawn[str]:
        """Python in a terminal."""
        return spawned([sys.executable, *words], self.environment)


def spawned(words: list[str], environment: dict[str, str]) -> pexpect.spawn[str]:
    """A program in a terminal of 100 columns."""
    return pexpect.spawn(words[0], words[1:], env=environment, encoding="utf-8", timeout=30, dimensions=(40, 100))


class Recorder:
    """A file that remembers what a terminal showed: `text`."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        """Nothing is buffered."""


def end(terminal: pexpect.spawn[str], code: int) -> None:
    """It comes to its end, with this exit code."""
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == code


def files(home: Path) -> list[str]:
    return sorted(path.name for path in home.rglob("*") if path.is_file())


def at(server: Dovecot) -> list[str]:
    """Options that name a server of ours, so that nothing is looked up."""
    return ["--host", "localhost", "--port", str(server.tls_port), "--tls", "implicit"]


def run(newcomer: Newcomer, *words: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
    """Without a terminal."""
    result = subprocess.run(
        [sys.executable, "-m", "tracker", *words],
        env=newcomer.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == expect, result
    return result
