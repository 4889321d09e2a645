"""Files of an archive, opened for reading only, and how what goes wrong with them is told."""

from __future__ import annotations

import os
import stat
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tracker.errors import ConfigError, Unreachable
from tracker.liveness import alive, wait_alive
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LATER = "nothing is lost; the next sync tries again"
_UNSEEN = (
    "let this user read it; the systemd unit hides /home (ProtectHome), so for the service lay the archive elsewhere"
)


class Interruption:
    """What `abort` sets from another thread, asked between the steps of every longer work."""

    def __init__(self) -> None:
        self._is_set = threading.Event()

    def set(self) -> None:
        """From now on every check raises."""
        self._is_set.set()

    def check(self) -> None:
        """Raise `Unreachable` if the work is to end."""
        alive()
        if self._is_set.is_set():
            raise Unreachable("the reading of an archive was cut", hint="this was on request")

    def wait(self, seconds: float) -> None:
        """Wait so long. Raises `Unreachable` as soon as the work is to end."""
        wait_alive(self._is_set.wait, seconds)
        self.check()


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """A descriptor of a plain file. Raises OSError, also for what is none: a pipe would let us wait for ever."""
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        # Mail programs tell new mail by a file that was written after it was read last.
        descriptor = os.open(path, flags | os.O_NOATIME)
    except PermissionError:
        descriptor = os.open(path, flags)  # the time of reading may be left as it is by the owner alone
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "it is no plain file", str(path))
        yield descriptor
    finally:
        os.close(descriptor)


def read_at(descriptor: int, start: int, size: int) -> bytes:
    """The `size` bytes from `start` on, fewer at the end of the file."""
    pieces: list[bytes] = []
    while size > 0 and (piece := os.pread(descriptor, size, start)):
        pieces.append(piece)
        start, size = start + len(piece), size - len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


@contextmanager
def told(what: str) -> Iterator[None]:
    """Raise `Unreachable`, or `ConfigError` where only a person can help, for what the file system raises within."""
    try:
        yield
    except PermissionError as error:
        raise ConfigError(f"{one_line(what)} may not be read by this user", hint=_UNSEEN) from error
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Unreachable(f"{one_line(what)} is not there any more", hint=_LATER) from error
    except OSError as error:
        raise Unreachable(f"{one_line(what)} cannot be read: {error.strerror}", hint=_LATER) from error
