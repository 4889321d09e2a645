"""What speaks for and against an address being a person's: findings, compared one pair at a time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tracker.linking._domains import Companies, Fit
from tracker.linking._likeness import Likeness, best, likeness
from tracker.linking._local_parts import Build, build
from tracker.linking._people import called

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.domain.linking import Correspondent
    from tracker.linking._people import Census, Person, Seen

CHANCES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
"""How many correspondents bear a name by chance, in steps: each that is reached weighs against."""
RARE = 0.1
"""Chance gives fewer than this many correspondents a rare name."""
COMMON = 0.6
"""Chance gives at least this many a common one."""
_MANY = 2


class Traffic(StrEnum):
    """Who has written to whom."""

    BOTH = "both"
    HEARD = "heard"
    WRITTEN = "written"
    LISTED = "listed"


@dataclass(frozen=True, slots=True)
class Finding:
    """A person and an address compared.

    expected    how many correspondents would bear the person's name by chance
    others      how many other addresses bear it
    namesakes   how many other connections are called so
    is_mixed    the address bears unlike names as well
    """

    likeness: Likeness
    build: Build
    fit: Fit
    traffic: Traffic
    expected: float
    others: int
    namesakes: int
    is_mixed: bool
    is_role: bool
    is_via: bool
    is_assistant: bool
    is_company: bool
    is_several: bool
    is_notified: bool

    @property
    def is_somebody_elses(self) -> bool:
        """Whether a role, a list or somebody else writes from it as well: however it fits, it is nobody's own."""
        return self.is_role or self.is_via or self.is_assistant or self.is_several


_NAMED = frozenset(
    {
        Likeness.SAME, Likeness.MIDDLE, Likeness.SPELLING, Likeness.PART, Likeness.SCRIPT, Likeness.SHORT_FORM,
        Likeness.INITIAL, Likeness.SLIP,
    }
)  # fmt: skip
_OF_THE_COMPANY = frozenset({Fit.COLLEAGUES, Fit.COLLEAGUE, Fit.SLUG, Fit.WORD, Fit.INITIALS})


def compare(person: Person, seen: Seen, companies: Companies, census: Census) -> Finding:
    """Everything that is to be said of this person and this address."""
    likenesses = [likeness(person.name, reading.name) for reading in seen.readings]
    found = best(likenesses)
    bearing = [reading for reading, one in zip(seen.readings, likenesses, strict=True) if one is found]
    here = census.correspondents(person.name)
    return Finding(
        likeness=found,
        build=build(seen.local, person.name),
        fit=companies.fit(seen.domain, person.connection.company, person.name),
        traffic=_traffic(seen.correspondent),
        expected=census.expected(person.name),
        others=here - (1 if found in _NAMED and here else 0),
        namesakes=census.namesakes(person.name),
        is_mixed=found in _NAMED and any(one in {Likeness.OTHER, Likeness.FAMILY} for one in likenesses),
        is_role=seen.is_role,
        is_via=any(reading.is_via for reading in bearing),
        is_assistant=any(reading.is_assistant for reading in seen.readings),
        is_company=any(reading.is_company for reading in bearing),
        is_several=any(reading.is_several for reading in seen.readings),
        is_notified=called(person.name) in census.notified,
    )


def _traffic(correspondent: Correspondent) -> Traffic:
    if correspondent.received and correspondent.sent:
        return Traffic.BOTH
    if correspondent.sent:
        return Traffic.WRITTEN
    return Traffic.LISTED if correspondent.listed >= correspondent.received > 0 else Traffic.HEARD


def is_plausible(finding: Finding) -> bool:
    """Whether the pair is worth a confidence at all."""
    if finding.likeness in _NAMED:
        return True
    if finding.likeness in {Likeness.ALONE, Likeness.UNNAMED}:
        fits = finding.fit in _OF_THE_COMPANY or finding.fit is Fit.OWN
        return finding.build in {Build.FULL, Build.INITIAL} or (
            fits and finding.build not in {Build.NOTHING, Build.ANOTHER}
        )
    return finding.build is Build.FULL


def features(finding: Finding) -> Iterator[str]:
    """The finding in the words that have weights. Those after `:` exclude each other; the others add up."""
    yield f"name:{finding.likeness}"
    yield f"address:{finding.build}"
    yield f"domain:{Fit.COLLEAGUE if finding.fit is Fit.COLLEAGUES else finding.fit}"
    if finding.fit is Fit.COLLEAGUES:
        yield "more than one colleague"
    yield f"traffic:{finding.traffic}"
    group = "named" if finding.likeness in _NAMED else str(finding.likeness)
    place = "company" if finding.fit in _OF_THE_COMPANY else str(finding.fit)
    yield f"{group} {place}"
    yield f"{group} {finding.build}"
    yield f"{place} {finding.build}"
    for chance in CHANCES:
        if finding.expected >= chance:
            yield f"chance {chance}"
            if place != "company":
                yield f"chance {chance}, no company"
    if finding.others:
        yield "another address bears the name"
    if finding.others >= _MANY:
        yield "several other addresses bear the name"
    for flag in ("mixed", "role", "via", "assistant", "company", "notified"):
        if getattr(finding, f"is_{flag}"):
            yield flag
