"""Sample worlds: a network, the mailbox of its owner, and whose each address really is.

Drawn from a seed, and made before there was anything to measure. The proportions are meant to be those of life:

network      languages, scripts and credentials as in `people`; 1.4 % share their full name; 2.6 % have an address in
             the export, and one in eight of the others that are met was linked by hand before
appearing    24 % of the connections have ever written or been written to: 48 % from work, 24 % from a free mailbox, 3 %
             from a domain of their own, and every fourth from two of these
work         86 % at the company of the profile, 14 % (still, or only ever) at another one
mailbox      1.1 strangers for each connection, one in four of them at a company of the network; 0.45 machines, role
             addresses and newsletters
decoys       in shares of the network: strangers with a connection's very name (1 %, beside those of mere chance),
             relatives (2 %), assistants (1 %), role addresses that bear a person's name (1 %), list rewrites (2 %),
             LinkedIn's notifications (4 %), an address that bears a connection's name by mistake (0.3 %)
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from tests.linking.people import (
    LOCAL_PARTS,
    PERSONAL,
    Human,
    in_mail,
    latin,
    local_part,
    on_linkedin,
    pattern,
    somebody,
)
from tracker.addresses import normalise
from tracker.domain.connection import AddressBook, Connection, ConnectionId
from tracker.domain.linking import Correspondent
from tracker.domain.message import AddrSpec

FREE = (
    ("gmail.com",) * 10
    + ("outlook.com", "hotmail.com", "yahoo.com", "icloud.com") * 2
    + ("gmx.de", "mail.ru", "web.de", "qq.com")
)
_WORDS = (
    "Acme", "Granite", "Harbor", "Lumen", "Nimbus", "Orchard", "Pioneer", "Quartz", "Raven", "Summit", "Tidal",
    "Umbra", "Vertex", "Willow", "Zephyr", "Beacon", "Cobalt", "Delta", "Ember", "Falcon", "Glacier", "Helix",
    "Indigo", "Juniper", "Kestrel", "Lattice", "Meridian", "Northwind", "Opal", "Prism",
)  # fmt: skip
_TRADES = (
    "Systems", "Labs", "Partners", "Consulting", "Bank", "Energy", "Media", "Logistics", "Health", "Foods",
    "Legal", "Software", "Ventures", "Design",
)  # fmt: skip
_ENDINGS = ("", "", "ix", "ora", "tech", "line", "works", "side")
_FORMS = (" Inc.", " GmbH", " Ltd", " LLC", " AG", " SA", "", "", "", "", "")
_ROLES = (
    "info", "sales", "support", "office", "jobs", "hr", "press", "team", "billing", "noreply", "no-reply",
    "newsletter", "events", "contact", "marketing",
)  # fmt: skip
NOW = datetime(2026, 5, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Company:
    """A company: what profiles call it, its domain, and how its addresses are built."""

    name: str
    domain: str
    form: str


@dataclass(frozen=True, slots=True)
class World:
    """What the program is given, and the truth: whose each address is (strangers' are nobody's)."""

    book: AddressBook
    people: list[Connection]
    correspondents: list[Correspondent]
    truth: dict[AddrSpec, ConnectionId]


@dataclass(slots=True)
class Drawing:
    """A world while it is being drawn."""

    random: Random
    companies: list[Company]
    known: dict[ConnectionId, list[AddrSpec]] = field(default_factory=dict)
    truth: dict[AddrSpec, ConnectionId] = field(default_factory=dict)
    correspondents: dict[AddrSpec, Correspondent] = field(default_factory=dict)

    def company(self) -> Company:
        """One of the companies: a few employ many."""
        return self.random.choices(self.companies, [1 / (rank + 3) for rank in range(len(self.companies))])[0]

    def meet(
        self, address: str, names: tuple[str, ...], *, owner: ConnectionId | None = None, personal: bool = True
    ) -> None:
        """An address turns up in the mailbox, unless it is there already."""
        addr = normalise(address)
        if addr is None or addr in self.correspondents:
            return
        if owner is not None:
            self.truth[addr] = owner
        received = 0 if self.random.random() < 0.12 else 1 + int(self.random.expovariate(0.25))
        wrote_back = self.random.random() < (0.7 if personal else 0.04)
        sent = 1 + int(self.random.expovariate(0.3)) if wrote_back or not received else 0
        listed = received if self.random.random() < (0.07 if personal else 0.8) else 0
        names = tuple(dict.fromkeys(name for name in names if name))
        seen = NOW - timedelta(days=self.random.randrange(2000))
        self.correspondents[addr] = Correspondent(addr, names, received, sent, listed, 0, seen)


def world(seed: int, size: int) -> World:
    """The world of this seed, with so many connections."""
    random = Random(seed)  # noqa: S311 - a sample that has to be the same every time
    drawing = Drawing(random, _companies(random, min(1500, max(12, size // 4))))
    connections = []
    for number in range(1, size + 1):
        human, company = somebody(random), drawing.company()
        identity = ConnectionId(number)
        connections.append(Connection(identity, on_linkedin(random, human), company.name))
        _connection(drawing, identity, human, company)
    for _ in range(int(size * 1.1)):
        _stranger(drawing, somebody(random))
    for _ in range(int(size * 0.45)):
        _machine(drawing)
    return _finished(drawing, connections)


def _companies(random: Random, count: int) -> list[Company]:
    found: dict[str, Company] = {}
    while len(found) < count:
        word, trade = random.choice(_WORDS) + random.choice(_ENDINGS), random.choice(_TRADES)
        base = f"{word} {trade}" if random.random() < 0.7 or count > 60 else word
        squeezed = base.replace(" ", "")
        hosts = (
            (0.45, squeezed),
            (0.15, base.replace(" ", "-")),
            (0.14, word + random.choice(("", "group", "hq"))),
            (0.08, f"mail.{squeezed}"),
            (0.06, "".join(part[0] for part in base.split()) + random.choice("kxz")),
            (0.12, random.choice(_WORDS) + random.choice(_TRADES)),
        )
        host = pattern(random, hosts).lower()
        found.setdefault(base, Company(base + random.choice(_FORMS), f"{host}.example", pattern(random, LOCAL_PARTS)))
    return list(found.values())


def _connection(drawing: Drawing, identity: ConnectionId, human: Human, company: Company) -> None:
    """What the mailbox holds of a connection, and of those around."""
    random = drawing.random
    if random.random() < 0.026:
        drawing.known[identity] = [AddrSpec(addr) for addr in _addresses(drawing, human, company)[:1]]
    elif random.random() < 0.24:
        addresses = _addresses(drawing, human, company)
        if random.random() < 0.12:
            drawing.known[identity] = [AddrSpec(addresses.pop(0))]
        for address in addresses:
            names = tuple(in_mail(random, human, company.name) for _ in range(random.choice((1, 1, 1, 2))))
            drawing.meet(address, names, owner=identity)
    _around(drawing, human, company)


def _addresses(drawing: Drawing, human: Human, company: Company) -> list[str]:
    """Where somebody writes from: one address, or two; each in its one spelling."""
    random = drawing.random
    at_work = company if random.random() < 0.86 else drawing.company()
    form = at_work.form if random.random() < 0.92 else pattern(random, LOCAL_PARTS)
    work = f"{local_part(random, human, form)}@{at_work.domain}"
    free = f"{local_part(random, human, pattern(random, PERSONAL))}@{random.choice(FREE)}"
    own = (
        f"{local_part(random, human, random.choice(('{g}', 'mail', '{i}')))}@{local_part(random, human, '{f}')}.example"
    )
    ways = random.choices(([work], [free], [own], [work, free], [free, own]), (0.48, 0.24, 0.03, 0.22, 0.03))[0]
    return [addr for addr in map(normalise, ways) if addr]


def _around(drawing: Drawing, human: Human, company: Company) -> None:
    """Those who are mistaken for a connection."""
    random, name = drawing.random, latin(human)
    if random.random() < 0.01:
        namesake = replace(human)
        for address in _addresses(drawing, namesake, drawing.company())[:1]:
            drawing.meet(address, (in_mail(random, namesake, ""),))
    if random.random() < 0.02:
        relative = somebody(random, family_of=human)
        domain = random.choice((*FREE, f"{local_part(random, human, '{f}')}.example"))
        drawing.meet(f"{local_part(random, relative, pattern(random, PERSONAL))}@{domain}", (latin(relative),))
    if random.random() < 0.01:
        assistant = somebody(random)
        words = random.choice(("Office of {}", "{}'s assistant", "Assistant to {}", "{} (EA)", "{} Office"))
        local = random.choice(
            (local_part(random, assistant, company.form), local_part(random, human, "{f}-office"), "assistant")
        )
        drawing.meet(f"{local}@{company.domain}", (words.format(name),))
    if random.random() < 0.01:
        drawing.meet(f"{random.choice(_ROLES)}@{company.domain}", (name,), personal=False)
    if random.random() < 0.02:
        topic = random.choice(("dev", "users", "announce", "board", "alumni"))
        place = random.choice(("lists.python.example", "groups.harbor.example", f"lists.{company.domain}"))
        drawing.meet(
            f"{topic}{random.randrange(30)}@{place}",
            (f"{name} via {topic.title()}", f"{latin(somebody(random))} via {topic}"),
        )
    if random.random() < 0.04:
        _notification(drawing, name)
    if random.random() < 0.003:
        other = somebody(random)
        drawing.meet(f"{local_part(random, other, company.form)}@{company.domain}", (name,))


def _notification(drawing: Drawing, name: str) -> None:
    addr = AddrSpec(drawing.random.choice(("messages-noreply@linkedin.com", "inmail-hit-reply@linkedin.com")))
    known = drawing.correspondents.get(addr) or Correspondent(addr, ())
    drawing.correspondents[addr] = replace(
        known, names=(*known.names, f"{name} via LinkedIn"), received=known.received + 1, notified=known.notified + 1
    )


def _stranger(drawing: Drawing, human: Human) -> None:
    """Somebody who is no connection: at a company of the network, elsewhere, or from a mailbox of their own."""
    random = drawing.random
    company = drawing.company()
    if random.random() > 0.25:
        company = Company(
            "", f"{random.choice(_WORDS)}{random.randrange(900)}.example".lower(), pattern(random, LOCAL_PARTS)
        )
    for address in _addresses(drawing, human, company):
        drawing.meet(address, (in_mail(random, human, company.name),))


def _machine(drawing: Drawing) -> None:
    random, company = drawing.random, drawing.company()
    role = random.choice(_ROLES)
    domain = random.choice(
        (company.domain, f"news.{company.domain}", f"{random.choice(_WORDS)}{random.randrange(99)}.example".lower())
    )
    someone = somebody(random)
    bare = company.name.split()[0]
    names = (
        f"{bare} {role.title()}",
        company.name,
        f"{someone.latin_given} from {bare}",
        f"{someone.latin_given} at {bare}",
        "",
    )
    drawing.meet(f"{role}@{domain}", (random.choice(names),), personal=False)


def _finished(drawing: Drawing, connections: list[Connection]) -> World:
    placed = [replace(one, addresses=tuple(drawing.known.get(one.id, ()))) for one in connections]
    book = AddressBook.of(placed, mine=[AddrSpec("me@home.example")])
    unknown = [one for addr, one in drawing.correspondents.items() if not book.owners(addr)]
    drawing.random.shuffle(unknown)
    return World(book, [one for one in placed if not one.addresses], unknown, drawing.truth)
