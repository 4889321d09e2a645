"""What the body of a delivery report tells: of whom, what became of the message, and which message it was.

Of a body nothing is kept but that. Most reports are in the standard form (RFC 3464, in a multipart/report of RFC 6522);
flufl.bounce knows the forms that programs had of their own.
"""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from email import message_from_bytes
from itertools import chain
from typing import TYPE_CHECKING

from flufl.bounce import all_failures

from tracker.domain.copies import without_repeats
from tracker.domain.message import Delivery, ReportedRecipient
from tracker.parsing._addr_specs import addr_specs
from tracker.parsing._fields import fields_of
from tracker.parsing._ids import msg_ids, names_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from email.message import Message as Part

    from tracker.domain.message import AddrSpec, Message, MessageId

    Fields = Mapping[str, Sequence[str]]

MAX_RECIPIENTS = 1_000
"""Recipients kept of one report: nobody is asked by a mail to more."""

_MAX_PARTS = 100
_STATUS_PARTS = {"message/delivery-status", "message/global-delivery-status"}
_RETURNED_PARTS = {
    "message/rfc822",
    "message/global",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global-headers",
}

# Action, 2.3.3; what is relayed or expanded went well as far as this report can say. Comments and other endings occur.
_ACTIONS = (
    ("fail", Delivery.FAILED),
    ("error", Delivery.FAILED),  # OpenSMTPD
    ("delayed", Delivery.DELAYED),
    ("delivered", Delivery.DELIVERED),
    ("relayed", Delivery.DELIVERED),
    ("expanded", Delivery.DELIVERED),
)
_QUOTED_ID = re.compile(r"^Message-ID:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
_CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")  # RFC 3463, 2
_COMMENT = re.compile(r"\([^()]*\)")
_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n")

logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)  # its tracebacks would quote the mail


def with_report(message: Message, body: bytes) -> Message:
    """The message with what its own bytes, header and body, report. What cannot be decoded adds nothing."""
    try:
        mail = message_from_bytes(body)
        parts = list(_parts(mail))
        told = _standard(parts) or _other(mail)
        returned = next((ids for part in parts if (ids := _returned(part))), ()) or _quoted(parts)
    except Exception:  # noqa: BLE001 - two decoders, a stranger's bytes: whatever they raise, the header's facts stand
        return message
    reported = without_repeats((*told, *message.reported))[:MAX_RECIPIENTS]
    return replace(message, reported=reported, returned=returned)


def _parts(mail: Part) -> Iterator[Part]:
    """The parts of a report; not those of the message that it returns, which may be a report itself."""
    waiting = [mail]
    for _ in range(_MAX_PARTS):
        if not waiting:
            return
        part = waiting.pop()
        yield part
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting.extend(reversed(_inside(part)))


def _inside(part: Part) -> list[Part]:
    payload = part.get_payload()
    return [inner for inner in payload if not isinstance(inner, str)] if isinstance(payload, list) else []


def _standard(parts: Sequence[Part]) -> tuple[ReportedRecipient, ...]:
    """What the message/delivery-status parts say (RFC 3464, 2.3)."""
    blocks = chain.from_iterable(_blocks(part) for part in parts if part.get_content_type() in _STATUS_PARTS)
    told = (recipient for block in blocks if (recipient := _recipient(block)) is not None)
    return without_repeats(tuple(told))


def _blocks(part: Part) -> Iterator[Fields]:
    """The groups of fields; the standard library cuts them out of one kind of part and not of the others."""
    for inner in _inside(part):
        yield _fields(inner)
        yield from _blocks(inner)
    for block in _BLANK_LINE.split(_text(part)):
        yield fields_of(block)


def _fields(part: Part) -> Fields:
    found: dict[str, list[str]] = {}
    for name, body in part.raw_items():
        unescaped = str(body).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        found.setdefault(name.lower(), []).append(" ".join(unescaped.split()))
    return found


def _recipient(block: Fields) -> ReportedRecipient | None:
    """One recipient: as it was written to if that is said, else as the last server knew it (2.3.1, 2.3.2)."""
    action = _first(block, "action").lower()
    delivery = next((told for begin, told in _ACTIONS if action.startswith(begin)), None)
    names = (_first(block, "original-recipient"), _first(block, "final-recipient"))
    addr = next((found for name in names if (found := _address(name)) is not None), None)
    if delivery is None or addr is None:
        return None
    code = _CODE.search(_first(block, "status")) or _CODE.search(_first(block, "diagnostic-code"))
    return ReportedRecipient(addr, delivery, code[1] if code is not None else "")


def _first(block: Fields, name: str) -> str:
    return next(iter(block.get(name, ())), "").strip()


def _address(body: str) -> AddrSpec | None:
    """The addr-spec of `rfc822; jane@acme.example (Jane)`, whose kind may be missing; None for X.400 and the like."""
    kind, semicolon, address = body.partition(";")
    if semicolon and kind.strip().lower() not in {"rfc822", "utf-8"}:
        return None
    return next(addr_specs(_COMMENT.sub(" ", address if semicolon else body)), None)


def _returned(part: Part) -> tuple[MessageId, ...]:
    """Every name of the message that a part returns, whole or its header alone (RFC 6522, 3 and 4)."""
    if part.get_content_type() not in _RETURNED_PARTS:
        return ()
    inside = _inside(part)
    return names_of(_fields(inside[0]) if inside else fields_of(_text(part)))


def _quoted(parts: Sequence[Part]) -> tuple[MessageId, ...]:
    """The msg-id of a message that an older program quotes in the text of its report."""
    texts = (_text(part).decode("ascii", "replace") for part in parts if part.get_content_type() == "text/plain")
    found = next((match for text in texts if (match := _QUOTED_ID.search(text))), None)
    return msg_ids([found[1]]) if found is not None else ()


def _text(part: Part) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _other(mail: Part) -> tuple[ReportedRecipient, ...]:
    """What flufl.bounce finds in the forms that programs had before there was a standard, and beside it."""
    temporary, permanent = all_failures(mail)
    return tuple(
        ReportedRecipient(addr, delivery)
        for found, delivery in ((permanent, Delivery.FAILED), (temporary, Delivery.DELAYED))
        for name in sorted(found)
        for addr in addr_specs(name.decode("ascii", "replace"))
    )
