"""When the last relay took a message: the topmost Received field (RFC 5321, 4.4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracker.parsing._dates import is_plausible, read_date
from tracker.parsing._fields import HeaderBlockError, fields_of

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.domain.message import Message


def with_relay(message: Message, received: bytes, *, now: datetime) -> Message:
    """The message with the time of the topmost of its Received fields, if that says one that can be true."""
    try:
        topmost = next(iter(fields_of(received).get("received", ())), "")
    except HeaderBlockError:
        return message
    stamp = read_date(topmost.rpartition(";")[2].strip(), None)
    is_told = stamp.is_certain and is_plausible(stamp.at, now)
    return replace(message, relayed_at=stamp.at) if is_told else message
