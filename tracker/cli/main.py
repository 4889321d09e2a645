"""The program: its commands in the order in which one meets them, and the one place where errors become words."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from tracker import __version__
from tracker.cli import (
    ask,
    auth,
    backup,
    config,
    demo,
    digest,
    doctor,
    export,
    forget,
    importing,
    init,
    link,
    mark,
    prune,
    rebuild,
    report,
    restore,
    run,
    show,
    status,
    sync,
    tune,
    waiting,
)
from tracker.cli._output import leave_pipe
from tracker.cli._session import Session, print_error, print_words, show_help
from tracker.errors import TrackerError

EX_SOFTWARE = 70
"""The exit code of a bug (sysexits.h)."""

INTERRUPTED = 130
"""The exit code after Ctrl-C."""

_COLLECTING = (50_000, 20, 100)
"""When to look for garbage in circles, of which there is little: Python's own choice takes a third of a report."""


class _InOrder(TyperGroup):
    """Signing in is met before what comes after it; typer puts commands that have commands behind all others."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override] # typer's own kind of context
        """The names, as `--help` lists them."""
        names = super().list_commands(ctx)
        names.insert(names.index(forget.NAME) + 1, names.pop(names.index("auth")))
        return names


app = typer.Typer(
    name="tracker",
    cls=_InOrder,
    help="Who of your network answers your mail, who is slow, who is silent: read from your own mailbox.",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for _command in (
    demo,
    init,
    doctor,
    importing,
    sync,
    run,
    report,
    show,
    waiting,
    ask,
    link,
    mark,
    prune,
    tune,
    status,
    forget,
    digest,
    export,
    backup,
    restore,
    rebuild,
):
    app.command(_command.NAME)(_command.command)
app.add_typer(auth.app, name="auth")
app.add_typer(config.app, name="config")


def _print_version(*, wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"tracker {__version__}\n")
        raise typer.Exit


@app.callback()
def program(
    context: typer.Context,
    config_file: Annotated[
        Path | None, typer.Option("--config", metavar="PATH", help="The configuration file.", show_default=False)
    ] = None,
    verbose: Annotated[
        int,
        typer.Option("--verbose", "-v", count=True, show_default=False, help="Say more; twice: also show tracebacks."),
    ] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    version: Annotated[  # noqa: ARG001 - the callback does the work
        bool,
        typer.Option(
            "--version", callback=lambda value: _print_version(wanted=value), is_eager=True, help="Show the version."
        ),
    ] = False,
) -> None:
    """Put the global options where every command finds them; without a command, show what there is."""
    if context.invoked_subcommand is None:
        show_help(context)
    context.obj = Session(config_file, -1 if quiet else verbose)


def main() -> None:
    """Run the command line; every error becomes one line, a hint and an exit code."""
    gc.set_threshold(*_COLLECTING)
    arguments = sys.argv[1:]
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    try:
        code = app(arguments, prog_name="tracker", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        leave_pipe()
        code = 0
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except Exception as error:
        if arguments.count("-vv") or arguments.count("-v") > 1 or arguments.count("--verbose") > 1:
            raise
        code = explain(error)
    if code == INTERRUPTED:  # by whichever of the two ways typer has for Ctrl-C
        print_words("tracker: interrupted; what was stored so far stays")
    sys.exit(code if isinstance(code, int) else 0)


def explain(error: Exception) -> int:
    """Print what happened and what to do about it; the exit code."""
    if isinstance(error, TrackerError):
        print_error(error)
        return error.exit_code
    if isinstance(error, TyperException):
        print_words(f"tracker: {error.format_message()}")
        print_words("hint: `tracker --help` lists the commands, `tracker COMMAND --help` their options")
        return error.exit_code
    print_words(f"tracker: this is a bug: {type(error).__name__}: {error}")
    print_words("hint: nothing is lost; please report it with what `tracker -vv ...` prints")
    return EX_SOFTWARE
