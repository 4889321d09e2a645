"""The store's contract: asks in brief say of each person what the whole asks say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.contract.sample_facts import ME
from tests.contract.test_store_pairing import BOB, CAT, FULL, JANE, PEOPLE, PLAIN, at
from tracker.domain.asks import Evidence, Pairing, Rung
from tracker.domain.brief import Brief, Older, Window
from tracker.domain.kind import MessageKind
from tracker.domain.marks import Mark, MarkKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker.domain.asks import Ask
    from tracker.storage import Store

EVER = Window(at(-1), datetime.max.replace(tzinfo=UTC))
EVERYBODY = range(JANE, CAT + 1)


def asked(hours: float, **changes: object) -> Ask:
    sent = (replace(PLAIN.sent[0], at=at(hours), at_latest=at(hours), identity=f"{hours}"),)
    return replace(PLAIN, sent=sent, **changes)  # type: ignore[arg-type]  # any field


def came(hours: float) -> Evidence:
    return Evidence(f"came {hours}", None, at(hours), MessageKind.HUMAN, Rung.IN_REPLY_TO, "a rule")


def saved(store: Store, asks: Iterable[Ask]) -> None:
    store.merge_profiles(PEOPLE, complete=True)
    with store.pairing("same") as work:
        work.save(Pairing(tuple(asks), {BOB: (at(3), at(8)), JANE: (at(1),)}), mine={ME})


def test_every_moment_of_a_brief_comes_back(store: Store) -> None:
    moments = {"by_other_at": at(20), "away_at": at(21), "delayed_at": at(22), "undeliverable_at": at(23)}
    ask = asked(
        5,
        exact=(came(6),),
        person=came(7),
        human=came(8),
        uncertain=came(9),
        last_word=True,
        group=True,
        orphaned_at=at(24),
        **moments,
    )
    saved(store, [ask])
    found = store.evidences_in_brief(EVERYBODY, EVER)
    expected = Brief(
        identity="5",
        reply_to=ME,
        last_word=True,
        group=True,
        asked_at=at(5),
        answered_at=at(6),
        person_at=at(7),
        human_at=at(8),
        uncertain_at=at(9),
        orphaned_at=at(24),
        **moments,
    )
    assert (found.asks, found.briefs, found.older) == ({}, {BOB: [expected]}, {})


def test_who_got_something_back_or_bears_a_mark_is_told_whole(store: Store) -> None:
    janes = asked(50, connection=JANE)
    saved(store, [FULL, janes, asked(5)])
    store.add_mark(BOB, Mark(MarkKind.KEEP, at(9)))
    found = store.evidences_in_brief(EVERYBODY, EVER)
    assert (found.asks, found.briefs) == ({JANE: [FULL, janes], BOB: [asked(5)]}, {})
    assert found.marks == store.marks()


def test_briefs_of_the_window_come_one_by_one_and_those_before_it_added_up(store: Store) -> None:
    saved(store, [asked(1, exact=(came(9),)), asked(2, exact=(came(4),)), asked(3), asked(5)])
    within = store.evidences_in_brief(EVERYBODY, Window(at(2), at(100)))
    assert [one.asked_at for one in within.briefs[BOB]] == [at(3), at(5)]
    assert within.older == {BOB: Older(2, at(2), at(9))}
    assert store.evidences_in_brief(EVERYBODY, Window(at(2), at(8))).older == {BOB: Older(2, at(2), at(4))}
    assert store.evidences_in_brief(EVERYBODY, Window(at(2), at(3))).older == {BOB: Older(2, at(2), None)}


def test_of_when_somebody_was_heard_the_last_is_told(store: Store) -> None:
    saved(store, [asked(5)])
    assert store.evidences_in_brief(EVERYBODY, EVER).heard == {BOB: (at(8),), JANE: (at(1),)}
    assert store.evidences_in_brief(EVERYBODY, Window(at(0), at(5))).heard == {BOB: (at(3),), JANE: (at(1),)}
    assert store.evidences_in_brief(EVERYBODY, Window(at(0), at(2))).heard == {BOB: (), JANE: (at(1),)}


def test_only_those_who_are_asked_about_are_told_of(store: Store) -> None:
    saved(store, [asked(5), asked(6, connection=CAT)])
    found = store.evidences_in_brief(range(CAT, CAT + 1), EVER)
    assert (set(found.briefs), found.heard) == ({CAT}, {})
