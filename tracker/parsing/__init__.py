"""Bytes of a message to its facts; the only home of mail-parser and flufl.bounce.

Nothing that a stranger can put into a header block may crash this, cost much time, or make one message look like two.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from email.errors import MessageError
from typing import TYPE_CHECKING
from urllib.parse import unquote

from mailparser.exceptions import MailParserError

from tracker.addresses import normalise
from tracker.domain.kind import signals_of
from tracker.domain.message import (
    Address,
    Delivery,
    FolderRole,
    Message,
    MessageId,
    RawMessage,
    ReportedRecipient,
    Unreadable,
)
from tracker.domain.subjects import base_subject
from tracker.parsing._addr_specs import addr_specs
from tracker.parsing._bounces import with_report
from tracker.parsing._dates import is_plausible
from tracker.parsing._fast import simple
from tracker.parsing._fields import HeaderBlockError, fields_of
from tracker.parsing._ids import OTHER_NAMES, msg_ids, names_of, thread_index
from tracker.parsing._parsed import MAX_ADDRESSES, Parsed, by_mail_parser
from tracker.parsing._relays import with_relay
from tracker.sanitizer import one_line, storable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from tracker.domain.message import AddrSpec

__all__ = ["MAX_ADDRESSES", "parse", "with_relay", "with_report"]

_MAILTO = re.compile(r"<\s*mailto:([^<>?\s]+)", re.IGNORECASE)
_LINE = 998  # RFC 5322, 2.1.1
_SEEN_IN = {role: frozenset({role}) for role in FolderRole}
_ORIGINAL_AUTHORS = ("x-original-from", "x-original-sender", "x-mailfrom")


def parse(raw: RawMessage, *, role: FolderRole, now: datetime) -> Message | Unreadable:
    """The facts of a message seen in a folder of this `role`. A stamp after `now` by more than a day is no stamp."""
    try:
        fields = fields_of(raw.header)
        parsed = simple(fields) or by_mail_parser(fields)
        fields["subject"] = [unicodedata.normalize("NFC", parsed.subject)]
        return _message(raw, fields, parsed, role=role, now=now)
    except (HeaderBlockError, MailParserError, MessageError, ValueError, LookupError, RecursionError) as error:
        return Unreadable(raw.uid, one_line(f"{type(error).__name__}: {error}")[:200])


def _message(
    raw: RawMessage, fields: Mapping[str, Sequence[str]], parsed: Parsed, *, role: FolderRole, now: datetime
) -> Message:
    date = parsed.date
    received_at = raw.received_at if is_plausible(raw.received_at, now) else None
    trusted = date.at if is_plausible(date.at, now) and (date.is_certain or received_at is None) else None
    ids = msg_ids(fields.get("message-id", ()))
    names = ids if fields.keys().isdisjoint(OTHER_NAMES) else names_of(fields)
    return Message(
        identity=_identity(raw, ids, parsed, date.identity),
        message_id=ids[0] if ids else None,
        author=_author(fields, parsed),
        dated_at=trusted,
        received_at=received_at,
        subject=parsed.subject,
        aliases=() if names == ids[:1] else tuple(alias for alias in names if alias not in ids[:1]),
        in_reply_to=msg_ids(fields["in-reply-to"]) if "in-reply-to" in fields else (),
        references=msg_ids(fields["references"]) if "references" in fields else (),
        reply_to=tuple(dict.fromkeys([address.addr for address in parsed.reply_to])) if parsed.reply_to else (),
        list_posts=_list_posts(fields) if "list-post" in fields else (),
        to=parsed.to,
        cc=parsed.cc,
        bcc=parsed.bcc,
        signals=signals_of(fields),
        reported=_reported(fields) if "x-failed-recipients" in fields else (),
        thread_keys=(storable(raw.thread_key),) if raw.thread_key else (),
        thread_index=thread_index(fields["thread-index"][0]) if "thread-index" in fields else "",
        seen_in=_SEEN_IN[role],
    )


def _identity(raw: RawMessage, ids: Sequence[MessageId], parsed: Parsed, date: str) -> str:
    """One value for all copies of a message; two messages that share a Message-ID differ in the rest."""
    if not ids:
        return hashlib.blake2b(raw.header.strip(), digest_size=16).hexdigest()
    author = parsed.author[0].addr if parsed.author else ""
    facts = "\0".join((ids[0], author, date, base_subject(parsed.subject)))
    return hashlib.blake2b(facts.encode(), digest_size=16).hexdigest()


def _author(fields: Mapping[str, Sequence[str]], parsed: Parsed) -> Address | None:
    """Who wrote it. A list that puts itself into From (DMARC) leaves the author in Reply-To, and says so elsewhere."""
    if not parsed.author:
        # What no grammar allows (`"Jane <jane@acme.example>`, `jane@acme.example;`) says it if it names but one.
        named = {addr for body in fields.get("from", ()) for addr in addr_specs(body[:_LINE])}
        return Address("", named.pop()) if len(named) == 1 else None
    if not parsed.reply_to or fields.keys().isdisjoint(_ORIGINAL_AUTHORS):
        return parsed.author[0]
    original = {addr for name in _ORIGINAL_AUTHORS for body in fields.get(name, ()) for addr in addr_specs(body)}
    for answer_to in parsed.reply_to:
        if answer_to.addr in original:
            return Address(answer_to.name or parsed.author[0].name, answer_to.addr)
    return parsed.author[0]


def _reported(fields: Mapping[str, Sequence[str]]) -> tuple[ReportedRecipient, ...]:
    """Exim and Gmail name the recipients of a failed delivery in the header already."""
    found = dict.fromkeys(addr for body in fields.get("x-failed-recipients", ()) for addr in addr_specs(body))
    return tuple(ReportedRecipient(addr, Delivery.FAILED) for addr in list(found)[:MAX_ADDRESSES])


def _list_posts(fields: Mapping[str, Sequence[str]]) -> tuple[AddrSpec, ...]:
    """Where the lists that carried it are posted to: `<mailto:list@example.org>` (RFC 2369, 3.4)."""
    targets = (target for body in fields.get("list-post", ()) for target in _MAILTO.findall(body))
    return tuple(dict.fromkeys(addr for target in targets if (addr := normalise(unquote(target))) is not None))[:10]
