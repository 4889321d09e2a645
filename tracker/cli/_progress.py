"""A progress bar on stderr for people who watch, and nothing for those who do not."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from tracker.sanitizer import one_line
from tracker.service.syncing import Silence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.service import syncing


class _Bars:
    """One bar an account."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def begin(self, account: str, messages: int) -> None:
        """Draw the account's bar."""
        self._tasks[account] = self._progress.add_task(one_line(account), total=messages)

    def advance(self, account: str, messages: int) -> None:
        """Let it grow."""
        self._progress.advance(self._tasks[account], messages)


@contextmanager
def progress_bars(*, wanted: bool) -> Iterator[syncing.Progress]:
    """Bars while the block runs, if they are wanted and stderr is a terminal."""
    if not wanted or not sys.stderr.isatty():
        yield Silence()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield _Bars(progress)
