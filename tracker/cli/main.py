"""The program: its commands in the order in which one meets them, and the one place where errors become words."""

from __future__ import annotations

import errno
import gc
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException
from typer.main import get_command

from tracker import __version__
from tracker.cli._options import path
from tracker.cli._output import unwritable, write
from tracker.cli._session import Session, leave, open_streams, print_error, print_words, show_help
from tracker.errors import TrackerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

EX_SOFTWARE = 70
"""The exit code of a bug (sysexits.h)."""

INTERRUPTED = 130
"""The exit code after Ctrl-C."""

_COLLECTING = (200_000, 20, 100)
"""When to look for garbage in circles, of which there is little: Python's own choice takes a third of a report."""


COMMANDS = (
    "demo", "init", "doctor", "import", "sync", "run", "report", "show", "waiting", "ask", "link", "mark", "prune",
    "tune", "status", "forget", "auth", "digest", "export", "backup", "restore", "rebuild", "config",
)  # fmt: skip
"""In the order of `--help`. Each is `command` in the module of its name, or `app` if it has commands of its own."""

_SHORT_OPTIONS = re.compile(r"-[hqv]+")

_MODULES = {"import": "importing"}
"""Those whose name no module can bear."""


class _Commands(TyperGroup):
    """The commands, of which none is loaded but the one that is called: imports are most of what a command takes."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override] # typer's own kind of context
        """The names, as `--help` lists them."""
        self._load(COMMANDS)
        return sorted(super().list_commands(ctx), key=COMMANDS.index)

    def get_command(self, ctx: typer.Context, cmd_name: str) -> TyperCommand | TyperGroup | None:  # type: ignore[override] # typer's own kind of context
        """The command of this name; where there is none all are loaded, so that one like it can be told."""
        self._load([cmd_name] if cmd_name in COMMANDS else COMMANDS)
        return cast("TyperCommand | TyperGroup | None", super().get_command(ctx, cmd_name))

    def _load(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self.commands:
                self.commands[name] = _loaded(name)


def _loaded(name: str) -> TyperCommand | TyperGroup:
    module = import_module(f"tracker.cli.{_MODULES.get(name, name)}")
    alone = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    if hasattr(module, "app"):
        alone.add_typer(module.app, name=name)
        return cast("TyperGroup", cast("TyperGroup", get_command(alone)).commands[name])
    alone.command(name)(module.command)
    return cast("TyperCommand", get_command(alone))


app = typer.Typer(
    name="tracker",
    cls=_Commands,
    help="Who of your network answers your mail, who is slow, who is silent: read from your own mailbox.",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(*, wanted: bool) -> None:
    if wanted:
        write([f"tracker {__version__}\n"])
        raise typer.Exit


@app.callback()
def program(
    context: typer.Context,
    config_file: Annotated[Path | None, path("--config", "The configuration file.", "PATH")] = None,
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
    open_streams()
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    try:
        code = app(arguments, prog_name="tracker", standalone_mode=False)
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit):  # typer makes the one into the other where its own help is left early
        leave(sys.stdout)
        code = 0
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except Exception as error:  # noqa: BLE001 - here every error, bugs included, becomes words and an exit code
        if _is_trace_wanted(arguments):
            _print_trace(error)
        code = explain(error)
    if code == INTERRUPTED:  # by whichever of the two ways typer has for Ctrl-C
        print_words("tracker: interrupted; what was stored so far stays")
    gc.freeze()  # or Python looks for circles in all that is left, which takes a sixth of a report's time
    sys.exit(code if isinstance(code, int) else 0)


def _is_trace_wanted(arguments: Sequence[str]) -> bool:
    """Whether -v was said twice, told by the words alone: to understand them may be what failed."""
    short = [word for word in arguments if _SHORT_OPTIONS.fullmatch(word)]
    return arguments.count("--verbose") + sum(word.count("v") for word in short) > 1


def _print_trace(error: Exception) -> None:
    import traceback

    from tracker.sanitizer import indented

    for line in "".join(traceback.format_exception(error)).splitlines():
        sys.stderr.write(f"{indented(line)}\n")


def explain(error: Exception) -> int:
    """Print what happened and what to do about it; the exit code."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC and error.filename is None:
        leave(sys.stdout)
        error = unwritable(error)  # typer's own help goes there by itself
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
