"""Before a file gets its name its content is on the disk, and the name is before anybody goes on: in this order."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.unit.test_token_file import TOKENS
from tracker.signin._tokens import TokenFile
from tracker.storage import open_store, restore

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Each fsync and each rename, with the inode of the file or folder that it was about."""
    seen: list[tuple[str, int]] = []
    fsync, replace = os.fsync, os.replace

    def synced(descriptor: int) -> None:
        seen.append(("fsync", os.fstat(descriptor).st_ino))
        fsync(descriptor)

    def replaced(source: Path, target: Path) -> None:
        seen.append(("rename", source.stat().st_ino))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    return seen


def in_order(place: Path) -> list[tuple[str, int]]:
    file, folder = place.stat().st_ino, place.parent.stat().st_ino
    return [("fsync", file), ("rename", file), ("fsync", folder)]


def test_a_backup_and_what_is_restored_from_it(tmp_path: Path, steps: list[tuple[str, int]]) -> None:
    url, database = f"sqlite:///{tmp_path}/state/tracker.db", tmp_path / "state" / "tracker.db"
    with open_store(url) as store:
        made = store.backup(tmp_path / "backups", NOON)
    assert steps == in_order(made)
    steps.clear()
    restored = restore(url, made, tmp_path / "backups", NOON)
    assert restored.aside is not None
    aside, new = in_order(restored.aside), in_order(database)
    assert steps == [("fsync", database.parent.stat().st_ino), *aside, *new], (
        "the old one is safe before the new one comes"
    )


def test_the_tokens_of_an_account(tmp_path: Path, steps: list[tuple[str, int]]) -> None:
    file = TokenFile(tmp_path / "tokens" / "work.json")
    with file.locked():
        file.write(TOKENS)
    assert steps == in_order(file.path)
