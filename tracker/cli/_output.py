"""Where a rendering goes: the terminal as it is, a pipe, or a file."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from tracker.cli._session import leave, now
from tracker.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo
    from pathlib import Path

    from tracker.formats import View

PLAIN_WIDTH = 120
"""Cells in a line where there is no terminal to ask."""

PER_GROUP = 10
"""People shown of each group on a terminal; the rest is named by the command that shows it."""


def view_for(output: Path | None, zone: tzinfo) -> View:
    """What stdout, or the file, can show."""
    from tracker.formats import View

    is_terminal = output is None and sys.stdout.isatty()
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    return View(
        width=_width(is_terminal=is_terminal),
        colour=is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb",
        unicode=output is not None or encoding == "utf8",
        per_group=PER_GROUP if is_terminal else None,
        zone=zone,
        now=now(),
    )


def _width(*, is_terminal: bool) -> int:
    if is_terminal:
        return shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns
    columns = os.environ.get("COLUMNS", "")
    return int(columns) if columns.isdigit() and int(columns) else PLAIN_WIDTH


def write(pieces: Iterable[str], output: Path | None = None) -> None:
    """Write to stdout, or to a file that appears only when it is whole. Raises `UsageError`."""
    if output is None:
        _write_to_stdout(pieces)
        return
    try:
        _write_file(pieces, output.resolve())
    except OSError as error:
        raise UsageError(f"cannot write {output}: {error.strerror}", hint="name another file with --output") from None


def _write_file(pieces: Iterable[str], output: Path) -> None:
    # What is there and no file (a device, a pipe) must be written into: root would replace /dev/null with a file.
    is_file = output.is_file() or not output.exists()
    part = output.with_name(f".{output.name}.part") if is_file else output
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
        if is_file:
            part.replace(output)
    finally:
        if is_file:
            with suppress(OSError):  # in its place it has another name, and where it cannot be there is none
                part.unlink()


def _write_to_stdout(pieces: Iterable[str]) -> None:
    """What is not wanted any more (`| head`) is no error."""
    try:
        sys.stdout.writelines(pieces)
        sys.stdout.flush()
    except BrokenPipeError:
        leave(sys.stdout)
    except OSError as error:
        leave(sys.stdout)
        raise unwritable(error) from None


def unwritable(error: OSError) -> UsageError:
    """What it means that stdout takes nothing more."""
    return UsageError(f"cannot write to stdout: {error.strerror}", hint="make room, or write elsewhere")
