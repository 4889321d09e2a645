"""A `since` that is still to come: no error, for the clock may be what is wrong, but it is said wherever one looks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.cli.examining import found
from tests.cli.world import ME
from tests.system.daemon import is_read, running, until
from tracker.config import parse_config
from tracker.service.syncing import since_to_come

if TYPE_CHECKING:
    from tests.cli.world import World

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SAID = 'since = "2062-01-01" under [sync] is a day to come: a first sync leaves out all mail before it'
REMEDY = "write an earlier day, or how far back such as 730d; if that day has come, set this machine's clock"


@pytest.fixture
def hasty(world: World) -> World:
    """A person with a letter in the mailbox who wrote a wrong year."""
    world.mail("letter", world.ago(days=3), ME, "rita@acme.example")
    world.settings = '[sync]\nsince = "2062-01-01"\n'
    world.write_config()
    return world


@pytest.mark.parametrize(
    ("since", "is_to_come"),
    [
        ("730d", False),
        ("1m", False),
        ("1970-01-01", False),
        ("2026-03-01", False),
        ("2026-03-02", False),
        ("2026-03-03", True),
        ("9999-12-31", True),
    ],
)
def test_a_day_is_to_come_that_has_begun_nowhere_on_earth(since: str, *, is_to_come: bool) -> None:
    """At noon in Greenwich it is tomorrow already in Samoa, and whose day the user wrote is not known."""
    config = parse_config(f'[sync]\nsince = "{since}"\n', "test")
    assert bool(since_to_come(config, NOON)) is is_to_come


def test_a_clock_that_is_behind_makes_a_day_to_come_of_any_and_is_named(world: World) -> None:
    world.settings = f'[sync]\nsince = "{world.ago(days=9):%Y-%m-%d}"\n'
    world.write_config()
    config = parse_config(world.config.read_text("utf-8"), "test")
    assert since_to_come(config, world.now) == ""
    assert "is a day to come" in since_to_come(config, datetime(2020, 1, 1, tzinfo=UTC))


def test_each_sync_says_it_once_and_leaves_out_what_it_says(hasty: World) -> None:
    text = hasty.config.read_text("utf-8")
    second = text[text.index("[[account]]") :].replace('"work"', '"again"')
    hasty.config.write_text(text + second, "utf-8")
    first = hasty.run("sync").err
    assert first.splitlines().count(f"{SAID}; {REMEDY}") == 1
    assert "work: 0 new messages\n" in first
    hasty.mail("later", hasty.now, ME, "rita@acme.example")
    assert "work: 1 new message\n" in hasty.run("sync").err
    assert hasty.run("-q", "sync").err == ""


def test_a_since_that_has_come_is_nothing_to_speak_of(hasty: World) -> None:
    hasty.settings = f'[sync]\nsince = "{hasty.ago(days=30):%Y-%m-%d}"\n'
    hasty.write_config()
    assert hasty.run("sync").err == "work: 1 new message\n"


def test_the_doctor_warns_and_names_the_remedy(hasty: World) -> None:
    finding = found(hasty)["config"]
    assert (finding["grade"], finding["words"], finding["remedy"]) == ("warn", f"{hasty.config}: {SAID}", REMEDY)


def test_the_service_says_it_once_and_runs(hasty: World) -> None:
    with running(hasty) as daemon:
        until(lambda: is_read(hasty))
        assert f"{SAID}; {REMEDY}" in daemon.said()
        assert daemon.is_alive
    assert daemon.said().count(SAID) == 1
