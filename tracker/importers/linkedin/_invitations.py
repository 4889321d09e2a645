"""Invitations.csv: who asked whom to connect, and when."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tracker.domain.connection import Invitation
from tracker.importers import Remark
from tracker.importers._people import profile_key, slug_of
from tracker.importers.linkedin._names import Names, name_key
from tracker.importers.linkedin._times import time_of

if TYPE_CHECKING:
    from tracker.importers._tables import Row, Table

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Sides:
    """The columns of the user and of the other person: name, and profile."""

    mine: tuple[str, str]
    theirs: tuple[str, str]


_FROM = ("from", "inviterprofileurl")
_TO = ("to", "inviteeprofileurl")
_SIDES = {"outgoing": _Sides(_FROM, _TO), "incoming": _Sides(_TO, _FROM)}


@dataclass(slots=True)
class Invitations:
    """Gathers invitations by the key of the other person; the latest of several counts.

    own_slugs   how often the user's side names which profile
    """

    names: Names
    found: dict[str, Invitation] = field(default_factory=dict)
    own_slugs: Counter[str] = field(default_factory=Counter)
    notes: list[Remark] = field(default_factory=list)

    def add(self, table: Table, member: str) -> None:
        """The invitations of a table."""
        for row in table.rows:
            if problem := self._add(table, row):
                self.notes.append(Remark(row.line, f"invitation skipped: {problem}", member))

    def _add(self, table: Table, row: Row) -> str:
        """What is wrong with a row; nothing if it was taken."""
        sides = _SIDES.get(table.header.text(row.cells, "direction").casefold())
        if sides is None:
            return "its direction is neither OUTGOING nor INCOMING"
        if own := slug_of(table.header.text(row.cells, sides.mine[1])):
            self.own_slugs[own] += 1
        slug = slug_of(table.header.text(row.cells, sides.theirs[1]))
        name = table.header.text(row.cells, sides.theirs[0])
        keys = {profile_key(slug)} if slug else self.names.keys.get(name_key(name), set())
        if len(keys) != 1:
            return f"{name or 'nobody'} is the name of {'several people' if keys else 'nobody known'}"
        (key,) = keys
        invitation = Invitation(sides.mine is _FROM, time_of(table.header.text(row.cells, "sent at")))
        if key not in self.found or _moment(self.found[key]) < _moment(invitation):
            self.found[key] = invitation
        return ""


def _moment(invitation: Invitation) -> datetime:
    return invitation.at or _LONG_AGO
