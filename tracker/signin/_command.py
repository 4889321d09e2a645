"""Running a command for its output: no shell, no terminal, bounded in time and in size, killed with all it started."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import tempfile
import time
from typing import TYPE_CHECKING

from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

_TICK = 0.05
_LONGEST_COMPLAINT = 80


class CommandFailed(Exception):
    """What a command did instead of printing something, as the rest of a sentence that begins with its name."""


def output_of(argv: Sequence[str], *, timeout: float, most_bytes: int) -> bytes:
    """What a command printed before it ended with 0, its first `most_bytes`. Raises `CommandFailed`.

    It may leave a process behind that keeps its output open, as gpg does with its agent.
    """
    with tempfile.TemporaryFile() as complaints:
        try:
            process = subprocess.Popen(
                list(argv),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=complaints,
                bufsize=0,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "its words hold a NUL"
            raise CommandFailed(f"cannot be run: {reason}") from None
        try:
            output = _read(process, time.monotonic() + timeout, most_bytes)
            if output is None:
                raise CommandFailed(f"did not end within {timeout:g} seconds")
        finally:
            _end(process)
        if process.returncode != 0:
            raise CommandFailed(_complaint(process.returncode, complaints.fileno(), output))
    return output


def _read(process: subprocess.Popen[bytes], deadline: float, most_bytes: int) -> bytes | None:
    """What it printed until it ended; None if it did not end in time."""
    assert process.stdout is not None  # noqa: S101 # for the type checker: it was started with a pipe
    output = bytearray()
    is_open = True
    while time.monotonic() < deadline:
        has_ended = process.poll() is not None
        if is_open and select.select([process.stdout], [], [], 0 if has_ended else _TICK)[0]:
            chunk = os.read(process.stdout.fileno(), most_bytes)
            output += chunk[: most_bytes - len(output)]
            is_open = bool(chunk)
        elif has_ended:
            return bytes(output)
        elif not is_open:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
    return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """If it still runs, kill it with its process group; in any case close the pipe."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _complaint(code: int, complaints: int, output: bytes) -> str:
    """How it ended, with the start of the first line on its stderr unless that repeats what it printed."""
    words = os.pread(complaints, 4096, 0)
    secret = output.partition(b"\n")[0].strip()
    line = words.strip().partition(b"\n")[0]
    ending = f"ended with status {code}" if code >= 0 else f"was killed by signal {-code}"
    if not line or (secret and secret in words):
        return ending
    return f"{ending}: {one_line(line.decode('utf-8', 'replace'))[:_LONGEST_COMPLAINT]}"
