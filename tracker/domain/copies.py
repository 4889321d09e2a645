"""One message out of its copies: the same whichever copy was read first, and however often each was read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.domain.message import Message, ReportedRecipient

T = TypeVar("T", bound="str | ReportedRecipient")


def of_copies(one: Message, other: Message) -> Message:
    """The facts of a message of which these are two copies (commutative, associative, idempotent).

    The earliest stamp of a server counts, and every folder. A mark counts if every copy bears it: a list adds its own
    to the copy that goes through it, and the copy that came straight to the user is what the author wrote. What only
    some copies could be asked for (thread ids, delivery reports, relays) is taken from all. Of fields that differ
    otherwise (the copy in Sent alone shows Bcc), the copy that says most is kept whole.
    """
    fuller = max(one, other, key=_fullness)
    return replace(
        fuller,
        received_at=_earlier(one.received_at, other.received_at),
        aliases=_both(one.aliases, other.aliases),
        signals=one.signals & other.signals,
        thread_keys=_both(one.thread_keys, other.thread_keys),
        list_posts=_both(one.list_posts, other.list_posts),
        thread_index=max(one.thread_index, other.thread_index),
        relayed_at=_earlier(one.relayed_at, other.relayed_at),
        reported=without_repeats(_both(one.reported, other.reported)),
        returned=_both(one.returned, other.returned),
        seen_in=one.seen_in | other.seen_in,
    )


def without_repeats(reported: tuple[ReportedRecipient, ...]) -> tuple[ReportedRecipient, ...]:
    """Each recipient once for each thing told of it; a code says more than the same without one."""
    coded = {(told.addr, told.delivery) for told in reported if told.status}
    kept = (told for told in reported if told.status or (told.addr, told.delivery) not in coded)
    return tuple(dict.fromkeys(kept))


def _both(one: tuple[T, ...], other: tuple[T, ...]) -> tuple[T, ...]:
    return one if one == other else tuple(sorted({*one, *other}))


def _fullness(copy: Message) -> tuple[int, int, str]:
    """A total order of copies by what they say of people and threads; equal ones say the same."""
    named = (copy.in_reply_to, copy.references, copy.reply_to, copy.to, copy.cc, copy.bcc)
    words = repr((named, copy.author, copy.message_id, copy.subject, copy.dated_at))
    return len(copy.bcc), sum(map(len, named)), words


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((stamp for stamp in (one, other) if stamp is not None), default=None)
