"""What every command shares: which configuration, how many words, and how words reach the person."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    import typer

    from tracker.config import Config
    from tracker.errors import TrackerError
    from tracker.storage import Store


@dataclass(frozen=True, slots=True)
class Session:
    """The global options. `verbosity` counts -v; -q is -1."""

    config: Path | None = None
    verbosity: int = 0

    def load_config(self) -> Config:
        """The configuration that holds for this run. Raises `ConfigError`."""
        from tracker.config import config_path, load_config

        return load_config(config_path(self.config))

    @contextmanager
    def open_store(self, config: Config) -> Iterator[Store]:
        """The database of this configuration, for the length of a command."""
        from tracker.service.access import open_database

        with open_database(config) as store:
            yield store

    def say(self, text: str) -> None:
        """One line of words to the person, on stderr; nothing with -q."""
        if self.verbosity >= 0:
            print_words(text)


def session_of(context: typer.Context) -> Session:
    """The session that the callback of the program laid into the context."""
    return cast("Session", context.obj)


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 message", "2 addresses"."""
    return f"{number} {noun}{'' if number == 1 else 'es' if noun == 'address' else 's'}"


def print_words(text: str) -> None:
    """One line on stderr, harmless whatever it quotes. Where nobody hears it, the work goes on."""
    from tracker.sanitizer import one_line

    try:
        sys.stderr.write(f"{one_line(text)}\n")
        sys.stderr.flush()
    except OSError:
        leave(sys.stderr)


def print_error(error: TrackerError) -> None:
    """What happened, and what to do about it."""
    print_words(f"tracker: {error.message}")
    print_words(f"hint: {error.hint}")


def show_help(context: typer.Context) -> NoReturn:
    """Show the help of the command at hand, and nothing else."""
    import typer

    from tracker.cli._output import write

    write([f"{context.get_help()}\n"])
    raise typer.Exit


def open_streams() -> None:
    """Put something in the place of streams that were closed (`>&-`), or the next file opened would take it."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 # for as long as we run


def leave(stream: TextIO) -> None:
    """Write nothing more to a stream that takes nothing more, be it a pipe without a reader or a full disk."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def now() -> datetime:
    """The moment, aware UTC: the command line is where the clock is read."""
    return datetime.now(UTC)
