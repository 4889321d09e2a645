"""What a command loads: imports are most of what a report takes, so that each is for something."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PROGRAM = """
import gc, sys
from tracker.cli.main import main
try:
    main()
except SystemExit:
    print(*sys.modules, gc.get_freeze_count(), file=sys.stderr)
"""

_CONFIG = """
[me]
addresses = ["ann@example.org"]
[[account]]
name = "work"
host = "imap.example.org"
user = "ann"
password_file = "none"
"""


def loaded(folder: Path, *words: str) -> tuple[set[str], int]:
    """The modules that a command loads, and how many objects Python need not look at when it ends."""
    config = folder / "config.toml"
    config.write_text(_CONFIG, encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-c", _PROGRAM, "--config", str(config), *words],
        env={**os.environ, "TRACKER_STATE": str(folder / "state")},
        capture_output=True,
        text=True,
        check=True,
    )
    *modules, frozen = result.stderr.splitlines()[-1].split()
    return set(modules), int(frozen)


def test_a_command_loads_no_other(tmp_path: Path) -> None:
    modules, _ = loaded(tmp_path, "--quiet", "config", "check")
    commands = {name for name in modules if name.startswith("tracker.cli.") and "._" not in name}
    assert commands == {"tracker.cli.main", "tracker.cli.config"}
    assert "sqlalchemy" not in modules


def test_python_is_spared_the_search_for_circles_in_what_is_left_at_the_end(tmp_path: Path) -> None:
    _, frozen = loaded(tmp_path, "--version")
    assert frozen > 10_000
