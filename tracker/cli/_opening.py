"""A page in the browser: written where only the user can read it, then handed to whatever browser there is."""

from __future__ import annotations

import os
import webbrowser
from typing import TYPE_CHECKING

from tracker.cli._output import write
from tracker.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tracker.cli._session import Session

FILE_NAME = "report.html"


def show_page(session: Session, pieces: Iterable[str], output: Path | None) -> None:
    """Write the page to `output`, else into the state directory, and open it. Raises `UsageError`."""
    if output is not None:
        path = output.resolve()
        write(pieces, path)
    else:
        from tracker.config import state_directory

        path = state_directory().resolve() / FILE_NAME
        _write_for_the_user_alone(pieces, path)
    if _opens(path.as_uri()):
        session.say(f"opened {path}")
    else:
        session.say(f"no browser was found; the page is {path}")


def _opens(url: str) -> bool:
    try:
        return webbrowser.open(url)
    except (webbrowser.Error, OSError):
        return False


def _write_for_the_user_alone(pieces: Iterable[str], path: Path) -> None:
    """The file appears only when it is whole, and never with another mode than 0600."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        with os.fdopen(
            os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "w", encoding="utf-8", newline=""
        ) as file:
            file.writelines(pieces)
        part.replace(path)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}", hint="name another file with --output") from None
