"""What is deleted for its age makes nobody unresponsive: not in a longer window, nor by another LinkedIn export."""

from __future__ import annotations

import contextlib
import sqlite3
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.cli.test_linkedin_messages import MESSAGES, PROFILE, row
from tests.cli.test_retention import OLD, UMA, settle
from tests.cli.world import HEADER, ME, NOTES
from tests.system.daemon import query, stored

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.world import World

SINCE = '[sync]\nsince = "2000d"\n'
NOT_KEPT = "is not kept, and more is to be judged; so nobody is judged unresponsive."


def test_somebody_whose_only_answer_is_gone_is_not_silent_in_a_window_that_held_it(world: World) -> None:
    settle(world, SINCE)
    world.mail("old", world.ago(days=OLD), ME, "uma@acme.example")
    world.mail("answer", world.ago(days=OLD - 1), "uma@acme.example", ME, answers="old")
    for number in range(2):
        world.mail(f"new{number}", world.ago(days=100 + 30 * number), ME, "uma@acme.example")
    world.noise(200)
    world.run("import", str(world.export(UMA)))
    world.run("sync")
    long = ("--window", "2000d")
    assert world.verdicts() == {"Uma Unresponsive": "unresponsive"}
    assert world.verdicts(*long) == {"Uma Unresponsive": "unproven"}

    settle(world, f"{SINCE}# kept\n")
    assert "2 messages were older than is kept" in world.run("sync").err
    assert world.verdicts() == {"Uma Unresponsive": "unresponsive"}
    for settings in ("# kept\n", '[reply]\nwindow = "2000d"\n'):  # also when everything is kept again
        settle(world, f"{SINCE}{settings}")
        assert world.verdicts(*long) == {"Uma Unresponsive": "unproven"}
        assert NOT_KEPT in world.run("report", *long).out
        assert "Uma" not in world.run("prune", *long).out
        assert NOT_KEPT not in world.run("report", "--window", "730d").out
        assert world.run("report", "--check", *long).code == 0


def archive(world: World) -> Path:
    """Rita answered long ago and spoke just before the limit of 750 days; Uma never answered."""
    rows = [
        row("c1", world.ago(days=OLD), "ann", "rita", "A question"),
        row("c1", world.ago(days=OLD) + timedelta(hours=5), "rita", "ann"),
        row("c2", world.ago(days=752), "rita", "ann", "Congratulations"),
        row("c2", world.ago(days=748), "ann", "rita"),
        row("c3", world.ago(days=740), "ann", "rita", "Still there?"),
    ]
    rows += [row(f"c4{days}", world.ago(days=days), "ann", "uma", "Hello?") for days in (OLD, 90, 50, 20)]
    rows += [row("c9", world.ago(days=days), "mia", "ann") for days in (85, 45, 1)]
    people = "".join(
        f"{name},{family},{PROFILE}{name.lower()},,Acme,CTO,04 Mar 2021\n"
        for name, family in (("Rita", "Responsive"), ("Uma", "Unresponsive"), ("Mia", "Mixed"))
    )
    path = world.folder / "Complete_LinkedInDataExport.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("Connections.csv", NOTES + HEADER + people)
        file.writestr("messages.csv", MESSAGES + "".join(rows))
        file.writestr("Email Addresses.csv", f"Email Address,Confirmed,Primary,Updated On\n{ME},Yes,Yes,\n")
    return path


def test_another_linkedin_export_brings_nothing_back_and_makes_nobody_silent(world: World) -> None:
    settle(world, '[reply]\nwindow = "750d"\n')
    world.noise(800)
    told = world.run("import", str(archive(world)))
    assert "12 messages new" in told.err
    world.run("sync")
    before = world.verdicts()
    assert before == {"Rita Responsive": "unproven", "Uma Unresponsive": "unresponsive", "Mia Mixed": "untested"}

    settle(world, '[reply]\nwindow = "750d"\n# kept\n')
    world.run("sync")
    left = stored(world)
    assert not query(world, "SELECT 1 FROM message WHERE subject IN ('A question', 'Congratulations')")
    for _ in range(2):
        assert world.verdicts() == before
        # What Rita's word excused is in doubt now, and so is a mail as near to the limit.
        assert [(ask["outcome"], ask["reason"]) for ask in world.story("rita")] == [("unknown", "not_synced")] * 2
        told = world.run("import", str(archive(world)))
        assert "0 messages new" in told.err
        assert stored(world) == left
        world.run("sync")
    world.run("rebuild")
    assert world.verdicts() == before


def test_after_weeks_without_a_sync_the_next_one_deletes_by_what_it_has_read(world: World) -> None:
    settle(world, SINCE)
    world.mail("old", world.ago(days=760), ME, "uma@acme.example")
    world.mail("new", world.ago(days=740), ME, "uma@acme.example")
    world.run("sync")
    weeks = 20 * 86_400_000_000
    with contextlib.closing(sqlite3.connect(world.folder / "tracker.db")) as db, db:
        db.execute("UPDATE account SET synced_at = synced_at - ?, begun_at = begun_at - ?", (weeks, weeks))
    settle(world, f"{SINCE}# kept\n")
    assert "1 message was older than is kept" in world.run("sync").err
    assert stored(world) == 1


def test_an_absence_note_from_before_the_first_day_that_is_read_makes_nobody_unresponsive(world: World) -> None:
    world.mail("note", world.ago(days=65), "uma@acme.example", ME, headers={"Auto-Submitted": "auto-replied"})
    for days in (55, 40):
        world.mail(f"q{days}", world.ago(days=days), ME, "uma@acme.example")
    world.noise(120)
    world.run("import", str(world.export(UMA)))
    settle(world, '[sync]\nsince = "60d"\n')
    world.run("sync")
    assert stored(world) < 100, "the note was not read"
    assert world.verdicts() == {"Uma Unresponsive": "unproven"}
    assert [(ask["outcome"], ask["reason"]) for ask in world.story("uma")] == [("unknown", "not_synced")] * 2
    settle(world, '[sync]\nsince = "200d"\n')
    world.run("sync")
    assert [(ask["outcome"], ask["reason"]) for ask in world.story("uma")] == [("excluded", "away")] * 2
