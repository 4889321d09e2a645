"""A question to the person at the terminal, and what counts as an answer."""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from tracker.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def ask(question: str, option: str, default: str | None, check: Callable[[str], object]) -> str:
    """The answer without blanks around it; asked again while `check` raises `UsageError`.

    Raises `UsageError` itself where nobody is there to answer; `option` is how a script would say it.
    """

    def heeded(text: str) -> str:
        try:
            check(text.strip())
        except UsageError as error:
            raise typer.BadParameter(f"{error.message}; {error.hint}") from None
        return text.strip()

    with _answering(question, option):
        return str(typer.prompt(question, default=default, err=True, value_proc=heeded))


def confirmed(question: str) -> bool:
    """Whether the person agrees, which Enter says. Raises `UsageError` where nobody is there."""
    with _answering(question, ""):
        return typer.confirm(question, default=True, err=True)


def typed_secret(what: str) -> str:
    """What the person types, which is not shown. Raises `UsageError` where nobody is there."""
    with _answering(what, "--password-command or another source"):
        return str(typer.prompt(f"{what} (not shown)", hide_input=True, err=True))


@contextmanager
def _answering(question: str, option: str) -> Iterator[None]:
    """The end of the input is an interruption by a person, and nobody's answer where there is no terminal."""
    try:
        yield
    except typer.Abort:
        sys.stderr.write("\n")  # the question stands on a line that nobody ended
        if sys.stdin.isatty():
            raise
        also = f"; say it by {option}" if option else ""
        raise UsageError(
            f"nobody is here to answer: {title(question)}", hint=f"with --yes nothing is asked{also}"
        ) from None


def title(question: str) -> str:
    """What a question is about, without the ways to answer it."""
    return question.partition(":")[0]


def command_words(text: str, what: str = "that") -> list[str]:
    """A command line in words, quoted as in a shell; a tilde is the home, since no shell will put it there later.

    Raises `UsageError`, which calls it `what`.
    """
    try:
        words = [os.path.expanduser(word) for word in shlex.split(text)]  # noqa: PTH111 # options stay as they are: "./x" must not become "x"
    except ValueError as error:
        raise UsageError(f"{what} is no command line: {error}", hint="close the quotation mark") from None
    if not words or not words[0].strip():
        raise UsageError(f"{what} names no program", hint="write a program and its arguments")
    return words


def demand_port(text: str) -> None:
    """Raises `UsageError` for what is no port."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise UsageError(f"{text!r} is no port", hint="993 is usual, 143 with starttls")


def demand(word: str, choices: tuple[str, ...], what: str) -> None:
    """Raises `UsageError` for a word that is not among the choices for `what`."""
    if word not in choices:
        raise UsageError(f"{word!r} is none of the choices for {what}", hint=f"choose one of: {', '.join(choices)}")
