"""Who is worth comparing with whom: both sides leave keys, and only those who share one are compared."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tracker.linking._domains import company_labels, label
from tracker.linking._local_parts import Build, forms, squeezed
from tracker.linking._nicknames import families
from tracker.linking._scripts import consonants, sound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracker.linking._names import Name
    from tracker.linking._people import Person, Seen

_ENOUGH_OF_A_FAMILY_NAME = 2
_LONG_ENOUGH_ALONE = 5

Key = tuple[str, ...]


class Blocks:
    """The correspondents by their keys."""

    def __init__(self, seen: Iterable[Seen]) -> None:
        self._places: dict[Key, list[int]] = defaultdict(list)
        self._domains: dict[str, set[str]] = defaultdict(set)
        for place, one in enumerate(seen):
            self._domains[label(one.domain)].add(one.domain)
            for key in dict.fromkeys(_keys_of(one)):
                self._places[key].append(place)

    def near(self, person: Person, domains: Iterable[str]) -> list[int]:
        """The places of the correspondents that share a key with a person whose company writes from `domains`."""
        known = set(domains).union(
            *(self._domains.get(one, ()) for one, _ in company_labels(person.connection.company))
        )
        known |= self._domains.get(person.name.family, set())
        found: set[int] = set()
        for key in dict.fromkeys([*_name_keys(person.name, asks=True), *_address_keys(person.name, sorted(known))]):
            found.update(self._places.get(key, ()))
        return sorted(found)


def _keys_of(one: Seen) -> Iterator[Key]:
    joined = squeezed(one.local)
    yield ("local", sound(joined))
    yield ("local at", one.domain, sound(joined))
    for reading in one.readings:
        yield from _name_keys(reading.name, asks=False)
        for word in reading.name.words if not reading.name.is_full else ():
            yield ("named at", one.domain, sound(word))


def _address_keys(name: Name, domains: list[str]) -> Iterator[Key]:
    """Local parts that are built from a name; what is short or partial counts only where it fits the domain."""
    built = [(sound(form), kind) for form, kind in forms(name)]
    for form, kind in built:
        if kind is Build.FULL or len(name.family) >= _LONG_ENOUGH_ALONE:
            yield ("local", form)
    alone = [sound(word) for word in (name.given, name.family, name.short) if word]
    for domain in domains:
        for form in (*(form for form, _ in built), *alone):
            yield ("local at", domain, form)
        for word in alone:
            yield ("named at", domain, word)


def _name_keys(name: Name, *, asks: bool) -> Iterator[Key]:
    """Keys of a name, the same for both sides, but for scripts without vowels: there one side `asks` for the other."""
    if not name.words:
        return
    yield ("words", *sorted(sound(word) for word in name.words))
    yield ("joined", "".join(name.words))
    if not name.is_full:
        return
    for given, family in dict.fromkeys(((name.given, name.family), (name.family, name.given))):
        plain, whole = sound(family), sound(given)
        yield ("initial", given[0], plain)
        yield ("begins", whole, plain[:_ENOUGH_OF_A_FAMILY_NAME])
        for number in families(given):
            yield ("short form", str(number), plain)
        if name.short and asks:
            yield ("words", *sorted((sound(name.short), plain)))
    yield from _family_keys(name)
    bare = consonants(name.given), consonants(name.family)
    if all(bare):
        side = (asks, name.has_vowels)
        if side in {(True, False), (False, True), (False, False)}:
            yield ("bare, any", *bare)
        if side in {(True, True), (False, False)}:
            yield ("bare, one side", *bare)


def _family_keys(name: Name) -> Iterator[Key]:
    """A double family name is often shortened to its first half."""
    middle = name.words[1:]
    for word in middle:
        if word != name.family:
            yield ("words", *sorted((sound(name.given), sound(word))))
