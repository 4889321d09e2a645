"""The text of Connections.csv, from the file itself or from the archive around it, and nothing that is too large."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 64 * 1024 * 1024
"""30,000 connections need about 5 MB."""

MAX_RATIO = 200
"""Text shrinks to a twentieth; what shrinks to less than a two-hundredth was made to burst."""

_NAME = "connections.csv"
_ZIP = b"PK\x03\x04"

# What zipfile lets through of damaged or protected archives; bz2 speaks of damage by OSError.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OverflowError,
)


class Unusable(Exception):
    """Why a file cannot be used; `is_ours` if it is LinkedIn's nevertheless, so that no other importer need look."""

    def __init__(self, words: str, *, is_ours: bool, hint: str = "") -> None:
        super().__init__(words)
        self.is_ours = is_ours
        self.hint = hint


def text_of(path: Path) -> str:
    """The text of the connections' file. Raises `Unusable`."""
    try:
        with path.open("rb") as file:
            start = file.read(len(_ZIP))
        content = _member(path) if start == _ZIP else _content(path)
    except OSError as error:
        raise Unusable(f"cannot be read: {error.strerror}", is_ours=True, hint="check the file's permissions") from None
    return _decoded(content)


def _content(path: Path) -> bytes:
    if path.stat().st_size > MAX_BYTES:
        raise Unusable(f"is larger than {MAX_BYTES // 1024 // 1024} MB", is_ours=True)
    return path.read_bytes()


def _member(path: Path) -> bytes:
    """Connections.csv of an archive, wherever it lies in it. Nothing is ever extracted to disk."""
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if member.filename.replace("\\", "/").rpartition("/")[2].lower() == _NAME:
                    return _unpacked(archive, member)
    except _DAMAGE as error:
        raise Unusable(f"is a damaged archive: {error}", is_ours=True, hint="download it from LinkedIn again") from None
    raise Unusable("is an archive without Connections.csv", is_ours=True)


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """A member's bytes, counted while they are read: what the archive says of their number may be a lie."""
    bound = min(MAX_BYTES, max(member.compress_size, 1024) * MAX_RATIO)
    with archive.open(member) as file:
        content = file.read(bound + 1)
    if len(content) > bound:
        raise Unusable("unpacks to more than any list of connections", is_ours=True)
    return content


def _decoded(content: bytes) -> str:
    """UTF-8 with or without a byte order mark, or what a spreadsheet made of it."""
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Unusable("is no text", is_ours=False)
