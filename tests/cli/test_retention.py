"""`keep` in the configuration: older mail is deleted here and never read again, whatever the server does."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.cli.world import ME
from tests.system.daemon import is_read, query, running, stored, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.world import World

UMA = "Uma,Unresponsive,https://www.linkedin.com/in/uma,uma@acme.example,Umbrella,,06 Mar 2021"
OLD = 800


def settle(world: World, settings: str) -> None:
    world.settings = settings
    world.write_config()
    config = world.config.read_text("utf-8")
    keep = 'keep = "750d"\n' if "kept" in settings else ""
    world.config.write_text(config.replace("[database]\n", f"[database]\n{keep}"), encoding="utf-8")


def fill(world: World) -> None:
    for number in range(3):
        world.mail(f"old{number}", world.ago(days=OLD + number), ME, "uma@acme.example")
        world.mail(f"oldin{number}", world.ago(days=OLD + number), "someone@x.example", ME)
        world.mail(f"new{number}", world.ago(days=100 + 30 * number), ME, "uma@acme.example")
    world.noise(200)
    world.run("import", str(world.export(UMA)))


def test_what_is_older_goes_and_neither_a_pass_nor_a_new_numbering_brings_it_back(world: World) -> None:
    settle(world, '[sync]\nsince = "2000d"\n')
    fill(world)
    world.run("sync")
    everything = stored(world)
    world.run("mark", "uma", "--keep")

    settle(world, '[sync]\nsince = "2000d"\n# kept\n')
    assert "6 messages were older than is kept" in world.run("sync").err
    assert stored(world) == everything - 6
    assert world.verdicts() == {"Uma Unresponsive": "unresponsive"}
    assert not query(world, "SELECT * FROM mailbox WHERE addr = 'someone@x.example'")
    assert len(query(world, "SELECT * FROM mark")) == 1

    # A change in what is wanted makes the next pass compare every UID, as each day does.
    for since in ("2100d", "2200d"):
        settle(world, f'[sync]\nsince = "{since}"\n# kept\n')
        world.run("sync")
        assert stored(world) == everything - 6
    for folder in ("INBOX", "Sent"):
        world.user.mailbox.reset_uidvalidity(folder)
    world.run("sync")
    assert stored(world) == everything - 6
    before = world.report()["connections"]
    world.run("rebuild")
    assert world.report()["connections"] == before


def test_the_daemon_backs_up_and_deletes_what_is_older(world: World, tmp_path: Path) -> None:
    settle(world, '[sync]\nsince = "2000d"\n')
    fill(world)
    world.run("sync")
    everything = stored(world)
    settle(world, f'[sync]\nsince = "2000d"\n[backup]\ndirectory = "{tmp_path / "backups"}"\n# kept\n')
    with running(world) as daemon:
        until(lambda: is_read(world) and stored(world) == everything - 6)
        until(lambda: "backup: " in daemon.said() and len(list((tmp_path / "backups").glob("tracker-*.db"))) == 1)
        until(lambda: "retention: 6 messages were older than is kept" in daemon.said())
    with running(world) as daemon:
        until(lambda: "watching" in daemon.said())
        time.sleep(2)  # two looks at what is due
    assert "backup: " not in daemon.said(), "it was made within the last day"
