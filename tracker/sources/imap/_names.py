"""Names of folders between the wire (modified UTF-7, RFC 9051 appendix A) and the screen, and LIST replies."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imapclient.imap_utf7 import decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_REPLY = re.compile(
    rb'\((?P<flags>[^()]*)\) (?:NIL|"(?P<delimiter>(?:[^"\\]|\\.)*)") ?(?P<name>"(?:[^"\\]|\\.)*"|.*)',
    re.IGNORECASE | re.DOTALL,
)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_UNSENDABLE = re.compile(rb"[\r\n\0]")


@dataclass(frozen=True, slots=True)
class Listed:
    """A folder as LIST tells of it: its name to read, its name on the wire, its attributes in lower case."""

    name: str
    wire: bytes
    attributes: frozenset[str] = frozenset()
    delimiter: str = ""

    @property
    def path(self) -> tuple[str, ...]:
        """Its name, piece by piece, outermost first."""
        return tuple(self.name.split(self.delimiter)) if self.delimiter else (self.name,)


def listed_folders(data: Sequence[bytes | tuple[bytes, bytes] | None]) -> list[Listed]:
    """The folders that LIST replies tell of, each once, in their order.

    A name that cannot go into a command (one with a line end) is left out, and so is a reply that is none.
    """
    found: dict[bytes, Listed] = {}
    taken: set[str] = set()
    for attributes, delimiter, wire in _replies(data):
        if wire in found or _UNSENDABLE.search(wire):
            continue
        name = _unique(readable(wire), taken)
        taken.add(name)
        words = frozenset(word.decode("ascii", "replace").lower() for word in attributes.split())
        found[wire] = Listed(name, wire, words, delimiter.decode("ascii", "replace"))
    return list(found.values())


def readable(wire: bytes) -> str:
    """A wire name as text; where it is no modified UTF-7, as it stands. INBOX in its one spelling."""
    if wire.upper() == b"INBOX":
        return "INBOX"
    if not wire.isascii():
        return _as_it_stands(wire)
    try:
        name: str = decode(wire)
    except ValueError:
        return _as_it_stands(wire)
    return _as_it_stands(wire) if any(unicodedata.category(char) == "Cs" for char in name) else name


def on_the_wire(name: str) -> bytes:
    """A readable name in modified UTF-7. Raises ValueError for one that cannot go into a command."""
    wire: bytes = encode(name)
    if _UNSENDABLE.search(wire):
        raise ValueError("a folder's name with a line end")
    return wire


def _replies(data: Sequence[bytes | tuple[bytes, bytes] | None]) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Attributes, delimiter and name of each reply; the name may come as a literal."""
    for part in data:
        text, literal = part if isinstance(part, tuple) else (part or b"", None)
        match = _REPLY.match(text)
        if match is None:
            continue
        name = match["name"] if literal is None else literal
        if literal is None and name[:1] == b'"':
            name = _unescaped(name[1:-1])
        yield match["flags"], _unescaped(match["delimiter"] or b""), name


def _unescaped(text: bytes) -> bytes:
    return _ESCAPED.sub(rb"\1", text)


def _as_it_stands(wire: bytes) -> str:
    try:
        return wire.decode("utf-8")
    except UnicodeDecodeError:
        return wire.decode("latin-1")


def _unique(name: str, taken: set[str]) -> str:
    """Two wire names may read the same when one of them is broken."""
    number, candidate = 2, name
    while candidate in taken:
        candidate = f"{name} ({number})"
        number += 1
    return candidate
