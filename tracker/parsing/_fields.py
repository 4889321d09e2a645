"""A header block (RFC 5322, 2.2) split into its fields, whatever stands between them."""

from __future__ import annotations

import base64
import re
from email.errors import HeaderParseError
from email.header import decode_header
from itertools import islice
from typing import TYPE_CHECKING

from tracker.domain.fields import HEADER_FIELDS, MAX_HEADER_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
_PLAIN = bytes([*b"\t", *range(ord(" "), ord("~") + 1)])
_BLANKS = " \t"
_MOST_LINES = 500  # unfolded one by one, which costs time that grows with their square
_KNOWN = {spelling: name.lower() for name in HEADER_FIELDS for spelling in (name, name.lower())}
_BEYOND_ASCII = re.compile(r"\S*[^\x00-\x7f]\S*(?:\s+\S*[^\x00-\x7f]\S*)*")

# What follows costs mail-parser time that grows with its square. A name may hold commas of its own, so that there are
# more of them than addresses that are kept; a subject is cut where no program shows it any more.
_MOST_SEPARATORS = 4_000
LONGEST_SUBJECT = 4_000
_SEPARATOR = re.compile(r"[,;]")

# Base64 of which a byte is cut off (RFC 2047, 4.1), where mail-parser decodes a name: it lets the error through. Words
# in quotes are not decoded; a quotation mark that stands alone takes the rest, so that it is looked for once.
_IN_BASE64 = re.compile(r'"(?:[^"\\]|\\.)*(?:"|$)|(?<![^\s(])=\?[^?\s]+\?[bB]\?[^?\s]*\?=(?=[\s)]|$)', re.DOTALL)

# What mail-parser reads for us. Broken programs repeat fields of addresses; it would see the first one only.
_ADDRESSES = ("from", "reply-to", "to", "cc", "bcc")


class HeaderBlockError(ValueError):
    """A header block that is refused as a whole."""


def fields_of(header: bytes) -> dict[str, list[str]]:
    """Field names in lower case to their unfolded bodies, in the order of the block. Raises `HeaderBlockError`.

    Lines that are no field (a `>From ` line, an mbox separator) are passed over, and a lone CR is a blank: neither may
    hide the fields after it.
    """
    if len(header) > MAX_HEADER_BYTES:
        raise HeaderBlockError(f"a header block of {len(header)} bytes")
    plain = plain_fields(header)
    return split_patiently(header) if plain is None else plain


def plain_fields(header: bytes) -> dict[str, list[str]] | None:
    """The same of a block of printable ASCII with ends of lines of one kind that holds nothing but known fields.

    None of any other, and of one with a blank at the end of a folded line: it is not there for certain once unfolded.
    """
    end = "\r\n" if b"\r\n" in header else "\n"
    lines = header.decode("latin-1").split(end)
    others = len(header.translate(None, _PLAIN))
    if len(lines) > _MOST_LINES or others != len(end) * (len(lines) - 1):  # what is not plain text ends a line
        return None
    found: dict[str, list[str]] = {}
    bodies: list[str] = []
    for line in lines:
        spelling, colon, body = line.partition(":")
        name = _KNOWN.get(spelling) or _KNOWN.get(spelling.lower())
        if name is not None and colon:
            if name in found:
                bodies = found[name]
                bodies.append(body.strip())
            else:
                found[name] = bodies = [body.strip()]
        elif not line:
            bodies = []
        elif bodies and line[0] in _BLANKS and line[-1] not in _BLANKS:
            bodies[-1] = f"{bodies[-1]}{line}".strip()
        else:
            return None
    return found


def split_patiently(header: bytes) -> dict[str, list[str]]:
    """The same of any block."""
    found: dict[str, list[list[bytes]]] = {}
    pieces: list[bytes] = []
    for line in header.replace(b"\r\n", b"\n").replace(b"\r", b" ").replace(b"\0", b"").split(b"\n"):
        if line[:1] in {b" ", b"\t"}:
            pieces.append(line)
        elif match := _FIELD.match(line):
            pieces = [match[2].strip()]
            found.setdefault(match[1].decode("ascii").lower(), []).append(pieces)
        else:
            pieces = []
    return {name: [_decoded(b"".join(body)).strip() for body in bodies] for name, bodies in found.items()}


def _decoded(body: bytes) -> str:
    """Raw 8-bit bytes are UTF-8 (RFC 6532) or what Windows programs sent before it, in each field by itself."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def parsable(fields: Mapping[str, Sequence[str]]) -> str:
    """A clean header block of the fields that mail-parser reads, each once, cut where it is too long to mean much."""
    lines = [f"{name}: {_decodable(addresses(fields[name]))}" for name in _ADDRESSES if name in fields]
    if "subject" in fields:
        lines.append(f"subject: {_encoded(fields['subject'][0][:LONGEST_SUBJECT])}")
    if "date" in fields:
        lines.append(f"date: {fields['date'][0]}")
    return "\n".join(lines) + "\n\n"


def addresses(bodies: Sequence[str]) -> str:
    """All bodies of a field of addresses as one list, up to so many separators."""
    together = ", ".join(filter(None, bodies))
    last = next(islice(_SEPARATOR.finditer(together), _MOST_SEPARATORS, None), None)
    return together if last is None else together[: last.start()]


def _decodable(names: str) -> str:
    """A list of addresses without the encoded-words that nobody can decode."""
    return _IN_BASE64.sub(lambda word: word[0] if _is_whole(word[0]) else "", names) if "=?" in names else names


def _is_whole(word: str) -> bool:
    if word.startswith('"'):
        return True
    try:
        decode_header(word)
    except HeaderParseError:
        return False
    return True


def _encoded(subject: str) -> str:
    """A subject whose raw 8-bit words are encoded-words (RFC 2047): mail-parser drops the raw ones."""
    return _BEYOND_ASCII.sub(lambda run: f"=?utf-8?b?{base64.b64encode(run[0].encode()).decode()}?=", subject)
