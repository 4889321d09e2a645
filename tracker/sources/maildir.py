"""Mail from Maildirs: those of Dovecot, Courier, mbsync, OfflineIMAP, and of programs that keep their mail in one."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.sources._files._maildir_folder import MaildirFolder
from tracker.sources._files._memory import memory_of
from tracker.sources._files._places import maildir_places
from tracker.sources._files._reading import Interruption
from tracker.sources._files._session import ArchiveSource

if TYPE_CHECKING:
    from tracker.sources import SourceSettings
    from tracker.sources._names import Listed

__all__ = ["IS_ARCHIVE", "open_source"]

IS_ARCHIVE = True


def open_source(settings: SourceSettings) -> ArchiveSource:
    """The Maildirs at and below `path`. Raises `ConfigError`."""
    interruption = Interruption()

    def made(listed: Listed) -> MaildirFolder:
        memory = memory_of(settings.state, listed.name, ".uids")
        return MaildirFolder(Path(os.fsdecode(listed.wire)), memory, interruption)

    maildir_places(settings)
    return ArchiveSource(settings, partial(maildir_places, settings), made, interruption)
