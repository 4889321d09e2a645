"""The store's contract: how the passes over accounts went, and what is learned from them about the user."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.contract.sample_facts import ME, SENT, START, batch, letter
from tracker.domain.coverage import AccountCoverage, Coverage
from tracker.domain.folder import Folder
from tracker.domain.message import AddrSpec, FolderRole, Unreadable
from tracker.storage import AccountState, Failure, Latch

if TYPE_CHECKING:
    from tracker.storage import Store

ONE = letter("one", "jane@x", ME)
TWO = letter("two", "bob@x", ME)


def test_a_pass_is_told_from_its_beginning_to_its_end(store: Store) -> None:
    one, two, three, four = (START + timedelta(hours=hours) for hours in range(4))
    assert store.accounts() == []
    store.begin_pass("work", one)
    assert store.accounts() == [AccountState("work", begun_at=one)]
    store.fail_pass("work", Failure(two, "no\0 route"))
    store.fail_pass("work", Failure(three, "wrong password", login_refused=True, retry_at=four))
    assert store.accounts() == [AccountState("work", one, None, three, "wrong password", 2, 1, four)]
    store.begin_pass("work", four)
    store.add(batch(ONE))
    assert store.folders("work")[0].read_at == four
    store.complete_pass("work", four)
    assert store.accounts() == [AccountState("work", begun_at=four, synced_at=four)]


def test_an_extension_that_misbehaved_is_remembered_with_its_last_reason(store: Store) -> None:
    later = START + timedelta(days=1)
    assert store.latches("work") == []
    store.note_latches("work", {}, START)
    store.note_latches("work", {"OBJECTID": "BAD what\0", "IDLE": "hung up"}, START)
    store.note_latches("work", {"OBJECTID": "NO never"}, later)
    assert store.latches("work") == [Latch("IDLE", "hung up", START), Latch("OBJECTID", "NO never", later)]
    assert store.latches("home") == []


def test_the_coverage_is_complete_once_every_account_was_read_to_its_end(store: Store) -> None:
    store.begin_pass("work", START)
    store.add(batch(ONE, TWO, unreadable=[Unreadable(8, "broken")], missing=4))
    store.add(batch(ONE, folder=SENT, unreadable=[Unreadable(8, "broken"), Unreadable(9, "too")]))
    store.complete_pass("work", START)

    work = AccountCoverage("work", START, folders=2, messages=3, unreadable=3, missing=4, newest_at=START)
    assert store.coverage(["work"]) == Coverage(complete=True, accounts=(work,), messages=2)
    assert store.coverage(["home", "work"]) == Coverage(
        complete=False, accounts=(AccountCoverage("home", None), work), messages=2
    )
    assert store.coverage([]) == Coverage(complete=False, accounts=(), messages=2)


def test_an_inbox_that_shows_as_much_as_a_server_shows_begins_with_its_oldest_messages(store: Store) -> None:
    """One in a hundred may bear an older stamp: it was moved there."""
    mail = [letter(f"m{number}", "bob@x", ME, hours=number - (9_000 if number < 10 else 0)) for number in range(1_000)]
    store.add(batch(*mail[:-1]))
    assert store.coverage(["work"]).accounts[0].shown_from is None
    store.add(batch(unreadable=[Unreadable(1_000, "broken")]))
    assert store.coverage(["work"]).accounts[0].shown_from == START + timedelta(hours=10)
    store.add(replace(batch(*mail, folder=Folder("Archive", FolderRole.OTHER)), account="home"))
    assert store.coverage(["home"]).accounts[0].shown_from is None


def test_the_users_addresses_are_learned_from_three_sent_messages(store: Store) -> None:
    other = "ann@other.example"
    sent = [letter(f"s{number}", ME, "jane@x") for number in range(3)]
    few = [letter(f"o{number}", other, "jane@x", seen_in=frozenset({FolderRole.SENT})) for number in range(2)]
    found_elsewhere = letter("o2", other, "jane@x", seen_in=frozenset({FolderRole.INBOX}))
    store.add(batch(*sent, *few, found_elsewhere, folder=SENT))
    store.add(batch(*sent, *few, folder=Folder("Archive", FolderRole.OTHER)))
    assert store.learned_addresses() == {ME}

    store.add(batch(replace(found_elsewhere, seen_in=frozenset({FolderRole.SENT})), folder=SENT, first=20))

    assert store.learned_addresses() == {ME, other}


def test_what_lies_in_archives_alone_is_covered_up_to_their_newest_message(store: Store) -> None:
    mine = [letter(f"m{number}", ME, "jane@x", hours=number) for number in range(4)]
    store.add(replace(batch(mine[0], mine[1]), account="takeout"))
    store.add(replace(batch(mine[2], letter("in", "jane@x", ME, hours=9)), account="older"))
    store.add(replace(batch(mine[1], mine[3]), account="work"))
    hour = timedelta(hours=1)
    for name in ("takeout", "older", "work"):
        store.begin_pass(name, START + timedelta(days=9))
        store.complete_pass(name, START + timedelta(days=9))
    own = [AddrSpec(ME)]
    assert store.archived(["work"], own) == {mine[0].identity: START + hour, mine[2].identity: START + 9 * hour}
    assert store.archived(["work", "older"], own) == {mine[0].identity: START + hour}
    assert store.archived(["work", "takeout", "older"], own) == {}
    assert set(store.archived([], own)) == {one.identity for one in mine}
    assert store.archived(["work"], [AddrSpec("jane@x")]) == {
        letter("in", "jane@x", ME, hours=9).identity: START + 9 * hour
    }


def test_an_archive_of_which_a_pass_was_cut_covers_nothing_that_is_new(store: Store) -> None:
    sent, own = letter("sent", ME, "jane@x"), [AddrSpec(ME)]
    store.begin_pass("takeout", START + timedelta(days=1))
    store.add(replace(batch(sent), account="takeout"))
    assert store.archived([], own)[sent.identity] < START, "it was never read to its end"
    store.complete_pass("takeout", START + timedelta(days=1))
    assert store.archived([], own) == {sent.identity: START}
    store.begin_pass("takeout", START + timedelta(days=2))
    assert store.archived([], own) == {sent.identity: START}, "nothing new was read yet"
    late = letter("late", "jane@x", ME, hours=40)
    store.add(replace(batch(late, first=9), account="takeout"))
    assert store.archived([], own)[sent.identity] < START, "what lies before the newest message may be unread"
    store.complete_pass("takeout", START + timedelta(days=2))
    assert store.archived([], own) == {sent.identity: START + timedelta(hours=40)}
