"""Files that appear whole or not at all, who may touch them, and who uses a database at the moment."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORKSHOP = ".tracker-part-"


@contextmanager
def workshop(folder: Path) -> Iterator[Path]:
    """A folder in `folder` for unfinished files, gone afterwards; what a process that was killed left is removed first.

    `folder` is made if it is missing, for nobody else to enter. Raises `OSError`.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    sweep(folder)
    place, lock = _make(folder)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        os.close(lock)


def sweep(folder: Path) -> None:
    """Remove what processes that were killed left unfinished in a folder."""
    for left in folder.glob(f"{_WORKSHOP}*"):
        _sweep(left)


def _make(folder: Path) -> tuple[Path, int]:
    """A new folder, locked for as long as the descriptor is open."""
    while True:
        place = Path(tempfile.mkdtemp(prefix=_WORKSHOP, dir=folder))
        # Between the two calls another process may take it for one that was left behind.
        with contextlib.suppress(FileNotFoundError):
            lock = _locked(place, fcntl.LOCK_EX)
            if place.exists():
                return place, lock
            os.close(lock)


def _sweep(left: Path) -> None:
    try:
        lock = _locked(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, FileNotFoundError):
        return
    shutil.rmtree(left, ignore_errors=True)
    os.close(lock)


def _locked(path: Path, how: int, flags: int = os.O_RDONLY | os.O_DIRECTORY) -> int:
    descriptor = os.open(path, flags | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, how)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def present(folder: Path) -> int:
    """A descriptor that says, while it is open, that a database in `folder` is in use; waits while one is replaced.

    The lock is on the folder, not on a file in it that root could leave to a user who cannot open it. Raises `OSError`.
    """
    return _locked(folder, fcntl.LOCK_SH)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """While this lasts, nobody opens a database in `folder`. Raises `BlockingIOError` if one is in use."""
    lock = _locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        yield
    finally:
        os.close(lock)


def claim(file: Path) -> int:
    """A descriptor that keeps a file for this process while it is open; the file is made, and names the process.

    The lock ends with the process, in whatever way, and the file stays. Raises `BlockingIOError` if another process
    keeps it, `OSError` if it cannot be made or locked.
    """
    descriptor = _locked(file, fcntl.LOCK_EX | fcntl.LOCK_NB, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW)
    with contextlib.suppress(OSError):  # a full disk: the name is for people only
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor


def claimant(file: Path) -> str:
    """The number of the process that keeps a file; "" if the file does not tell."""
    try:
        told = file.read_bytes()[:20].strip()
    except OSError:
        return ""
    return told.decode("ascii") if told.isdigit() else ""


def private_file(path: Path) -> Path:
    """Make an empty file that only its owner may read. Raises `OSError`."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    return path


def put(finished: Path, place: Path) -> None:
    """Move a finished file to its place, in one step and for good: a power cut leaves it whole or where it was."""
    sync(finished)
    finished.replace(place)
    sync(place.parent)


def sync(path: Path) -> None:
    """Have what was written to a file or a folder on the disk. Raises `OSError`."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
