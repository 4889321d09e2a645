"""The next messages are asked for while the last become facts, and none of them keeps others from being stored."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, cast

import pytest

from tracker.domain.folder import Batch, Folder, FolderStatus, Settled
from tracker.domain.message import FolderRole, RawMessage
from tracker.errors import Unreachable
from tracker.service.reading import BATCH, Pass, Task, batches, looked_into, together
from tracker.service.syncing import Silence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.sources import Source
    from tracker.storage import Store

INBOX = Folder("INBOX", FolderRole.INBOX)
NOW = datetime(2026, 3, 2, tzinfo=UTC)
LAST = 4 * BATCH
HEADER = b"From: a@b.example\r\nDate: Mon, 5 Jan 2026 10:00:00 +0000\r\nMessage-ID: <%d@b.example>\r\n\r\n"


class Line:
    """A connection on which every message needs a second look, and that dies of one of them whenever it is given."""

    def __init__(self, deadly: int) -> None:
        self.deadly = deadly
        self.said: list[str] = []
        self._expected: list[int] = []

    def fetch(self, folder: Folder, uids: Sequence[int]) -> list[RawMessage]:
        del folder
        self._hear(uids)
        self._expected = [uid for uid in self._expected if uid not in uids]
        self.said.append(f"fetch {uids[0]}")
        return [RawMessage(uid, HEADER % uid, NOW, 100) for uid in uids]

    def expect(self, folder: Folder, uids: Sequence[int]) -> None:
        del folder
        fresh = [uid for uid in uids if uid not in self._expected]
        self._expected += fresh
        self.said += [f"expect {uids[0]}"] if fresh else []

    def expect_looks(self, folder: Folder, received: Sequence[int], bodies: Sequence[int], limit: int) -> None:
        del folder, bodies, limit
        self.said.append(f"expect looks {received[0]}")

    def received(self, folder: Folder, uids: Sequence[int]) -> dict[int, bytes]:
        del folder
        self._hear(self._expected)
        self.said.append(f"look {uids[0]}")
        return {}

    def _hear(self, uids: Sequence[int]) -> None:
        if self.deadly in uids:
            raise Unreachable("the line was cut", hint="by the test")


def read(line: Line, first: int) -> tuple[list[Batch], bool]:
    """What a pass from a UID on stores, and whether it comes to its end."""
    store, source = cast("Store", None), cast("Source", line)
    work = Pass(store, source, "work", date(2026, 1, 1), NOW, lambda: NOW, Silence(), lambda: False)
    status = FolderStatus(uidvalidity=1, uidnext=LAST + 1, messages=LAST)
    fresh = range(first, LAST + 1)
    task = Task(INBOX, status, is_first=True, fresh=fresh, again=(), missing=0, since=None, settled=Settled())
    stored: list[Batch] = []
    try:
        for batch in together(batches(work, task)):
            stored.append(looked_into(work, batch))  # noqa: PERF401 # what comes before a failure counts
    except Unreachable:
        return stored, False
    return stored, True


def test_the_next_messages_are_asked_for_before_the_last_are_looked_into() -> None:
    line = Line(deadly=0)
    stored, is_whole = read(line, 1)
    assert is_whole
    assert [uid for batch in stored for uid, _ in batch.messages] == list(range(1, LAST + 1))
    first, second, third, fourth = (1 + BATCH * number for number in range(4))
    assert line.said == [
        f"fetch {first}",
        f"expect looks {first}",
        f"look {first}",
        f"expect {second}",
        f"expect {third}",
        f"expect {fourth}",
        f"fetch {second}",
        f"expect looks {second}",
        f"fetch {third}",
        f"expect looks {third}",
        f"fetch {fourth}",
        f"expect looks {fourth}",
        f"look {second}",
    ]


@pytest.mark.parametrize("deadly", [BATCH + 1, 2 * BATCH + 7, LAST])
def test_a_message_of_which_the_line_dies_keeps_no_other_batch_from_being_stored(deadly: int) -> None:
    safe = (deadly - 1) // BATCH * BATCH
    reached, passes = 0, 0
    while reached < safe and passes < LAST // BATCH:
        stored, is_whole = read(Line(deadly), reached + 1)
        assert not is_whole
        reached, passes = stored[-1].state.next_uid - 1 if stored else reached, passes + 1
    assert reached == safe
