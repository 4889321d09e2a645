"""Backups hold whom one forgot until the day that is told, and not a day longer if they go on being made."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.contract.sample_facts import START
from tracker.config import load_config
from tracker.domain.connection import Profile
from tracker.domain.message import AddrSpec
from tracker.service.copying import back_up, held_until
from tracker.storage import open_store, restore

if TYPE_CHECKING:
    from pathlib import Path

JANE = "jane@acme.example"
DAY = timedelta(days=1)


@pytest.mark.parametrize("rotation", ["", "[backup]\ndaily = 2\nweekly = 0\n", '[backup]\nevery = "12h"\nweekly = 6\n'])
def test_the_last_backup_with_somebody_goes_on_the_day_that_was_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rotation: str
) -> None:
    monkeypatch.setenv("TRACKER_STATE", str(tmp_path))
    (tmp_path / "config.toml").write_text(rotation, encoding="utf-8")
    config, url, folder = (
        load_config(tmp_path / "config.toml"),
        f"sqlite:///{tmp_path}/tracker.db",
        tmp_path / "backups",
    )

    def holding() -> set[str]:
        return {path.name for path in folder.iterdir() if JANE.encode() in path.read_bytes()}

    with open_store(url) as store:
        store.merge_profiles([Profile("jane", "Jane", addresses=(AddrSpec(JANE),))], complete=True)
        now = START
        made = [back_up(store, config, now := now + DAY).file for _ in range(12)]
    assert restore(url, made[-1], folder, now).aside is not None
    assert "before-restore" in "".join(holding())
    with open_store(url) as store:
        (jane,) = store.connections()
        store.erase(jane.id)
        until = held_until(config, now)
        assert until is not None
        assert len(holding()) > 2
        while now < until:
            assert holding(), "gone earlier than was told"
            now += config.backup.every or DAY
            back_up(store, config, now)
        assert (holding(), held_until(config, now) is not None) == (set(), True)
