"""Small files of our own in which a source remembers what it needs to name messages again."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from tracker.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def memory_of(state: Path | None, name: str, suffix: str) -> Path | None:
    """Where the memory of the folder called `name` lies; its directory is made, for its owner alone."""
    if state is None:
        return None
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"cannot make {state}: {error.strerror}", hint="set TRACKER_STATE to a folder that this user may write to"
        ) from error
    return state / f"{hashlib.blake2b(name.encode('utf-8', 'surrogateescape'), digest_size=12).hexdigest()}{suffix}"


def replace_file(path: Path, content: bytes) -> None:
    """Write a file of ours so that after a crash it is the old one or the new one, whole. Raises OSError."""
    fresh = path.with_suffix(f"{path.suffix}.{os.getpid()}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        write_whole(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    fresh.replace(path)
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Make the names in a directory of ours last. Raises OSError."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(descriptor: int, content: bytes) -> None:
    """Write all of it, however often that takes. Raises OSError."""
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]
