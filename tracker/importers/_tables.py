"""A CSV file as a header and rows: the header is found by its cells, whatever stands before it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from tracker.importers._content import MAX_LINE, Unusable
from tracker.sanitizer import one_line, storable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tracker.importers._content import Content

HEADER_WITHIN = 50
"""Lines before the header: LinkedIn writes up to four, owners add some."""

MAX_COLUMNS = 1_000
MAX_CELL = 1_000
"""Characters kept of a cell."""

# The limit of the module, 131,072 characters, would refuse a whole archive for one long message in it.
csv.field_size_limit(MAX_LINE)

_DELIMITERS = (",", ";", "\t")

LINKEDIN_2012 = (
    "title", "first name", "middle name", "last name", "suffix", "e-mail address", "e-mail 2 address",
    "e-mail 3 address", "business street",
)  # fmt: skip
"""LinkedIn's export of 2012 has Outlook's columns; only there do the addresses follow the name at once."""


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns, in lower case, and where each stands first."""

    positions: dict[str, int]

    @classmethod
    def of(cls, cells: Sequence[str]) -> Header:
        """The header that these cells would be."""
        positions: dict[str, int] = {}
        for index, cell in enumerate(cells[:MAX_COLUMNS]):
            positions.setdefault(one_line(cell).strip('" \ufeff').casefold(), index)
        return cls(positions)

    def has(self, *names: str) -> bool:
        """Whether every one of these columns is there."""
        return all(name in self.positions for name in names)

    def begins(self, names: tuple[str, ...]) -> bool:
        """Whether these are the first columns, in this order."""
        return tuple(self.positions)[: len(names)] == names

    def raw(self, cells: Sequence[str], name: str) -> str:
        """The cell under this name as it is; nothing where the column or the cell is missing."""
        index = self.positions.get(name)
        return cells[index] if index is not None and index < len(cells) else ""

    def text(self, cells: Sequence[str], *names: str) -> str:
        """The first of these cells that holds anything, on one line and without what harms."""
        for name in names:
            if cell := one_line(storable(self.raw(cells, name)))[:MAX_CELL]:
                return cell
        return ""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, the line on which it begins (the first is 1) and the number of lines it runs over."""

    line: int
    cells: Sequence[str]
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A header, and the rows below it that hold anything."""

    header: Header
    rows: Iterator[Row]


def has_header(content: Content, is_header: Callable[[Header], bool]) -> bool:
    """Whether one of the first lines is such a header; never raises but `OSError`."""
    lines = content.head().splitlines()[:HEADER_WITHIN]
    return any(_header(line, is_header) is not None for line in lines)


def table_of(content: Content, is_header: Callable[[Header], bool], max_rows: int) -> Table | None:
    """The rows below such a header; None without one. It, and reading the rows, raises `Unusable`."""
    lines = content.lines()
    for number, line in enumerate(islice(lines, HEADER_WITHIN), start=1):
        if found := _header(line, is_header):
            header, delimiter = found
            return Table(header, _rows(lines, number, delimiter, max_rows=max_rows, width=len(header.positions)))
    return None


def _header(line: str, is_header: Callable[[Header], bool]) -> tuple[Header, str] | None:
    """The header on this line and what separates its cells: a spreadsheet that re-saves a file has its own ideas."""
    for delimiter in _DELIMITERS:
        try:
            cells = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            continue
        if is_header(header := Header.of(cells)):
            return header, delimiter
    return None


def _rows(lines: Iterator[str], before: int, delimiter: str, *, max_rows: int, width: int) -> Iterator[Row]:
    """The rows that hold anything. `before` lines came before them; a whole row has `width` cells."""
    reader = csv.reader(lines, delimiter=delimiter, strict=False)
    row, count = Row(before, ()), 0
    while True:
        line = before + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            raise Unusable(f"is no CSV file in line {line}: {error}") from None
        row = Row(line, cells, before + reader.line_num - line + 1)
        if len(cells) > MAX_COLUMNS:
            raise Unusable(f"has more than {MAX_COLUMNS} columns in line {line}")
        if any(cell.strip() for cell in cells):
            count += 1
            if count > max_rows:
                raise Unusable(f"has more than {max_rows:,} rows")
            yield row
    if row.lines > 1 and len(row.cells) < width:
        raise Unusable(f"has a quotation mark in line {row.line} that is closed nowhere")
