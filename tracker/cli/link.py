"""`tracker link`: addresses for connections that have none, accepted or rejected one at a time."""

from __future__ import annotations

import sys
from datetime import UTC
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli._options import flag, option
from tracker.cli._session import Session, now, session_of
from tracker.errors import UsageError

if TYPE_CHECKING:
    from tracker.service.linking import Proposal
    from tracker.storage import Store

KEYS = {"a": "accept", "r": "reject", "s": "skip", "u": "undo", "q": "quit"}

_ACCEPT = "Accept all that are at least so sure, such as 0.95, without asking."
_Accept = Annotated[float | None, option("--accept-above", _ACCEPT, "CONFIDENCE", min=0.5, max=1)]
_Listed = Annotated[bool, flag("--list", "Only list what may be linked.")]
_Format = Annotated[str, typer.Option("--format", metavar="FORMAT", help="Of the list: table or json.")]
_Unlink = Annotated[str, option("--unlink", "This address is not theirs; never propose it again.", "ADDRESS")]


def command(
    context: typer.Context,
    *,
    accept: _Accept = None,
    listed: _Listed = False,
    format_name: _Format = "table",
    unlink: _Unlink = "",
) -> None:
    """Find addresses for people who have none.

    Who wrote to you under their name? You have the last word.
    """
    from tracker.cli._keys import has_person
    from tracker.formats import proposals_format
    from tracker.service.linking import propose

    proposals_format(format_name)
    if unlink and (accept is not None or listed):
        raise UsageError("--unlink goes with no other option", hint="run the commands one after the other")
    session = session_of(context)
    config = session.load_config()
    with session.open_store(config) as store:
        if unlink:
            _unlink(session, store, unlink)
            return
        proposals = propose(store, config)
        if accept is not None:
            _accept(session, store, proposals, accept)
        elif listed or format_name == "json" or not proposals or not has_person():
            _list(proposals, format_name)
        else:
            _go_through(session, store, proposals)


def _unlink(session: Session, store: Store, address: str) -> None:
    from tracker.service.linking import unlink

    for person in unlink(store, address, now()):
        session.say(f"{person.id} {person.name}: {address} is not theirs any more")


def _accept(session: Session, store: Store, proposals: list[Proposal], least: float) -> None:
    from tracker.service.linking import accept_above

    accepted = accept_above(store, proposals, least, now())
    for one in accepted:
        addr = one.candidate.correspondent.addr
        session.say(f"{one.person.id} {one.person.name}: {addr}  (tracker link --unlink {addr} takes it back)")
    session.say(f"{len(accepted)} accepted, {len(proposals) - len(accepted)} others left")


def _list(proposals: list[Proposal], format_name: str) -> None:
    from tracker.cli._output import view_for, write
    from tracker.formats import proposals_format

    pairs = [(one.person, one.candidate) for one in proposals]
    write(proposals_format(format_name).render_proposals(pairs, view_for(None, UTC)), None)


def _go_through(session: Session, store: Store, proposals: list[Proposal]) -> None:
    """One proposal after the other; every decision is stored at once, so that Ctrl-C loses nothing."""
    from tracker.cli._keys import ask_key
    from tracker.service.linking import decide

    place, decided, linked = 0, list[int](), set[int]()
    while place < len(proposals):
        one = proposals[place]
        if one.person.id in linked and place not in decided:
            place += 1  # somebody who has an address now needs no other
            continue
        sys.stdout.write(f"-- {place + 1} of {len(proposals)} --\n")
        _list([one], "table")
        key = ask_key(KEYS)
        if key in {"a", "r"}:
            decide(store, one, accepted=key == "a", now=now())
            decided.append(place)
            linked |= {one.person.id} if key == "a" else set()
        if key in {"a", "r", "s"}:
            place += 1
        elif key == "u" and decided:
            place = decided.pop()
            store.withdraw_link(proposals[place].person.id, proposals[place].candidate.correspondent.addr)
            linked.discard(proposals[place].person.id)
        elif key == "q":
            break
    session.say(f"{len(decided)} decided, {len(linked)} of them linked")
