"""Mail of a made-up person of any size, always the same for one size: threads, lists, machines, bounces.

The header blocks are as long as those of real mailboxes (4 to 8 KB): signatures, seals, a chain of Received. So are the
fields that are asked for, about 710 bytes a message: ids as the great mail programs make them, addresses and links of
mass mailings with what tells their readers apart.
"""

from __future__ import annotations

import base64
import heapq
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.benchmarks.programs import Program, mass
from tests.benchmarks.trails import bounce, sealed, trail

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = 3
"""Goes up with every change of what is written here, so that a kept mailbox of old is not taken for this one."""

ME = "ann@example.org"
START = datetime(2020, 6, 1, tzinfo=UTC).timestamp()
YEARS = 5 * 365 * 86_400.0

PEOPLE_A_THOUSAND = 30
"""So many people of the network for a thousand messages: 30,000 for a million."""

_GIVEN = ("Anna", "Björn", "Chloé", "Dmitri", "Émile", "Fatma", "Giulia", "Hana", "Ivan", "Jürgen", "Kofi", "Łucja")
_FAMILY = (
    "Adeyemi",
    "Brown",
    "Čapek",
    "Dubois",
    "Ek",
    "Fischer",
    "García",
    "Hansen",
    "Ito",
    "Jansen",
    "Kowalski",
    "Li",
)
_DOMAINS = ("acme.example", "globex.example", "initech.example", "umbrella.example", "hooli.example", "gmail.example")
_SHOPS = ("shop.example", "news.example", "travel.example", "forum.example", "bank.example", "video.example")
_TOPICS = (
    "Offer for the new office",
    "Lunch on Friday?",
    "Grüße aus Köln",
    "Minutes of the meeting",
    "見積書の件",
    "Contract, second draft",
    "Question about the invoice",
    "Introduction",
    "Żółta teczka",
)

_SENT = {"letter": 0.15, "group": 0.01}
_RECEIVED = {"list": 0.44, "machine": 0.14, "person": 0.10, "cold": 0.03}
_ANSWERED = 0.55
_AWAY, _BOUNCED = 0.04, 0.012


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the network."""

    number: int
    given: str
    family: str
    addr: str

    @property
    def mailbox(self) -> str:
        """Name and addr-spec as a header has them (RFC 5322, 3.4; RFC 2047)."""
        return f"{encoded(f'{self.given} {self.family}')} <{self.addr}>"

    @property
    def program(self) -> Program:
        """What they write with."""
        domain = self.addr.partition("@")[2]
        return Program(domain, "gmail" if domain.startswith("gmail") else ("outlook", "other")[self.number % 2])

    @property
    def row(self) -> str:
        """The person in a LinkedIn export."""
        domain = self.addr.partition("@")[2].partition(".")[0]
        url = f"https://www.linkedin.com/in/p{self.number}"
        return f"{self.given},{self.family},{url},{self.addr},{domain},,04 Mar 2019"


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it lies on the server: its folder, its bytes with bare line ends, and when it came in."""

    folder: str
    content: bytes
    at: float


@dataclass(frozen=True, slots=True)
class _Sent:
    """What may be answered: to whom it went, and the ids and subject that an answer takes up."""

    person: Person
    msg_id: str
    references: str
    subject: str


def network(size: int) -> list[Person]:
    """The people that a mailbox of this size is about, at least 20."""
    drawn = random.Random(7)  # noqa: S311 # the same for everybody who measures
    return [
        Person(
            number,
            drawn.choice(_GIVEN),
            f"{drawn.choice(_FAMILY)}-{number}",
            f"p{number}@{_DOMAINS[number % len(_DOMAINS)]}",
        )
        for number in range(max(20, size * PEOPLE_A_THOUSAND // 1000))
    ]


def letters(size: int) -> Iterator[Letter]:
    """So many messages in the order in which they came in."""
    return _Writer(size).written()


def encoded(text: str) -> str:
    """A phrase or subject as an encoded-word, if it needs one."""
    if text.isascii():
        return text
    return f"=?UTF-8?B?{base64.b64encode(text.encode()).decode()}?="


def _quoted(text: str) -> str:
    """A phrase with a comma in it."""
    return f'"{text}"' if text.isascii() else encoded(text)


def dated(at: float) -> str:
    """A date-time (RFC 5322, 3.3)."""
    return f"{datetime.fromtimestamp(at, UTC):%a, %d %b %Y %H:%M:%S} +0000"


class _Writer:
    def __init__(self, size: int) -> None:
        self._size = size
        self._drawn = random.Random(size)  # noqa: S311 # the same for everybody who measures
        self._people = network(size)
        self._due: list[tuple[float, int, str, _Sent]] = []
        self._count = 0

    def written(self) -> Iterator[Letter]:
        kinds, weights = zip(*(_SENT | _RECEIVED).items(), strict=True)
        step = YEARS / self._size
        for number in range(self._size):
            at = START + (number + self._drawn.random()) * step
            self._count = number
            if self._due and self._due[0][0] <= at:
                _, _, kind, sent = heapq.heappop(self._due)
                yield self._answer(kind, sent, at)
            else:
                yield self._first(self._drawn.choices(kinds, weights)[0], at)

    def _first(self, kind: str, at: float) -> Letter:
        person = self._drawn.choice(self._people)
        subject = f"{self._drawn.choice(_TOPICS)} {self._count}"
        if kind in _SENT:
            return self._ask(person, subject, at, others=3 if kind == "group" else 0)
        if kind == "person":
            return self._inbound(f"From: {person.mailbox}{self._copies(person)}", subject, at, program=person.program)
        if kind == "cold":
            fields = f"From: Sales <sales{self._count}@cold.example>"
            return self._inbound(fields, subject, at, program=Program("cold.example"))
        shop = self._drawn.choice(_SHOPS)
        if kind == "machine":
            fields = (
                f"From: {shop} <noreply@{shop}>\nAuto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\n"
                f"Reply-To: Service of {shop} <customer-service-for-orders@{shop}>"
            )
            return self._inbound(fields, f"Your order {self._count} is on its way", at, program=Program(shop, "mass"))
        return self._inbound(
            mass(shop, self._token), encoded(f"Neues für dich: {subject}"), at, program=Program(shop, "mass")
        )

    def _ask(self, person: Person, subject: str, at: float, *, others: int = 0, parent: _Sent | None = None) -> Letter:
        to = ", ".join(one.mailbox for one in (person, *self._drawn.choices(self._people, k=others)))
        program = Program("example.org")
        msg_id = program.msg_id(self._token)
        fields = f"From: Ann Example <{ME}>\nTo: {to}\n{_threaded(parent)}{program.marks(self._token)}"
        content = self._whole(fields, subject, at, msg_id, trailed="")
        self._await(_Sent(person, msg_id, _references(parent), subject), at)
        return Letter("Sent", content, at)

    def _await(self, sent: _Sent, at: float) -> None:
        chance = self._drawn.random()
        kind = "bounce" if chance < _BOUNCED else "away" if chance < _BOUNCED + _AWAY else "answer"
        if kind == "answer" and self._drawn.random() > _ANSWERED:
            return
        delay = 120.0 if kind != "answer" else self._drawn.lognormvariate(10.8, 1.4)
        heapq.heappush(self._due, (at + delay, self._count, kind, sent))

    def _answer(self, kind: str, sent: _Sent, at: float) -> Letter:
        if kind == "bounce":
            fields = "From: Mail Delivery System <MAILER-DAEMON@mx.example.org>\nAuto-Submitted: auto-replied"
            report, body = bounce(sent.person.addr, sent.msg_id)
            postfix = Program("example.org", "report")
            head = self._inbound(f"{fields}\n{report}", "Undelivered Mail Returned to Sender", at, program=postfix)
            return Letter(head.folder, head.content + body.encode(), at)
        program = sent.person.program
        fields = f"From: {sent.person.mailbox}\n{_threaded(sent)}"
        if kind == "away":
            return self._inbound(f"{fields}Auto-Submitted: auto-replied", f"Away: {sent.subject}", at, program=program)
        subject = sent.subject if sent.subject.startswith("Re: ") else f"Re: {sent.subject}"
        if kind == "again":
            return self._ask(sent.person, subject, at, parent=sent)
        msg_id = program.msg_id(self._token)
        answer = _Sent(sent.person, msg_id, _references(sent), subject)
        if self._drawn.random() < _ANSWERED / 2:
            heapq.heappush(self._due, (at + self._drawn.lognormvariate(10, 1), self._count, "again", answer))
        copies = self._copies(sent.person)
        return self._inbound(fields.rstrip("\n") + copies, subject, at, program=program, msg_id=msg_id)

    def _copies(self, person: Person) -> str:
        """Colleagues who are not of the network, in one of three letters."""
        domain = person.addr.partition("@")[2]
        numbers = [int(self._drawn.random() * 900) for _ in range(int(self._drawn.random() * 3))]
        copies = ",\n ".join(f"{_quoted(f'{_FAMILY[n % 12]}, Colleague {n}')} <c{n}@{domain}>" for n in numbers)
        return f"\nCc: {copies}" if copies and self._drawn.random() < 0.5 else ""

    def _inbound(self, fields: str, subject: str, at: float, *, program: Program, msg_id: str = "") -> Letter:
        msg_id, domain = msg_id or program.msg_id(self._token), program.domain
        trailed = f"Delivered-To: {ME}\n{trail(self._drawn, domain, dated(at))}{sealed(self._drawn, domain)}"
        place = "Junk" if domain == "cold.example" else "INBOX"
        whole = f"{fields}\nTo: Ann <{ME}>\n{program.return_path(self._token)}{program.marks(self._token)}"
        return Letter(place, self._whole(whole, subject, at, msg_id, trailed=trailed), at)

    def _token(self, length: int) -> str:
        """So many hexadecimal digits."""
        return f"{self._drawn.getrandbits(4 * length):0{length}x}"

    def _whole(self, fields: str, subject: str, at: float, msg_id: str, *, trailed: str) -> bytes:
        shown = subject if subject.startswith("=?") else encoded(subject)
        return (
            f"{trailed}{fields}Subject: {shown}\nDate: {dated(at)}\nMessage-ID: {msg_id}\nMIME-Version: 1.0\n"
            f"X-Mailer: Example Mail 16.0\nContent-Transfer-Encoding: 8bit\n\nThe text is never read.\n"
        ).encode()


def _references(parent: _Sent | None) -> str:
    """As mail programs do: the whole thread, cut in the middle when it grows long."""
    ids = [] if parent is None else [*parent.references.split(), parent.msg_id]
    return " ".join(ids if len(ids) < 12 else [ids[0], *ids[-10:]])


def _threaded(parent: _Sent | None) -> str:
    if parent is None:
        return ""
    folded = "\n ".join(_references(parent).split())
    return f"In-Reply-To: {parent.msg_id}\nReferences: {folded}\n"
