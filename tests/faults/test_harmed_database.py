"""A database that is damaged, locked or not to be written: one line, a hint, and no answer but the true one."""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.cli.world import Run, World
from tests.faults.letters import NOW
from tests.faults.rig import IS_SLOW
from tracker.errors import DatabaseUnreachable
from tracker.storage import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.launcher import Launcher

PAGE = 4096
RUN = 8
"""Pages in a row that are harmed."""

SEEDS = range(40 if IS_SLOW else 2)


def overwritten(sound: bytes, chance: random.Random) -> bytes:
    """Whole pages hold something else, as after a write that went astray."""
    at = PAGE * chance.randrange(1, len(sound) // PAGE - RUN)
    return sound[:at] + chance.randbytes(RUN * PAGE) + sound[at + RUN * PAGE :]


def emptied(sound: bytes, chance: random.Random) -> bytes:
    """Whole pages hold nothing, as after a power cut."""
    at = PAGE * chance.randrange(1, len(sound) // PAGE - RUN)
    return sound[:at] + bytes(RUN * PAGE) + sound[at + RUN * PAGE :]


def truncated(sound: bytes, chance: random.Random) -> bytes:
    """The end is missing, as after a copy that was cut."""
    return sound[: chance.randrange(1, len(sound) - PAGE)]


@pytest.fixture
def world(whole: World, tmp_path: Path) -> World:
    """The larger mailbox, and a copy of its database."""
    fresh = World(whole.server, whole.user, tmp_path / "home", now=whole.now)
    path_of(fresh).write_bytes(path_of(whole).read_bytes())
    return fresh


def path_of(world: World) -> Path:
    return world.folder / "tracker.db"


def refuses(launcher: Launcher, world: World, *words: str, hint: str = "") -> bool:
    """Whether a run says that the database cannot be used, in one line with a hint; else it ends well."""
    run = launcher.start(world, *words)
    code = run.wait()
    assert code in {0, 69}, run.said()
    if code == 69:
        assert Run(code, "", run.said()).is_one_line_and_a_hint("cannot be used"), run.said()
        assert hint in run.said().splitlines()[-1]
    return code == 69


@pytest.mark.parametrize("harm", [overwritten, emptied, truncated])
def test_a_damaged_file_gives_the_true_answer_or_none(launcher: Launcher, world: World, harm: object) -> None:
    assert callable(harm)
    sound = path_of(world).read_bytes()
    report = ("report", "--format", "json", "--as-of", world.now.isoformat())
    answer = launcher.run(world, *report)
    refused = 0
    for seed in SEEDS:
        for words in (report, ("sync",), ("rebuild",)):
            for old in world.folder.glob("tracker.db*"):
                old.unlink()
            path_of(world).write_bytes(harm(sound, random.Random(seed)))  # noqa: S311 - no secret
            if refuses(launcher, world, *words, hint="damaged"):
                refused += 1
            elif words is report:
                assert (world.folder / "said").read_text("utf-8") == answer, f"seed {seed}"
    assert refused >= len(SEEDS)


@contextlib.contextmanager
def read_only(path: Path) -> Iterator[None]:
    """A file or folder that nobody may write; root, who may write everything, needs a mount for that."""
    if os.geteuid():
        mode = path.stat().st_mode
        path.chmod(mode & ~0o222)
        try:
            yield
        finally:
            path.chmod(mode)
        return
    mounted = subprocess.run(["mount", "--bind", str(path), str(path)], capture_output=True)
    if mounted.returncode:
        pytest.fail("root may not mount here; run the tests as somebody else, for whom modes of files hold")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(path)], check=True)
        yield
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_database_that_may_not_be_written_is_left_as_it_is(launcher: Launcher, world: World, what: str) -> None:
    inner = World(
        world.server, world.user, world.folder, now=world.now, database=f"sqlite:///{world.folder}/own/tracker.db"
    )
    path = world.folder / "own" / "tracker.db"
    path.parent.mkdir()
    path_of(world).rename(path)
    sound = path.read_bytes()
    with read_only(path if what == "file" else path.parent):
        for words in (("sync",), ("rebuild",), ("report",)):
            assert refuses(launcher, inner, *words, hint="you may write it"), words
    assert path.read_bytes() == sound
    assert not refuses(launcher, inner, "rebuild")


def test_a_database_that_another_program_keeps_locked_is_told_after_a_while(tmp_path: Path) -> None:
    path = tmp_path / "tracker.db"
    url = f"sqlite:///{path}"
    open_store(url).close()
    with (
        contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other,
        open_store(url, busy=0.1) as store,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseUnreachable, match="database is locked") as caught:
            store.begin_pass("work", NOW)
        assert "another program" in caught.value.hint
        assert store.accounts() == []
        other.execute("ROLLBACK")
        store.begin_pass("work", NOW)
        assert [state.begun_at for state in store.accounts()] == [NOW]
