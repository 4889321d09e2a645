"""Small mailboxes as text: a head that says what each rule comes to, then the messages with their bytes as sent.

A file opens with `key: value` lines. `rule` says in words what it shows and `source` where it comes from; each `expect`
is one line of what `judged` prints, and all of them together are everything it prints. `as-of`, `covered` (a moment or
`never`) and `received` (`nothing`: the inbox was purged) change the moment of judging. A line
`--- NAME in ROLE at MOMENT` (`at nothing` without a server's stamp, `thread KEY` where the server gives one) begins a
message; two of one Message-ID are copies. Only the fields that are asked of a server are read of its header; what
follows an empty line is its body, which is looked into as that of a delivery report.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tests.unit.letters_by_hand import BOOK, ME
from tracker.domain.asks import Rules
from tracker.domain.copies import of_copies
from tracker.domain.fields import HEADER_FIELDS
from tracker.domain.kind import DELIVERY_REPORTS
from tracker.domain.letters import letters
from tracker.domain.message import AddrSpec, FolderRole, Message, RawMessage
from tracker.domain.outcome import JudgedAsk, Judging, Knowledge, judge
from tracker.domain.pairing import pair
from tracker.domain.verdict import is_unreachable
from tracker.parsing import parse, with_report

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RULES = Path(__file__).with_name("rules")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
AS_OF = datetime(2026, 3, 22, 9, 0, tzinfo=UTC)
"""When the mailboxes are judged unless they say otherwise; most begin on Monday, 2 March 2026."""

_INTRODUCTION = re.compile(r"^--- ([\w-]+) in (\w+) at (\S+)(?: thread (\S+))?\n", re.MULTILINE)
_FIELD = re.compile(r"^([!-9;-~]+):.*(?:\n[ \t].*)*\n", re.MULTILINE)
_ASKED_FOR = frozenset(name.lower() for name in HEADER_FIELDS)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A file: its head, and its messages by the identities of their facts and by the names they have in the file."""

    head: Mapping[str, str]
    expected: tuple[str, ...]
    messages: Mapping[str, Message]
    names: Mapping[str, str]

    @property
    def known(self) -> Knowledge:
        """What is known when it is judged: everything up to then, and the inbox received something every day."""
        as_of = _moment(self.head["as-of"]) if "as-of" in self.head else AS_OF
        covered = as_of if "covered" not in self.head else _moment(self.head["covered"])
        daily = tuple(date(2026, 1, 1) + timedelta(days=day) for day in range(365))
        received = {} if self.head.get("received") == "nothing" else {AddrSpec(ME): daily}
        return Knowledge(as_of or AS_OF, covered, received)


def read(path: Path) -> Mailbox:
    """The mailbox in a file. A key other than those above, or a line that is no field, is an error in the file."""
    head_text, *pieces = _INTRODUCTION.split(path.read_text(encoding="utf-8"))
    lines = [line.partition(": ") for line in head_text.splitlines() if line]
    head = {key: value for key, _, value in lines if key != "expect"}
    assert {"rule", "source"} <= head.keys() <= {"rule", "source", "as-of", "covered", "received", "not-yet"}, path
    messages: dict[str, Message] = {}
    names: dict[str, str] = {}
    for number in range(0, len(pieces), 5):
        name, role, moment, key, block = pieces[number : number + 5]
        copy = _parsed(block, FolderRole(role), _moment(moment), key or "")
        messages[copy.identity] = of_copies(messages.get(copy.identity, copy), copy)
        names.setdefault(copy.identity, name)
    return Mailbox(head, tuple(value for key, _, value in lines if key == "expect"), messages, names)


def _moment(word: str) -> datetime | None:
    return None if word in {"nothing", "never"} else datetime.fromisoformat(word)


def _parsed(block: str, role: FolderRole, received_at: datetime | None, thread_key: str) -> Message:
    head, _, body = block.strip("\n").partition("\n\n")
    header = f"{head}\n"
    fields = list(_FIELD.finditer(header))
    assert sum(len(found[0]) for found in fields) == len(header), f"no header block: {header}"
    kept = "".join(found[0] for found in fields if found[1].lower() in _ASKED_FOR)
    raw = RawMessage(1, kept.replace("\n", "\r\n").encode(), received_at, len(block), thread_key=thread_key)
    message = parse(raw, role=role, now=NOW)
    assert isinstance(message, Message), message
    if not body:
        return message
    assert message.signals & DELIVERY_REPORTS, "of other messages no body is read"
    return with_report(message, f"{header}\n{body}\n".replace("\n", "\r\n").encode())


def judged(mailbox: Mailbox) -> tuple[str, ...]:
    """What the rules say: the kind of each inbound message, the outcome of each ask, and the addresses that died."""
    known = mailbox.known
    post = mailbox.messages.values()
    pairing = pair(post, BOOK, Rules())
    kinds = sorted(_kinds(mailbox))
    asks = [_ask(judge(ask, Judging(), known), mailbox.names) for ask in pairing.asks]
    dead = [
        f"{addr} is dead"
        for person in BOOK.connections.values()
        for addr in person.addresses
        if is_unreachable([addr], [ask for ask in pairing.asks if ask.connection == person.id], [], known)
    ]
    return (*kinds, *asks, *dead)


def _kinds(mailbox: Mailbox) -> Iterator[str]:
    for letter in letters(mailbox.messages.values(), BOOK):
        if not letter.is_mine:
            rule = "" if letter.kind == "human" else f": {letter.rule}"
            yield f"{mailbox.names[letter.message.identity]} is {letter.kind}{rule}"


def _ask(one: JudgedAsk, names: Mapping[str, str]) -> str:
    sent = ", ".join(names[send.identity] for send in one.ask.sent)
    words = [one.outcome.value, *([one.reason.value] if one.reason else [])]
    if one.evidence is not None:
        words.append(f"{one.evidence.rung.value} of {names[one.evidence.identity]}")
    if one.latency is not None:
        words.append(f"after {one.latency}")
    return f"{sent} to {BOOK.connections[one.ask.connection].name}: {', '.join(words)}"
