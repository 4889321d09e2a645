"""Where connections come from: one file a kind of export, recognised by what it holds and not by its name."""

from __future__ import annotations

import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, cast

from tracker.errors import ImportRejected
from tracker.registry import choices, load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tracker.domain.connection import Invitation, Profile
    from tracker.domain.message import AddrSpec, Message


@dataclass(frozen=True, slots=True)
class Remark:
    """A line of a file (the first is 1) and what is to be said of it.

    `member` names the file in an archive; empty for LinkedIn's Connections.csv.
    """

    line: int
    reason: str
    member: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file holds.

    profiles   the people of a LinkedIn network, each once
    contacts   the people of an address book, each once; they join those who are known already where they can
    messages   LinkedIn messages, as `tracker.importers.linkedin` tells
    own        addresses of the user's own
    invitations  who asked whom to connect, by the key of the other person, who need not be among `profiles`
    skipped    rows that are nobody
    notes      cells that were left out although their person is kept
    complete   whether the file lists the whole network, so that who is absent has left it
    """

    profiles: tuple[Profile, ...] = ()
    contacts: tuple[Profile, ...] = ()
    messages: tuple[Message, ...] = ()
    own: tuple[AddrSpec, ...] = ()
    invitations: Mapping[str, Invitation] = field(default_factory=dict)
    skipped: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()
    complete: bool = True


class Importer(Protocol):
    """What a module in this folder offers."""

    def recognises(self, path: Path) -> bool:
        """Whether the file is of its kind. Raises `OSError`."""
        ...

    def read(self, path: Path) -> Imported:
        """What is in it. Raises `ImportRejected`."""
        ...


def read(path: Path) -> Imported:
    """What a file of any known kind holds. Raises `ImportRejected`; then nothing of it may be used."""
    _demand_file(path)
    try:
        for name in choices(__name__):
            importer = cast("Importer", load(__name__, name))
            if importer.recognises(path):
                return importer.read(path)
    except OSError as error:
        raise ImportRejected(
            f"{path.name} cannot be read: {error.strerror}", hint="check the file's permissions"
        ) from None
    raise ImportRejected(
        f"{path.name} is no known export: it has no header row of LinkedIn's, Google's or Outlook's, and no vCard",
        hint="LinkedIn: Settings & Privacy > Data privacy > Get a copy of your data; the ZIP, or Connections.csv in it",
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
        f"{(path.name or str(path.absolute()))[:100]} {problem}",
        hint="name the file that was exported, such as LinkedIn's ZIP or Connections.csv",
    )
