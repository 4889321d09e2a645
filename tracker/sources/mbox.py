"""Mail from mbox files (RFC 4155): Google Takeout's, Thunderbird's, Apple Mail's, and those of a Unix spool."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.sources._files._mbox_file import MboxFile
from tracker.sources._files._memory import memory_of
from tracker.sources._files._places import mbox_places
from tracker.sources._files._reading import Interruption
from tracker.sources._files._session import ArchiveSource

if TYPE_CHECKING:
    from tracker.sources import SourceSettings
    from tracker.sources._names import Listed

__all__ = ["IS_ARCHIVE", "open_source"]

IS_ARCHIVE = True


def open_source(settings: SourceSettings) -> ArchiveSource:
    """The file that `path` names as one folder, or the mbox files below that directory. Raises `ConfigError`."""
    interruption = Interruption()

    def made(listed: Listed) -> MboxFile:
        memory = memory_of(settings.state, listed.name, ".mbox")
        return MboxFile(Path(os.fsdecode(listed.wire)), memory, interruption)

    mbox_places(settings)
    return ArchiveSource(settings, partial(mbox_places, settings), made, interruption)
