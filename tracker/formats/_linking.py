"""Proposals of addresses, in a terminal and as JSON: how sure, and why in words."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from tracker.addresses import display
from tracker.domain.connection import is_profile
from tracker.formats._columns import UNNAMED
from tracker.formats._lines import ASCII, UNICODE, Line, isolated, outside
from tracker.formats._words import count, percent
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracker.domain.connection import Connection
    from tracker.domain.linking import Candidate
    from tracker.domain.message import AddrSpec
    from tracker.formats import View
    from tracker.formats._fields import Fields

    Proposals = Sequence[tuple[Connection, Candidate]]


def proposal_fields(person: Connection, one: Candidate) -> Fields:
    """One proposal."""
    return {
        "connection_id": person.id,
        "name": one_line(person.name),
        "address": one_line(place(one.correspondent.addr)),
        "confidence": round(one.confidence, 3),
        "evidence": [one_line(reason) for reason in one.evidence],
    }


def proposal_lines(proposals: Proposals, view: View) -> Iterator[Line]:
    """Each proposal with its reasons below; or that there is none."""
    if not proposals:
        yield [("There is nothing to link: nobody without an address writes to you under a name that is known.", "")]
    signs = UNICODE if view.unicode else ASCII
    for person, one in proposals:
        seen = one.correspondent
        job = ", ".join(isolated(part, signs) for part in (outside(person.position), outside(person.company)) if part)
        written = f"{count(seen.received, 'message', 'messages')} from it, {seen.sent:,} of yours to it"
        yield [(f"{person.id} ", "dim"), (isolated(outside(person.name) or UNNAMED, signs), "bold"), (f"   {job}", "")]
        yield [
            (f"   {percent(one.confidence)} %  {isolated(outside(place(seen.addr)), signs)}", ""),
            (f"   {written}", "dim"),
        ]
        for reason in one.evidence:
            yield [(f"        {isolated(outside(reason), signs)}", "dim")]
        yield []


def place(addr: AddrSpec) -> str:
    """An address in its own letters, or the profile that it stands for."""
    if is_profile(addr):
        return f"https://www.linkedin.com/in/{quote(addr.rpartition('@')[0], safe='')}"
    return display(addr)
