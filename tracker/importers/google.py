"""Google's contacts as CSV, in the layout of today and in that of before, re-saved or not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker.importers._books import MAX_MEGABYTES, Entry, read_table
from tracker.importers._content import Content
from tracker.importers._people import joined
from tracker.importers._tables import has_header

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tracker.importers import Imported
    from tracker.importers._tables import Header

_HINT = "get it from contacts.google.com: Export > Google CSV"
_ADDRESS = re.compile(r"e-mail \d+ - value")
_WEBSITE = re.compile(r"website \d+ - value")

_SEPARATOR = ":::"
"""Between the values of one label in one cell."""


def recognises(path: Path) -> bool:
    """Whether a header row of Google's contacts is among the first lines. Raises `OSError`."""
    return has_header(Content.of_file(path, MAX_MEGABYTES), _is_header)


def read(path: Path) -> Imported:
    """The contacts in the file, each once. Raises `ImportRejected`; then nothing of it may be used."""
    return read_table(path, _is_header, _entry, hint=_HINT)


def _is_header(header: Header) -> bool:
    """Columns that only Google writes; a file in which nobody has an address has none for addresses."""
    return (
        any(_ADDRESS.fullmatch(name) for name in header.positions)
        or header.has("name", "given name", "family name")
        or header.has("first name", "last name", "phonetic first name")
    )


def _entry(line: int, header: Header, cells: Sequence[str]) -> Entry:
    first = header.text(cells, "first name", "given name")
    middle = header.text(cells, "middle name", "additional name")
    last = header.text(cells, "last name", "family name")
    return Entry(
        line,
        name=header.text(cells, "name") or joined(first, middle, last, header.text(cells, "name suffix")),
        company=header.text(cells, "organization name", "organization 1 - name"),
        position=header.text(cells, "organization title", "organization 1 - title"),
        addresses=_values(header, cells, _ADDRESS),
        websites=_values(header, cells, _WEBSITE),
    )


def _values(header: Header, cells: Sequence[str], columns: re.Pattern[str]) -> list[str]:
    """What stands in these columns, of which one may hold several values."""
    return [
        value.strip()
        for name in header.positions
        if columns.fullmatch(name)
        for value in header.text(cells, name).split(_SEPARATOR)
    ]
