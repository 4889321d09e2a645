"""The thread that writes the metrics: whatever is wrong is told once and ends nothing."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from tracker.config import Config, parse_config
from tracker.daemon._metrics import MetricsThread
from tracker.storage import Store, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tracker.daemon._metrics import Passes


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'tracker.db'}") as opened:
        yield opened


@pytest.fixture
def config(tmp_path: Path) -> Config:
    url = f"sqlite:///{tmp_path / 'tracker.db'}"
    return parse_config(f'[metrics]\ntextfile = "{tmp_path}/shown/tracker.prom"\n[database]\nurl = "{url}"\n', "here")


def test_a_file_that_cannot_be_written_is_told_once_until_it_was(
    store: Store, config: Config, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    thread = MetricsThread(store, config, dict, threading.Event())
    file = tmp_path / "shown" / "tracker.prom"
    for times in (1, 2):
        thread.look()
        thread.look()
        assert len(caplog.messages) == times
        words = f"No such file or directory; see that the service may write {file}"
        assert caplog.messages[-1] == f"the metrics cannot be written: {words}"
        file.parent.mkdir()
        thread.look()
        assert "tracker_database_size_bytes" in file.read_text("utf-8")
        file.unlink()
        file.parent.rmdir()


def test_a_bug_does_not_leave_the_figures_as_they_are_for_good(
    store: Store, config: Config, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "shown").mkdir()
    trouble = [ValueError("a bug"), ValueError("a bug"), None]

    def passes() -> Passes:
        if (error := trouble.pop(0)) is not None:
            raise error
        return {("work", "complete"): 3}

    thread = MetricsThread(store, config, passes, threading.Event())
    for _ in range(3):
        thread.look()
    assert [(record.message, record.exc_info is not None) for record in caplog.records] == [
        ("the metrics: a bug", True)
    ]
    written = (tmp_path / "shown" / "tracker.prom").read_text("utf-8")
    assert 'tracker_syncs_total{account="work",result="complete"} 3.0' in written
