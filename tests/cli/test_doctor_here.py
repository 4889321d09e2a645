"""What can be wrong on this machine: one test for each thing that `tracker doctor` looks at."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.examining import found, held_up, the_one_fault
from tests.cli.world import ME, World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.examining import Found

OLDEST = "0001"


@pytest.fixture
def elsewhere(healthy: World) -> Iterator[World]:
    """The same person, with a database of root's where everybody can see that it is there."""
    if os.geteuid() != 0:
        pytest.skip("NOT TESTED HERE: being another user needs root")
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        world = World(healthy.server, healthy.user, Path(name))
        found(world)  # loads all that it needs, which nobody may not be able to
        world.run("sync")
        yield world


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Be another user for a while, in this process."""
    os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("text", ["[me\n", '[[account]]\nname = "x"\n', "[reply]\nthreshhold = 3\n"])
def test_a_configuration_that_cannot_be_used_is_a_fault_with_all_its_problems(healthy: World, text: str) -> None:
    healthy.config.write_text(text, "utf-8")
    findings = found(healthy, expect=1)
    assert the_one_fault(findings)["check"] == "config"
    assert held_up(findings, "config") == ["database", "disk"]


def test_a_configuration_that_others_can_change_is_a_fault(healthy: World) -> None:
    healthy.config.chmod(0o620)
    assert "can be changed by others" in the_one_fault(found(healthy, expect=1))["words"]


def test_a_configuration_that_names_no_account_or_no_address_is_told(healthy: World) -> None:
    whole = healthy.config.read_text("utf-8")
    healthy.config.write_text("", "utf-8")
    assert found(healthy)["config"]["grade"] == "warn"
    healthy.config.write_text(whole.replace(f'"{ME}"', ""), "utf-8")
    assert "no address of yours" in the_one_fault(found(healthy, expect=1))["words"]


def test_a_database_that_is_damaged_or_open_to_others_or_newer_is_told(healthy: World) -> None:
    healthy.run("sync")
    place = healthy.folder / "tracker.db"
    assert found(healthy)["database"]["facts"]["schema"]
    place.chmod(0o644)
    assert found(healthy)["database"]["words"].endswith("can be read by others")
    place.chmod(0o600)
    for version, grade in (("from the future", "fail"), (OLDEST, "warn")):
        with contextlib.closing(sqlite3.connect(place, isolation_level=None)) as db:
            db.execute("UPDATE alembic_version SET version_num = ?", [version])
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert found(healthy, expect=1 if grade == "fail" else 0)["database"]["grade"] == grade
    content = place.read_bytes()
    place.write_bytes(content[:4096] + b"\xff" * 8192 + content[12288:])
    assert the_one_fault(found(healthy, expect=1))["check"] == "database"


def test_a_database_of_another_users_is_told_with_its_owner_and_not_opened(elsewhere: World) -> None:
    with as_nobody():
        fault = found(elsewhere, expect=1)["database"]
    assert fault["words"] == f"{elsewhere.folder / 'tracker.db'} belongs to root, and this is nobody"
    assert fault["remedy"].startswith("run it as its owner: runuser -u root -- tracker")
    assert found(elsewhere)["database"]["grade"] == "ok", "root may look at everybody's"


def test_a_database_in_a_folder_that_only_its_owner_sees_is_told_too(elsewhere: World) -> None:
    elsewhere.folder.chmod(0o711)
    (elsewhere.folder / "closed").mkdir(mode=0o700)
    elsewhere.database = f"sqlite:///{elsewhere.folder / 'closed' / 'deep' / 'tracker.db'}"
    elsewhere.write_config()
    with as_nobody():
        findings = found(elsewhere, expect=1)
    assert findings["database"]["words"] == f"{elsewhere.folder / 'closed'} belongs to root, and this is nobody"
    assert findings["disk"]["words"] == f"{elsewhere.folder / 'closed'} cannot be written"


def in_a_namespace(world: World, preparation: str) -> Found:
    """What is found after a shell has changed what is mounted, for this process alone."""
    if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"]).returncode != 0:
        pytest.skip("NOT TESTED HERE: a full disk and a service need a mount namespace, and so root")
    doctor = f'{sys.executable} -m tracker --config "{world.config}" doctor --format json'
    result = subprocess.run(
        ["unshare", "--mount", "sh", "-ec", f"mount --make-rprivate /\n{preparation}\n{doctor} || true"],
        env={**os.environ, "TRACKER_STATE": str(world.folder)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return {finding["check"]: finding for finding in json.loads(result.stdout)["findings"]}


@pytest.mark.parametrize(("megabytes", "grade"), [(20, "fail"), (200, "warn")])
def test_a_disk_without_room_is_told(healthy: World, megabytes: int, grade: str) -> None:
    place = healthy.folder / "disk"
    place.mkdir()
    healthy.database = f"sqlite:///{place}/tracker.db"
    healthy.write_config()
    findings = in_a_namespace(healthy, f'mount -t tmpfs -o size={megabytes}m none "{place}"')
    assert (findings["disk"]["grade"], findings["disk"]["facts"]) == (grade, {"free_bytes": megabytes * 2**20})


@pytest.mark.parametrize(
    ("told", "grade", "words"),
    [
        (
            "LoadState=bad-setting\nActiveState=inactive\nResult=success",
            "fail",
            "tracker.service cannot be started: bad-setting",
        ),
        ("LoadState=masked\nActiveState=inactive\nResult=success", "fail", "tracker.service cannot be started: masked"),
        ("LoadState=not-found", "ok", "tracker.service is not installed here: tracker sync reads when you say so"),
        ("LoadState=loaded\nActiveState=inactive\nResult=success", "warn", "tracker.service does not run"),
        ("LoadState=loaded\nActiveState=failed\nResult=exit-code", "fail", "tracker.service failed: exit-code"),
        (
            "LoadState=loaded\nActiveState=active\nSubState=running\nResult=success\nUnitFileState=disabled",
            "warn",
            "tracker.service runs, but not after the next boot",
        ),
        (
            "LoadState=loaded\nActiveState=active\nSubState=running\nResult=success\nUnitFileState=enabled\nNRestarts=2",
            "ok",
            "tracker.service runs, running; restarted 2 times",
        ),
    ],
)
def test_how_the_service_stands_is_told(healthy: World, told: str, grade: str, words: str) -> None:
    """Systemctl is a stand-in here, since no systemd runs in a test; the properties are those that it prints."""
    (healthy.folder / "systemctl").write_text(f"#!/bin/sh\ncat <<'END'\n{told}\nEND\n", "utf-8")
    (healthy.folder / "systemctl").chmod(0o755)
    mounts = f'mount -t tmpfs none /run\nmkdir -p /run/systemd/system\nexport PATH="{healthy.folder}:$PATH"'
    service = in_a_namespace(healthy, mounts)["service"]
    assert (service["grade"], service["words"]) == (grade, words)
