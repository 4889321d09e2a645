"""Keeping what the user says of people: all of it, or nothing if any of it cannot be meant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracker.errors import UsageError
from tracker.sanitizer import one_line
from tracker.service.judging import find_person, keep_paired

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.config import Config
    from tracker.domain.connection import Connection
    from tracker.domain.marks import Mark
    from tracker.domain.message import MessageId
    from tracker.storage import Store


def find_people(store: Store, whom: Sequence[str]) -> list[Connection]:
    """The connections that these words mean, each once. Raises `UnknownPerson`, `AmbiguousPerson`."""
    everyone = store.connections(removed=True)
    return list({person.id: person for person in (find_person(everyone, who) for who in whom)}.values())


def mark_people(store: Store, config: Config, whom: Sequence[str], marks: Sequence[Mark]) -> list[Connection]:
    """Make each mark for each person; who they are. A mark on an ask may name it by any of its nudges.

    Raises `UnknownPerson`, `AmbiguousPerson`, and `UsageError` for an ask that one of them was not asked.
    """
    people = find_people(store, whom)
    if any(mark.ask is not None for mark in marks):
        keep_paired(store, config)
    wanted = [(person, _meant(store, person, mark)) for person in people for mark in marks]
    for person, mark in wanted:
        store.add_mark(person.id, mark)
    return people


def unmark_people(store: Store, whom: Sequence[str]) -> list[tuple[Connection, int]]:
    """Drop all marks of these people; how many each had. Raises `UnknownPerson`, `AmbiguousPerson`."""
    return [(person, store.clear_marks(person.id)) for person in find_people(store, whom)]


def _meant(store: Store, person: Connection, mark: Mark) -> Mark:
    """The mark with the msg-id as it is stored: what a user copies from the program's output went through a filter."""
    if mark.ask is None:
        return mark
    asks = store.evidences(only=person.id).asks.get(person.id, ())
    sent = [send.message_id for ask in asks for send in ask.sent if send.message_id is not None]
    return replace(mark, ask=_found(mark.ask, sent, person))


def _found(wanted: str, sent: Sequence[MessageId], person: Connection) -> MessageId:
    for one in sent:
        if wanted in {one, one_line(one)}:
            return one
    raise UsageError(
        f"{person.name} was asked nothing in a message {wanted!r}",
        hint=f"tracker show {person.id} --format json tells the message_id of each ask",
    )
