"""`tracker config check` and `tracker config show`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from tracker.cli._session import counted, print_words, session_of, show_help
from tracker.errors import ConfigError

if TYPE_CHECKING:
    from tracker.config import Config

app = typer.Typer(help="Check or show the configuration.", invoke_without_command=True, rich_markup_mode=None)


@app.callback()
def group(context: typer.Context) -> None:
    """Without a command, show what there is."""
    if context.invoked_subcommand is None:
        show_help(context)


@app.command("check")
def check(context: typer.Context) -> None:
    """Name every problem of the configuration at once."""
    from tracker.config import config_path

    session = session_of(context)
    try:
        config = session.load_config()
    except ConfigError as error:
        if not error.problems:
            raise
        for problem in error.problems:
            print_words(problem)
        raise ConfigError(
            f"{config_path(session.config)} has {counted(len(error.problems), 'problem')}",
            hint="config.example.toml shows every setting",
        ) from None
    session.say(f"the configuration is in order: {counted(len(config.account), 'account')}")


@app.command("show")
def show(context: typer.Context) -> None:
    """The settings that hold, defaults included, secrets masked."""
    from tracker.cli._output import write

    session = session_of(context)
    write(f"{line}\n" for line in _lines(session.load_config()))


def _lines(config: Config) -> list[str]:
    """The configuration as TOML."""
    import json

    from tracker.config import masked

    lines: list[str] = []
    for section, content in masked(config).items():
        tables = content if isinstance(content, list) else [content]
        heading = f"[[{section}]]" if isinstance(content, list) else f"[{section}]"
        for table in tables:
            lines += [
                heading,
                *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items()),
                "",
            ]
    return lines[:-1]
