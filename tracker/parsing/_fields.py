"""A header block (RFC 5322, 2.2) split into its fields, whatever stands between them."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_HEADER_BYTES = 256 * 1024
"""A block above this size is no letter between people; parsing it would cost seconds."""

_FIELD = re.compile(r"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
_BEYOND_ASCII = re.compile(r"\S*[^\x00-\x7f]\S*(?:\s+\S*[^\x00-\x7f]\S*)*")

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
    text = _decoded(header.replace(b"\r\n", b"\n")).replace("\r", " ").replace("\0", "")
    found: dict[str, list[str]] = {}
    bodies: list[str] = []
    for line in text.split("\n"):
        if line[:1] in {" ", "\t"}:
            if bodies:
                bodies[-1] += line
        elif match := _FIELD.match(line):
            bodies = found.setdefault(match[1].lower(), [])
            bodies.append(match[2].strip())
        else:
            bodies = []
    return found


def _decoded(header: bytes) -> str:
    """Raw 8-bit bytes are UTF-8 (RFC 6532) or what Windows programs sent before it."""
    try:
        return header.decode("utf-8")
    except UnicodeDecodeError:
        return header.decode("cp1252", "replace")


def parsable(fields: Mapping[str, Sequence[str]]) -> str:
    """A clean header block of the fields that mail-parser reads, each once."""
    lines = [f"{name}: {', '.join(filter(None, fields[name]))}" for name in _ADDRESSES if name in fields]
    if "subject" in fields:
        lines.append(f"subject: {_encoded(fields['subject'][0])}")
    if "date" in fields:
        lines.append(f"date: {fields['date'][0]}")
    return "\n".join(lines) + "\n\n"


def _encoded(subject: str) -> str:
    """A subject whose raw 8-bit words are encoded-words (RFC 2047): mail-parser drops the raw ones."""
    return _BEYOND_ASCII.sub(lambda run: f"=?utf-8?b?{base64.b64encode(run[0].encode()).decode()}?=", subject)
