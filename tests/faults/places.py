"""Where to break a line: byte positions in what was said over it once."""

from __future__ import annotations

import re
from itertools import chain

_DULL = re.compile(rb"(?<=HEADER\.FIELDS \()[^)]{200,}|x{200,}")
"""The names of fields that a server repeats for every message, and padding: any place in there is like the next."""

_LITERAL = re.compile(rb"\{(\d+)\}\r\n")


def regular(said: bytes, step: int) -> list[int]:
    """Every `step`-th byte that is not dull."""
    dull = set(chain.from_iterable(range(match.start() + 1, match.end()) for match in _DULL.finditer(said)))
    return [place for place in range(len(said)) if place not in dull][::step]


def around(said: bytes) -> set[int]:
    """The first byte of each literal, its last one, and the one that follows it."""
    return {place for begin, end in borders(said) for place in (begin, end - 1, end)}


def borders(said: bytes) -> list[tuple[int, int]]:
    """Where each literal begins and ends (RFC 9051, 4.3)."""
    found = []
    place = 0
    while (match := _LITERAL.search(said, place)) is not None:
        place = match.end() + int(match[1])
        found.append((match.end(), place))
    return found
