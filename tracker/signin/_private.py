"""Files with a secret: ours alone, never reached through a link, written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

from tracker.errors import SecretUnavailable
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def read_private(path: Path, what: str, *, most_bytes: int) -> bytes:
    """The content of a file that is ours (or root's) and that nobody else may read. Links are not followed.

    `what` is how errors call it. Raises `SecretUnavailable`.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise SecretUnavailable(f"{what} is a symbolic link", hint="name the file itself") from None
        raise SecretUnavailable(
            f"{what} cannot be read: {error.strerror}", hint="check its name and its mode"
        ) from None
    try:
        _demand_private(os.fstat(descriptor), what, path)
        return os.read(descriptor, most_bytes)
    finally:
        os.close(descriptor)


def write_private(path: Path, content: bytes) -> None:
    """Put a file in the place of the one that is there, on the disk before this returns. Raises `OSError`.

    One writer at a time: whoever calls this holds a lock.
    """
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)  # of a process that was killed
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Let what was renamed or removed in a folder last. Raises `OSError`."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _demand_private(found: os.stat_result, what: str, path: Path) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise SecretUnavailable(f"{what} is no regular file", hint="name a file that holds the password")
    if found.st_uid not in {os.geteuid(), 0}:
        raise SecretUnavailable(f"{what} belongs to somebody else", hint="make it your own: chown")
    if found.st_mode & _OTHERS:
        raise SecretUnavailable(f"{what} can be read by others", hint=f"chmod 600 {one_line(str(path))}")
