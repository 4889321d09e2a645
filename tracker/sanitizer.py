"""Text from outside, made harmless before anyone sees it, in a terminal, a log, a CSV cell or systemd's STATUS."""

from __future__ import annotations

import unicodedata

# Cc: control characters (terminal escapes begin with one); Cf: invisible formatting, of which the bidirectional marks
# reorder a line and zero-width ones forge names; Cs: lone surrogates, which no encoder takes; Zl, Zp: line separators;
# Co, Cn: nothing that a font could show.
_HARMFUL = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"})

# Joiners that words of Persian, of Indic scripts and emoji sequences need; they neither move nor hide anything else.
_NEEDED = frozenset({"\u200c", "\u200d"})

# A spreadsheet takes a cell that starts like this for a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_BLANK = frozenset("\t\n\r\v\f")


def one_line(text: str) -> str:
    """`text` on one line without control, bidirectional or unassigned characters; white space becomes single blanks.

    What is left is `storable`.
    """
    if text.isprintable():  # then there is none of them, and no blank but the blank
        return " ".join(text.split()) if "  " in text else text.strip()
    kept = (" " if char in _BLANK else char for char in text if char in _BLANK or not _is_harmful(char))
    return " ".join("".join(kept).split())


def indented(text: str) -> str:
    """The same with as many blanks in front of it as there was white space, for lists and traces."""
    return " " * (len(text) - len(text.lstrip())) + one_line(text)


def csv_cell(text: str) -> str:
    """`text` on one line that no spreadsheet takes for a formula: an apostrophe goes in front of one."""
    clean = one_line(text)
    return f"'{clean}" if clean.startswith(_FORMULA) else clean


def storable(text: str) -> str:
    """`text` without what databases refuse: NUL (PostgreSQL) and lone surrogates (every driver)."""
    if text.isascii():
        return text.replace("\0", "")
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _is_harmful(char: str) -> bool:
    return char not in _NEEDED and unicodedata.category(char) in _HARMFUL
