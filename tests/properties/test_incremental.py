"""Reading in pieces, in any order, with pairing in between, comes to what reading everything at once comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.census import Census, examples
from tests.properties.mailboxes import Mailbox, days_of, mailboxes, merged
from tracker.config import Config, parse_config
from tracker.domain.asks import Rules
from tracker.domain.connection import AddressBook, Connection, Profile
from tracker.domain.folder import Batch, Folder, FolderState
from tracker.domain.message import FolderRole
from tracker.domain.pairing import pair
from tracker.service.judging import keep_paired
from tracker.storage import open_store
from tracker.storage._schema import metadata

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.domain.message import Message
    from tracker.storage import Store

PAIR = "pair"
PEOPLE = "people"


def test_in_pieces_and_in_any_order_it_comes_to_the_same(tmp_path: Path) -> None:
    census = Census()
    with open_store(f"sqlite:///{tmp_path}/tracker.db") as store:

        @examples(110)
        @given(mailboxes(), st.data())
        def holds(mailbox: Mailbox, data: st.DataObject) -> None:
            _empty(store)
            config = parse_config(f"[me]\naddresses = {[str(addr) for addr in mailbox.mine]}", "config.toml")
            paired_before = _read(store, config, mailbox, data)
            found = store.evidences(), store.received_days()
            store.drop_derived()
            keep_paired(store, config)
            assert (store.evidences(), store.received_days()) == found
            asks = [ask for own in found[0].asks.values() for ask in own]
            expected = pair(merged(mailbox.copies), _book(mailbox, store), Rules())
            assert sorted(asks, key=_place) == sorted(expected.asks, key=_place)
            assert found[0].heard == {one: times for one, times in expected.heard.items() if times}
            assert found[1] == days_of(merged(mailbox.copies), mailbox.mine)
            census.count(partly=paired_before, reply=any(ask.exact for ask in asks), people=len(mailbox.people) > 1)

        holds()
    census.require(partly=0.3, reply=0.2, people=0.3)


def test_the_mail_kept_for_a_person_is_all_that_their_asks_need(tmp_path: Path) -> None:
    census = Census()
    with open_store(f"sqlite:///{tmp_path}/tracker.db") as store:

        @examples(60)
        @given(mailboxes(), st.data())
        def holds(mailbox: Mailbox, data: st.DataObject) -> None:
            _empty(store)
            store.merge_profiles(_profiles(mailbox.people), complete=True)
            store.add(_batch(mailbox.copies, 1))
            book = _book(mailbox, store)
            whole = pair(mailbox.messages, book, Rules())
            person = data.draw(st.sampled_from(sorted(book.connections)))
            mail = store.messages_of(person)
            part = pair(mail, book, Rules(), {person})
            assert part.asks == tuple(ask for ask in whole.asks if ask.connection == person)
            assert part.heard == {one: times for one, times in whole.heard.items() if one == person}
            census.count(asked=part.asks, less=len(mail) < len(mailbox.messages))

        holds()
    census.require(asked=0.3, less=0.2)


def _read(store: Store, config: Config, mailbox: Mailbox, data: st.DataObject) -> bool:
    """Import and read the mailbox in drawn pieces, pairing in between; whether it was paired before its end."""
    copies = data.draw(st.permutations(mailbox.copies)) if data.draw(st.booleans()) else list(mailbox.copies)
    size = data.draw(st.integers(1, 6))
    pieces: list[list[Message] | str] = [copies[at : at + size] for at in range(0, len(copies), size)]
    for step in [PEOPLE, *data.draw(st.lists(st.sampled_from([PAIR, PAIR, PEOPLE]), max_size=5))]:
        pieces.insert(data.draw(st.integers(0, len(pieces))), step)
    first, partly = 1, False
    for piece in pieces:
        if piece == PAIR:
            keep_paired(store, config)
            partly = partly or first > 1
        elif piece == PEOPLE:
            known = data.draw(st.permutations(mailbox.people))[: data.draw(st.integers(1, len(mailbox.people)))]
            store.merge_profiles(_profiles(known), complete=False)
        else:
            store.add(_batch([one for one in piece if not isinstance(one, str)], first))
            first += len(piece)
    store.merge_profiles(_profiles(mailbox.people), complete=data.draw(st.booleans()))
    keep_paired(store, config)
    return partly


def _batch(copies: tuple[Message, ...] | list[Message], first: int) -> Batch:
    folder = Folder("All", FolderRole.ALL)
    numbered = tuple(enumerate(copies, start=first))
    return Batch("work", folder, numbered, (), FolderState(1, first + len(numbered)))


def _profiles(people: tuple[Connection, ...] | list[Connection]) -> list[Profile]:
    return [Profile(one.name, one.name, addresses=one.addresses) for one in people]


def _book(mailbox: Mailbox, store: Store) -> AddressBook:
    """The people as the store numbers them."""
    return AddressBook.of(store.connections(removed=True), mine=mailbox.mine)


def _place(ask: object) -> str:
    return repr(ask)


def _empty(store: Store) -> None:
    with store._database.writing() as db:
        for table in reversed(metadata.sorted_tables):
            db.execute(table.delete())
