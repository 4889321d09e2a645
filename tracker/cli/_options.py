"""Options of commands, in a line each: a value without a default to show, and a flag."""

from __future__ import annotations

from typing import Any

import typer


def option(name: str, words: str, shown: str = "TEXT", **more: Any) -> Any:  # noqa: ANN401 # what typer wants in annotations
    """An option with a value, which the help shows as `shown`; `more` is what typer may know besides."""
    return typer.Option(name, metavar=shown, help=words, show_default=False, **more)


def path(name: str, words: str, shown: str = "FILE") -> Any:  # noqa: ANN401 # as for its neighbours
    """An option that names a file. What is wrong with it tells whoever opens it, each with an exit code of its own."""
    return option(name, words, shown, readable=False)


def flag(name: str, words: str) -> Any:  # noqa: ANN401 # as for its neighbour
    """An option without a value."""
    return typer.Option(name, help=words)
