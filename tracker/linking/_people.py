"""The two sides that are compared: connections with their names read, and correspondents with theirs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.linking._local_parts import is_linkedin, is_role
from tracker.linking._names import Name, Reading, read_name
from tracker.linking._scripts import sound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker.domain.connection import Connection
    from tracker.domain.linking import Correspondent


_MOST_NAMES = 20
"""A list's address may bear the names of hundreds; the most frequent ones are compared."""


@dataclass(frozen=True, slots=True)
class Person:
    """A connection and what it is called."""

    connection: Connection
    name: Name


@dataclass(frozen=True, slots=True)
class Seen:
    """A correspondent, what it calls itself, and whether its address is a role's, a machine's or a list's.

    `is_notifier`: LinkedIn writes from it; its names are those of connections, and its address is nobody's.
    """

    correspondent: Correspondent
    readings: tuple[Reading, ...]
    local: str
    domain: str
    is_role: bool
    is_notifier: bool


def read_person(connection: Connection) -> Person:
    """A connection with its name read."""
    return Person(connection, read_name(connection.name).name)


def read_correspondent(correspondent: Correspondent, *, is_list: bool) -> Seen:
    """A correspondent with its names read; `is_list` if the user's configuration or its headers call it a list."""
    local, _, domain = correspondent.addr.rpartition("@")
    notifies = is_linkedin(domain) or 0 < correspondent.received == correspondent.notified
    names = correspondent.names if notifies else correspondent.names[:_MOST_NAMES]
    readings = tuple(read_name(text) for text in names if text.strip())
    return Seen(correspondent, readings, local, domain, is_list or is_role(local, domain), notifies)


def called(name: Name) -> tuple[str, ...]:
    """What two who are called the same have in common, whatever the order and the spelling."""
    return tuple(sorted((sound(name.given), sound(name.family)))) if name.is_full else ()


class Census:
    """How often names are met: among the connections, among the correspondents, and by their parts."""

    def __init__(self, people: Iterable[Person], seen: Iterable[Seen]) -> None:
        names = [one.name for one in people]
        met = [
            {called(reading.name): reading.name for reading in one.readings if reading.name.is_full}
            for one in seen
            if not one.is_role and not one.is_notifier
        ]
        self._connections = Counter(called(name) for name in names)
        self._correspondents = Counter(key for one in met for key in one)
        parts = [*names, *(name for one in met for name in one.values())]
        self._parts = Counter(part for name in parts for part in set(called(name)))
        self._met = max(1, len(met))
        self.notified = frozenset(
            called(reading.name) for one in seen if one.is_notifier for reading in one.readings
        ) - {()}

    def namesakes(self, name: Name) -> int:
        """How many other connections are called so."""
        return max(0, self._connections[called(name)] - 1) if name.is_full else 0

    def correspondents(self, name: Name) -> int:
        """How many addresses of persons bear this name."""
        return self._correspondents[called(name)] if name.is_full else 0

    def expected(self, name: Name) -> float:
        """How many correspondents would bear both parts of the name by chance; more people never lower it."""
        if not name.is_full:
            return float(self._met)
        product = 1.0
        for part in called(name):
            product *= max(1, self._parts[part] - 1)
        return product / self._met
