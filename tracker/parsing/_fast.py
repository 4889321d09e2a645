"""The same facts as `_parsed` reads, of header blocks that a strict grammar proves simple; of nothing else.

What is not understood here to the last character is left to mail-parser, which would say the same of the rest, slowly.
"""

from __future__ import annotations

import re
import unicodedata
from binascii import a2b_base64
from datetime import datetime, timedelta
from email.errors import HeaderParseError
from email.header import decode_header
from functools import lru_cache
from typing import TYPE_CHECKING

from mailparser.utils import decode_header_part

from tracker.addresses import normalise
from tracker.domain.message import Address
from tracker.parsing._dates import ReadDate, read_date
from tracker.parsing._fields import LONGEST_SUBJECT
from tracker.parsing._parsed import Parsed
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LONGEST_LIST = 4_000
_LONGEST_MAILBOX = 300  # also what is remembered of one

_ATEXT = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~-"  # RFC 5322, 3.2.3
_WORD = rf"[{_ATEXT}][.{_ATEXT}]*"
_ADDR_SPEC = rf"[{_ATEXT}]+(?:\.[{_ATEXT}]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
_MAILBOX = re.compile(
    rf'(?:(?:"([\t !#-\[\]-~]*)"[ \t]*|({_WORD}(?:[ \t]+{_WORD})*)[ \t]+)?<({_ADDR_SPEC})>|({_ADDR_SPEC}))'
)
_EMPTY_GROUP = re.compile(r"[A-Za-z-]+(?:[ \t]+[A-Za-z-]+)*[ \t]*:[ \t]*;")  # `undisclosed-recipients:;`
_MEMBER = re.compile(r'(?:[^",]|"[^"]*")+')
_ENCODED_WORD = re.compile(  # RFC 2047, 2
    r"=\?(?P<charset>utf-8|us-ascii|iso-8859-(?:1|2|15)|windows-125[012])\?[bq]\?[!->@-~]+\?=", re.IGNORECASE
)

_UTF8_WORD = re.compile(r"=\?utf-8\?b\?([A-Za-z0-9+/]+={0,2})\?=", re.IGNORECASE)

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NUMBERS = {name: f"{number:02d}" for number, name in enumerate(_MONTHS, start=1)}
_DATE = re.compile(  # RFC 5322, 3.3, of this century or the last, in zones that exist
    rf"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), +)?(\d\d?) +({'|'.join(_MONTHS)}) +((?:19|20)\d\d)"
    r" +((?:[01]\d|2[0-3]):[0-5]\d)(:[0-5]\d)? +([+-](?:0\d|1[0-3])[0-5]\d|GMT)(?: +\([A-Za-z +:0-9-]*\))?",
    re.ASCII,
)


def simple(fields: Mapping[str, Sequence[str]]) -> Parsed | None:
    """The facts of a header block; None unless all of it is simple."""
    subject = _subject(fields.get("subject", ("",))[0])
    date = _date(fields["date"][0]) if "date" in fields else read_date("", None)
    if subject is None or date is None:
        return None
    people = []
    for name in ("from", "reply-to", "to", "cc", "bcc"):
        found = _mailboxes(fields[name]) if name in fields else ()
        if found is None:
            return None
        people.append(found)
    return Parsed(subject, date, *people)


def _subject(body: str) -> str | None:
    """mail-parser decodes the encoded-words here, too: of one printable line it is given nothing else."""
    if not body.isascii() or not body.replace("\t", " ").isprintable():
        return None
    body = body[:LONGEST_SUBJECT]
    return one_line(_decoded_subject(body) if "=?" in body else body)


def _decoded_subject(body: str) -> str:
    text = _utf8(body)
    return str(decode_header_part(body)) if text is None else unicodedata.normalize("NFC", text)


def _date(body: str) -> ReadDate | None:
    match = _DATE.fullmatch(body)
    if match is None:
        return None
    day, month, year, minutes, second, zone = match.groups()
    text = f"{year}-{_MONTH_NUMBERS[month]}-{day:0>2}T{minutes}{second or ':00'}+00:00"
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    offset = _offset(zone)
    if offset:
        at -= offset
        text = at.isoformat()
    return ReadDate(at, is_certain=True, identity=text)


@lru_cache(maxsize=256)
def _offset(zone: str) -> timedelta:
    """What a zone is ahead of UTC."""
    if zone == "GMT":
        return timedelta(0)
    return timedelta(hours=int(zone[1:3]), minutes=int(zone[3:])) * (-1 if zone[0] == "-" else 1)


def _mailboxes(bodies: Sequence[str]) -> tuple[Address, ...] | None:
    """The mailboxes of a field that is there once."""
    body = bodies[0]
    if len(bodies) > 1 or len(body) > _LONGEST_LIST:
        return None
    if not body:
        return ()
    members = _members(body) if "," in body else [body]
    if members is None:
        return None
    found = []
    for member in members:
        mailbox = _mailbox(member) if len(member) <= _LONGEST_MAILBOX else None
        if mailbox is None:
            return () if len(body) <= _LONGEST_MAILBOX and _EMPTY_GROUP.fullmatch(body) else None
        found.append(mailbox)
    return tuple(found)


def _members(body: str) -> list[str] | None:
    """A list of mailboxes split at the commas outside of quoted strings; None if a quotation mark stands alone."""
    if '"' not in body:
        return body.split(",")
    members: list[str] = _MEMBER.findall(body)
    return members if ",".join(members) == body else None


@lru_cache(maxsize=2_048)
def _mailbox(text: str) -> Address | None:
    """A mailbox (RFC 5322, 3.4) without comments, routes and quoted pairs."""
    match = _MAILBOX.fullmatch(text.strip(" \t"))
    if match is None:
        return None
    quoted, phrase, angled, bare = match.groups()
    addr_spec = angled or bare
    addr = normalise(addr_spec)
    name = quoted if quoted is not None else _phrase(phrase or "")
    if addr is None or name is None:
        return None
    return Address("" if name == addr_spec else one_line(name), addr)


def _phrase(text: str) -> str | None:
    """Words with blanks between them, but none between encoded-words (RFC 2047, 6.2)."""
    if "=?" not in text:
        return " ".join(text.split())
    pieces: list[str] = []
    is_encoded = False
    for word in text.split():
        was_encoded, is_encoded = is_encoded, "=?" in word
        decoded = _decoded(word) if is_encoded else word
        if decoded is None:
            return None
        pieces += [decoded] if was_encoded and is_encoded else [" ", decoded]
    return "".join(pieces[1:])


def _decoded(word: str) -> str | None:
    text = _utf8(word)
    if text is None:
        if not _ENCODED_WORD.fullmatch(word):
            return None
        try:
            ((octets, charset),) = decode_header(word)
            text = octets.decode(charset)
        except (HeaderParseError, UnicodeError):
            return None
    return text if text.isprintable() or not any(char < " " for char in text) else None


def _utf8(word: str) -> str | None:
    """What an encoded-word says that is UTF-8 in whole base64; None of any other."""
    match = _UTF8_WORD.fullmatch(word)
    if match is None or len(match[1]) % 4:
        return None
    try:
        return a2b_base64(match[1]).decode()
    except UnicodeError:
        return None
