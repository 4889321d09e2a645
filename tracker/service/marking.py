"""Keeping what the user says of people: all of it, or nothing if any of it cannot be meant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracker.config import parse_moment
from tracker.domain.connection import only
from tracker.errors import UsageError
from tracker.sanitizer import one_line
from tracker.service.judging import find_person, keep_paired

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from tracker.config import Config
    from tracker.domain.asks import Ask
    from tracker.domain.connection import Connection
    from tracker.domain.marks import Mark
    from tracker.storage import Store


def find_people(store: Store, whom: Sequence[str]) -> list[Connection]:
    """The connections that these words mean, each once. Raises `UnknownPerson`, `AmbiguousPerson`."""
    everyone = store.connections(removed=True)
    return list({person.id: person for person in (find_person(everyone, who) for who in whom)}.values())


def mark_people(store: Store, config: Config, whom: Sequence[str], marks: Sequence[Mark]) -> list[Connection]:
    """Make each mark for each person; who they are. A mark on an ask may name it by any of its sendings.

    Raises `UnknownPerson`, `AmbiguousPerson`, and `UsageError` for an ask that one of them was not asked.
    """
    people = find_people(store, whom)
    if any(mark.ask is not None for mark in marks):
        keep_paired(store, config)
    wanted = [(person, _meant(store, config, person, mark)) for person in people for mark in marks]
    for person, mark in wanted:
        store.add_mark(person.id, mark)
    return people


def unmark_people(store: Store, whom: Sequence[str]) -> list[tuple[Connection, int]]:
    """Drop all marks of these people; how many each had. Raises `UnknownPerson`, `AmbiguousPerson`."""
    return [(person, store.clear_marks(person.id)) for person in find_people(store, whom)]


def _meant(store: Store, config: Config, person: Connection, mark: Mark) -> Mark:
    """The mark with the ask's name as it is stored: what a user copies from the output went through a filter."""
    if mark.ask is None:
        return mark
    asks = store.evidences(only(person.id)).asks.get(person.id, ())
    return replace(mark, ask=_found(mark.ask, asks, person, config.reply.zone))


def _found(wanted: str, asks: Sequence[Ask], person: Connection, zone: tzinfo) -> str:
    """The ask of which a message has this msg-id, or which was sent at this moment: not every message has an id."""
    sent = [send for ask in asks for send in ask.sent]
    for send in sent:
        if send.message_id is not None and wanted in {send.message_id, one_line(send.message_id)}:
            return send.message_id
    then = [send for send in sent if send.at.replace(microsecond=0) == _moment(wanted, zone)]
    if len(then) == 1:
        return then[0].message_id or then[0].identity
    raise UsageError(
        f"{person.name} was asked nothing in a message {wanted!r}",
        hint=f"tracker show {person.id} --format json tells the message_id and asked_at of each ask",
    )


def _moment(text: str, zone: tzinfo) -> datetime | None:
    try:
        return parse_moment(text, zone)
    except ValueError:
        return None
