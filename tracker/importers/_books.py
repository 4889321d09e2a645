"""Address books: entries to contacts, each person once, whatever the kind of file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.domain.connection import Profile
from tracker.errors import ImportRejected
from tracker.importers import Imported, Remark
from tracker.importers._content import Content, Unusable
from tracker.importers._people import addresses_of, merged, profile_key, profile_url, slug_of
from tracker.importers._tables import table_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from tracker.importers._tables import Header

MAX_MEGABYTES = 64
MAX_ENTRIES = 100_000
"""Contacts in one file: Google allows 25,000."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A person as an address book describes them: any number of cells with addresses, and websites."""

    line: int
    name: str
    company: str
    position: str
    addresses: Sequence[str]
    websites: Sequence[str]


def read_table(
    path: Path,
    is_header: Callable[[Header], bool],
    entry_of: Callable[[int, Header, Sequence[str]], Entry],
    *,
    hint: str,
) -> Imported:
    """The contacts of a CSV file. Raises `ImportRejected`; then nothing of it may be used."""

    def entries() -> Iterator[Entry]:
        table = table_of(Content.of_file(path, MAX_MEGABYTES), is_header, MAX_ENTRIES)
        if table is None:
            raise Unusable("has no header row")
        for row in table.rows:
            yield entry_of(row.line, table.header, row.cells)

    return contacts_of(path, entries(), hint=hint)


def contacts_of(path: Path, entries: Iterable[Entry], *, hint: str) -> Imported:
    """The people of these entries, each once. Raises `ImportRejected` in place of `Unusable`."""
    contacts = _Contacts()
    try:
        for entry in entries:
            contacts.add(entry)
    except Unusable as problem:
        raise ImportRejected(f"{path.name} {problem}", hint=problem.hint or hint) from None
    return contacts.imported()


class _Contacts:
    """Gathers people."""

    def __init__(self) -> None:
        self._people: dict[str, Profile] = {}
        self._skipped: list[Remark] = []
        self._notes: list[Remark] = []

    def add(self, entry: Entry) -> None:
        """Someone is known by their profile, else by their first address, else by their name."""
        remarks: list[str] = []
        addresses = addresses_of(entry.addresses, remarks)
        self._notes += [Remark(entry.line, remark) for remark in remarks]
        slug = next(filter(None, map(slug_of, filter(None, entry.websites))), None)
        name = entry.name or (addresses[0] if addresses else slug)
        if not name:
            self._skipped.append(Remark(entry.line, "neither a name nor an address"))
            return
        key = profile_key(slug) if slug else f"contact {addresses[0] if addresses else name.casefold()}"
        profile = Profile(
            key, name, entry.company, entry.position, profile_url(slug) if slug else None, addresses=addresses
        )
        if key in self._people:
            self._skipped.append(Remark(entry.line, f"{name} stands in the file twice"))
            profile = merged(self._people[key], profile)
        self._people[key] = profile

    def imported(self) -> Imported:
        """Everyone, and what was left out."""
        return Imported(
            contacts=tuple(self._people.values()),
            skipped=tuple(self._skipped),
            notes=tuple(self._notes),
            complete=False,
        )
