"""One message out of its copies, in whichever order they were read."""

from __future__ import annotations

from functools import reduce
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.letters_by_hand import ME, at, message
from tracker.domain.copies import of_copies
from tracker.domain.message import FolderRole, Message

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
    assert len({reduce(of_copies, order) for order in permutations(COPIES)}) == 1


copies = st.sampled_from(COPIES)


@given(copies, copies, copies)
def test_copies_can_be_taken_up_in_any_grouping_and_twice(one: Message, two: Message, three: Message) -> None:
    assert of_copies(of_copies(one, two), three) == of_copies(one, of_copies(two, three))
    assert of_copies(one, two) == of_copies(two, one)
    assert of_copies(of_copies(one, two), two) == of_copies(one, two)
