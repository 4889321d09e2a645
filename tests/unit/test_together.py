"""What is read quickly is stored together; what was read is stored even if reading fails after it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tracker.domain.folder import Batch, Folder, FolderState
from tracker.domain.message import FolderRole, Message, Unreadable
from tracker.errors import Unreachable
from tracker.service import reading
from tracker.service.reading import BATCH, LONGEST_HELD, TOGETHER, together

if TYPE_CHECKING:
    from collections.abc import Iterator

INBOX = Folder("INBOX", FolderRole.INBOX)
STAMP = datetime(2026, 3, 2, tzinfo=UTC)


class Watch:
    """Stands where `time` does in the module."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    found = Watch()
    monkeypatch.setattr(reading, "time", found)
    return found


def batch(first: int, count: int = BATCH) -> Batch:
    """So many messages from this UID on, and one of each other thing that a batch may hold."""
    messages = [(uid, Message(f"{uid:032x}", None, None, STAMP, STAMP)) for uid in range(first, first + count)]
    failed, draft, gone = first + count, first + count + 1, first + count + 2
    return Batch("work", INBOX, messages, [Unreadable(failed, "broken")], FolderState(7, gone), 3, [draft], [gone])


def test_batches_that_come_at_once_are_stored_as_one_of_bounded_size_but_for_the_first(watch: Watch) -> None:
    del watch
    pieces = [batch(1 + 1000 * number) for number in range(7)]
    stored = list(together(pieces))
    assert [len(one.messages) for one in stored] == [BATCH, TOGETHER, 2 * BATCH]
    assert [pair for one in stored for pair in one.messages] == [pair for one in pieces for pair in one.messages]
    assert [one.state for one in stored] == [pieces[0].state, pieces[4].state, pieces[6].state], (
        "the later state stands"
    )
    assert [one.missing for one in stored] == [3, 12, 6]
    for name in ("unreadable", "drafts", "gone"):
        assert [it for one in stored for it in getattr(one, name)] == [
            it for one in pieces for it in getattr(one, name)
        ]


def test_what_is_whole_waits_for_the_next_batch_and_for_no_more(watch: Watch) -> None:
    del watch
    came = []

    def quickly() -> Iterator[Batch]:
        for number in range(7):
            came.append(number)
            yield batch(1 + 1000 * number)

    seen = [(len(one.messages), len(came)) for one in together(quickly())]
    assert seen == [(BATCH, 1), (TOGETHER, 6), (2 * BATCH, 7)]


def test_nothing_waits_for_long(watch: Watch) -> None:
    def slowly() -> Iterator[Batch]:
        for number in range(5):
            yield batch(1 + 1000 * number, count=10)
            watch.now += LONGEST_HELD / 2

    assert [len(one.messages) for one in together(slowly())] == [10, 20, 20]


def test_what_took_long_to_come_does_not_wait_for_the_next(watch: Watch) -> None:
    def slowly() -> Iterator[Batch]:
        for number in range(3):
            watch.now += LONGEST_HELD
            yield batch(1 + 1000 * number, count=10)

    assert [len(one.messages) for one in together(slowly())] == [10, 10, 10]


def test_what_was_read_before_a_failure_is_stored_before_it_is_told(watch: Watch) -> None:
    del watch

    def cut() -> Iterator[Batch]:
        yield from (batch(1 + 1000 * number) for number in range(3))
        raise Unreachable("cut", hint="by the test")

    stored = together(cut())
    assert [len(next(stored).messages) for _ in range(2)] == [BATCH, 2 * BATCH]
    with pytest.raises(Unreachable):
        next(stored)


def test_a_failure_with_nothing_in_hand_is_told_at_once(watch: Watch) -> None:
    del watch

    def cut() -> Iterator[Batch]:
        yield from (batch(1 + 1000 * number) for number in range(5))
        raise Unreachable("cut", hint="by the test")

    stored = together(cut())
    assert [len(next(stored).messages) for _ in range(2)] == [BATCH, TOGETHER]
    with pytest.raises(Unreachable):
        next(stored)


def test_nothing_at_all_is_nothing() -> None:
    assert list(together([])) == []
