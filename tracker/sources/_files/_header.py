"""Header blocks (RFC 5322, 2.2) out of files: where they end, and the fields of them that are wanted.

What is cut out equals, byte by byte, what Dovecot answers to BODY[HEADER.FIELDS (...)] for the same message, so that a
message without a Message-ID is known by the same bytes wherever its copy lies.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker.domain.fields import HEADER_FIELDS, MAX_HEADER_BYTES
from tracker.sources._files._reading import read_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FIRST_LOOK = 16 * 1024
_LONGEST_BLOCK = 4 * 1024 * 1024
"""Bytes that are looked at for the end of a header block. The fields that are wanted of it may have far fewer."""

_END = re.compile(rb"\n\r?\n")
_EMPTY_BLOCK = re.compile(rb"\r?\n")

WANTED = frozenset(name.lower().encode() for name in HEADER_FIELDS)
RECEIVED = frozenset({b"received"})


def header_block(descriptor: int, start: int, stop: int) -> tuple[bytes, bool]:
    """The header block that begins at `start`, its last line end included, and whether an empty line follows it.

    It ends at `stop` at the latest, and after `_LONGEST_BLOCK` bytes, beyond which nothing is told of it.
    """
    size = _FIRST_LOOK
    while True:
        block = read_at(descriptor, start, min(size, stop - start))
        if match := _EMPTY_BLOCK.match(block):
            return b"", True
        if match := _END.search(block):
            return block[: match.start() + 1], True
        if len(block) < size or size >= _LONGEST_BLOCK:
            return block, False
        size *= 8


def reduced(block: bytes, wanted: frozenset[bytes] = WANTED) -> bytes:
    """The wanted fields of a block in their order, with CRLF line ends and the empty line after them.

    A block without end, or with more of these fields than parsing would take, is cut where parsing calls it unreadable.
    """
    if len(block) >= _LONGEST_BLOCK:
        return block[: MAX_HEADER_BYTES + 1]
    kept = b"".join(line + b"\r\n" for name, line in _lines(block) if name in wanted)
    # NUL is no character of mail (RFC 5322, 4); a server may not send one either.
    return kept.replace(b"\0", b"\x80")[: MAX_HEADER_BYTES + 1 - 2] + b"\r\n"


def field(block: bytes, name: bytes) -> bytes | None:
    """The body of the first field of this lower-case name, unfolded; None without one."""
    lines = [line for found, line in _lines(block, first_of=name) if found == name]
    return b"".join(lines).partition(b":")[2].strip() if lines else None


def _lines(block: bytes, first_of: bytes = b"") -> Iterator[tuple[bytes, bytes]]:
    """Each line without its end, with the lower-case name of the field that it belongs to; empty if to none."""
    name, is_found = b"", False
    for line in _split(block):
        if not line.startswith((b" ", b"\t")):
            if is_found:
                return
            before, colon, _ = line.partition(b":")
            name = before.rstrip(b" \t").partition(b"\0")[0].lower() if colon else b""
            is_found = name == first_of != b""
        yield name, line


def _split(block: bytes) -> Iterable[bytes]:
    """The lines of a block without their ends; the CR of a last line that has no end belongs to the line."""
    *lines, last = block.split(b"\n")
    return [*(line.removesuffix(b"\r") for line in lines), *([last] if last else [])]
