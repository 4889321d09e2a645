"""Connections.csv, in every layout since 2012: a row to a person, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.importers import Remark
from tracker.importers._people import merged
from tracker.importers.linkedin._row import Nobody, profile_of

if TYPE_CHECKING:
    from tracker.domain.connection import Profile
    from tracker.importers._tables import Row, Table


class Network:
    """Gathers the people of a network from one file or several parts of it."""

    def __init__(self) -> None:
        self.people: dict[str, Profile] = {}
        self.skipped: list[Remark] = []
        self.notes: list[Remark] = []

    def add(self, table: Table) -> None:
        """The people of a table. Someone whom an earlier part named needs no remark."""
        before = frozenset(self.people)
        for row in table.rows:
            try:
                profile, remarks = profile_of(table.header, row.cells)
            except Nobody as nobody:
                self.skipped.append(Remark(row.line, str(nobody)))
                continue
            self._note(row, remarks)
            if profile.key in self.people:
                if profile.key not in before:
                    self.skipped.append(Remark(row.line, f"{profile.name} stands in the file twice"))
                profile = merged(self.people[profile.key], profile)
            self.people[profile.key] = profile

    def _note(self, row: Row, remarks: list[str]) -> None:
        """A cell seldom holds a line break; a quotation mark too many may have swallowed other people."""
        if row.lines > 1:
            remarks = [*remarks, f"runs over {row.lines} lines; is there a quotation mark too many?"]
        self.notes += [Remark(row.line, remark) for remark in remarks]
