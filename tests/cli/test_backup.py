"""`tracker backup` and `tracker restore`: everything comes back, and nothing but a sound backup ever does."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_main_job import EXPECTED, NETWORK, fill
from tests.cli.world import ME
from tests.system.daemon import is_read, running, stored, until

if TYPE_CHECKING:
    from tests.cli.world import World


def read(world: World) -> None:
    """Everybody does what their name says, and all of it is read."""
    fill(world)
    world.run("import", str(world.export(*NETWORK)))
    world.run("sync")


def fetched(world: World, since: int) -> list[str]:
    """The UIDs that were asked for after so many commands."""
    commands = world.server.commands(world.user)[since:]
    return [match[1] for command in commands if (match := re.match(r"UID FETCH ([\d:,]+) \(UID FLAGS", command))]


def test_a_restored_database_gives_the_same_report_and_reads_on_from_where_it_was(world: World) -> None:
    read(world)
    told = world.report()
    made = Path(world.run("backup").out.strip())
    assert made.parent == world.folder / "backups"
    world.mail("u3", world.ago(hours=30), "uma@acme.example", ME, answers="u2")
    world.mail("new", world.ago(hours=2), "rita@acme.example", ME)
    world.run("sync")
    assert world.verdicts()["Uma Unresponsive"] == "slow"
    world.run("mark", "ulf", "--removed")
    after = world.report()

    restored = world.run("restore", str(made))

    assert restored.err.splitlines()[0].endswith("restored; the next sync reads what came in since")
    assert world.report() == told
    assert world.verdicts() == EXPECTED
    sent = len(world.server.commands(world.user))
    world.run("sync")
    asked = fetched(world, sent)
    known = {row["name"]: row for row in world.report()["connections"]}
    assert known["Uma Unresponsive"]["verdict"] == "slow"
    assert stored(world) == sum(account["messages"] for account in world.report()["coverage"]["accounts"])
    # Two new ones in INBOX; a few known ones are looked at again beside them, whether the UIDs still mean the same.
    assert asked
    assert sum(len(uids.split(",")) for uids in asked) < 12, asked
    (aside,) = world.folder.glob("backups/*-before-restore.db")
    world.run("restore", str(aside))
    assert world.report() == after


def test_a_backup_beside_the_daemon_and_no_restore_until_it_ends(world: World) -> None:
    read(world)
    with running(world):
        until(lambda: is_read(world))
        made = world.run("backup", str(world.folder / "elsewhere")).out.strip()
        refused = world.run("restore", made, expect=69)
        assert refused.is_one_line_and_a_hint("is in use by another process")
        assert "stop the daemon" in refused.err
    world.run("restore", made)
    assert world.verdicts() == EXPECTED


def test_another_program_that_has_the_database_open_forbids_a_restore_too(world: World) -> None:
    read(world)
    made = world.run("backup").out.strip()
    with contextlib.closing(sqlite3.connect(world.folder / "tracker.db")) as db:
        db.execute("SELECT count(*) FROM message").fetchall()
        assert world.run("restore", made, expect=69).is_one_line_and_a_hint("is in use by another process")
    world.run("restore", made)


def ruined(backup: bytes, how: str) -> bytes:
    if how == "cut":
        return backup[: len(backup) // 2]
    if how == "no database":
        return b"PGDMP" + backup[5:]
    if how == "empty":
        return b""
    middle = len(backup) // 2 // 4096 * 4096
    return backup[:middle] + b"\xff" * 4096 + backup[middle + 4096 :]


@pytest.fixture
def made(world: World) -> Path:
    world.run("import", str(world.export(*NETWORK)))
    return Path(world.run("backup").out.strip())


@pytest.mark.parametrize("how", ["cut", "no database", "empty", "a page overwritten"])
def test_a_damaged_backup_is_refused_and_the_database_stays(world: World, made: Path, how: str) -> None:
    before = (world.folder / "tracker.db").read_bytes()
    (bad := world.folder / "bad.db").write_bytes(ruined(made.read_bytes(), how))
    assert world.run("restore", str(bad), expect=65).is_one_line_and_a_hint("bad.db")
    assert (world.folder / "tracker.db").read_bytes() == before
    assert not [path for path in world.folder.iterdir() if path.name.startswith(".")]


def test_a_foreign_a_newer_and_a_missing_file_are_refused(world: World, made: Path) -> None:
    before = (world.folder / "tracker.db").read_bytes()
    foreign = world.folder / "foreign.db"
    with contextlib.closing(sqlite3.connect(foreign)) as db:
        db.execute("CREATE TABLE message (id)")
    assert world.run("restore", str(foreign), expect=65).is_one_line_and_a_hint("another program")
    with contextlib.closing(sqlite3.connect(made)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    assert world.run("restore", str(made), expect=78).is_one_line_and_a_hint("newer version")
    assert world.run("restore", str(world.folder / "none.db"), expect=65).is_one_line_and_a_hint("no file")
    assert (world.folder / "tracker.db").read_bytes() == before
    assert not list(world.folder.glob("backups/*-before-restore.db"))


def test_a_damaged_database_is_replaced_and_kept(world: World, made: Path) -> None:
    database = world.folder / "tracker.db"
    database.write_bytes(b"no database at all" * 1000)
    database.with_name("tracker.db-wal").write_bytes(b"of the damaged one" * 1000)
    restored = world.run("restore", str(made))
    assert "forget them again" in restored.err
    assert not database.with_name("tracker.db-wal").exists(), "it would be applied to the new one"
    assert world.report()["summary"]["connections"] == len(EXPECTED)
    (aside,) = world.folder.glob("backups/*-before-restore.db")
    assert aside.read_bytes() == b"no database at all" * 1000


def test_a_restore_where_there_was_nothing_makes_the_database(world: World, made: Path) -> None:
    (world.folder / "tracker.db").unlink()
    world.run("restore", str(made))
    assert world.report()["summary"]["connections"] == len(EXPECTED)


def test_whom_one_forgot_is_not_brought_back_by_a_backup(world: World) -> None:
    read(world)
    made = world.run("backup").out.strip()
    told = world.run("forget", "uma", "--yes")
    assert re.search(r"^backups hold them until \d{4}-\d\d-\d\d, ", told.err, re.MULTILINE)
    world.run("restore", made)
    left = {name: verdict for name, verdict in EXPECTED.items() if name != "Uma Unresponsive"}
    assert world.verdicts() == left
    world.run("sync")
    world.run("import", str(world.export(*NETWORK)))
    assert world.verdicts() == left
    assert b"uma@acme.example" not in (world.folder / "tracker.db").read_bytes()


def test_where_no_backups_are_made_by_themselves_forgetting_promises_no_day(world: World, made: Path) -> None:
    world.settings = '[backup]\nevery = ""\n'
    world.write_config()
    told = world.run("forget", "uma", "--yes").err
    assert (
        f"backups in {made.parent} hold them until newer ones displace these, and none are made by themselves" in told
    )
    assert not re.search(r"\d{4}-\d\d-\d\d", told)
    made.unlink()
    told = world.run("forget", "ulf", "--yes").err
    assert "backups" not in told
    assert "copies that you made elsewhere hold what they held" in told


def test_a_backup_in_another_folder_is_not_the_one_of_the_day(world: World) -> None:
    world.run("import", str(world.export(*NETWORK)))
    world.run("backup", str(world.folder / "elsewhere"))
    with running(world):
        until(lambda: len(list(world.folder.glob("backups/tracker-*.db"))) == 1)
    world.run("backup", str(world.folder / "elsewhere"))


def test_superfluous_backups_go_from_the_usual_folder_and_from_no_other(world: World) -> None:
    world.settings = "[backup]\ndaily = 2\nweekly = 0\n"
    world.write_config()
    world.run("import", str(world.export(*NETWORK)))
    for folder in ("backups", "elsewhere"):
        (world.folder / folder).mkdir()
        for day in range(1, 6):
            (world.folder / folder / f"tracker-2026010{day}T000000Z.db").write_bytes(b"")
        (world.folder / folder / "notes.txt").write_bytes(b"")
    assert "4 older removed" in world.run("backup").err
    world.run("backup", str(world.folder / "elsewhere"))
    left = sorted(path.name for path in (world.folder / "backups").iterdir())
    assert [left[0], *left[1:2], len(left)] == ["notes.txt", "tracker-20260105T000000Z.db", 3]
    assert len(list((world.folder / "elsewhere").iterdir())) == 7
