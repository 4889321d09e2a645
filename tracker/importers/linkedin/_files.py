"""The files of an export that are read, each known by its header, alone or in the archive that LinkedIn sends."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, cast

from tracker.importers._content import DAMAGE, MEGABYTE, Content, Unusable
from tracker.importers._tables import LINKEDIN_2012, has_header

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tracker.importers._tables import Header

MAX_RATIO = 200
"""Text shrinks to a twentieth; what shrinks to less than a two-hundredth was made to burst."""

MAX_MEMBERS = 20
"""Files of one kind in an archive."""

_ZIP = b"PK\x03\x04"
_NAME = re.compile(r"(connections|messages|email[ _]addresses|invitations)(?:[ _-]*\(?\d{1,12}\)?)?\.csv")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a kind of file is read; beyond that it was made to harm."""

    megabytes: int
    rows: int


class Kind(Enum):
    """What a file of an export is, by the name that LinkedIn gives it."""

    CONNECTIONS = "Connections.csv"
    MESSAGES = "messages.csv"
    OWN = "Email Addresses.csv"
    INVITATIONS = "Invitations.csv"

    @property
    def limits(self) -> Limits:
        """30,000 connections, which is what LinkedIn allows, need about 5 MB; messages have no such end."""
        return Limits(2048, 1_000_000) if self is Kind.MESSAGES else Limits(64, 100_000)

    def is_header(self, header: Header) -> bool:
        """Whether these are the columns of such a file; spreadsheets may have dropped or moved some."""
        if self is Kind.MESSAGES:
            return header.has("from", "to", "date") and (header.has("conversation id") or header.has("direction"))
        if self is Kind.OWN:
            return header.has("email address", "confirmed")
        if self is Kind.INVITATIONS:
            return header.has("from", "to", "sent at", "direction")
        return _is_network(header)


def _is_network(header: Header) -> bool:
    """Address books have names as well; the day on which two people were connected stands in LinkedIn's file alone."""
    if header.has("connected on"):
        return header.has("first name") or header.has("last name") or header.has("company", "position")
    if header.has("first name", "last name", "url", "company", "position"):
        return True
    return header.begins(LINKEDIN_2012)


def is_archive(path: Path) -> bool:
    """Whether a file is a ZIP. Raises `OSError`."""
    with path.open("rb") as file:
        return file.read(len(_ZIP)) == _ZIP


def kind_of(path: Path) -> Kind | None:
    """What kind of file lies alone at this path. Raises `OSError`."""
    content = Content.of_file(path, 1)
    return next((kind for kind in Kind if has_header(content, kind.is_header)), None)


def contents(path: Path) -> list[tuple[Kind, Content]]:
    """The files that can be used, of an archive or the one itself. Raises `Unusable`."""
    if is_archive(path):
        return _members(path)
    kind = kind_of(path)
    if kind is None:
        raise Unusable("has no header row with First Name, Last Name and Connected On")
    return [(kind, Content.of_file(path, kind.limits.megabytes))]


def _members(path: Path) -> list[tuple[Kind, Content]]:
    """The files of an archive, wherever they lie in it. Nothing is ever extracted to disk. Raises `Unusable`."""
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGE as error:
        raise Unusable(f"is a damaged archive: {error}", hint="download it again") from None
    found: list[tuple[Kind, Content]] = []
    with archive:
        for kind, member in _wanted(archive):
            bound = min(kind.limits.megabytes * MEGABYTE, max(member.compress_size, 1024) * MAX_RATIO)
            found.append((kind, Content(_Member(path, member), bound, _excess(member), DAMAGE, _base(member))))
    if not found:
        raise Unusable("is an archive without Connections.csv, messages.csv, Invitations.csv and Email Addresses.csv")
    if len(found) > MAX_MEMBERS * len(Kind):
        raise Unusable("is an archive with more files of one name than LinkedIn ever sends")
    return found


def _wanted(archive: zipfile.ZipFile) -> Iterator[tuple[Kind, zipfile.ZipInfo]]:
    """Members with a name that LinkedIn gives, in their order; paths that lead out of the archive are passed over."""
    kinds = {kind.value.lower(): kind for kind in Kind}
    for member in archive.infolist():
        path = PurePosixPath(member.filename.replace("\\", "/"))
        match = _NAME.fullmatch(path.name.lower())
        if match and not path.is_absolute() and ".." not in path.parts and ":" not in member.filename:
            yield kinds[f"{match[1].replace('_', ' ')}.csv"], member


def _base(member: zipfile.ZipInfo) -> str:
    return PurePosixPath(member.filename.replace("\\", "/")).name


def _excess(member: zipfile.ZipInfo) -> str:
    return f"is refused: {_base(member)} in it unpacks to more than any export holds"


@dataclass(frozen=True, slots=True)
class _Member:
    """Opens a member of an archive, which stays open as long as the member does."""

    path: Path
    info: zipfile.ZipInfo

    def __call__(self) -> BinaryIO:
        with zipfile.ZipFile(self.path) as archive:
            return cast("BinaryIO", archive.open(self.info))
