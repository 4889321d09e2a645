"""`tracker waiting` and `tracker tune`, as processes over a mailbox that was read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.cli.test_main_job import NETWORK, fill
from tests.cli.world import ME

if TYPE_CHECKING:
    from tests.cli.world import World


def test_open_asks_and_other_thresholds_of_a_mailbox_that_was_read(either_world: World) -> None:
    world = either_world
    fill(world)
    world.mail("t1", world.ago(hours=40), ME, "rita@acme.example", subject="\x1b[31mLunch?")
    world.run("import", str(world.export(*NETWORK)))
    world.run("sync")

    told = json.loads(world.run("waiting", "--format", "json").out)
    assert [(one["name"], one["message_id"], one["nudges"]) for one in told] == [
        ("Rita Responsive", "t1@test.example", 0),
        ("Wei Waiting", "w1@test.example", 0),
    ]
    assert all(7.9 < one["hours_left"] < 8.1 for one in told[:1])
    table = world.run("waiting").out
    assert "2 asks are open, the next has" in table
    assert "\x1b" not in table
    assert table.index("Rita Responsive") < table.index("Wei Waiting")
    assert "No ask is open." in world.run("waiting", "--threshold", "2h").out
    assert "Asks of the last 1 h." in world.run("report", "--window", "1h").out
    names = {one["name"] for one in json.loads(world.run("waiting", "--format", "json", "--threshold", "14d").out)}
    assert names == {"Ulf Unproven", "Wei Waiting", "Rita Responsive"}

    tuned = json.loads(world.run("tune", "--format", "json").out)
    for level in tuned["thresholds"]:
        summary = world.report("--threshold", f"{level['threshold_hours']:g}h")["summary"]
        assert {name: level[name] for name in summary if name != "connections"} == {
            name: number for name, number in summary.items() if name != "connections"
        }
        if level["threshold_hours"] in {36, 48}:
            # Rita after 5 h and 36 h, Sam after 120 h; Uma twice, Ulf, Wei and Rita's latest have not been answered.
            assert level["answered_share"] == round(1 - 7 / 8 * 5 / 6, 3)
    assert tuned["asks"] == {"answered": 3, "unanswered": 5, "left_out": 2}
    assert "% of your asks are answered within 24 h" in world.run("tune", "--threshold", "24h").out


def test_before_the_first_sync_nothing_is_known(world: World) -> None:
    world.run("import", str(world.export(*NETWORK)))
    assert "No ask is open." in world.run("waiting").out
    told = world.run("tune").out
    assert "not known yet" in told
    assert "has not been read completely" in told
    assert world.run("tune", "--format", "csv", expect=2).is_one_line_and_a_hint("no format called 'csv'")
    assert world.run("waiting", "--as-of", "2999-01-01", expect=2).is_one_line_and_a_hint("future")
