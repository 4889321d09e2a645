"""`tracker mark`: the user contests a verdict, keeps somebody or removes them, and takes it back."""

from __future__ import annotations

import json
from datetime import timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.test_main_job import EXPECTED, NETWORK, fill
from tests.cli.world import ME

if TYPE_CHECKING:
    from tests.cli.world import World

UMA = "Uma Unresponsive"


def read(world: World) -> None:
    """Everybody does what their name says, and all of it is read."""
    fill(world)
    world.run("import", str(world.export(*NETWORK)))
    world.run("sync")


def marks(world: World, who: str) -> list[dict[str, Any]]:
    return list(json.loads(world.run("show", who, "--format", "json").out)["marks"])


def reasons(world: World, who: str) -> list[str | None]:
    return [ask["reason"] for ask in world.story(who)]


def test_a_verdict_is_contested_and_the_contest_taken_back(either_world: World) -> None:
    world = either_world
    read(world)
    assert world.verdicts()[UMA] == "unresponsive"

    told = world.run("mark", "uma@acme.example", "--no-reply-expected", "--note", "only congratulations")

    assert UMA in told.err
    assert told.out == ""
    assert reasons(world, "uma") == ["marked", "marked"]
    assert world.verdicts()[UMA] == "unproven"
    assert [(mark["kind"], mark["note"], mark["message_id"]) for mark in marks(world, "uma")] == [
        ("no_reply_expected", "only congratulations", None)
    ]
    shown = world.run("show", "uma").out
    assert "no reply expected (only congratulations)" in shown
    assert "not counted: marked" in shown
    world.run("rebuild")
    assert world.verdicts()[UMA] == "unproven"

    assert "1 mark dropped" in world.run("mark", "uma", "--clear").err

    assert world.verdicts() == EXPECTED
    assert marks(world, "uma") == []


@pytest.mark.parametrize("spelling", ["u1@test.example", "<u1@test.example>", " <u1@test.example> "])
def test_one_ask_is_named_with_or_without_angle_brackets(world: World, spelling: str) -> None:
    read(world)
    world.run("mark", "uma", "--no-reply-expected", "--ask", spelling)
    assert reasons(world, "uma") == ["marked", None]
    assert [mark["message_id"] for mark in marks(world, "uma")] == ["u1@test.example"]
    assert 'no reply expected to "About u1"' in world.run("show", "uma").out


def test_an_ask_without_a_message_id_is_named_by_its_moment(world: World) -> None:
    read(world)
    at = world.ago(days=80).replace(microsecond=0)
    moment, here = f"{at:%Y-%m-%dT%H:%M:%SZ}", at.astimezone(timezone(timedelta(hours=2)))
    header = f"From: {ME}\nTo: uma@acme.example\nDate: {here:%a, %d %b %Y %H:%M:%S %z}\nSubject: No id\n\n"
    world.user.mailbox.deliver("Sent", header.encode(), at)
    world.run("sync")
    asked = {ask["subject"]: ask for ask in world.story("uma", "--window", "3650d")}
    assert (asked["No id"]["message_id"], asked["No id"]["asked_at"]) == (None, moment)
    world.run("mark", "uma", "--no-reply-expected", "--ask", moment)
    marked = {ask["subject"]: ask["reason"] for ask in world.story("uma", "--window", "3650d")}
    assert marked == dict.fromkeys(asked, None) | {"No id": "marked"}
    assert 'no reply expected to "No id"' in world.run("show", "uma", "--window", "3650d").out
    assert world.run("rebuild").code == 0
    assert [ask["subject"] for ask in world.story("uma", "--window", "3650d") if ask["reason"]] == ["No id"]


def test_who_was_heard_from_elsewhere_is_not_blamed_for_what_was_before(world: World) -> None:
    read(world)
    day = f"{world.ago(days=45):%Y-%m-%d}"
    world.run("mark", "uma", "--heard", day)
    assert [ask["outcome"] for ask in world.story("uma")] == ["heard", "overdue"]
    then = ("--as-of", world.ago(days=50).isoformat())
    assert [ask["outcome"] for ask in world.story("uma", *then)] == ["overdue"], "it was not known then"
    today = f"{world.now:%Y-%m-%d}"
    world.run("mark", "uma", "--heard", today, "--keep")
    assert [ask["outcome"] for ask in world.story("uma")] == ["heard", "heard"]
    assert [mark["kind"] for mark in marks(world, "uma")] == ["heard", "heard", "keep"]


def test_whom_the_user_removed_stays_out_of_reports_whatever_is_imported(either_world: World) -> None:
    world = either_world
    read(world)
    world.run("mark", "uma", "ulf", "--removed")
    left = {name: verdict for name, verdict in EXPECTED.items() if name not in {UMA, "Ulf Unproven"}}
    assert world.verdicts() == left
    assert world.report()["summary"]["connections"] == len(left)
    world.run("import", str(world.export(*NETWORK)))
    world.run("import", str(world.export(*[row.replace("Umbrella", "Elsewhere") for row in NETWORK])))
    assert world.verdicts() == left
    assert world.verdicts("--all") == EXPECTED
    assert "left out of reports" in world.run("show", "uma").out
    world.run("mark", "uma", "ulf", "--clear")
    assert world.verdicts() == EXPECTED


REFUSED = [
    (["uma"], "nothing to mark"),
    (["uma", "--note", "why"], "nothing to mark"),
    (["uma", "--keep", "--ask", "u1@test.example"], "--ask goes with --no-reply-expected"),
    (["uma", "--no-reply-expected", "--ask", "nowhere@test.example"], "asked nothing in a message"),
    (["uma", "rita", "--no-reply-expected", "--ask", "u1@test.example"], "Rita Responsive was asked nothing"),
    (["uma", "--clear", "--keep"], "--clear"),
    (["uma", "--clear", "--note", "why"], "--clear"),
    (["uma", "--heard", "yesterday"], "--heard: "),
    (["uma", "--heard", "2999-01-01"], "--heard lies in the future"),
    (["uma", "nobody", "--keep"], "no connection is called 'nobody'"),
    (["uma", "u", "--keep"], "more than one person"),
]


def test_what_cannot_be_meant_is_refused_and_nothing_is_marked(world: World) -> None:
    read(world)
    for words, happened in REFUSED:
        assert world.run("mark", *words, expect=2).is_one_line_and_a_hint(happened), words
        assert marks(world, "uma") == []


def test_a_hostile_note_and_name_are_told_harmlessly(world: World) -> None:
    row = "\x1b]0;Eve\x07,\u202eevil,https://www.linkedin.com/in/eve,eve@acme.example,,,04 Mar 2021"
    world.run("import", str(world.export(row)))
    told = world.run("mark", "eve@acme.example", "--keep", "--note", "a\x1b[31m\nb\u202e<script>")
    shown = world.run("show", "eve@acme.example").out
    assert "to be kept (a[31m b<script>)" in shown
    for text in (told.err, shown):
        assert not set(text) & set("\x1b\x07\u202e")
