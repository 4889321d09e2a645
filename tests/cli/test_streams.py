"""Streams that are closed, full, or a pipe whose reader has gone: the work goes on, and the exit code tells how."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.world import World

ROW = "Rita,Responsive,https://www.linkedin.com/in/rita,rita@acme.example,Acme,CTO,04 Mar 2021"
SAYING: tuple[list[str], ...] = (
    ["status"],
    ["config", "show"],
    ["config"],
    ["auth", "status"],
    ["backup"],
    ["--help"],
    ["--version"],
    [],
)


def ended(world: World, words: list[str], streams: str) -> tuple[int, str]:
    """The exit code of `tracker WORDS`, its streams redirected as a shell does, and what it said to stderr."""
    program = [sys.executable, "-m", "tracker", "--config", str(world.config), *words]
    environment = {**os.environ, "TRACKER_STATE": str(world.folder)}
    script = f'"$@" {streams}; exit ${{PIPESTATUS[0]}}'
    done = subprocess.run(["bash", "-c", script, "bash", *program], capture_output=True, text=True, env=environment)
    return done.returncode, done.stderr


@pytest.fixture
def read(world: World) -> World:
    """A person whose mailbox was read just now."""
    world.run("import", str(world.export(ROW)))
    world.run("sync")
    return world


def test_whoever_leaves_a_pipe_early_changes_no_answer(read: World) -> None:
    for words in SAYING:
        code, said = ended(read, words, "| true")
        assert (code, "tracker:" in said) == (0, False), words


def test_the_answer_no_is_one_even_if_nobody_reads_it(world: World) -> None:
    assert ended(world, ["status"], "| true") == (1, "")


def test_words_that_nobody_hears_end_no_work(world: World) -> None:
    for streams in ("2>&-", "2> /dev/full", "2> >(true)", "2>&1 | true"):
        assert ended(world, ["sync"], streams)[0] == 0, streams
        assert ended(world, ["dance"], streams)[0] == 2, streams
    assert world.report()["coverage"]["complete"] is True


def test_a_closed_stream_is_no_bug(read: World) -> None:
    for words in (["report"], ["status"], ["sync"], ["link"], ["prune"], ["--help"]):
        assert ended(read, words, ">&- <&-")[0] == 0, words
    code, said = ended(read, ["forget", "Rita"], "<&-")
    assert code == 2
    assert "bug" not in said
    assert list(read.verdicts()) == ["Rita Responsive"]


def test_a_full_disk_behind_stdout_is_told(read: World) -> None:
    for words in (
        *SAYING[:2],
        ["report"],
        ["report", "--format", "html"],
        ["--version"],
        ["--help"],
        ["link", "-h"],
        [],
    ):
        code, said = ended(read, words, "> /dev/full")
        assert code == 2, words
        assert said == "tracker: cannot write to stdout: No space left on device\nhint: make room, or write elsewhere\n"


def test_ctrl_c_while_the_program_loads_ends_it_without_a_word() -> None:
    program = (
        "import os, runpy, signal, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, *more):\n"
        "        if name == 'tracker.cli.main':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder())\n"
        "runpy.run_module('tracker', run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (-signal.SIGINT, "")
