"""Names of folders between the wire (modified UTF-7, RFC 9051 appendix A) and the screen, and LIST replies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imapclient.imap_utf7 import encode

from tracker.sources._names import Listed, readable, unique

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_REPLY = re.compile(
    rb'\((?P<flags>[^()]*)\) (?:NIL|"(?P<delimiter>(?:[^"\\]|\\.)*)") ?(?P<name>"(?:[^"\\]|\\.)*"|.*)',
    re.IGNORECASE | re.DOTALL,
)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_UNSENDABLE = re.compile(rb"[\r\n\0]")


def listed_folders(data: Sequence[bytes | tuple[bytes, bytes] | None]) -> list[Listed]:
    """The folders that LIST replies tell of, each once, in their order.

    A name that cannot go into a command (one with a line end) is left out, and so is a reply that is none.
    """
    found: dict[bytes, Listed] = {}
    taken: set[str] = set()
    for attributes, delimiter, wire in _replies(data):
        if wire in found or _UNSENDABLE.search(wire):
            continue
        name = unique(readable(wire), taken)
        taken.add(name)
        words = frozenset(word.decode("ascii", "replace").lower() for word in attributes.split())
        found[wire] = Listed(name, wire, words, delimiter.decode("ascii", "replace"))
    return list(found.values())


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
