"""One key, one answer: for commands that go through people one at a time."""

from __future__ import annotations

import os
import sys
import termios
import tty
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_END_OF_INPUT = {"", "\x04"}


def has_person() -> bool:
    """Whether somebody sits at a terminal who can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask_key(choices: Mapping[str, str]) -> str:
    """Ask until one of the keys of `choices` is pressed (they are told with their words); which.

    The end of input is the last of them, which is the way out.
    """
    told = "   ".join(f"[{key}] {word}" for key, word in choices.items())
    descriptor = sys.stdin.fileno()
    with _keys_at_once(descriptor):
        sys.stdout.write(f"{told} ? ")
        sys.stdout.flush()
        key = ""
        while key not in choices:
            pressed = os.read(descriptor, 1).decode("ascii", "replace").lower()
            key = list(choices)[-1] if pressed in _END_OF_INPUT else pressed
    sys.stdout.write(f"{choices[key]}\n\n")
    sys.stdout.flush()
    return key


@contextmanager
def _keys_at_once(descriptor: int) -> Iterator[None]:
    """No key waits for Enter, and none that was pressed before is lost; Ctrl-C stays what it is."""
    before = termios.tcgetattr(descriptor)
    tty.setcbreak(descriptor, termios.TCSADRAIN)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
