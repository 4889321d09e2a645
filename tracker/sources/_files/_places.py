"""Where the folders of an archive lie, whatever program laid them there."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.domain.message import FolderRole
from tracker.errors import ConfigError
from tracker.sanitizer import one_line
from tracker.sources._files._from_lines import FROM, is_from_line
from tracker.sources._files._reading import opened, read_at, told
from tracker.sources._names import Listed, readable, unique

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.sources import SourceSettings

Naming = Callable[[Path], tuple[str, ...] | None]
"""What a directory adds to the names of the folders in it; None if there can be none."""

Place = tuple[tuple[str, ...], Path]
"""The name of a folder, piece by piece, and where it lies."""

_DEEPEST = 32
_MAIL_DIRECTORIES = ("cur", "new", "tmp")
_BOM = b"\xef\xbb\xbf"


def archive_path(settings: SourceSettings) -> Path:
    """The path that the settings name. Raises `ConfigError` if nothing is there, or nothing that may be read."""
    if settings.path is None:
        raise ConfigError("the account names no archive", hint="set `path` in [[account]]")
    with told(str(settings.path)):
        try:
            settings.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            raise ConfigError(
                f"there is nothing at {one_line(str(settings.path))}",
                hint="correct `path` in [[account]]; if its disk comes and goes, the next sync looks again",
            ) from None
        if settings.path.is_dir():
            list(os.scandir(settings.path))
        else:
            with opened(settings.path):
                pass
    return settings.path


def mbox_places(settings: SourceSettings) -> list[Listed]:
    """The mbox file that the settings name, or those below that directory. Raises `ConfigError` if there are none."""
    path = archive_path(settings)
    with told(str(path)):
        if not path.is_dir():
            if not _is_mbox(path, may_be_empty=True):
                raise _no_archive(settings, "is no mbox file", "a file of type mbox begins with `From `")
            return [Listed(_text(path.stem) or "mbox", os.fsencode(path), frozenset({"\\all"}), "/")]
        places = [
            ((*above, *name), file)
            for above, directory in _directories(path, _mbox_name)
            for name, file in _mbox_files(directory, is_root=not above)
        ]
    if not places:
        hint = (
            'type = "maildir" reads directories with `cur` and `new`' if _is_maildir(path) else "name the file itself"
        )
        raise _no_archive(settings, "holds no mbox file", hint)
    return _listed(places)


def maildir_places(settings: SourceSettings) -> list[Listed]:
    """The Maildirs at and below the path that the settings name, as Maildir++ or as directories in directories."""
    path = archive_path(settings)
    if not path.is_dir():
        raise _no_archive(settings, "is a file and no Maildir", 'a file that begins with `From ` is of type = "mbox"')
    with told(str(path)):
        places = [
            (name or (FolderRole.INBOX.upper(),), directory)
            for name, directory in _directories(path, _maildir_name)
            if _is_maildir(directory)
        ]
    if not places:
        raise _no_archive(settings, "holds no Maildir", "a Maildir is a directory in which `cur` and `new` lie")
    return _listed(places)


def _no_archive(settings: SourceSettings, what: str, hint: str) -> ConfigError:
    return ConfigError(f"{one_line(str(settings.path))} {what}", hint=f"{hint}; correct `path`")


def _directories(root: Path, naming: Naming) -> Iterator[Place]:
    """`root` and the directories below it that can hold folders; each once, wherever symbolic links lead."""
    waiting: list[Place] = [((), root)]
    visited: set[tuple[int, int]] = set()
    while waiting:
        name, directory = waiting.pop()
        found = directory.stat()
        if (found.st_dev, found.st_ino) in visited:
            continue
        visited.add((found.st_dev, found.st_ino))
        yield name, directory
        for child in sorted(directory.iterdir(), reverse=True):
            pieces = naming(child)
            if pieces is not None and len(name) < _DEEPEST and child.is_dir():
                waiting.append(((*name, *pieces), child))


def _maildir_name(directory: Path) -> tuple[str, ...] | None:
    """What a directory adds to the names of folders: `.Sent.2019` of Maildir++ two pieces, another one its name."""
    name = os.fsencode(directory.name)
    if not name.startswith(b"."):
        return None if directory.name in _MAIL_DIRECTORIES and not _is_maildir(directory) else (readable(name),)
    pieces = name[1:].split(b".")
    return tuple(map(readable, pieces)) if all(pieces) and _is_maildir(directory) else None


def _is_maildir(directory: Path) -> bool:
    """Whether messages lie here. Archivers leave out empty directories, so one of the two is enough."""
    return (directory / "cur").is_dir() or ((directory / "new").is_dir() and not (directory / "new" / "cur").is_dir())


def _mbox_name(directory: Path) -> tuple[str, ...] | None:
    """Thunderbird lays the folders below `Name` into `Name.sbd`, Apple Mail the file of `Name` into `Name.mbox`."""
    if directory.name.startswith("."):
        return None
    name = directory.name
    for suffix in (".sbd", ".mbox"):
        name = name.removesuffix(suffix)
    return (_text(name),)


def _mbox_files(directory: Path, *, is_root: bool) -> Iterator[tuple[tuple[str, ...], Path]]:
    """The files of a directory that are folders: Thunderbird calls them as its user does, with any suffix."""
    for file in sorted(directory.iterdir()):
        if not file.name.startswith(".") and file.is_file() and _is_mbox(file):
            is_whole = file.name == "mbox" and directory.suffix == ".mbox" and not is_root
            yield () if is_whole else (_text(file.name.removesuffix(".mbox")),), file


def _is_mbox(file: Path, *, may_be_empty: bool = False) -> bool:
    """Whether a file begins as an mbox file does, or has no beginning yet and may get this one."""
    with opened(file) as descriptor:
        start = read_at(descriptor, 0, 64).removeprefix(_BOM).lstrip(b"\r\n")
    if len(start) >= len(FROM):
        return is_from_line(start)
    return FROM.startswith(start) and (may_be_empty or file.suffix in {"", ".mbox"})


def _listed(places: list[Place]) -> list[Listed]:
    """The places with their names as text, no two of them alike."""
    taken: set[str] = set()
    found: list[Listed] = []
    for pieces, path in sorted(places):
        name = unique("/".join(pieces), taken)
        taken.add(name)
        found.append(Listed(name, os.fsencode(path), delimiter="/"))
    return found


def _text(name: str) -> str:
    return readable(os.fsencode(name))
