"""One message out of its copies, in whichever order they were read."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.letters_by_hand import ME, at, ids, message
from tracker.domain.copies import of_copies
from tracker.domain.message import AddrSpec, Delivery, FolderRole, Message, ReportedRecipient

JANES = "jane@acme.example"

COPIES = [
    message("q", 0, ME, JANES, cc="friends@list.example", bcc="boss@example.org"),
    message("q", 2, ME, JANES, cc="friends@list.example", marks="list bulk", stored_in=FolderRole.INBOX),
    message("q", 1, ME, JANES, cc="friends@list.example", stored_in=FolderRole.TRASH, aliases="rewritten"),
    message("q", 3, ME, JANES, answers="p", stored_in=FolderRole.OTHER, display="Ann"),
]


def test_a_copy_through_a_list_does_not_make_the_letter_list_mail() -> None:
    straight, through = message("a", 0, JANES, ME), message("a", 1, JANES, ME, marks="list")
    assert of_copies(straight, through).signals == frozenset()
    assert of_copies(through, through).signals == {"list"}


def test_the_copy_in_sent_keeps_its_bcc_and_the_earliest_stamp_counts() -> None:
    whole = reduce(of_copies, COPIES)
    assert [address.addr for address in whole.bcc] == ["boss@example.org"]
    assert whole.received_at == at(0)
    assert whole.aliases == ("rewritten@id",)
    assert whole.seen_in == {FolderRole.SENT, FolderRole.INBOX, FolderRole.TRASH, FolderRole.OTHER}


def test_the_order_of_the_copies_decides_nothing() -> None:
    for copies_of_one in (COPIES, COPIES_OF_A_REPORT):
        assert len({reduce(of_copies, order) for order in permutations(copies_of_one)}) == 1


def told(delivery: Delivery, status: str = "") -> ReportedRecipient:
    return ReportedRecipient(AddrSpec(JANES), delivery, status)


REPORT = message("d", 0, "mailer-daemon@mx.example", ME, marks="failed_recipients", failed=JANES)
COPIES_OF_A_REPORT = [
    REPORT,
    replace(REPORT, reported=(told(Delivery.FAILED, "5.1.1"),), returned=ids("q"), thread_keys=("work gm 2",)),
    replace(REPORT, reported=(told(Delivery.FAILED, "4.4.7"), told(Delivery.DELAYED)), thread_keys=("home gm 1",)),
    replace(REPORT, reported=(), returned=ids("z q"), thread_index="0f" * 22, relayed_at=at(-50), bcc=REPORT.to),
    replace(REPORT, thread_index="0e" * 27, relayed_at=at(-60), thread_keys=("z", "a")),
]


def test_what_only_some_copies_could_be_asked_for_is_taken_from_all() -> None:
    whole = reduce(of_copies, COPIES_OF_A_REPORT)
    assert whole.reported == (told(Delivery.DELAYED), told(Delivery.FAILED, "4.4.7"), told(Delivery.FAILED, "5.1.1"))
    assert whole.returned == ids("q z")
    assert whole.thread_keys == ("a", "home gm 1", "work gm 2", "z")
    assert (whole.thread_index, whole.relayed_at, whole.bcc) == ("0f" * 22, at(-60), REPORT.to)


copies = st.sampled_from([COPIES, COPIES_OF_A_REPORT]).flatmap(
    lambda pool: st.tuples(st.sampled_from(pool), st.sampled_from(pool), st.sampled_from(pool))
)


@given(copies)
def test_copies_can_be_taken_up_in_any_grouping_and_twice(three_of_one: tuple[Message, Message, Message]) -> None:
    one, two, three = three_of_one
    assert of_copies(of_copies(one, two), three) == of_copies(one, of_copies(two, three))
    assert of_copies(one, two) == of_copies(two, one)
    assert of_copies(of_copies(one, two), two) == of_copies(one, two)
