"""Import: connections from the files that a person exported, all of them or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.domain.joining import join
from tracker.importers import Imported, read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from tracker.domain.joining import Joined
    from tracker.storage import ImportWork, Merged, Store


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a file: of its people, its address book (whom they are, and who was new), and its messages."""

    people: Merged
    joined: Joined
    contacts: Merged
    new_messages: int


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What a file held, and what became of it; `stored` is None in a dry run."""

    path: Path
    imported: Imported
    stored: Stored | None


def import_files(store: Store | None, paths: Sequence[Path], *, now: datetime) -> list[ImportedFile]:
    """Read every file before anything is stored, all of it or nothing. `store` None: a dry run.

    Raises `ImportRejected`.
    """
    read_files = [(path, read(path)) for path in paths]
    if store is None:
        return [ImportedFile(path, imported, None) for path, imported in read_files]
    with store.importing() as work:
        return [ImportedFile(path, imported, _stored(work, imported, now)) for path, imported in read_files]


def _stored(work: ImportWork, imported: Imported, now: datetime) -> Stored:
    people = work.profiles(imported.profiles, complete=imported.complete)
    joined = join(imported.contacts, work.network())
    work.own(imported.own)
    work.invitations(imported.invitations)
    return Stored(people, joined, work.contacts(joined), work.messages(imported.messages, now))
