"""What the README promises a stranger, held against the program, the unit and the example."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tracker import errors
from tracker.cli.main import EX_SOFTWARE, INTERRUPTED
from tracker.config import parse_config
from tracker.domain.outcome import Outcome
from tracker.domain.verdict import Verdict, wilson
from tracker.errors import TrackerError

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
UNIT = (ROOT / "systemd" / "tracker.service").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language, without the indentation that they have in a list."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```", README, re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", text, flags=re.MULTILINE) for indent, text in found]


def table(heading: str) -> list[list[str]]:
    """The rows of the table whose first heading is this, cell by cell."""
    rows = README.partition(f"| {heading} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("| ").split(" | ")] for row in rows]


def test_every_setting_that_the_readme_shows_is_accepted() -> None:
    snippets = blocks("toml")
    assert snippets
    for snippet in snippets:
        parse_config(snippet, "README.md")


def commands() -> list[list[str]]:
    """Every `tracker` line of the README's shell blocks, in words; placeholders and comments left out."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if re.match(r"track(er|ed) ", line)]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_option_that_the_readme_uses_exists(words: list[str]) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "tracker", words[0], "--help"], capture_output=True, text=True, check=True
    )
    assert [word for word in words if word.startswith("--") and f"{word} " not in f"{result.stdout} "] == []


def test_the_service_is_set_up_as_its_unit_wants_it() -> None:
    steps = "\n".join(line for block in blocks("sh") for line in block.splitlines() if "sudo" in line)
    for file in re.findall(r"install -m \d+ (?:-\S \S+ )*([a-z][\w./-]+) ", steps):
        assert (ROOT / file).is_file(), f"{file} is to be installed and does not exist"
    program, config = re.search(r"^ExecStart=(\S+) --config (\S+) run$", UNIT, re.MULTILINE).groups()  # type: ignore[union-attr]  # there is one
    assert program in steps
    assert f"config.example.toml {config}" in steps
    name, secret = re.search(r"^LoadCredential=(\w+):(\S+)$", UNIT, re.MULTILINE).groups()  # type: ignore[union-attr]  # there is one
    assert f"install -m 600 /dev/null {secret}" in steps
    assert any(f'credential = "{name}"' in block for block in blocks("toml"))
    user = re.search(r"^User=(\w+)$", UNIT, re.MULTILINE)[1]  # type: ignore[index]  # there is one
    state = re.search(r"^StateDirectory=(\w+)$", UNIT, re.MULTILINE)[1]  # type: ignore[index]  # there is one
    assert f"runuser -u {user} -- env HOME=/var/lib/{state} TRACKER_STATE=/var/lib/{state} {program}" in steps
    sysusers = (ROOT / "systemd" / "tracker.sysusers").read_text(encoding="utf-8")
    assert re.search(r"/usr/lib/sysusers\.d/\S+\.conf", sysusers)[0] in steps  # type: ignore[index]  # it says where it goes


def test_the_exit_codes_are_all_there_are() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, TrackerError)]
    used = {0, 1, EX_SOFTWARE, INTERRUPTED, *(kind.exit_code for kind in kinds)}
    assert [int(row[0]) for row in table("code")] == sorted(used)


def test_every_outcome_and_every_verdict_is_explained() -> None:
    outcomes = {name for row in table("outcome of an ask") for name in row[0].replace(" ", "_").split(",_")}
    assert outcomes == set(Outcome)
    assert [row[0] for row in table("verdict")] == [
        Verdict.UNREACHABLE,
        Verdict.UNTESTED,
        Verdict.WAITING,
        Verdict.RESPONSIVE,
        Verdict.SLOW,
        Verdict.UNRESPONSIVE,
        Verdict.UNPROVEN,
    ]


def test_the_bounds_are_what_the_readme_says() -> None:
    two, one = (round(100 * wilson(0, trials, 0.9)[1]) for trials in (2, 1))
    assert f"two silences of two asks that share is {two} %" in README
    assert f"one of one it is {one} %" in README


def test_the_readme_is_short_enough_to_be_read() -> None:
    assert len(README.splitlines()) <= 200
