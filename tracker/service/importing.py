"""Import: connections from the files that a person exported, all of them or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.importers import Imported, read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tracker.storage import Merged, Store


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What a file held, and what became of it; `merged` is None in a dry run."""

    path: Path
    imported: Imported
    merged: Merged | None


def import_files(store: Store | None, paths: Sequence[Path]) -> list[ImportedFile]:
    """Read every file before anything is stored. `store` None: a dry run. Raises `ImportRejected`."""
    read_files = [(path, read(path)) for path in paths]
    return [
        ImportedFile(
            path,
            imported,
            None if store is None else store.merge_profiles(imported.profiles, complete=imported.complete),
        )
        for path, imported in read_files
    ]
