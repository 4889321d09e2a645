"""How wide two kinds of terminal draw a text: those that know graphemes, and those that follow wcwidth(3)."""

from __future__ import annotations

import ctypes
import locale
from functools import lru_cache

from rich.cells import cell_len


def drawn_by_graphemes(text: str) -> int:
    """Cells by Unicode's grapheme clusters."""
    return cell_len(text)


def drawn_by_characters(text: str) -> int:
    """Cells by the C library, which tmux and xterm follow."""
    return sum(max(0, _libc().wcwidth(ord(char))) for char in text)


@lru_cache(maxsize=1)
def _libc() -> ctypes.CDLL:
    locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    return ctypes.CDLL("libc.so.6")


def widest(text: str) -> int:
    """Cells that no terminal exceeds."""
    return max(drawn_by_graphemes(text), drawn_by_characters(text))
