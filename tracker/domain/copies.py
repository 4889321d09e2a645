"""One message out of its copies: the same whichever copy was read first, and however often each was read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.domain.message import Message


def of_copies(one: Message, other: Message) -> Message:
    """The facts of a message of which these are two copies (commutative, associative, idempotent).

    The earliest stamp of a server counts, and every folder. A mark counts if every copy bears it: a list adds its own
    to the copy that goes through it, and the copy that came straight to the user is what the author wrote. Of fields
    that differ otherwise (the copy in Sent alone shows Bcc), the copy that says most is kept whole.
    """
    fuller = max(one, other, key=_fullness)
    return replace(
        fuller,
        received_at=_earlier(one.received_at, other.received_at),
        aliases=tuple(sorted({*one.aliases, *other.aliases})) if one.aliases != other.aliases else one.aliases,
        signals=one.signals & other.signals,
        seen_in=one.seen_in | other.seen_in,
        thread_keys=tuple(sorted({*one.thread_keys, *other.thread_keys})),
        relayed_at=_earlier(one.relayed_at, other.relayed_at),
    )


def _fullness(copy: Message) -> tuple[int, int, str]:
    """A total order of copies by what they say of people and threads; equal ones say the same."""
    named = (copy.in_reply_to, copy.references, copy.reply_to, copy.to, copy.cc, copy.bcc, copy.failed)
    told = (*named, copy.reported, copy.returned)
    words = repr((told, copy.author, copy.message_id, copy.subject, copy.dated_at, copy.thread_index))
    return len(copy.bcc), sum(map(len, told)), words


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((stamp for stamp in (one, other) if stamp is not None), default=None)
