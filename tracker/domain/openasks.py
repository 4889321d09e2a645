"""Asks while their facts are being gathered, thread by thread: what is an ask, what is a nudge, what a last word."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING

from tracker.domain.asks import EXACT, SKEW, Ask, Channel, Rules, Send
from tracker.domain.connection import is_profile
from tracker.domain.kind import MessageKind
from tracker.domain.letters import Addressee, Letter, addressees
from tracker.domain.subjects import is_answer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from tracker.domain.asks import Evidence, Rung
    from tracker.domain.connection import AddressBook, ConnectionId
    from tracker.domain.message import AddrSpec, MessageId

REST = timedelta(days=30)
"""A thread that rested for this long is over as far as asks and nudges go: what follows starts a new one."""


_RUNGS = tuple(product(EXACT, (True, False)))


@dataclass(slots=True)
class OpenAsk:
    """An ask whose facts are not complete yet; `tracker.domain.asks.Ask` says what each means."""

    connection: ConnectionId
    subject: str
    reply_to: AddrSpec
    sends: list[Send] = field(default_factory=list)
    names: dict[MessageId, Send] = field(default_factory=dict)
    thread_keys: set[str] = field(default_factory=set)
    thread_indices: set[str] = field(default_factory=set)
    last_word: bool = False
    group: bool = False
    exact: dict[tuple[Rung, bool], Evidence] = field(default_factory=dict)
    bounces: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    retired: dict[AddrSpec, datetime] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)
    person: Evidence | None = None
    human: Evidence | None = None
    uncertain: Evidence | None = None
    by_other_at: datetime | None = None
    away_at: datetime | None = None
    delayed_at: datetime | None = None
    undeliverable_at: datetime | None = None
    orphaned_at: datetime | None = None

    @property
    def asked_at(self) -> datetime:
        """When it was first asked."""
        return self.sends[0].at

    def answer(self, reply: Evidence) -> None:
        """Add an exact reply; those that the clocks put before the ask do not displace the others."""
        self.exact.setdefault((reply.rung, reply.at < self.asked_at - SKEW), reply)

    def send(self, letter: Letter, addressee: Addressee) -> None:
        """Add a sending of it. Any of its message's ids may be named by an answer."""
        message = letter.message
        sent = Send(
            identity=message.identity,
            message_id=message.message_id,
            to=addressee.addr,
            at=letter.at,
            at_latest=message.sent_at_latest or letter.at,
        )
        self.sends.append(sent)
        self.names.update(dict.fromkeys(message.names, sent))
        self.thread_keys.update(message.thread_keys)
        if message.thread_index:
            self.thread_indices.add(message.thread_index)

    def finish(self) -> Ask:
        """The ask with all its facts."""
        return Ask(
            connection=self.connection,
            channel=Channel.LINKEDIN if is_profile(self.sends[0].to) else Channel.EMAIL,
            subject=self.subject,
            sent=tuple(map(self._with_its_fate, self.sends)),
            reply_to=self.reply_to,
            last_word=self.last_word,
            group=self.group,
            exact=tuple([self.exact[key] for key in _RUNGS if key in self.exact]) if self.exact else (),
            person=self.person,
            human=self.human,
            uncertain=self.uncertain,
            by_other_at=self.by_other_at,
            away_at=self.away_at,
            delayed_at=self.delayed_at,
            undeliverable_at=self.undeliverable_at,
            orphaned_at=self.orphaned_at,
            rules=tuple(sorted(self.rules.items())),
        )

    def _with_its_fate(self, send: Send) -> Send:
        if not (self.bounces or self.retired):
            return send
        bounced_at, status = self.bounces.get(send.identity, (None, ""))
        return replace(send, bounced_at=bounced_at, status=status, retired_at=self.retired.get(send.to))


@dataclass(slots=True)
class ThreadReader:
    """Reads one thread in the order of time and finds its asks to the connections in `scope`.

    stored    the msg-ids of all stored messages
    inbound   what each connection wrote, in any thread
    open      for each connection the ask that a further message would be a nudge of
    spoke     what each connection wrote since the user's last message to them
    is_first  whether nothing of the thread was read before the message that is looked at
    """

    book: AddressBook
    rules: Rules
    scope: Collection[ConnectionId]
    stored: Collection[MessageId]
    inbound: Mapping[ConnectionId, Sequence[Letter]] = field(default_factory=dict)
    found: list[OpenAsk] = field(default_factory=list)
    open: dict[ConnectionId, OpenAsk] = field(default_factory=dict)
    spoke: dict[ConnectionId, list[Letter]] = field(default_factory=dict)
    is_first: bool = True

    def read(self, thread: Iterable[Letter]) -> list[OpenAsk]:
        """The asks of the thread, in their order."""
        previous: datetime | None = None
        for letter in thread:
            if previous is not None and letter.at - previous > REST:
                self.open.clear()
                self.spoke.clear()
            self.is_first, previous = previous is None, letter.at
            if letter.can_ask:
                self._outbound(letter)
            elif letter.is_human or letter.kind is MessageKind.UNCERTAIN:
                self._inbound(letter)
        return self.found

    def _inbound(self, letter: Letter) -> None:
        """What came in is the word of its author, and of whoever gets the answer to what a relay or a form wrote."""
        for person in (*letter.owners, *letter.deputed_by):
            self.spoke.setdefault(person, []).append(letter)
            self.open.pop(person, None)

    def _outbound(self, letter: Letter) -> None:
        people = addressees(letter.message, self.book, max_recipients=self.rules.max_recipients)
        for addressee in people:
            if addressee.connection in self.scope:
                self._sent(letter, addressee)
            self.spoke.pop(addressee.connection, None)

    def _sent(self, letter: Letter, addressee: Addressee) -> None:
        """The table of what an outbound message is to one of its addressees: the first row that holds."""
        person = addressee.connection
        if self._answers_a_word(letter, person):
            self._begin(letter, addressee, last_word="they wrote before it in the thread")
        elif not self._is_stored(letter):
            self._begin(letter, addressee, last_word="it answers a message that was never read")
        elif self.is_first and self._answers_unnamed(letter, person):
            self._begin(letter, addressee, last_word="it answers a message that it does not name")
        elif not addressee.is_asked:
            in_to = any(address.addr == addressee.addr for address in letter.message.to)
            self._begin(letter, addressee, group="it went to several people" if in_to else "they stand in copy")
        elif person in self.open:
            self.open[person].send(letter, addressee)
        else:
            self._begin(letter, addressee)

    def _begin(self, letter: Letter, addressee: Addressee, *, last_word: str = "", group: str = "") -> None:
        """Open an ask; `last_word` and `group` are the rules that make it for-only, empty if they do not."""
        message = letter.message
        own = message.reply_to[:1] or ((message.author.addr,) if message.author else ())
        ask = OpenAsk(
            connection=addressee.connection,
            subject=message.subject,
            reply_to=own[0],
            last_word=bool(last_word),
            group=bool(group),
            rules={reason: rule for reason, rule in (("last_word", last_word), ("group", group)) if rule},
        )
        ask.send(letter, addressee)
        self.found.append(ask)
        if not group:
            self.open[addressee.connection] = ask

    def _answers_a_word(self, letter: Letter, person: ConnectionId) -> bool:
        """Whether the person wrote before; a word that names this very message only seems to, by a wrong clock."""
        words = self.spoke.get(person)
        if not words:
            return False
        names = set(letter.message.names)
        return any(names.isdisjoint((*word.message.in_reply_to, *word.message.references)) for word in words)

    def _answers_unnamed(self, letter: Letter, person: ConnectionId) -> bool:
        """Whether it names no message, begins as an answer does, and the person wrote in another thread lately."""
        if letter.message.parents or not is_answer(letter.message.subject):
            return False
        return any(word.is_human and letter.at - REST <= word.at < letter.at for word in self.inbound.get(person, ()))

    def _is_stored(self, letter: Letter) -> bool:
        """Whether every message that this one answers is stored; true for one that answers none."""
        parents = letter.message.parents
        return not parents or all(parent in self.stored for parent in parents)
