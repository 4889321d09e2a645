"""What became of the asks: the ladder of answers, bystanders, absence notes, doubtful messages and bounces.

Every function here writes the facts that it finds into the open asks; none looks at a threshold.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from tracker.domain.asks import Evidence, Rung
from tracker.domain.kind import MessageKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from tracker.domain.asks import Send
    from tracker.domain.connection import AddressBook, ConnectionId
    from tracker.domain.letters import Letter
    from tracker.domain.message import AddrSpec, MessageId
    from tracker.domain.openasks import OpenAsk

PAUSE = timedelta(days=30)
"""How long an absence note speaks for its sender."""

BOUNCE_WAIT = timedelta(days=7)
"""A bounce that names no message is about the latest one sent to its failed recipient within this time."""

BOUNCE_NEAR = timedelta(hours=24)
"""A bounce that says nothing at all may be about any message sent within this time before it."""


def hear(asks: Sequence[OpenAsk], inbound: Iterable[Letter], stored: Collection[MessageId]) -> None:
    """Climb the ladder for one connection: its `asks` and what came from it, both in the order of time."""
    by_id = {msg_id: ask for ask in asks for msg_id in ask.names}
    uncleared: list[OpenAsk] = []
    waiting = list(reversed(asks))
    latest: OpenAsk | None = None
    for letter in inbound:
        while waiting and waiting[-1].asked_at < letter.at:
            latest = waiting.pop()
            uncleared.append(latest)
        if not letter.is_human:
            continue
        named = _named(letter, by_id)
        for ask, rung in named:
            ask.answer(_evidence(letter, rung, f"{rung.value} names it"))
        if not is_to_the_user(letter, by_id):
            continue
        if latest is not None and not named and _is_word_to_the_user(letter, stored):
            latest.person = latest.person or _evidence(
                letter, Rung.PERSON, "their next message, in no thread of others"
            )
        for ask in uncleared:
            if ask.human is None or letter.at < ask.human.at:
                ask.human = _evidence(letter, Rung.PERSON, "a later message of theirs")
        uncleared.clear()


def is_to_the_user(letter: Letter, named: Collection[MessageId]) -> bool:
    """Whether an inbound message was meant for the user: mail through a list only if it names them or their message."""
    if not letter.is_list_mail or letter.names_me:
        return True
    message = letter.message
    return any(msg_id in named for msg_id in (*message.in_reply_to, *message.references))


def _named(letter: Letter, by_id: dict[MessageId, OpenAsk]) -> list[tuple[OpenAsk, Rung]]:
    """The asks that a message names on the highest rung that holds."""
    answered = {id(ask): ask for msg_id in letter.message.in_reply_to if (ask := by_id.get(msg_id))}
    if answered:
        return [(ask, Rung.IN_REPLY_TO) for ask in answered.values()]
    referenced = [ask for msg_id in letter.message.references if (ask := by_id.get(msg_id))]
    preceding = [ask for ask in referenced if ask.asked_at <= letter.at] or referenced
    if not preceding:
        return []
    return [(max(preceding, key=lambda ask: (ask.asked_at, ask.sends[0].identity)), Rung.REFERENCES)]


def _is_word_to_the_user(letter: Letter, stored: Collection[MessageId]) -> bool:
    """Whether a message that names no ask may still be its answer: personal, and not an answer to something else."""
    names_another = any(parent in stored for parent in letter.message.parents)
    return letter.names_me and not letter.is_list_mail and not names_another


def doubt(asks: Sequence[OpenAsk], inbound: Sequence[Letter]) -> None:
    """Note absence notes and messages that may be a machine's, of one connection."""
    notes = [letter.at for letter in inbound if letter.kind is MessageKind.AUTO_REPLY]
    doubtful = [letter for letter in inbound if letter.kind is MessageKind.UNCERTAIN]
    doubtful_at = [letter.at for letter in doubtful]
    for ask in asks:
        note = bisect_left(notes, ask.asked_at - PAUSE)
        ask.away_at = notes[note] if note < len(notes) else None
        after = bisect_right(doubtful_at, ask.asked_at)
        if after < len(doubtful):
            ask.uncertain = _evidence(doubtful[after], Rung.PERSON, doubtful[after].rule)


def witness(
    asks: Sequence[OpenAsk], thread: Sequence[Letter], book: AddressBook, stored: Collection[MessageId]
) -> None:
    """Note what others did in a thread after its `asks`: answered in a person's stead, or named what was never read."""
    orphans = [letter.at for letter in thread if any(parent not in stored for parent in letter.message.parents)]
    words = [letter for letter in thread if letter.is_human and not letter.is_mine]
    by_person: dict[ConnectionId, list[OpenAsk]] = defaultdict(list)
    for ask in asks:
        ask.orphaned_at = _next(orphans, ask.asked_at)
        by_person[ask.connection].append(ask)
    for person, own in by_person.items():
        others = [letter for letter in words if person not in letter.owners]
        namesakes = [letter for letter in others if not letter.owners and _bears_name(letter, book, person)]
        known = {letter.message.identity for letter in namesakes}
        stand_ins = [letter.at for letter in others if letter.names_me and letter.message.identity not in known]
        for ask in own:
            ask.by_other_at = _next(stand_ins, ask.asked_at)
            after = bisect_right(namesakes, ask.asked_at, key=lambda letter: letter.at)
            if after < len(namesakes):
                rule = "the same name from another address, in this thread"
                ask.human = _evidence(namesakes[after], Rung.PERSON, rule)


def _next(moments: Sequence[datetime], after: datetime) -> datetime | None:
    """The first of the `moments` (sorted) that comes `after` another."""
    place = bisect_right(moments, after)
    return moments[place] if place < len(moments) else None


def _bears_name(letter: Letter, book: AddressBook, person: ConnectionId) -> bool:
    author = letter.message.author
    return author is not None and _plain(author.name) == _plain(book.connections[person].name) != ""


def _plain(name: str) -> str:
    """A display name for comparing: "Doe, Jane" is "Jane Doe"."""
    last, comma, first = name.partition(",")
    return " ".join(f"{first} {last}".split() if comma else name.split()).casefold()


def bounce(asks: Sequence[OpenAsk], post: Sequence[Letter]) -> None:
    """Tell which sendings came back, and which may have."""
    sent = sorted(
        ((send, ask) for ask in asks for send in ask.sends),
        key=lambda pair: (pair[0].at, pair[0].identity, pair[1].connection),
    )
    by_id: dict[MessageId, list[tuple[Send, OpenAsk]]] = defaultdict(list)
    for ask in asks:
        for msg_id, send in ask.names.items():
            by_id[msg_id].append((send, ask))
    mine = {msg_id: letter.message for letter in post if letter.is_mine for msg_id in letter.message.names}
    for letter in post:
        if letter.is_bounce and not letter.is_mine:
            named = [msg_id for msg_id in (*letter.message.in_reply_to, *letter.message.references) if msg_id in mine]
            if named:
                written_to = {address.addr for msg_id in named for address in mine[msg_id].recipients}
                _returned(letter, [pair for msg_id in named for pair in by_id.get(msg_id, ())], written_to)
            else:
                _guess(letter, sent)


def _returned(letter: Letter, named: list[tuple[Send, OpenAsk]], written_to: Collection[AddrSpec]) -> None:
    """Note a bounce of sendings that it names, which went to the addresses `written_to`."""
    failed = letter.message.failed
    # It may tell of nobody, or of an address that a recipient forwards to: any of them may be meant.
    is_clear = any(addr in written_to for addr in failed)
    for send, ask in named:
        if not is_clear:
            ask.undeliverable_at = ask.undeliverable_at or letter.at
        elif send.to in failed:
            ask.bounces.setdefault(send.identity, letter.at)


def _guess(letter: Letter, sent: list[tuple[Send, OpenAsk]]) -> None:
    """Note a bounce that names no message of the user's."""
    failed = letter.message.failed
    if failed:
        hit = [(send, ask) for send, ask in _lately(sent, letter.at, BOUNCE_WAIT) if send.to in failed]
        for send, ask in _latest_each(hit):
            ask.bounces.setdefault(send.identity, letter.at)
    else:
        for _, ask in _lately(sent, letter.at, BOUNCE_NEAR):
            ask.undeliverable_at = ask.undeliverable_at or letter.at


def _latest_each(pairs: Iterable[tuple[Send, OpenAsk]]) -> Iterable[tuple[Send, OpenAsk]]:
    """The latest sending to each address of each connection, whoever else is looked at."""
    return {(send.to, ask.connection): (send, ask) for send, ask in pairs}.values()


def _lately(sent: list[tuple[Send, OpenAsk]], at: datetime, within: timedelta) -> list[tuple[Send, OpenAsk]]:
    first = bisect_left(sent, at - within, key=lambda pair: pair[0].at)
    last = bisect_right(sent, at, key=lambda pair: pair[0].at)
    return sent[first:last]


def _evidence(letter: Letter, rung: Rung, rule: str) -> Evidence:
    return Evidence(
        identity=letter.message.identity,
        message_id=letter.message.message_id,
        at=letter.at,
        kind=letter.kind,
        rung=rung,
        rule=rule,
    )
