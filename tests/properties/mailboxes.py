"""Whole mailboxes for Hypothesis: people, threads, answers to messages that exist, machines, copies and wrong clocks.

Every event after the first looks at what was written before it, so that answers answer something, nudges nudge and
bounces return. A mailbox knows what is true of it by construction: who answered which message.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.properties.writing import EVENTS, MINE, START, Answer, Writer, write_ask
from tracker.domain.connection import AddressBook, Connection, ConnectionId
from tracker.domain.copies import of_copies
from tracker.domain.message import AddrSpec, Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True)
class Mailbox:
    """A mailbox with its owner and their network. `copies` are in order of writing, some of them copies of others."""

    mine: tuple[AddrSpec, ...]
    people: tuple[Connection, ...]
    copies: tuple[Message, ...]
    events: tuple[str, ...]
    answers: tuple[Answer, ...]

    @property
    def messages(self) -> list[Message]:
        """Each message once."""
        return merged(self.copies)

    @property
    def book(self) -> AddressBook:
        """Whose address is whose."""
        return AddressBook.of(self.people, mine=self.mine)

    @property
    def starts_at(self) -> datetime:
        """The first moment of all."""
        stamps = [stamp for copy in self.copies for stamp in (copy.dated_at, copy.received_at) if stamp is not None]
        return min(stamps, default=self.ends_at)

    @property
    def ends_at(self) -> datetime:
        """A moment after everything."""
        stamps = [stamp for copy in self.copies for stamp in (copy.dated_at, copy.received_at) if stamp is not None]
        return max(stamps, default=START) + timedelta(days=1)


def merged(copies: Iterable[Message]) -> list[Message]:
    """One message an identity, as the store keeps it."""
    found: dict[str, Message] = {}
    for copy in copies:
        known = found.get(copy.identity)
        found[copy.identity] = copy if known is None else of_copies(known, copy)
    return list(found.values())


def every_day(mailbox: Mailbox) -> dict[AddrSpec, tuple[date, ...]]:
    """Days of receiving of a mailbox into which something comes every day."""
    first = (START - timedelta(days=500)).date()
    days = tuple(first + timedelta(days=number) for number in range(1500))
    return dict.fromkeys(mailbox.mine, days)


def days_of(messages: Iterable[Message], mine: Sequence[AddrSpec]) -> dict[AddrSpec, tuple[date, ...]]:
    """Days on which an inbound message named each of the user's addresses."""
    found: dict[AddrSpec, set[date]] = {}
    for message in messages:
        if message.arrived_at is not None and (message.author is None or message.author.addr not in mine):
            for address in message.recipients:
                if address.addr in mine:
                    found.setdefault(address.addr, set()).add(message.arrived_at.date())
    return {addr: tuple(sorted(days)) for addr, days in found.items()}


_NEEDS_WORD = frozenset({"thanks", "elsewhere"})
_NEEDS_NOTHING = frozenset({"ask", "word", "copy", "clock", "joins"})
_CHOICES = [name for name, (weight, _) in EVENTS.items() for _ in range(weight)]


@st.composite
def mailboxes(draw: st.DrawFn, *, most: int = 18, without: frozenset[str] = frozenset()) -> Mailbox:
    """A mailbox of at most `most` events, none of them `without`."""
    mine = MINE[: draw(st.integers(1, 2))]
    writer = Writer(draw, mine, draw(networks()))
    choices = st.sampled_from([name for name in _CHOICES if name not in without])
    write_ask(writer)
    for _ in range(draw(st.integers(6, most))):
        name = draw(choices)
        there = writer.received() if name in _NEEDS_WORD else writer.sent()
        if not there and name not in _NEEDS_NOTHING:
            name = "ask"
        EVENTS[name][1](writer)
        writer.events.append(name)
    return Mailbox(mine, writer.people, tuple(writer.copies), tuple(writer.events), tuple(writer.answers))


@st.composite
def networks(draw: st.DrawFn) -> tuple[Connection, ...]:
    """One to five people with one to three addresses each; now and then two share one."""
    people = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        addresses = tuple(AddrSpec(f"p{number}@{place}.example") for place in "abc"[: draw(st.integers(1, 3))])
        shared = (AddrSpec("p1@a.example"),) if number > 1 and draw(st.integers(0, 9)) == 9 else ()
        people.append(Connection(ConnectionId(number), f"Person {number}", addresses=(*addresses, *shared)))
    return tuple(people)
