"""Email Addresses.csv: the user's own addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.importers import Remark
from tracker.importers._people import addresses_of

if TYPE_CHECKING:
    from tracker.domain.message import AddrSpec
    from tracker.importers._tables import Table

_CONFIRMED = frozenset({"yes", "true"})


def own_addresses(table: Table, member: str) -> tuple[list[AddrSpec], list[Remark]]:
    """The addresses that the user confirmed, and what is to be said of the others."""
    found: list[AddrSpec] = []
    notes: list[Remark] = []
    for row in table.rows:
        remarks: list[str] = []
        addresses = addresses_of([table.header.text(row.cells, "email address")], remarks)
        if table.header.text(row.cells, "confirmed").casefold() in _CONFIRMED:
            found += addresses
        else:
            remarks += [f"{addr} was never confirmed, so it is not taken for yours" for addr in addresses]
        notes += [Remark(row.line, remark, member) for remark in remarks]
    return found, notes
