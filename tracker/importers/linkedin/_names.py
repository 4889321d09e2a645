"""Who is called what: LinkedIn's older files name people without their profile."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracker.importers._people import slug_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tracker.domain.connection import Profile

NOBODY = "whose profile is not told"
SEVERAL = "whose name several people have"

CLOSED = "linkedin member"
"""What LinkedIn calls the owner of a closed account."""

_SEPARATOR = re.compile(r"\s*[,;]\s+")

_LONGEST = 4
"""Commas in one name, credentials included, and one more."""


def name_key(name: str) -> str:
    """A name as it is compared."""
    return " ".join(name.casefold().split())


@dataclass(slots=True)
class Names:
    """The names of connections and of correspondents.

    keys      of connections, by name
    slugs     of profiles (case-folded), by name
    displays  the name of a profile as it was written
    """

    keys: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    slugs: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    displays: dict[str, str] = field(default_factory=dict)

    def add_connections(self, people: Iterable[Profile]) -> None:
        """The people of the user's own network."""
        for profile in people:
            self.keys[name_key(profile.name)].add(profile.key)
            if slug := slug_of(profile.profile_url or ""):
                self.add(profile.name, slug.casefold())

    def add(self, name: str, slug: str) -> None:
        """Someone with this profile is called so."""
        if name:
            self.slugs[name_key(name)].add(slug)
            self.displays.setdefault(slug, name)

    def slug(self, name: str, talk: Mapping[str, set[str]]) -> tuple[str | None, str]:
        """The profile of whoever is called so in a conversation, whose own senders go first; else what is wrong."""
        key = name_key(name)
        if len(inside := talk.get(key, ())) == 1:
            return next(iter(inside)), ""
        slugs, nameless = self.slugs.get(key, set()), self.keys.get(key, set())
        if len(slugs) > 1 or len(nameless) > 1:
            return None, SEVERAL
        return (next(iter(slugs)), "") if slugs else (None, NOBODY)

    def split(self, cell: str) -> list[str]:
        """The names in a cell that joins them with commas, as credentials are joined: known names go first."""
        parts = _SEPARATOR.split(cell) if cell else []
        names: list[str] = []
        while parts:
            size = next(
                (size for size in range(min(_LONGEST, len(parts)), 1, -1) if self.knows(", ".join(parts[:size]))), 1
            )
            names.append(", ".join(parts[:size]))
            del parts[:size]
        return names

    def knows(self, name: str) -> bool:
        """Whether anyone is called so."""
        return name_key(name) in self.slugs or name_key(name) in self.keys
