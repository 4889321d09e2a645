"""Which outbound message asks whom, and which inbound one answers it.

A pure function of the stored facts: the order in which messages came, copies and repeated readings change nothing.
Clear by person, measure by thread: any later human message of a person ends their open asks, but only one that names
the ask tells how long the answer took.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tracker.domain import answers
from tracker.domain.asks import Pairing, Rules
from tracker.domain.bounces import bounce
from tracker.domain.letters import letters
from tracker.domain.openasks import ThreadReader
from tracker.domain.threads import threads

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from tracker.domain.connection import AddressBook, ConnectionId
    from tracker.domain.letters import Letter
    from tracker.domain.message import Message
    from tracker.domain.openasks import OpenAsk


def pair(
    messages: Iterable[Message],
    book: AddressBook,
    rules: Rules,
    scope: Collection[ConnectionId] | None = None,
) -> Pairing:
    """The asks to the connections in `scope` (None: all), oldest first, and when each of these people was heard.

    `messages` must hold all mail by or to them, closed over threads, and all bounces; more does no harm.
    """
    post = letters(messages, book)
    stored = frozenset(name for letter in post for name in letter.message.names)
    chosen = frozenset(book.connections if scope is None else scope)
    by_author = _by_author(post, chosen)
    asks: dict[ConnectionId, list[OpenAsk]] = defaultdict(list)
    for thread in threads(post, lambda letter: letter.message):
        found = ThreadReader(book, rules, chosen, stored, by_author).read(thread) if _is_asking(thread) else []
        for ask in found:
            asks[ask.connection].append(ask)
        answers.witness(found, thread, book, stored)
    heard = {}
    for person, inbound in by_author.items():
        own = sorted(asks.get(person, ()), key=lambda ask: (ask.asked_at, ask.sends[0].identity))
        answers.hear(own, inbound, stored)
        answers.doubt(own, inbound)
        named = {msg_id for ask in own for msg_id in ask.names}
        heard[person] = tuple(
            letter.at for letter in inbound if letter.is_human and answers.is_to_the_user(letter, named)
        )
    every = [ask for own in asks.values() for ask in own]
    bounce(every, post)
    finished = (ask.finish() for ask in every)
    return Pairing(tuple(sorted(finished, key=lambda ask: (ask.asked_at, ask.identity, ask.connection))), heard)


def _is_asking(thread: Iterable[Letter]) -> bool:
    """Whether anything in it may be an ask: the other threads of a large mailbox are many."""
    return any(letter.is_mine for letter in thread)


def _by_author(post: Iterable[Letter], chosen: Collection[ConnectionId]) -> dict[ConnectionId, list[Letter]]:
    found: dict[ConnectionId, list[Letter]] = defaultdict(list)
    for letter in post:
        for person in letter.owners:
            if person in chosen:
                found[person].append(letter)
    return found
