"""Where connections come from: one file a kind of export, recognised by what it holds and not by its name."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

from tracker.errors import ImportRejected
from tracker.registry import choices, load

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.domain.connection import Profile
    from tracker.domain.message import AddrSpec, Message


@dataclass(frozen=True, slots=True)
class Remark:
    """A line of a file (the first is 1) and what is to be said of it."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file holds.

    profiles   the people of a LinkedIn network, each once
    contacts   the people of an address book, each once; they join those who are known already where they can
    messages   LinkedIn messages, as `tracker.importers.linkedin` tells
    own        addresses of the user's own
    skipped    rows that are nobody
    notes      cells that were left out although their person is kept
    complete   whether the file lists the whole network, so that who is absent has left it
    """

    profiles: tuple[Profile, ...] = ()
    contacts: tuple[Profile, ...] = ()
    messages: tuple[Message, ...] = ()
    own: tuple[AddrSpec, ...] = ()
    skipped: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()
    complete: bool = True


class Importer(Protocol):
    """What a module in this folder offers."""

    def recognises(self, path: Path) -> bool:
        """Whether the file is of its kind; never raises."""
        ...

    def read(self, path: Path) -> Imported:
        """The people in it. Raises `ImportRejected`."""
        ...


def read(path: Path) -> Imported:
    """The people in a file of any known kind. Raises `ImportRejected`; then nothing of it may be used."""
    _demand_file(path)
    for name in choices(__name__):
        importer = cast("Importer", load(__name__, name))
        if importer.recognises(path):
            return importer.read(path)
    raise ImportRejected(
        f"{path.name} holds no connections: it has no header row with First Name, Last Name and Connected On",
        hint="get it from LinkedIn: Settings & Privacy > Data privacy > Get a copy of your data > Connections",
    )


def _demand_file(path: Path) -> None:
    """Raises `ImportRejected` if there is nothing to open."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        is_missing = isinstance(error, FileNotFoundError | NotADirectoryError)
        problem = "does not exist" if is_missing else f"cannot be opened: {getattr(error, 'strerror', error)}"
    else:
        if stat.S_ISREG(mode):
            return
        problem = "is a folder" if stat.S_ISDIR(mode) else "is no file"
    raise ImportRejected(
        f"{path.name[:100]} {problem}", hint="name the file that LinkedIn sent: a ZIP, or Connections.csv in it"
    )
