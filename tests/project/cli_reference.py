"""docs/cli.md: what every command says of itself, written by `make docs`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "cli.md"

COMMANDS = (
    "demo",
    "init",
    "doctor",
    "import",
    "sync",
    "run",
    "report",
    "show",
    "waiting",
    "ask",
    "link",
    "mark",
    "prune",
    "tune",
    "status",
    "forget",
    "auth",
    "auth login",
    "auth status",
    "auth logout",
    "digest",
    "export",
    "backup",
    "restore",
    "rebuild",
    "config",
    "config check",
    "config show",
)
"""In the order in which `tracker --help` lists them."""


def help_of(*words: str) -> str:
    """What `tracker WORDS --help` prints, a hundred cells wide."""
    program = [sys.executable, "-m", "tracker", *words, "--help"]
    environment = {**os.environ, "COLUMNS": "100", "TERMINAL_WIDTH": "100", "NO_COLOR": "1"}
    text = subprocess.run(program, env=environment, capture_output=True, text=True, check=True).stdout
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def reference() -> str:
    """The document."""
    parts = [
        "# Commands\n\nWhat `--help` says. Written by `make docs`; a test compares.\n",
        f"```text\n{help_of()}\n```\n",
    ]
    parts += [f"## tracker {command}\n\n```text\n{help_of(*command.split())}\n```\n" for command in COMMANDS]
    return "\n".join(parts)


if __name__ == "__main__":
    DOCUMENT.write_text(reference(), encoding="utf-8")
