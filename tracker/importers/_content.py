"""What lies in a file or in a member of an archive, as lines of text, and nothing that is too large."""

from __future__ import annotations

import codecs
import io
import lzma
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MEGABYTE = 1024 * 1024

MAX_LINE = MEGABYTE
"""Characters on one line: LinkedIn takes messages of 8,000."""

_HEAD = 256 * 1024

# What zipfile lets through of damaged or protected archives; bz2 speaks of damage by OSError.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OverflowError,
    OSError,
)


class Unusable(Exception):
    """Why a file cannot be used, and what to do about it where that is not the importer's usual hint."""

    def __init__(self, words: str, *, hint: str = "") -> None:
        super().__init__(words)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes that can be read more than once.

    opened   opens them anew
    bound    so many are read at most; what holds more is refused in the words `excess`
    damage   what reading them may raise if they are damaged
    member   the name of the file in its archive; empty for a file that lies alone
    """

    opened: Callable[[], BinaryIO]
    bound: int
    excess: str
    damage: tuple[type[Exception], ...] = ()
    member: str = ""

    @classmethod
    def of_file(cls, path: Path, megabytes: int) -> Content:
        """A file of at most so many megabytes."""
        return cls(lambda: path.open("rb"), megabytes * MEGABYTE, f"is larger than {megabytes} MB")

    def head(self) -> str:
        """The first characters, whatever their encoding; nothing if it is no text."""
        with self.opened() as file:
            start = file.read(_HEAD)
        text = start.decode(_marked(start) or "utf-8-sig", "replace")
        return "" if "\0" in text else text

    def lines(self) -> Iterator[str]:
        """The lines with their ends, decoded on the way. Raises `Unusable`."""
        encoding = self._encoding()
        with self._bounded() as file, io.TextIOWrapper(file, encoding, newline="") as text:
            while line := text.readline(MAX_LINE):
                if len(line) == MAX_LINE:
                    raise Unusable(f"has a line of more than {MAX_LINE} characters")
                yield line

    def _encoding(self) -> str:
        """UTF-8 with or without a byte order mark, UTF-16 with one, or what Windows made of it. Raises `Unusable`."""
        with self._bounded() as file:
            marked = _marked(file.peek(4))
        for encoding in (marked,) if marked else ("utf-8-sig", "cp1252"):
            if self._is_in(encoding):
                return encoding
        raise Unusable("is no text")

    def _is_in(self, encoding: str) -> bool:
        """Whether the bytes are text in this encoding."""
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with self._bounded() as file:
                while chunk := file.read(MEGABYTE):
                    if "\0" in decoder.decode(chunk):
                        return False
            decoder.decode(b"", final=True)
        except UnicodeError:
            return False
        return True

    def _bounded(self) -> io.BufferedReader:
        return io.BufferedReader(_Bounded(self), 64 * 1024)


class _Bounded(io.RawIOBase):
    """Counts what is read: what an archive says of the size of its members may be a lie."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._left = content.bound
        try:
            self._file = content.opened()
        except content.damage as error:
            raise _damaged(error) from None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # what BufferedReader hands over
        try:
            chunk = self._file.read(len(buffer))
        except self._content.damage as error:
            raise _damaged(error) from None
        self._left -= len(chunk)
        if self._left < 0:
            raise Unusable(self._content.excess)
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        # Without its file if that could not be opened.
        if not self.closed and hasattr(self, "_file"):
            self._file.close()
        super().close()


def _marked(start: bytes) -> str | None:
    """The encoding that a byte order mark tells; None without one, or for UTF-8."""
    return "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else None


def _damaged(error: Exception) -> Unusable:
    return Unusable(f"is a damaged archive: {error}", hint="download it again")
