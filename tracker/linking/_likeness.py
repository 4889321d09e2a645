"""How like two names are; the only home of rapidfuzz."""

from __future__ import annotations

from enum import StrEnum

from rapidfuzz.distance import OSA

from tracker.linking._names import Name
from tracker.linking._nicknames import families
from tracker.linking._scripts import consonants, sound

_SHORTEST_WITH_A_SLIP = 5
_FEWEST_CONSONANTS = 4


class Likeness(StrEnum):
    """How the name at an address is like that of a connection, the surest first."""

    SAME = "same"
    MIDDLE = "middle"
    SPELLING = "spelling"
    PART = "part"
    SCRIPT = "script"
    SHORT_FORM = "short_form"
    INITIAL = "initial"
    SLIP = "slip"
    ALONE = "alone"
    UNNAMED = "unnamed"
    FAMILY = "family"
    OTHER = "other"


_ORDER = {likeness: place for place, likeness in enumerate(Likeness)}


def best(likenesses: list[Likeness]) -> Likeness:
    """The surest of several names at one address; `UNNAMED` without any."""
    return min(likenesses, key=_ORDER.__getitem__, default=Likeness.UNNAMED)


def likeness(person: Name, seen: Name) -> Likeness:
    """How like the name `seen` at an address is to a connection's."""
    if not seen.words:
        return Likeness.UNNAMED
    if sorted(person.words) == sorted(seen.words) or "".join(person.words) == "".join(seen.words):
        return Likeness.SAME if person.is_full else Likeness.ALONE
    if not person.is_full:
        return Likeness.OTHER
    if not seen.is_full:
        return Likeness.ALONE if seen.words[0] in {person.given, person.family, person.short} else Likeness.OTHER
    turned = Name(seen.family, seen.given, seen.words[::-1], seen.short, seen.has_vowels, seen.is_latin)
    return best([_in_order(person, seen), _in_order(person, turned)])


def _in_order(person: Name, seen: Name) -> Likeness:
    given, family = (person.given, seen.given), (person.family, seen.family)
    if len(person.words) != len(seen.words) or person.words[1:-1] != seen.words[1:-1]:
        if given[0] == given[1] and family[0] == family[1] and _middles_agree(person, seen):
            return Likeness.MIDDLE
        if _is_part(person.words, seen.words):
            return Likeness.PART
    if _sounds(*family):
        return _by_given(person, seen) if _middles_agree(person, seen) else Likeness.FAMILY
    if _same_letters_without_vowels(person, seen):
        return Likeness.SCRIPT
    return Likeness.SLIP if given[0] == given[1] and _slips(*family) else Likeness.OTHER


def _by_given(person: Name, seen: Name) -> Likeness:
    """The likeness of two who have the same family name."""
    given = person.given, seen.given
    if _sounds(*given) or _sounds("".join(person.words), "".join(seen.words)):
        same_script = person.is_latin == seen.is_latin
        return Likeness.SPELLING if same_script else Likeness.SCRIPT
    if (person.short and seen.given == person.short) or (seen.short and person.given == seen.short):
        return Likeness.SHORT_FORM
    if families(given[0]) & families(given[1]):
        return Likeness.SHORT_FORM
    if 1 in {len(given[0]), len(given[1])}:
        return Likeness.INITIAL if given[0][0] == given[1][0] else Likeness.FAMILY
    if _same_letters_without_vowels(person, seen):
        return Likeness.SCRIPT
    return Likeness.SLIP if _slips(*given) else Likeness.FAMILY


def _middles_agree(person: Name, seen: Name) -> bool:
    """Whether what stands between the first and the last word is alike, an initial of it, or missing on one side."""
    pairs = zip(person.words[1:-1], seen.words[1:-1], strict=False)
    return all(_sounds(one, other) or (1 in {len(one), len(other)} and one[0] == other[0]) for one, other in pairs)


def _is_part(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Two or more words of one name are all of the other: `maria garcia` of `maria garcia lopez`."""
    few, many = sorted((set(some), set(others)), key=len)
    return len(few) > 1 and few < many and some[0] == others[0]


def _sounds(one: str, other: str) -> bool:
    return bool(one) and sound(one) == sound(other)


def _same_letters_without_vowels(person: Name, seen: Name) -> bool:
    if person.has_vowels and seen.has_vowels:
        return False
    given, family = consonants(person.given), consonants(person.family)
    long_enough = len(given) + len(family) >= _FEWEST_CONSONANTS and given and family
    return bool(long_enough) and (given, family) == (consonants(seen.given), consonants(seen.family))


def _slips(one: str, other: str) -> bool:
    """Whether one is the other with a letter missing, wrong or swapped with its neighbour."""
    return min(len(one), len(other)) >= _SHORTEST_WITH_A_SLIP and OSA.distance(one, other, score_cutoff=1) <= 1
