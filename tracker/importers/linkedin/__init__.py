"""LinkedIn's exports in every layout since 2012: network, messages, invitations and own addresses, lone or archived."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracker.domain.connection import profile_addr
from tracker.errors import ImportRejected
from tracker.importers import Imported, Remark
from tracker.importers._content import Content, Unusable
from tracker.importers._tables import Table, table_of
from tracker.importers.linkedin._files import Kind, contents, is_archive, kind_of
from tracker.importers.linkedin._invitations import Invitations
from tracker.importers.linkedin._letters import Letter, Skips, letters_of
from tracker.importers.linkedin._messages import NOT_TOLD, Writing, owner_of, talks_of
from tracker.importers.linkedin._names import Names
from tracker.importers.linkedin._network import Network
from tracker.importers.linkedin._own import own_addresses

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tracker.domain.message import AddrSpec, Message

_HINT = "get it from LinkedIn: Settings & Privacy > Data privacy > Get a copy of your data > Connections"


def recognises(path: Path) -> bool:
    """Whether it is an archive, or one of LinkedIn's files by its header."""
    return is_archive(path) or kind_of(path) is not None


def read(path: Path) -> Imported:
    """What the files hold, each person and message once. Raises `ImportRejected`; then nothing of it may be used.

    Messages are those between people, from and to the addresses that stand for their profiles, under the server's
    thread key of the conversation; the user's own such address is among `own`.
    """
    try:
        return _Export(contents(path)).imported()
    except Unusable as problem:
        raise ImportRejected(f"{path.name} {problem}", hint=problem.hint or _HINT) from None


class _Export:
    """The files of one export; those that others are understood by are read first."""

    def __init__(self, files: Sequence[tuple[Kind, Content]]) -> None:
        self._files = files
        self._notes: list[Remark] = []
        self._names = Names()

    def imported(self) -> Imported:
        """Everything. Raises `Unusable`."""
        network = Network()
        for _, table in self._tables(Kind.CONNECTIONS):
            network.add(table)
        self._names.add_connections(network.people.values())
        invitations = Invitations(self._names)
        for content, table in self._tables(Kind.INVITATIONS):
            invitations.add(table, content.member)
        messages, own = self._messages(invitations.own_slugs)
        profiles = tuple(
            replace(profile, invitation=invitations.found.get(profile.key)) for profile in network.people.values()
        )
        return Imported(
            profiles=profiles,
            messages=tuple(messages),
            own=(*self._own(), *own),
            invitations=invitations.found,
            skipped=tuple(network.skipped),
            notes=(*network.notes, *invitations.notes, *self._notes),
            complete=bool(profiles),
        )

    def _own(self) -> list[AddrSpec]:
        found: dict[AddrSpec, None] = {}
        for content, table in self._tables(Kind.OWN):
            addresses, notes = own_addresses(table, content.member)
            found.update(dict.fromkeys(addresses))
            self._notes += notes
        return list(found)

    def _messages(self, told: Counter[str]) -> tuple[list[Message], list[AddrSpec]]:
        """The messages of every part, each once, and the address of the user's profile if that is known."""
        parts: list[tuple[Skips, list[Letter]]] = []
        for content, table in self._tables(Kind.MESSAGES):
            skips = Skips(content.member)
            parts.append((skips, list(letters_of(table, skips))))
        letters = [letter for _, part in parts for letter in part]
        network = frozenset(self._names.displays)
        for letter in letters:
            if letter.sender:
                self._names.add(letter.sender_name, letter.sender)
        told = sum((skips.own_slugs for skips, _ in parts), start=told)
        owner = owner_of(letters, self._names, told, network)
        talks = talks_of(letters)
        if owner is not None and not self._names.knows(owner.name):
            self._names.add(owner.name, owner.slug)
        messages: dict[str, Message] = {}
        for skips, part in parts:
            if owner is not None:
                writing = Writing(owner, self._names, skips, talks)
                messages.update((message.identity, message) for message in writing.messages(part))
            else:
                for letter in part:
                    skips.add(NOT_TOLD, letter.line)
            self._notes += skips.remarks()
        return list(messages.values()), [profile_addr(owner.slug)] if owner else []

    def _tables(self, kind: Kind) -> Iterator[tuple[Content, Table]]:
        """The files of a kind. Raises `Unusable` for a network without header; another file may be left out."""
        for content in (content for its, content in self._files if its is kind):
            table = table_of(content, kind.is_header, kind.limits.rows)
            if table is not None:
                yield content, table
            elif kind is Kind.CONNECTIONS:
                raise Unusable("has no header row with First Name, Last Name and Connected On")
            else:
                self._notes.append(Remark(1, "has no header row; left out", content.member))
