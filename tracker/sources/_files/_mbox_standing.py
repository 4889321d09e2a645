"""How far an mbox file has come: which part of it is whole messages, and whether it still is the file it was.

A UID is a place in the file, and means the same message only as long as nothing before it moves. So a standing keeps
the place and the words of the last whole message: they are found there again if, and only if, the file has only grown.
"""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tracker.sources._files._from_lines import from_lines, is_from_line, undecided
from tracker.sources._files._header import header_block, reduced
from tracker.sources._files._memory import replace_file
from tracker.sources._files._reading import read_at

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.sources._files._reading import Interruption

_VERSION = b"tracker-mbox-1"
_LONGEST_FROM_LINE = 2048

PAUSE = 2.0
"""Seconds without a change after which a writer has come to the end of a message."""

_GIVEN_UP = 3600.0
"""Seconds without a change after which a header block that lacks its end will not get it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a file.

    generation   how often its messages were found to have moved
    end          where its whole messages end
    last         where the last of them begins, -1 without any
    words        the digest of that message's header
    size, stamp  those of the whole file at that time
    """

    generation: int = 0
    end: int = 0
    last: int = -1
    words: str = "-"
    size: int = -1
    stamp: int = 0


def remembered(path: Path) -> Standing:
    """What was written down, or a beginning where there is nothing that reads."""
    try:
        fields = path.read_bytes()
        version, generation, end, last, words, size, stamp = fields.split()
    except (FileNotFoundError, ValueError):
        return Standing()
    if version != _VERSION:
        return Standing()
    try:
        return Standing(int(generation), int(end), int(last), words.decode("ascii"), int(size), int(stamp))
    except ValueError:
        return Standing()


def remember(path: Path, standing: Standing) -> None:
    """Write it down. Raises OSError."""
    fields = (standing.generation, standing.end, standing.last, standing.words, standing.size, standing.stamp)
    replace_file(path, _VERSION + b" " + " ".join(map(str, fields)).encode("ascii") + b"\n")


def is_unchanged(known: Standing, found: os.stat_result) -> bool:
    """Whether nothing happened to a file of which every byte was accounted for."""
    return (known.size, known.stamp, known.end) == (found.st_size, found.st_mtime_ns, found.st_size)


def brought_up(known: Standing, descriptor: int, interruption: Interruption) -> tuple[Standing, list[int]]:
    """The standing of a file now, and where the messages begin that came after `known`; all of them if it moved."""
    if not _is_in_place(known, descriptor):
        known = Standing(generation=known.generation + 1)
    is_still = _is_still(descriptor, interruption)
    found = os.fstat(descriptor)
    starts = list(from_lines(descriptor, known.end, found.st_size, interruption))
    end = undecided(descriptor, known.end, found.st_size)
    if starts and (starts[-1] >= end or not _is_whole(descriptor, starts[-1], found, is_still=is_still)):
        end = starts.pop()
    fresh = replace(known, end=end, size=found.st_size, stamp=found.st_mtime_ns)
    if starts:
        fresh = replace(fresh, last=starts[-1], words=words_at(descriptor, starts[-1], found.st_size))
    return fresh, starts


def uidvalidity(standing: Standing, descriptor: int) -> int:
    """A number that stays while the file only grows (RFC 9051, 2.3.1.1)."""
    beginning = "" if standing.last < 0 else words_at(descriptor, 0, standing.size)
    digest = hashlib.blake2b(f"{standing.generation} {beginning}".encode(), digest_size=4).digest()
    return int.from_bytes(digest) % (2**31 - 1) + 1


def words_at(descriptor: int, start: int, size: int) -> str:
    """The digest of what a message says of itself, whatever a mail program has noted beside it (Status, keywords)."""
    line, start = from_line_at(descriptor, start)
    block, _ = header_block(descriptor, start, size)
    return hashlib.blake2b(line + reduced(block), digest_size=16).hexdigest()


def from_line_at(descriptor: int, start: int) -> tuple[bytes, int]:
    """The From_ line at `start` without its end, and where the header block after it begins; empty without one."""
    line, end, _ = read_at(descriptor, start, _LONGEST_FROM_LINE).partition(b"\n")
    if not is_from_line(line):
        return b"", start
    return line.removesuffix(b"\r"), start + len(line) + len(end)


def _is_in_place(known: Standing, descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    if known.last < 0:
        return known.end <= size
    return known.end <= size and words_at(descriptor, known.last, size) == known.words


def _is_still(descriptor: int, interruption: Interruption) -> bool:
    """Whether nobody writes to the file at this moment; waits if that is not plain from its time."""
    found = os.fstat(descriptor)
    age = time.time() - found.st_mtime
    if age >= PAUSE:
        return True
    interruption.wait(PAUSE - max(0.0, age))  # a time to come, as from an archive of another zone, says nothing
    later = os.fstat(descriptor)
    return (later.st_size, later.st_mtime_ns) == (found.st_size, found.st_mtime_ns)


def _is_whole(descriptor: int, start: int, found: os.stat_result, *, is_still: bool) -> bool:
    """Whether the last message of a file has been written to its end."""
    _, block_start = from_line_at(descriptor, start)
    _, is_ended = header_block(descriptor, block_start, found.st_size)
    return is_still and (is_ended or time.time() - found.st_mtime >= _GIVEN_UP)
