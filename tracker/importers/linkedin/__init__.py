"""LinkedIn's Connections.csv in its layouts since 2018, alone or in the archive that LinkedIn sends."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

from tracker.errors import ImportRejected
from tracker.importers import Imported, Remark
from tracker.importers.linkedin._file import Unusable, text_of
from tracker.importers.linkedin._row import Columns, Nobody, profile_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tracker.domain.connection import Profile

MAX_ROWS = 100_000
"""People in one file: LinkedIn allows 30,000 connections."""

MAX_COLUMNS = 1_000
HEADER_WITHIN = 50
"""Rows before the header: LinkedIn writes up to four, owners add some."""

_HINT = "get it from LinkedIn: Settings & Privacy > Data privacy > Get a copy of your data > Connections"


def recognises(path: Path) -> bool:
    """Whether a header row of Connections.csv stands in the file, or in a file of that name in the archive."""
    try:
        rows = _rows(text_of(path))
        return any(Columns.of(cells) is not None for _, cells in _first(rows, HEADER_WITHIN))
    except Unusable as problem:
        return problem.is_ours
    except csv.Error:
        return False


def read(path: Path) -> Imported:
    """The people in the file, each once. Raises `ImportRejected`; then nothing of it may be used."""
    try:
        return _read(_rows(text_of(path)))
    except Unusable as problem:
        raise ImportRejected(f"{path.name} {problem}", hint=problem.hint or _HINT) from None
    except csv.Error as error:
        raise ImportRejected(f"{path.name} is no CSV file: {error}", hint=_HINT) from None


def _first(rows: Iterator[tuple[int, list[str]]], count: int) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(rows):
        if number == count:
            return
        yield row


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, with the line on which each begins. Raises `Unusable`, `csv.Error`."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=False)
    line, count = 1, 0
    for cells in reader:
        count += any(cells)
        if count > MAX_ROWS + HEADER_WITHIN or len(cells) > MAX_COLUMNS:
            raise Unusable("has more rows or columns than any network", is_ours=True)
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _delimiter(text: str) -> str:
    """A spreadsheet that re-saves the file may write semicolons; the header row tells."""
    for line in text.splitlines()[:HEADER_WITHIN]:
        if Columns.of(line.split(";")) is not None:
            return ";"
    return ","


def _read(rows: Iterable[tuple[int, list[str]]]) -> Imported:
    columns: Columns | None = None
    people: dict[str, Profile] = {}
    skipped: list[Remark] = []
    notes: list[Remark] = []
    for line, cells in rows:
        if columns is None:
            columns = Columns.of(cells)
            continue
        try:
            profile, remarks = profile_of(columns, cells)
        except Nobody as nobody:
            skipped.append(Remark(line, str(nobody)))
            continue
        notes += [Remark(line, remark) for remark in remarks]
        if profile.key in people:
            skipped.append(Remark(line, f"{profile.name} stands in the file twice"))
            profile = _merged(people[profile.key], profile)
        people[profile.key] = profile
    if columns is None:
        raise Unusable("has no header row with First Name, Last Name and Connected On", is_ours=False)
    return Imported(tuple(people.values()), skipped=tuple(skipped), notes=tuple(notes))


def _merged(one: Profile, other: Profile) -> Profile:
    """Two rows of one person: the later row's words, the addresses of both."""
    return replace(other, addresses=tuple(dict.fromkeys((*one.addresses, *other.addresses))))
