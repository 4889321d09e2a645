"""msg-ids and Thread-Index as they stand in the wild."""

from __future__ import annotations

import base64
import re
from itertools import chain
from typing import TYPE_CHECKING

from tracker.domain.message import MessageId
from tracker.sanitizer import storable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_IDS = 500
"""msg-ids kept of one field: the longest real References had 300."""

OTHER_NAMES = (
    "x-microsoft-original-message-id",
    "x-google-original-message-id",
    "x-ms-exchange-parent-message-id",
)
"""Fields in which servers that rewrite a Message-ID keep the first, or give one of their own."""

CONVERSATION_BYTES = 22
_LONGEST_INDEX = CONVERSATION_BYTES + 5 * 500  # the longest real one is far shorter

_MAX_LENGTH = 998  # a line of RFC 5322 is no longer
_BRACKETED = re.compile(r"<([^<>\s]+)>")
_ONE = re.compile(r"<([!-;=?-~]{1,998})>")
_WORD = re.compile(r"[^\s<>,;()\"]+")


def msg_ids(bodies: Sequence[str]) -> tuple[MessageId, ...]:
    """The msg-ids in some field bodies, in their order, each once: those in angle brackets, else bare words with @."""
    if not bodies:
        return ()
    if len(bodies) == 1 and (one := _ONE.fullmatch(bodies[0])) is not None:
        return (MessageId(one[1]),)
    found: dict[MessageId, None] = {}
    for body in bodies:
        for token in _BRACKETED.findall(body) or _bare(body):
            if len(token) <= _MAX_LENGTH:
                found.setdefault(MessageId(storable(token)))
            if len(found) == MAX_IDS:
                return tuple(found)
    return tuple(found)


def _bare(body: str) -> list[str]:
    """Words with an @ in them. No pattern looks for it: in a word of megabytes it would look from every letter."""
    return [word for word in _WORD.findall(body) if "@" in word[1:-1]]


def names_of(fields: Mapping[str, Sequence[str]]) -> tuple[MessageId, ...]:
    """Every msg-id that a header block gives its own message."""
    names = [msg_ids(fields.get(name, ())) for name in ("message-id", *OTHER_NAMES)]
    return tuple(dict.fromkeys(chain.from_iterable(names)))


def thread_index(body: str) -> str:
    """Outlook's Thread-Index in lower-case hexadecimal, empty if it is none (MS-OXOMSG, 2.2.1.3).

    Its first 22 bytes name the conversation; each answer appends five.
    """
    if not body:
        return ""
    try:
        index = base64.b64decode("".join(body.split()), validate=True)
    except ValueError:
        return ""
    return index.hex() if CONVERSATION_BYTES <= len(index) <= _LONGEST_INDEX else ""
