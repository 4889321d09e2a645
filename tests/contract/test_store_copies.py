"""Copies that differ: the store holds the same message whichever of them it read first."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from itertools import permutations
from typing import TYPE_CHECKING

from tests.contract.sample_facts import batch, empty, everything, identity, pair_now
from tests.unit.test_copies import COPIES
from tracker.domain.connection import Profile
from tracker.domain.copies import of_copies
from tracker.domain.message import AddrSpec

if TYPE_CHECKING:
    from tracker.storage import Store

SAME = [replace(copy, identity=identity("q")) for copy in COPIES]
CLUBS = {AddrSpec("club@lists.example"), AddrSpec("club@liste.example")}
POST = replace(SAME[0], list_posts=tuple(sorted(CLUBS)))
JANE = Profile("jane", "Jane Doe", addresses=(COPIES[0].to[0].addr,))


def test_the_order_in_which_copies_are_read_decides_nothing(store: Store) -> None:
    whole = reduce(of_copies, SAME)
    for order in permutations(SAME):
        empty(store)
        store.merge_profiles([JANE], complete=True)
        (person,) = store.connections()
        for uid, copy in enumerate(order, start=1):
            store.add(batch(copy, first=uid))
        assert store.messages_of(person.id) == [whole]
        assert everything(store)["messages"] == [whole]


def test_a_copy_that_tells_something_new_is_paired_again(store: Store) -> None:
    store.merge_profiles([JANE], complete=True)
    (person,) = store.connections()
    store.add(batch(SAME[1]))
    pair_now(store)
    assert pair_now(store) == frozenset()
    assert store.add(batch(SAME[0], first=2)) == 0
    assert store.messages_of(person.id)[0].bcc == SAME[0].bcc
    assert pair_now(store) == frozenset({person.id})


def test_addresses_of_lists_are_remembered_once(store: Store) -> None:
    store.add(batch(POST))
    store.add(batch(POST, first=9))
    assert store.list_addresses() == CLUBS
