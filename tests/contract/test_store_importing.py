"""The store's contract: an import is one transaction, and an address book joins whom it can without guessing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.contract.sample_facts import ME, START, batch, letter, pair_now
from tracker.domain.connection import Invitation, Profile, profile_addr
from tracker.domain.joining import Joined, join
from tracker.domain.message import AddrSpec, FolderRole, Message
from tracker.storage import LINKEDIN, Merged, Store

JANE = Profile("/in/jane", "Jane Doe", profile_url="https://www.linkedin.com/in/jane")
OMAR = Profile("/in/omar", "Omar Haddad", addresses=(AddrSpec("omar@x.example"),))
ANN = profile_addr("ann")


def contact(name: str, *addresses: str, url: str | None = None) -> Profile:
    return Profile(f"contact {addresses[0]}", name, profile_url=url, addresses=tuple(map(AddrSpec, addresses)))


def take(store: Store, *contacts: Profile) -> tuple[Joined, Merged]:
    with store.importing() as work:
        joined = join(contacts, work.network())
        return joined, work.contacts(joined)


def addresses(store: Store) -> dict[str, tuple[AddrSpec, ...]]:
    return {person.name: person.addresses for person in store.connections(removed=True)}


def test_an_address_book_joins_by_profile_and_by_address_and_not_by_name(store: Store) -> None:
    store.merge_profiles([JANE, OMAR], complete=True)
    joined, merged = take(
        store,
        contact("J. Doe", "jane@home.example", url=JANE.profile_url),
        contact("Somebody", "omar@x.example", "omar@home.example"),
        contact("Doe, Jane", "other@x.example"),
        contact("Nina New", "nina@x.example"),
    )
    assert (len(joined.known), len(joined.proposed), merged) == (2, 1, Merged(new=1))
    assert addresses(store) == {
        "Jane Doe": ("jane@home.example",),
        "Omar Haddad": ("omar@x.example", "omar@home.example"),
        "Nina New": ("nina@x.example",),
    }
    jane = store.connections()[0].id
    assert store.proposals() == {jane: {"other@x.example": "Doe, Jane"}}
    again, unchanged = take(store, contact("Nina New", "nina@x.example"))
    assert (len(again.known), unchanged) == (1, Merged())


def test_what_an_address_book_gave_survives_linkedins_next_export(store: Store) -> None:
    store.merge_profiles([JANE, OMAR], complete=True)
    take(store, contact("J", "jane@home.example", url=JANE.profile_url), contact("Nina New", "nina@x.example"))
    assert store.merge_profiles([JANE], complete=True).gone == ("Omar Haddad",)
    assert addresses(store)["Jane Doe"] == ("jane@home.example",)
    assert [person.name for person in store.connections()] == ["Jane Doe", "Nina New"], "Nina was never in the network"


def test_somebody_of_the_address_book_who_joins_the_network_stays_one_person(store: Store) -> None:
    take(store, contact("Nina N.", "nina@x.example"))
    nina = replace(JANE, key="/in/nina", name="Nina New", addresses=(AddrSpec("nina@x.example"),))
    assert store.merge_profiles([nina], complete=True) == Merged(changed=1)
    (person,) = store.connections()
    assert (person.name, person.addresses) == ("Nina New", ("nina@x.example",))


def test_an_address_that_the_user_rejected_is_not_imported_again(store: Store) -> None:
    store.merge_profiles([JANE, OMAR], complete=True)
    jane, omar = (person.id for person in store.connections())
    store.decide_link(omar, AddrSpec("omar@x.example"), accepted=False, at=START)
    store.decide_link(jane, AddrSpec("jane@wrong.example"), accepted=False, at=START)
    store.merge_profiles([JANE, OMAR], complete=True)
    take(store, contact("J", "jane@wrong.example", url=JANE.profile_url), contact("Jane Doe", "jane@wrong.example"))
    assert addresses(store) == {"Jane Doe": (), "Omar Haddad": ()}
    assert store.proposals() == {}
    store.decide_link(omar, AddrSpec("omar@x.example"), accepted=True, at=START)
    assert addresses(store)["Omar Haddad"] == ("omar@x.example",)
    store.withdraw_link(omar, AddrSpec("omar@x.example"))
    assert store.rejected_links() == {(jane, "jane@wrong.example")}


def test_a_profile_is_a_place_and_no_address(store: Store) -> None:
    store.merge_profiles([JANE], complete=True)
    (jane,) = store.connections()
    assert (jane.profile, jane.addresses) == ("jane@in.linkedin.invalid", ())
    store.merge_profiles([replace(JANE, profile_url="https://www.linkedin.com/in/j%C3%A4ne")], complete=True)
    assert store.connections()[0].profile == "jäne@in.linkedin.invalid"


def test_linkedin_messages_are_stored_once_and_reach_to_the_newest(store: Store) -> None:
    def message(name: str, author: AddrSpec, to: AddrSpec, hours: float) -> Message:
        plain = letter(name, author, to, hours=hours, message_id=None, seen_in=frozenset({FolderRole.OTHER}))
        return replace(plain, thread_keys=("linkedin c",))

    jane = profile_addr("jane")
    talk = [message("q", ANN, jane, 0), message("a", jane, ANN, 5)]
    store.merge_profiles([JANE], complete=True)
    for new in (2, 0):
        with store.importing() as work:
            work.own([ANN])
            work.invitations(
                {"/in/jane": Invitation(by_me=True, at=START), "/in/nobody": Invitation(by_me=False, at=None)}
            )
            assert work.messages(talk, START + timedelta(days=9)) == new
    assert store.learned_addresses() == {ANN}
    assert store.connections()[0].invitation == Invitation(by_me=True, at=START)
    (account,) = store.coverage([LINKEDIN]).accounts
    assert (account.messages, account.newest_at) == (2, START + timedelta(hours=5))
    pair_now(store, mine=frozenset({ANN}))
    ((ask,),) = store.evidences().asks.values()
    assert [reply.identity for reply in ask.exact] == [talk[1].identity]


def test_an_import_that_fails_leaves_nothing(store: Store) -> None:
    def fail() -> None:
        with store.importing() as work:
            work.profiles([JANE], complete=True)
            work.own([ME])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert store.connections() == []
    assert store.learned_addresses() == frozenset()


def test_who_wrote_and_was_written_to_is_told_with_numbers(store: Store) -> None:
    store.merge_profiles([OMAR], complete=True)
    store.add(
        batch(
            letter("one", "rita@x.example", ME, hours=1),
            letter("two", "rita@x.example", ME, hours=2, signals=frozenset({"list"})),
            letter("three", ME, "rita@x.example", "omar@x.example", hours=3),
            letter("four", "hit-reply@linkedin.com", ME, hours=4),
        )
    )
    seen = {one.addr: one for one in store.correspondents([AddrSpec(ME)])}
    assert set(seen) == {"rita@x.example", "hit-reply@linkedin.com"}
    rita = seen[AddrSpec("rita@x.example")]
    assert (rita.received, rita.sent, rita.listed, rita.notified) == (2, 1, 1, 0)
    assert rita.last_seen == START + timedelta(hours=2)
    assert seen[AddrSpec("hit-reply@linkedin.com")].notified == 1
