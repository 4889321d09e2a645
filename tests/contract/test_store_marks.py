"""The store's contract: what the user says of people."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from alembic import command
from sqlalchemy import URL, inspect
from sqlalchemy.exc import SQLAlchemyError

from tests.contract.sample_facts import START, everything, pair_now
from tracker.domain.connection import ConnectionId, Profile, only
from tracker.domain.marks import Mark, MarkKind
from tracker.domain.message import MessageId
from tracker.errors import TrackerError
from tracker.storage import Merged, open_store
from tracker.storage._engine import Database, parse_url, prepare_file
from tracker.storage._migrating import script_config

if TYPE_CHECKING:
    from tracker.storage import Store

JANE, BOB = ConnectionId(1), ConnectionId(2)
PEOPLE = [Profile("jane", "Jane"), Profile("bob", "Bob")]
HOUR = timedelta(hours=1)

EVERY_KIND = (
    Mark(MarkKind.NO_REPLY_EXPECTED, START, "a thank-you, 東京 🙂"),
    Mark(MarkKind.NO_REPLY_EXPECTED, START + HOUR, ask=MessageId("q@mail.example")),
    Mark(MarkKind.HEARD, START + 2 * HOUR, "at the fair", heard_at=START - 30 * HOUR),
    Mark(MarkKind.KEEP, START + 3 * HOUR),
    Mark(MarkKind.REMOVED, START + 4 * HOUR),
)


@pytest.fixture
def peopled(store: Store) -> Store:
    store.merge_profiles(PEOPLE, complete=True)
    return store


def test_marks_come_back_as_they_were_made_and_in_that_order(peopled: Store) -> None:
    for made in reversed(EVERY_KIND):
        peopled.add_mark(JANE, made)
    peopled.add_mark(BOB, EVERY_KIND[3])

    assert peopled.marks() == {JANE: EVERY_KIND, BOB: EVERY_KIND[3:4]}


@pytest.mark.parametrize("made", EVERY_KIND, ids=str)
def test_the_later_of_two_marks_about_the_same_holds(peopled: Store, made: Mark) -> None:
    for one in EVERY_KIND:
        peopled.add_mark(JANE, one)
    again = Mark(made.kind, START + 9 * HOUR, "on second thoughts", made.ask, made.heard_at)

    peopled.add_mark(JANE, again)

    assert peopled.marks() == {JANE: (*(one for one in EVERY_KIND if one != made), again)}


def test_clearing_drops_the_marks_of_that_person_alone(peopled: Store) -> None:
    for person in (JANE, BOB):
        peopled.add_mark(person, EVERY_KIND[0])
        peopled.add_mark(person, EVERY_KIND[3])

    assert peopled.clear_marks(JANE) == 2
    assert peopled.clear_marks(JANE) == 0

    assert peopled.marks() == {BOB: (EVERY_KIND[0], EVERY_KIND[3])}


def test_marks_stand_among_the_evidence(peopled: Store) -> None:
    peopled.add_mark(JANE, EVERY_KIND[0])
    peopled.add_mark(BOB, EVERY_KIND[3])

    assert peopled.evidences().marks == peopled.marks()
    assert peopled.evidences(only(JANE)).marks == {JANE: EVERY_KIND[:1]}


def test_whom_the_user_removed_stays_removed_whatever_an_export_says(peopled: Store) -> None:
    peopled.add_mark(JANE, EVERY_KIND[4])

    for listed in (PEOPLE, PEOPLE[1:], PEOPLE):
        peopled.merge_profiles(listed, complete=True)
        assert [person.name for person in peopled.connections()] == ["Bob"]
        assert [person.removed for person in peopled.connections(removed=True)] == [True, False]

    peopled.clear_marks(JANE)
    assert [person.name for person in peopled.connections()] == ["Jane", "Bob"]


def test_clearing_the_mark_of_somebody_who_left_does_not_bring_them_back(peopled: Store) -> None:
    peopled.add_mark(JANE, EVERY_KIND[4])
    peopled.merge_profiles(PEOPLE[1:], complete=True)
    peopled.clear_marks(JANE)

    assert [person.name for person in peopled.connections()] == ["Bob"]
    assert peopled.merge_profiles(PEOPLE, complete=True) == Merged(changed=1, unchanged=1)
    assert [person.name for person in peopled.connections()] == ["Jane", "Bob"]


def test_a_mark_makes_nothing_dirty_and_survives_a_rebuild(peopled: Store) -> None:
    pair_now(peopled)
    peopled.add_mark(JANE, EVERY_KIND[0])
    assert not peopled.is_dirty("same")
    peopled.drop_derived()
    assert peopled.marks() == {JANE: EVERY_KIND[:1]}


def test_text_that_no_database_takes_is_kept_without_what_it_refuses(peopled: Store) -> None:
    peopled.add_mark(JANE, Mark(MarkKind.KEEP, START, "a\0b\ud800"))
    assert [made.note for made in peopled.marks()[JANE]] == ["ab?"]


def test_nobody_can_be_marked_who_does_not_exist(peopled: Store) -> None:
    with pytest.raises((TrackerError, SQLAlchemyError)):
        peopled.add_mark(ConnectionId(99), EVERY_KIND[0])
    assert peopled.marks() == {}


def test_a_database_of_the_first_schema_gains_marks_and_loses_nothing(url: str) -> None:
    database = Database(_prepared(url))
    config = script_config()
    with database.writing() as db:
        config.attributes["connection"] = db
        command.upgrade(config, "0001")
    with database.writing() as db:
        assert "mark" not in inspect(db).get_table_names()
        db.exec_driver_sql(
            "INSERT INTO connection (key, name, company, position, removed) VALUES ('jane', 'Jane', '', '', false)"
        )
    database.close()

    with open_store(url) as store:
        assert [person.name for person in store.connections()] == ["Jane"]
        assert everything(store)["marks"] == {}
        store.add_mark(JANE, EVERY_KIND[0])
        assert store.marks() == {JANE: EVERY_KIND[:1]}


def _prepared(url: str) -> URL:
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        prepare_file(parsed)
    return parsed
