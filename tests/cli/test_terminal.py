"""`tracker report` where people meet it, in a terminal: its width, its colours, its signs, its ten people a group."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.golden.terminal import terminal
from tests.golden.widths import widest
from tracker.config import load_config
from tracker.demo import prepare
from tracker.service.access import open_database
from tracker.service.importing import import_files
from tracker.service.syncing import Silence, sync_account

if TYPE_CHECKING:
    from pathlib import Path

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of the sample mailbox, read."""
    now = datetime.now(UTC)
    with prepare(tmp_path_factory.mktemp("sample"), now) as demo:
        config = load_config(demo.config)
        with open_database(config) as store:
            import_files(store, [demo.archive], now=now)
            sync_account(store, config.account[0], config, clock=lambda: now, progress=Silence())
        return demo.config


def command(sample: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "tracker", "--config", str(sample), "report", *words]


def test_in_a_terminal_it_has_colours_and_ten_people_a_group_and_fits(sample: Path, tmp_path: Path) -> None:
    screen = terminal(tmp_path, 80)
    shown = screen.shows(command(sample), escapes=True)
    plain = [ESCAPE.sub("", line) for line in shown]
    assert plain[0].startswith("11 of the 25 people you asked answer within 48 h ")
    assert max(map(widest, plain)) == 79, "a line of eighty cells would wrap in some terminals"
    assert {"32", "33", "31", "36", "35", "1", "2"} <= {code for line in shown for code in codes(line)}
    (more,) = [line for line in plain if " more:  tracker report --verdict responsive" in line]
    assert more == "  … 1 more:  tracker report --verdict responsive"
    assert plain.index(more) - next(n for n, line in enumerate(plain) if line.startswith("✓ RESPONSIVE 11")) == 11
    everybody = screen.shows(command(sample, "--limit", "0"))
    assert not [line for line in everybody if "more:" in line]


def codes(line: str) -> list[str]:
    return [code for escape in ESCAPE.findall(line) for code in escape[2:-1].split(";")]


@pytest.mark.parametrize("setting", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "TERM=dumb"])
def test_who_wants_no_colours_gets_none_and_misses_nothing(
    sample: Path, tmp_path: Path, setting: dict[str, str]
) -> None:
    screen = terminal(tmp_path, 100)
    shown = screen.shows(
        ["env", *(f"{name}={value}" for name, value in setting.items()), *command(sample)], escapes=True
    )
    assert not [line for line in shown if "\x1b" in line]
    assert [line for line in shown if line.startswith("✓ RESPONSIVE 11  at least half")]
    assert [line for line in shown if "●" in line]


def test_a_terminal_without_unicode_gets_signs_that_it_has(sample: Path, tmp_path: Path) -> None:
    screen = terminal(tmp_path, 80)
    shown = screen.shows(["env", "PYTHONUTF8=0", "PYTHONIOENCODING=ascii", "NO_COLOR=1", *command(sample)])
    assert [line for line in shown if line.startswith("+ RESPONSIVE 11  at least half")]
    assert [line for line in shown if re.search(r"  o+x?o* ", line)]
    assert all(line.isascii() for line in shown)


@pytest.mark.parametrize(("columns", "width"), [("", 119), ("90", 89), ("many", 119)])
def test_where_there_is_no_terminal_everybody_is_told_without_colour(sample: Path, columns: str, width: int) -> None:
    environment = {**os.environ, "COLUMNS": columns, "PYTHONIOENCODING": "utf-8"}
    said = subprocess.run(command(sample), env=environment, capture_output=True, text=True, check=True).stdout
    assert "\x1b" not in said
    assert "more:" not in said
    assert max(map(widest, said.splitlines())) == width
