"""One key, one answer: for commands that go through people one at a time."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping


def has_person() -> bool:
    """Whether somebody sits at a terminal who can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask_key(choices: Mapping[str, str]) -> str:
    """Ask until one of the keys of `choices` is pressed (they are told with their words); which. Raises on Ctrl-C."""
    told = "   ".join(f"[{key}] {word}" for key, word in choices.items())
    sys.stdout.write(f"{told} ? ")
    sys.stdout.flush()
    while True:
        key = typer.getchar()
        if key in {"\x03", "\x04"}:
            sys.stdout.write("\n")
            raise KeyboardInterrupt
        if key.lower() in choices:
            sys.stdout.write(f"{choices[key.lower()]}\n\n")
            sys.stdout.flush()
            return key.lower()
