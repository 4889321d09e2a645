"""One mbox file as a folder: the UID of a message is one more than the place at which it begins."""

from __future__ import annotations

import bisect
import os
import re
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from tracker.domain.folder import FolderStatus
from tracker.domain.message import RawMessage
from tracker.errors import BadServerReply
from tracker.sources._files._from_lines import from_lines, received_at
from tracker.sources._files._header import RECEIVED, header_block, reduced
from tracker.sources._files._labels import gmail_thread, is_expunged, is_labelled_draft
from tracker.sources._files._mbox_standing import (
    Standing,
    brought_up,
    from_line_at,
    is_unchanged,
    remember,
    remembered,
    uidvalidity,
)
from tracker.sources._files._reading import opened, read_at, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from tracker.sources._files._reading import Interruption

_HEAD = 2048
_ZONES = timedelta(days=1)
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)


class MboxFile:
    """A folder that is a file. `memory` is where its standing is kept between runs."""

    def __init__(self, path: Path, memory: Path | None, interruption: Interruption) -> None:
        self._path = path
        self._memory = memory
        self._interruption = interruption
        self._standing: Standing | None = None
        self._identity: tuple[int, int] | None = None
        self._starts: tuple[int, Sequence[int]] | None = None

    def status(self) -> FolderStatus:
        """UIDVALIDITY and UIDNEXT of its whole messages. They are not counted, which would mean to read the file.

        What a program notes about a message changes the file's time, which stands for the time of flags.
        """
        self._identity = self._starts = None
        with self._opened() as descriptor:
            found = os.fstat(descriptor)
            known = self._known()
            if not is_unchanged(known, found):
                known = self._brought_up(known, descriptor)
            self._standing, self._identity = known, (found.st_dev, found.st_ino)
            return FolderStatus(
                uidvalidity(known, descriptor), known.end + 1, messages=0, modseq=found.st_mtime_ns, is_sparse=True
            )

    def uids(self, first: int, last: int, since: date | None) -> list[int]:
        """The UIDs of its messages in this range, without those that Thunderbird has expunged."""
        with self._opened() as descriptor:
            stop = min(last, self._end(descriptor))
            found: list[int] = []
            for start in self._starts_in(descriptor, first - 1, stop):
                self._interruption.check()
                line, _, head = read_at(descriptor, start, 2 * _HEAD).partition(b"\n")
                moment = received_at(line)
                is_old = since is not None and moment is not None and moment.date() < since - _ZONES
                if not is_old and not is_expunged(head[:_HEAD]):
                    found.append(start + 1)
            return found

    def fetch(self, uid: int, account: str) -> RawMessage | None:
        """The header of a message; None if there is none."""
        with self._opened() as descriptor:
            found = self._block(descriptor, uid)
            if found is None or is_expunged(found[1][:_HEAD]):
                return None
            line, block = found
            return RawMessage(
                uid=uid,
                header=reduced(block),
                received_at=received_at(line),
                size=0,
                is_draft=is_labelled_draft(block),
                thread_key=gmail_thread(block, account),
            )

    def received(self, uid: int) -> bytes | None:
        """The Received fields of a message; None if there is none."""
        with self._opened() as descriptor:
            found = self._block(descriptor, uid)
            return None if found is None else reduced(found[1], RECEIVED)

    def body(self, uid: int, limit: int) -> bytes:
        """The first `limit` bytes of a message as it was before its lines were quoted and cut; empty if none."""
        with self._opened() as descriptor:
            end = self._end(descriptor)
            line, start = from_line_at(descriptor, uid - 1)
            if not line or start > end:
                return b""
            following = from_lines(descriptor, start, min(end, start + 2 * limit), self._interruption)
            stop = next(following, end)
            text = read_at(descriptor, start, min(stop - start, 2 * limit)).replace(b"\r\n", b"\n")
            if stop - start <= 2 * limit and text.endswith(b"\n\n"):
                text = text[:-1]  # the empty line between two messages
            return _QUOTED.sub(rb"\1", text).replace(b"\n", b"\r\n").replace(b"\0", b"\x80")[:limit]

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """The file. Raises `BadServerReply` if it is another one than the one whose status was told."""
        self._interruption.check()
        with told(str(self._path)), opened(self._path) as descriptor:
            found = os.fstat(descriptor)
            is_same = self._identity in {None, (found.st_dev, found.st_ino)}
            if not is_same or (self._standing is not None and self._identity and found.st_size < self._standing.end):
                raise BadServerReply(
                    f"{self._path} was written anew while it was read",
                    hint="nothing is lost; the next sync tries again",
                )
            yield descriptor

    def _known(self) -> Standing:
        """What was found before; another run of the program may have found more than this one."""
        if self._memory is None:
            return self._standing or Standing()
        with told(f"what is remembered in {self._memory}"):
            return remembered(self._memory)

    def _brought_up(self, known: Standing, descriptor: int) -> Standing:
        fresh, starts = brought_up(known, descriptor, self._interruption)
        self._starts = (known.end if fresh.generation == known.generation else 0, starts)
        if self._memory is not None:
            with told(f"what is remembered in {self._memory}"):
                remember(self._memory, fresh)
        return fresh

    def _end(self, descriptor: int) -> int:
        return os.fstat(descriptor).st_size if self._standing is None else self._standing.end

    def _starts_in(self, descriptor: int, first: int, stop: int) -> Sequence[int]:
        """Where messages begin, from what the status found if that reaches back so far."""
        known_from, starts = self._starts or (stop, ())
        if known_from <= first:
            return starts[bisect.bisect_left(starts, first) : bisect.bisect_left(starts, stop)]
        return list(from_lines(descriptor, first, stop, self._interruption))

    def _block(self, descriptor: int, uid: int) -> tuple[bytes, bytes] | None:
        """The From_ line and the header block of a message; it ends where the next message begins."""
        end = self._end(descriptor)
        line, start = from_line_at(descriptor, uid - 1)
        if not line or start > end:
            return None
        block, is_ended = header_block(descriptor, start, end)
        if not is_ended or b"\nFrom " in block:
            stop = next(from_lines(descriptor, start, start + len(block), self._interruption), start + len(block))
            block = block[: stop - start]
        return line, block
