"""LinkedIn's archive as a second channel, from the import to the report, and who is erased from both."""

from __future__ import annotations

import json
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.cli.world import HEADER, ME, NOTES

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tests.cli.world import World

MESSAGES = (
    "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,SUBJECT,CONTENT,FOLDER\n"
)
PROFILE = "https://www.linkedin.com/in/"
SECRET = "what was written is nobody's business"


def row(conversation: str, at: datetime, sender: str, to: str, subject: str = "") -> str:
    names = {"ann": "Ann Lee", "rita": "Rita Responsive", "uma": "Uma Unresponsive", "mia": "Mia Mixed"}
    return (
        f"{conversation},,{names[sender]},{PROFILE}{sender},{names[to]},{PROFILE}{to},"
        f"{at:%Y-%m-%d %H:%M:%S} UTC,{subject},{SECRET},INBOX\n"
    )


def archive(world: World) -> Path:
    """Rita answers on LinkedIn, Uma never does, Mia answers by mail what she was asked there."""
    people = (
        f"Rita,Responsive,{PROFILE}rita,,Acme,CTO,04 Mar 2021\n"
        f"Uma,Unresponsive,{PROFILE}uma,,Acme,CFO,04 Mar 2021\n"
        f"Mia,Mixed,{PROFILE}mia,mia@acme.example,Acme,COO,04 Mar 2021\n"
    )
    rows = [row("c3", world.ago(days=12), "ann", "mia", "Coffee?")]
    for number, days in enumerate((80, 50, 20)):
        rows += [
            row(f"c1{number}", world.ago(days=days), "ann", "rita", "A question"),
            row(f"c1{number}", world.ago(days=days) + timedelta(hours=5), "rita", "ann"),
            row(f"c2{number}", world.ago(days=days), "ann", "uma", "Hello?"),
        ]
    rows.append(row("c9", world.ago(days=1), "rita", "ann"))
    path = world.folder / "Complete_LinkedInDataExport.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("Connections.csv", NOTES + HEADER + people)
        file.writestr("messages.csv", MESSAGES + "".join(rows))
        file.writestr("Email Addresses.csv", f"Email Address,Confirmed,Primary,Updated On\n{ME},Yes,Yes,\n")
    return path


@pytest.fixture
def linked_in(world: World) -> World:
    world.noise()
    world.mail("a", world.ago(days=11), "mia@acme.example", ME)
    told = world.run("import", str(archive(world)))
    assert "3 connections, 1 with an address" in told.err
    assert "messages new" in told.err
    world.run("sync")
    return world


def test_who_answers_on_linkedin_is_responsive_without_any_address(linked_in: World) -> None:
    assert linked_in.verdicts() == {
        "Rita Responsive": "responsive",
        "Uma Unresponsive": "unresponsive",
        "Mia Mixed": "responsive",
    }
    asks = linked_in.story("rita")
    assert {(ask["channel"], ask["outcome"], ask["paired_by"], ask["latency_hours"]) for ask in asks} == {
        ("linkedin", "in_time", "thread_id", 5.0)
    }
    (mias,) = linked_in.story("mia")
    assert (mias["channel"], mias["outcome"], mias["paired_by"]) == ("linkedin", "in_time", "person")
    names = [account["name"] for account in linked_in.report()["coverage"]["accounts"]]
    assert names == ["work", "linkedin messages"]
    assert "linkedin.invalid" not in linked_in.run("report", "--format", "json", "--asks").out


def test_the_same_archive_again_changes_nothing(linked_in: World) -> None:
    before = linked_in.report()["connections"]
    told = linked_in.run("import", str(archive(linked_in)))
    assert "0 new, 0 changed, 0 gone, 0 messages new" in told.err
    linked_in.run("rebuild")
    assert linked_in.report()["connections"] == before


def test_what_was_written_is_kept_nowhere(linked_in: World) -> None:
    for path in linked_in.folder.glob("tracker.db*"):
        assert SECRET.encode() not in path.read_bytes()


def test_who_is_forgotten_stays_forgotten_on_both_channels(linked_in: World) -> None:
    world = linked_in
    assert "asks first" in world.run("forget", "mia", expect=2).err
    told = json.loads(world.run("export", "mia").out)
    assert [one["addr"] for one in told["addresses"]] == ["mia@acme.example", "mia@in.linkedin.invalid"]
    assert len(told["messages"]) == 2
    world.run("forget", "mia", "--yes")
    for path in world.folder.glob("tracker.db*"):
        assert b"mia" not in path.read_bytes().lower(), path
    for _ in range(2):
        assert set(world.verdicts()) == {"Rita Responsive", "Uma Unresponsive"}
        world.mail("b", world.ago(days=2), "mia@acme.example", ME)
        world.run("sync")
        world.run("import", str(archive(world)))
        world.run("rebuild")
    for path in world.folder.glob("tracker.db*"):
        assert b"mia" not in path.read_bytes().lower(), path
    assert "no connection is called" in world.run("show", "mia", expect=2).err
