"""Whether what is known of a folder still holds: its UIDs one by one, and whether they mean the same messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.domain.folder import Difference
from tracker.domain.message import Message
from tracker.parsing import parse

if TYPE_CHECKING:
    from tracker.domain.folder import Folder, FolderStatus, Plan
    from tracker.service.reading import Pass

SAMPLE = 4
"""Known messages that are looked at again before new ones of their folder are read."""

AUDIT_SAMPLE = 16
"""The same before an audit."""


def compared(work: Pass, folder: Folder, todo: Plan) -> Difference:
    """How the UIDs below the new ones differ from what is accounted for."""
    found, after = Difference(), 0
    while after < todo.first - 1 and not work.is_stopped():
        page = work.store.accounted(work.account, folder.name, after, todo.first)
        existing = work.source.uids(folder, after + 1, page.last, None)
        wanted = existing if todo.floor is None else work.source.uids(folder, after + 1, page.last, todo.floor)
        found, after = found + page.compare(existing, wanted), page.last
    return found


def hidden(work: Pass, folder: Folder, status: FolderStatus, existing: int) -> int:
    """How many messages the server counts (`status`) beyond those `existing` that it names; any may be an answer.

    Messages may go and come between the two questions, so that it is asked once more before it is doubted.
    """
    if existing >= status.messages:
        return 0
    again = work.source.status(folder)
    come_since = max(0, again.uidnext - status.uidnext)
    return max(0, again.messages - come_since - existing)


def is_reassigned(work: Pass, folder: Folder, todo: Plan) -> bool:
    """Whether old UIDs mean other messages now under the same UIDVALIDITY, as Proton Bridge may have it.

    A message that is not there any more, or cannot be read, proves nothing.
    """
    if not (todo.span or todo.audit):
        return False
    known = work.store.sample(work.account, folder.name, AUDIT_SAMPLE if todo.audit else SAMPLE)
    for raw in work.source.fetch(folder, sorted(known)) if known else ():
        fact = parse(raw, role=folder.role, now=work.clock())
        if isinstance(fact, Message) and raw.uid in known and fact.identity != known[raw.uid]:
            return True
    return False
