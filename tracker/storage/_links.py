"""Which address is whose by the user's word, and what may be: proposals, decisions, and who writes to the mailbox."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, delete, func, insert, select

from tracker.domain.connection import ConnectionId, Provenance
from tracker.domain.linking import Correspondent
from tracker.domain.message import AddrSpec
from tracker.sanitizer import storable
from tracker.storage._messages import clean
from tracker.storage._people import touch
from tracker.storage._rows import insert_new
from tracker.storage._schema import connection_address, link_decision, mailbox, message, participant, proposal
from tracker.storage._types import UtcDateTime

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection as Database


def rejected(db: Database) -> frozenset[tuple[ConnectionId, AddrSpec]]:
    """The addresses that the user said are not these people's."""
    chosen = select(link_decision.c.connection_id, link_decision.c.addr).where(link_decision.c.accepted.is_(False))
    return frozenset((ConnectionId(number), AddrSpec(addr)) for number, addr in db.execute(chosen))


def proposals(db: Database) -> dict[ConnectionId, dict[AddrSpec, str]]:
    """Addresses that an address book gives to people of these names, by connection."""
    found: dict[ConnectionId, dict[AddrSpec, str]] = defaultdict(dict)
    for row in db.execute(select(proposal).order_by(proposal.c.connection_id, proposal.c.addr)):
        found[ConnectionId(row.connection_id)][AddrSpec(row.addr)] = row.name
    return dict(found)


def decide(db: Database, person: ConnectionId, addr: AddrSpec, *, accepted: bool, at: datetime) -> None:
    """Remember the user's word about an address, in place of an earlier one; an accepted one is the person's now."""
    here = (link_decision.c.connection_id == person) & (link_decision.c.addr == clean(addr))
    db.execute(delete(link_decision).where(here))
    db.execute(insert(link_decision).values(connection_id=person, addr=clean(addr), accepted=accepted, decided_at=at))
    theirs = (connection_address.c.connection_id == person) & (connection_address.c.addr == clean(addr))
    db.execute(delete(connection_address).where(theirs))
    if accepted:
        place = db.scalar(select(func.count()).where(connection_address.c.connection_id == person)) or 0
        row = {"connection_id": person, "addr": clean(addr), "provenance": Provenance.ACCEPTED.value, "place": place}
        insert_new(db, connection_address, [row])
    db.execute(delete(proposal).where(proposal.c.connection_id == person, proposal.c.addr == clean(addr)))
    touch(db, [person], [clean(addr)])


def withdraw(db: Database, person: ConnectionId, addr: AddrSpec) -> None:
    """Take the user's word about an address back, as if it had never been said."""
    for table in (link_decision, connection_address):
        here = (table.c.connection_id == person) & (table.c.addr == clean(addr))
        if table is connection_address:
            here &= table.c.provenance == Provenance.ACCEPTED.value
        db.execute(delete(table).where(here))
    touch(db, [person], [clean(addr)])


def correspondents(db: Database, own: Collection[AddrSpec]) -> list[Correspondent]:
    """Who wrote to the user or was written to and belongs to nobody yet, by addr-spec."""
    owned = select(connection_address.c.addr)
    mine = [storable(addr) for addr in own]
    kept = mailbox.c.addr.not_in(owned) & mailbox.c.addr.not_in(mine)
    names: dict[AddrSpec, dict[str, int]] = defaultdict(dict)
    counted = (
        select(mailbox.c.addr, mailbox.c.name, func.count())
        .join(participant, participant.c.mailbox_id == mailbox.c.id)
        .where(kept)
        .group_by(mailbox.c.id, mailbox.c.addr, mailbox.c.name)
    )
    for addr, name, count in db.execute(counted):
        names[AddrSpec(addr)][name] = count
    received = _received(db)
    sent = _sent(db, mine)
    return [
        Correspondent(
            addr=addr,
            names=tuple(name for name, _ in sorted(bearing.items(), key=lambda one: (-one[1], one[0])) if name),
            **received.get(addr, {}),
            sent=sent.get(addr, 0),
        )
        for addr, bearing in sorted(names.items())
    ]


def _received(db: Database) -> dict[AddrSpec, dict[str, Any]]:
    """By author: how many messages, how many of them to many at once, and when the last one came."""
    to_many = message.c.signals.like("%list%") | message.c.signals.like("%bulk%")
    chosen = (
        select(
            mailbox.c.addr,
            func.count(),
            func.sum(case((to_many, 1), else_=0)),
            func.max(func.coalesce(message.c.received_at, message.c.dated_at, type_=UtcDateTime), type_=UtcDateTime),
        )
        .join(message, message.c.author_id == mailbox.c.id)
        .group_by(mailbox.c.addr)
    )
    return {
        AddrSpec(addr): {
            "received": count,
            "listed": int(listed),
            "notified": count if _is_of_linkedin(addr) else 0,
            "last_seen": last,
        }
        for addr, count, listed, last in db.execute(chosen)
    }


def _is_of_linkedin(addr: str) -> bool:
    domain = addr.rpartition("@")[2]
    return domain == "linkedin.com" or domain.endswith(".linkedin.com")


def _sent(db: Database, own: Collection[str]) -> dict[AddrSpec, int]:
    """By recipient: how many messages of the user's."""
    mine = select(mailbox.c.id).where(mailbox.c.addr.in_(own))
    chosen = (
        select(mailbox.c.addr, func.count())
        .join(participant, participant.c.mailbox_id == mailbox.c.id)
        .join(message, message.c.id == participant.c.message_id)
        .where(message.c.author_id.in_(mine), mailbox.c.id.not_in(mine))
        .group_by(mailbox.c.addr)
    )
    return {AddrSpec(addr): count for addr, count in db.execute(chosen)}
