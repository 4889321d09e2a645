"""One thread of a running program stopped from outside, as if it hung in a call that never comes back (ptrace(2))."""

from __future__ import annotations

import contextlib
import ctypes
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEIZE, INTERRUPT = 0x4206, 0x4207
WALL = 0x4000_0000


@contextlib.contextmanager
def frozen_thread(process: int) -> Iterator[Callable[[], None]]:
    """Stop the youngest thread of a process; what is given must be called now and then, so that it can die."""
    thread = max(map(int, os.listdir(f"/proc/{process}/task")))  # noqa: PTH208 - names, no paths
    libc = ctypes.CDLL(None, use_errno=True)
    for request in (SEIZE, INTERRUPT):
        assert libc.ptrace(request, thread, None, None) == 0, os.strerror(ctypes.get_errno())

    def reap() -> None:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(thread, os.WNOHANG | WALL)

    yield reap
    reap()


def outside(leader: int, inside: int) -> int:
    """The number that a process of a container has outside of it."""
    space = Path(f"/proc/{leader}/ns/pid").readlink()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (folder / "ns" / "pid").readlink() == space:
                numbers = (folder / "status").read_text("ascii", "replace").partition("NSpid:")[2].splitlines()[0]
                if int(numbers.split()[-1]) == inside:
                    return int(folder.name)
    raise AssertionError(f"there is no process {inside} in the container")
