"""Why an address may be somebody's, in words for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.linking._domains import Fit
from tracker.linking._evidence import COMMON, RARE, Finding, Traffic
from tracker.linking._likeness import Likeness
from tracker.linking._local_parts import Build
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.linking._people import Person, Seen

_LIKENESS = {
    Likeness.SAME: "the same name",
    Likeness.MIDDLE: "the same first and last name",
    Likeness.SPELLING: "the same name, spelt differently",
    Likeness.PART: "the same name, not all of it",
    Likeness.SCRIPT: "the same name in another script",
    Likeness.SHORT_FORM: "a short form of the name",
    Likeness.INITIAL: "the same last name and initial",
    Likeness.SLIP: "the same name but for one letter",
    Likeness.ALONE: "only one of the names is given",
    Likeness.UNNAMED: "no name is given",
    Likeness.FAMILY: "the same last name, another first name: a relative?",
    Likeness.OTHER: "another name is given",
}
_BUILD = {
    Build.FULL: "the address is built from the name ({local})",
    Build.INITIAL: "the address is built from the name and an initial ({local})",
    Build.GIVEN: "the address is the first name ({local})",
    Build.FAMILY: "the address is the last name ({local})",
    Build.ANOTHER: "the address is built from another name ({local})",
}
_FIT = {
    Fit.COLLEAGUES: "other people of {company} write from {domain}",
    Fit.COLLEAGUE: "somebody else of {company} writes from {domain}",
    Fit.SLUG: "{domain} is called like {company}",
    Fit.WORD: "{domain} is called much like {company}",
    Fit.INITIALS: "{domain} has the initials of {company}",
    Fit.OWN: "{domain} bears the last name",
    Fit.ELSEWHERE: "people of another company write from {domain}",
}


def words(person: Person, seen: Seen, finding: Finding) -> tuple[str, ...]:
    """The evidence of a candidate, what weighs most first."""
    named = {
        "company": one_line(person.connection.company),
        "local": one_line(seen.local),
        "domain": one_line(seen.domain),
    }
    told = [_LIKENESS[finding.likeness], *_of_the_writer(finding)]
    told += [_BUILD[finding.build].format(**named)] if finding.build in _BUILD else []
    told += [_FIT[finding.fit].format(**named)] if finding.fit in _FIT else []
    return (*told, *_of_the_name(person, finding), *_of_the_mail(seen, finding))


def _of_the_writer(finding: Finding) -> Iterator[str]:
    if finding.is_role:
        yield "a role address or a list, not a person's"
    if finding.is_via:
        yield "the name came through a list, the address is the list's"
    if finding.is_assistant:
        yield "somebody writes for this person"
    if finding.is_company:
        yield "a company writes under a first name"
    if finding.is_several:
        yield "several people share the address"
    if finding.is_mixed:
        yield "the address bears other names too"


def _of_the_name(person: Person, finding: Finding) -> Iterator[str]:
    if not person.name.is_full:
        return
    if finding.namesakes == 0:
        yield "nobody else of your connections is called so"
    elif finding.namesakes == 1:
        yield f"another connection is called {one_line(person.connection.name)} too"
    else:
        yield f"{finding.namesakes} other connections are called {one_line(person.connection.name)} too"
    if finding.others:
        yield (
            "another address bears the name"
            if finding.others == 1
            else f"{finding.others} other addresses bear the name"
        )
    if finding.expected < RARE:
        yield "a rare name"
    elif finding.expected >= COMMON:
        yield "a common name"
    if finding.is_notified:
        yield "LinkedIn notified you of messages from this name"


def _of_the_mail(seen: Seen, finding: Finding) -> Iterator[str]:
    received, sent = seen.correspondent.received, seen.correspondent.sent
    last_seen = seen.correspondent.last_seen
    last = "" if last_seen is None else f", last on {last_seen.date()}"
    if finding.traffic is Traffic.BOTH:
        yield f"you wrote to each other ({received} received{last}, {sent} sent)"
    elif finding.traffic is Traffic.LISTED:
        yield "writes through lists or in bulk only"
    elif finding.traffic is Traffic.WRITTEN:
        yield f"you wrote there {_times(sent)}, nothing came back" if sent else "nothing was ever sent or received"
    else:
        yield f"wrote to you {_times(received)}{last}"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
