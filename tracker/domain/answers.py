"""What became of the asks: answers, bystanders, absence notes and doubtful messages.

Every function here writes the facts that it finds into the open asks; none looks at a threshold.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING

from tracker.domain.asks import PAUSE, Evidence, Rung
from tracker.domain.joining import plain_name
from tracker.domain.kind import MessageKind
from tracker.domain.ladder import Ladder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from tracker.domain.connection import AddressBook, ConnectionId
    from tracker.domain.letters import Letter
    from tracker.domain.message import AddrSpec, MessageId
    from tracker.domain.openasks import OpenAsk


def hear(asks: Sequence[OpenAsk], inbound: Iterable[Letter], stored: Collection[MessageId]) -> None:
    """Climb the ladder for one connection: its `asks` and what came from it, both in the order of time."""
    ladder = Ladder(asks)
    uncleared: list[OpenAsk] = []
    waiting = list(reversed(asks))
    latest: OpenAsk | None = None
    for letter in inbound:
        while waiting and waiting[-1].asked_at < letter.at:
            latest = waiting.pop()
            uncleared.append(latest)
        if not letter.is_human:
            continue
        named = ladder.climb(letter)
        for ask, rung in named:
            ask.answer(_evidence(letter, rung, f"by {rung.value}"))
        if not is_to_the_user(letter, ladder.ids):
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
    if letter.names_me or not letter.is_list_mail:
        return True
    message = letter.message
    return any(msg_id in named for msg_id in (*message.in_reply_to, *message.references))


def _is_word_to_the_user(letter: Letter, stored: Collection[MessageId]) -> bool:
    """Whether a message that names no ask may still be its answer: personal, and not an answer to something else."""
    names_another = any(parent in stored for parent in letter.message.parents)
    return letter.names_me and not letter.is_list_mail and not names_another


def doubt(asks: Sequence[OpenAsk], inbound: Sequence[Letter]) -> None:
    """Note absence notes and messages that may be a machine's, of one connection."""
    notes = [letter for letter in inbound if letter.kind is MessageKind.AUTO_REPLY]
    doubtful = [letter for letter in inbound if letter.kind is MessageKind.UNCERTAIN]
    farewells = [letter for letter in inbound if letter.is_farewell]
    doubtful_at = [letter.at for letter in doubtful]
    for ask in asks:
        note = bisect_left(notes, ask.asked_at - PAUSE, key=lambda letter: letter.at)
        if note < len(notes):
            ask.away_at = notes[note].at
            ask.rules["away"] = notes[note].rule
        ask.retired = _retired(ask, farewells)
        if ask.retired:
            ask.rules["retired_address"] = "retired_subject"
        after = bisect_right(doubtful_at, ask.asked_at)
        if after < len(doubtful):
            _suspect(ask, doubtful[after], doubtful[after].rule)
    _note_late_notes(asks, notes)


def _suspect(ask: OpenAsk, letter: Letter, rule: str) -> None:
    if ask.uncertain is None or letter.at < ask.uncertain.at:
        ask.uncertain = _evidence(letter, Rung.PERSON, rule)


def _note_late_notes(asks: Sequence[OpenAsk], notes: Iterable[Letter]) -> None:
    """An absence note is written when a message comes in: one that names an ask late says that it was late."""
    first = {msg_id: ask for ask in asks for msg_id, send in ask.names.items() if send is ask.sends[0]}
    for note in notes:
        for msg_id in (*note.message.in_reply_to, *note.message.references):
            if msg_id in first:
                _delayed(first[msg_id], note)


def _delayed(ask: OpenAsk, note: Letter) -> None:
    if ask.delayed_at is None or note.at < ask.delayed_at:
        ask.delayed_at = note.at
        ask.rules["delivery_delayed"] = "their absence note came when it did"


def _retired(ask: OpenAsk, farewells: Iterable[Letter]) -> dict[AddrSpec, datetime]:
    """For each address of the ask, the earliest note after it, or less than a pause before it, that nobody reads it."""
    found: dict[AddrSpec, datetime] = {}
    for letter in farewells:
        author = letter.message.author
        if author is not None and letter.at >= ask.asked_at - PAUSE:
            found.setdefault(author.addr, letter.at)
    return found


def witness(
    asks: Sequence[OpenAsk], thread: Sequence[Letter], book: AddressBook, stored: Collection[MessageId]
) -> None:
    """Note what others did in a thread after its `asks`: answered in a person's stead, or named what was never read."""
    if not asks or len(thread) == 1:
        return  # nothing came after them
    answering = [(letter.at, parents) for letter in thread if (parents := letter.message.parents)]
    orphans = [at for at, parents in answering if not all(parent in stored for parent in parents)]
    words = [letter for letter in thread if letter.is_human and not letter.is_mine]
    machines = list(_machines_elsewhere(thread))
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
            if machine := next((letter for letter in machines if letter.at > ask.asked_at), None):
                _suspect(ask, machine, "a machine's answer from an address that it did not go to")
            ask.by_other_at = _next(stand_ins, ask.asked_at)
            after = bisect_right(namesakes, ask.asked_at, key=lambda letter: letter.at)
            if after < len(namesakes):
                rule = "the same name from another address, in this thread"
                ask.human = _evidence(namesakes[after], Rung.PERSON, rule)


_MACHINES = (MessageKind.AUTO_REPLY, MessageKind.AUTO_OTHER, MessageKind.UNCERTAIN)


def _machines_elsewhere(thread: Sequence[Letter]) -> Iterator[Letter]:
    """What a machine answered to the user from where the user wrote to nobody: that is where the mail was sent on."""
    found = [letter for letter in thread if letter.kind in _MACHINES and not letter.is_mine and not letter.owners]
    if not found:
        return
    sent = {msg_id: letter.message for letter in thread if letter.is_mine for msg_id in letter.message.names}
    for letter in found:
        author = letter.message.author
        if author is None:
            continue
        named = [sent[name] for name in (*letter.message.in_reply_to, *letter.message.references) if name in sent]
        if named and not any(author.addr == address.addr for one in named for address in one.recipients):
            yield letter


def _next(moments: Sequence[datetime], after: datetime) -> datetime | None:
    """The first of the `moments` (sorted) that comes `after` another."""
    place = bisect_right(moments, after)
    return moments[place] if place < len(moments) else None


def _bears_name(letter: Letter, book: AddressBook, person: ConnectionId) -> bool:
    author = letter.message.author
    return author is not None and plain_name(author.name) == plain_name(book.connections[person].name) != ""


def _evidence(letter: Letter, rung: Rung, rule: str) -> Evidence:
    return Evidence(
        identity=letter.message.identity,
        message_id=letter.message.message_id,
        at=letter.at,
        kind=letter.kind,
        rung=rung,
        rule=rule,
        hidden_in=letter.hidden_in,
    )
