"""Names of folders as they lie on a wire or on a disk: modified UTF-7 (RFC 9051, appendix A) or something else."""

from __future__ import annotations

import base64
import re
import unicodedata
from dataclasses import dataclass

_SHIFTED = re.compile(rb"&([A-Za-z0-9+,]*)(-?)")


@dataclass(frozen=True, slots=True)
class Listed:
    """A folder of an account: its name to read, its name where it lies, its attributes in lower case (RFC 6154)."""

    name: str
    wire: bytes
    attributes: frozenset[str] = frozenset()
    delimiter: str = ""

    @property
    def path(self) -> tuple[str, ...]:
        """Its name, piece by piece, outermost first."""
        return tuple(self.name.split(self.delimiter)) if self.delimiter else (self.name,)


def readable(wire: bytes) -> str:
    """A name as text; where it is no modified UTF-7, as it stands. INBOX in its one spelling."""
    if wire.upper() == b"INBOX":
        return "INBOX"
    if not wire.isascii():
        return _as_it_stands(wire)
    try:
        name = _SHIFTED.sub(_unshifted, wire).decode("utf-8")
    except ValueError:
        return _as_it_stands(wire)
    return _as_it_stands(wire) if any(unicodedata.category(char) == "Cs" for char in name) else name


def unique(name: str, taken: set[str]) -> str:
    """`name`, or with a number after it if it is taken: two names may read the same when one of them is broken."""
    number, candidate = 2, name
    while candidate in taken:
        candidate = f"{name} ({number})"
        number += 1
    return candidate


def _unshifted(match: re.Match[bytes]) -> bytes:
    """One run of modified base64 as UTF-8. Raises ValueError for one that is none."""
    if not match[1]:
        if match[2]:
            return b"&"
        raise ValueError("& without an end")
    if not match[2]:
        raise ValueError("a run without an end")
    padded = match[1].replace(b",", b"/") + b"=" * (-len(match[1]) % 4)
    return base64.b64decode(padded, validate=True).decode("utf-16-be").encode("utf-8")


def _as_it_stands(wire: bytes) -> str:
    try:
        return wire.decode("utf-8")
    except UnicodeDecodeError:
        return wire.decode("latin-1")
