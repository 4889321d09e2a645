"""A mailbox that shows no longer all that came in, beside a Sent folder that goes back further: doubt, no verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.test_retention import UMA
from tests.cli.world import ME

if TYPE_CHECKING:
    from tests.cli.world import World

BEGINS = 200
"""So many days ago begins what the inbox shows."""


def write(world: World, *days: int, to: str = "uma@acme.example") -> None:
    for day in days:
        world.mail(f"{to}{day}", world.ago(days=day), ME, to)


def doubts(world: World) -> list[tuple[str, str | None]]:
    return [(ask["outcome"], ask["reason"]) for ask in world.story("uma")]


@pytest.fixture
def cut(world: World) -> World:
    """Uma was asked shortly before the inbox begins; what she answered is not shown."""
    world.run("import", str(world.export(UMA)))
    world.noise(BEGINS)
    write(world, 225, 210)
    write(world, 400, 390, to="someone@x.example")
    return world


def test_silence_before_the_inbox_begins_makes_nobody_unresponsive(cut: World) -> None:
    cut.run("sync")
    assert cut.verdicts() == {"Uma Unresponsive": "unproven"}
    assert doubts(cut) == [("unknown", "not_synced")] * 2


def test_nor_does_silence_in_the_month_after_for_what_excuses_it_may_not_be_shown(cut: World) -> None:
    write(cut, BEGINS - 3, BEGINS - 25, BEGINS - 40)
    cut.run("sync")
    assert doubts(cut) == [*[("unknown", "not_synced")] * 4, ("overdue", None)]


def test_a_message_that_was_put_aside_long_before_is_no_witness_of_what_came_between(cut: World) -> None:
    cut.mail("kept", cut.ago(days=600), "news@shop.example", ME, folder="Trash")
    cut.run("sync")
    assert cut.verdicts() == {"Uma Unresponsive": "unproven"}


def test_somebody_whose_mail_begins_with_the_inbox_is_told_who_is_silent(world: World) -> None:
    world.run("import", str(world.export(UMA)))
    world.noise(BEGINS)
    write(world, BEGINS + 5, BEGINS - 5, BEGINS - 20)
    world.run("sync")
    assert world.verdicts() == {"Uma Unresponsive": "unresponsive"}
    assert doubts(world) == [("overdue", None)] * 3


@pytest.mark.parametrize(("shown", "told"), [(1_000, ("unknown", "not_synced")), (1_101, ("overdue", None))])
def test_an_inbox_that_shows_as_much_as_a_server_shows_of_any_hides_what_is_older(
    world: World, shown: int, told: tuple[str, str | None]
) -> None:
    """Something was put aside all the time; what the inbox shows begins ten weeks ago."""
    world.run("import", str(world.export(UMA)))
    world.noise(400, folder="Trash")
    for number in range(shown):
        world.mail(f"in{number}", world.ago(minutes=100 * (shown - number)), "list@x.example", ME)
    write(world, 200, 180, 20)
    world.run("sync")
    assert doubts(world) == [told, told, ("overdue", None)]
    says_so = "work shows its newest mail only, back to" in world.run("report").out
    assert says_so is (told[0] == "unknown")
