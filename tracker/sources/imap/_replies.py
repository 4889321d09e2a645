"""Replies to SEARCH, STATUS and FETCH, read with patience for servers that leave things out."""

from __future__ import annotations

import re
from array import array
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from tracker.domain.message import RawMessage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    Data = Sequence[bytes | tuple[bytes, bytes] | None]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NUMBERS = {name.lower(): number for number, name in enumerate(_MONTHS, start=1)}

_STATUS_NAME = re.compile(rb'\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<atom>[^\s"(){]+)) ', re.DOTALL)
_STATUS_ITEMS = re.compile(rb"\(([^()]*)\)\s*$")
_STATUS_ITEM = re.compile(rb"([A-Z]+)\s+(\d+)", re.IGNORECASE)

_SECTION = rb"BODY\[(?:HEADER[^\[\]]*)?\](?:<\d+>)? "
_SECTION_LITERAL = re.compile(_SECTION + rb"\{\d+\}$", re.IGNORECASE)
_SECTION_QUOTED = re.compile(_SECTION + rb'"((?:[^"\\]|\\.)*)"', re.IGNORECASE)

# What may hold any words, which must not be taken for items: sections, flags and Gmail's labels.
_ENCLOSED = re.compile(
    rb'BODY\[[^\[\]]*\](?:<\d+>)? (?:\{\d+\}|"(?:[^"\\]|\\.)*"|NIL)?'
    rb"|\bFLAGS \((?P<flags>[^()]*)\)"
    rb'|\bX-GM-LABELS \((?P<labels>(?:[^()"]|"(?:[^"\\]|\\.)*")*)\)',
    re.IGNORECASE,
)
_UID = re.compile(rb"\bUID (\d+)", re.IGNORECASE)
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)", re.IGNORECASE)
_STAMP = re.compile(
    rb'\bINTERNALDATE "\s*(\d{1,2})-([a-z]{3})-(\d{4}) (\d{1,2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})"', re.IGNORECASE
)
# The items in the order in which they are asked for, and nothing else: what nearly every server sends.
_USUAL = re.compile(
    r'\d+ \(UID (\d+) FLAGS \(([^()]*)\) INTERNALDATE "([ \d]\d)-([A-Z][a-z]{2})-(\d{4}) (\d\d:\d\d:[0-5]\d)'
    r' ([+-][01]\d[0-5]\d)" RFC822\.SIZE (\d+) BODY\[HEADER\.FIELDS \([A-Za-z0-9_ -]+\)\] \{\d+\}',
    re.ASCII,
)
_NUMBER = re.compile(rb"(?<!\S)\d{1,10}(?!\S)")
_LABEL = re.compile(rb'"(?:[^"\\]|\\.)*"|[^\s"]+')
_GMAIL_THREAD = re.compile(rb"\bX-GM-THRID (\d+)", re.IGNORECASE)
# RFC 8474, 5.2: NIL where there is none, which Cyrus 3.6 puts into parentheses.
_THREAD_ID = re.compile(rb"\bTHREADID \((?!NIL\))([\w-]{1,255})\)", re.IGNORECASE)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


def search_date(day: date) -> str:
    """A date as SEARCH wants it (RFC 9051, `date`), whatever language this machine speaks."""
    return f"{day.day:02d}-{_MONTHS[day.month - 1]}-{day.year:04d}"


def searched(data: Data) -> Sequence[int] | None:
    """The numbers of all SEARCH replies as they came; None if there was no reply at all.

    Packed, and found one by one: a reply names as many messages as there are, and each word of it is an object.
    """
    replies = [part for part in data if isinstance(part, bytes)]
    if not replies:
        return None
    return array("Q", (int(match[0]) for reply in replies for match in _NUMBER.finditer(reply.partition(b"(")[0])))


def status_items(data: Data) -> dict[str, int]:
    """The items of the last STATUS reply, by their names in upper case."""
    pieces = [part if isinstance(part, bytes) else part[0] for part in data if part is not None]
    match = _STATUS_ITEMS.search(pieces[-1]) if pieces else None
    if match is None:
        return {}
    return {name.decode("ascii").upper(): int(value) for name, value in _STATUS_ITEM.findall(match[1])}


def statuses(data: Data) -> dict[bytes, dict[str, int]]:
    """The items of every STATUS reply by the wire name of its folder; nothing of a folder that is told twice."""
    found: dict[bytes, dict[str, int]] = {}
    for texts, literals in _responses(data):
        name = literals[0] if literals else _status_name(texts[0])
        found[name] = {} if name in found else status_items(texts[-1:])
    return found


def _status_name(text: bytes) -> bytes:
    match = _STATUS_NAME.match(text)
    if match is None:
        return b""
    return match["atom"] if match["atom"] is not None else _ESCAPED.sub(rb"\1", match["quoted"])


def fetched(data: Data) -> Iterator[RawMessage]:
    """The messages of FETCH replies; one without a UID or without a header block is left out.

    So are two that bear one UID: one of them is another message, and would hide both.
    """
    found: dict[int, RawMessage] = {}
    doubtful: set[int] = set()
    for texts, literals in _responses(data):
        message = usual_message(texts, literals) or patient_message(texts, literals)
        if message is not None and found.setdefault(message.uid, message).header != message.header:
            doubtful.add(message.uid)
    return (message for message in found.values() if message.uid not in doubtful)


def sections(data: Data) -> Iterator[tuple[int, bytes]]:
    """The UID and the asked section of each FETCH reply; one that lacks either is left out."""
    for texts, literals in _responses(data):
        section = _section(texts, literals)
        uid = _UID.search(_items(texts))
        if section and uid is not None:
            yield int(uid[1]), section


def fetched_uids(data: Data) -> list[int]:
    """The UIDs that FETCH replies name, whatever else stands in them."""
    return [int(match[1]) for texts, _ in _responses(data) if (match := _UID.search(_items(texts)))]


def mention(data: Data, item: str) -> bool:
    """Whether any FETCH reply names an item, be it without a value."""
    return any(item.encode() in _items(texts).upper() for texts, _ in _responses(data))


def _items(texts: Sequence[bytes]) -> bytes:
    return _ENCLOSED.sub(b"", b" ".join(texts))


def _responses(data: Data) -> Iterator[tuple[list[bytes], list[bytes]]]:
    """Each response as its texts and the literals between them: imaplib gives pairs, and then the rest of the line."""
    texts: list[bytes] = []
    literals: list[bytes] = []
    for part in data:
        if isinstance(part, tuple):
            texts.append(part[0])
            literals.append(part[1])
        elif part is not None:
            yield [*texts, part], literals
            texts, literals = [], []


def usual_message(texts: Sequence[bytes], literals: Sequence[bytes]) -> RawMessage | None:
    """What `patient_message` would read of a response in the usual form, quickly; None of any other."""
    match = _USUAL.fullmatch(texts[0].decode("latin-1"))
    if match is None or len(texts) != 2 or texts[1] != b")" or not literals[0]:
        return None
    uid, flags, day, month, year, clock, zone, size = match.groups()
    if "draft" in flags.lower():
        return None
    try:
        number = _MONTH_NUMBERS[month.lower()]
        stamp = datetime.fromisoformat(f"{year}-{number:02}-{day.replace(' ', '0')}T{clock}{zone}")
        if zone != "+0000":
            stamp = stamp.astimezone(UTC)
    except (KeyError, ValueError, OverflowError):
        return None
    return RawMessage(int(uid), literals[0], stamp, int(size))


def patient_message(texts: Sequence[bytes], literals: Sequence[bytes]) -> RawMessage | None:
    """The message of a FETCH response with its items in any order; None without a UID or a header block."""
    header = _section(texts, literals)
    items = _items(texts)
    uid, size = _UID.search(items), _SIZE.search(items)
    if not header or uid is None:
        return None
    return RawMessage(
        uid=int(uid[1]),
        header=header,
        received_at=_stamp(items),
        size=int(size[1]) if size else 0,
        is_draft=_is_draft(texts),
        thread_key=_thread_key(items),
    )


def _is_draft(texts: Sequence[bytes]) -> bool:
    r"""By the flag \Draft, or by Gmail's label of that name, as an atom or in quotes."""
    for match in _ENCLOSED.finditer(b" ".join(texts)):
        words = (match["flags"] or b"").split() + _LABEL.findall(match["labels"] or b"")
        if b"\\draft" in {
            _ESCAPED.sub(rb"\1", word[1:-1]).lower() if word[:1] == b'"' else word.lower() for word in words
        }:
            return True
    return False


def _thread_key(items: bytes) -> str:
    """What the server calls the thread, with the kind of the name: numbers of one kind mean nothing in the other."""
    gmail, standard = _GMAIL_THREAD.search(items), _THREAD_ID.search(items)
    if gmail is not None:
        return f"gm {gmail[1].decode('ascii')}"
    return f"id {standard[1].decode('ascii')}" if standard is not None else ""


def _section(texts: Sequence[bytes], literals: Iterable[bytes]) -> bytes | None:
    for text, literal in zip(texts, literals, strict=False):
        if _SECTION_LITERAL.search(text):
            return literal
    match = _SECTION_QUOTED.search(b" ".join(texts))
    return _ESCAPED.sub(rb"\1", match[1]) if match else None


def _stamp(items: bytes) -> datetime | None:
    """INTERNALDATE as aware UTC, None if it is missing or no date; imapclient would lose the zone of odd ones."""
    match = _STAMP.search(items)
    number = _MONTH_NUMBERS.get(match[2].decode().lower()) if match is not None else None
    if match is None or number is None:
        return None
    day, year, hour, minute, second = (int(match[group]) for group in (1, 3, 4, 5, 6))
    offset = timedelta(hours=int(match[8]), minutes=int(match[9])) * (-1 if match[7] == b"-" else 1)
    try:
        moment = datetime(year, number, day, hour, minute, min(second, 59), tzinfo=timezone(offset))
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
