"""A real mailbox read through a real server, and every pairing in it held against a second, plain reading of the ids.

Run by hand, for no mailbox is part of the project: `python -m tests.benchmarks.real_mailbox FILE`, where FILE holds
gzipped JSON lines: first `{"meta": {"me": [addresses]}}`, then one message a line with `arrival` (epoch seconds),
`sent` and `headers` ([name, value] pairs). Fields that a list adds are left out, so that it reads as private mail.
"""

from __future__ import annotations

import gzip
import json
import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.machine.dovecot import running
from tracker.addresses import normalise
from tracker.config import parse_config
from tracker.domain.connection import ConnectionId, Profile
from tracker.service.judging import keep_paired
from tracker.service.syncing import sync_account
from tracker.storage import open_store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tests.machine.dovecot import Dovecot, User
    from tracker.config import Config
    from tracker.domain.asks import Ask
    from tracker.domain.message import AddrSpec, Message, MessageId
    from tracker.storage import Store

_OF_A_LIST = ("precedence", "sender", "list-", "x-mailing-list", "return-path")


@dataclass(frozen=True, slots=True)
class RealMail:
    """A message of the file."""

    arrival: datetime
    is_sent: bool
    header: bytes


def read(path: Path) -> tuple[list[str], list[RealMail]]:
    """The user's addresses, and the messages."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        meta = json.loads(next(lines))["meta"]
        return meta["me"], [_mail(json.loads(line)) for line in lines]


def _mail(fields: dict[str, Any]) -> RealMail:
    kept = [f"{name}: {value}" for name, value in fields["headers"] if not name.lower().startswith(_OF_A_LIST)]
    header = "\n".join(kept).encode("utf-8", "surrogateescape")
    return RealMail(datetime.fromtimestamp(fields["arrival"], UTC), fields["sent"], header)


def configuration(me: list[str], server: Dovecot, user: User, folder: Path) -> Config:
    """Everybody to whom a message goes is asked: whether a list is a group is not the question here."""
    secret = folder / "password"
    secret.touch(mode=0o600)
    secret.write_text(user.password, encoding="utf-8")
    return parse_config(
        f"[me]\naddresses = {json.dumps(me)}\n[reply]\nmax_recipients = 100000\n"
        f'[sync]\nsince = "1990-01-01"\n[[account]]\nname = "real"\nhost = "localhost"\nport = {server.tls_port}\n'
        f'ca_file = "{server.ca_file}"\nuser = "{user.name}"\npassword_file = "{secret}"\n',
        "here",
    )


def everybody(store: Store, mine: set[AddrSpec]) -> int:
    """Make a connection of every address that ever wrote or was written to."""
    addresses = {
        address.addr
        for fact in _facts(store)
        for address in (*fact.recipients, *((fact.author,) if fact.author else ()))
        if address.addr not in mine
    }
    profiles = [Profile(addr, addr, addresses=(addr,)) for addr in sorted(addresses)]
    store.merge_profiles(profiles, complete=True)
    return len(profiles)


def _facts(store: Store) -> list[Message]:
    """All stored messages: what a pairing of everybody reads."""
    with store.pairing("none of the fingerprints") as work:
        return work.mail()


def compare(store: Store, mine: set[AddrSpec]) -> Counter[tuple[str, str]]:
    """Each (sent message, person) of which a later message of theirs names the first, against what was paired."""
    facts = _facts(store)
    people = {connection.addresses[0]: connection.id for connection in store.connections()}
    paired: dict[str, dict[ConnectionId, Ask]] = defaultdict(dict)
    for person, asks in store.evidences().asks.items():
        for one in asks:
            for send in one.sent:
                paired[send.identity][person] = one
    found: Counter[tuple[str, str]] = Counter()
    for (how, asked, addr), reply in _earliest_namings(facts, mine).items():
        asks_of_it = paired.get(asked.identity, {})
        ask = asks_of_it.get(people[addr])
        if addr in {address.addr for address in asked.recipients}:
            found[how, _case(ask, reply)] += 1
        else:
            found["by somebody to whom it did not go", _bystander(asks_of_it.values())] += 1
    return found


def _earliest_namings(facts: Iterable[Message], mine: set[AddrSpec]) -> dict[tuple[str, Message, AddrSpec], Message]:
    """For each sent message and each author, the earliest message that names it, by the way in which it does."""
    known = list(facts)
    sent = {msg_id: fact for fact in known if fact.author and fact.author.addr in mine for msg_id in fact.names}
    found: dict[tuple[str, Message, AddrSpec], Message] = {}
    for fact in sorted(known, key=lambda one: (str(one.arrived_at), one.identity)):
        if fact.author is None or fact.author.addr in mine or fact.arrived_at is None:
            continue
        for how, asked in _named(fact, sent):
            found.setdefault((how, asked, fact.author.addr), fact)
    return found


def _named(fact: Message, sent: Mapping[MessageId, Message]) -> Iterator[tuple[str, Message]]:
    direct = [sent[msg_id] for msg_id in fact.in_reply_to if msg_id in sent]
    chain = [sent[msg_id] for msg_id in fact.references if msg_id in sent]
    yield from (("by In-Reply-To", asked) for asked in direct)
    latest = max(chain, key=lambda one: (str(one.sent_at), one.identity), default=None)
    for asked in chain:
        if asked not in direct:
            yield ("last by References" if asked is latest and not direct else "further up in References"), asked


def _case(ask: Ask | None, reply: Message) -> str:
    if ask is None:
        return "no ask"
    known = {evidence.identity: evidence for evidence in ask.exact}
    if reply.identity in known:
        return "the earliest reply"
    if any(evidence.at <= (reply.arrived_at or evidence.at) for evidence in ask.exact):
        return "an earlier reply to another sending of the same ask"
    return "heard from, by a message at least as early" if _is_heard(ask, reply) else "something else"


def _is_heard(ask: Ask, reply: Message) -> bool:
    heard = [evidence.at for evidence in (*ask.exact, ask.human, ask.person) if evidence is not None]
    return reply.arrived_at is not None and min(heard, default=reply.arrived_at) <= reply.arrived_at and bool(heard)


def _bystander(asks: Iterable[Ask]) -> str:
    """Of a message that somebody else answered: whether that excuses whoever was asked."""
    excused = [ask.by_other_at is not None for ask in asks]
    return "nobody was asked by it" if not excused else "noted" if all(excused) else "not noted"


def measured(path: Path) -> Iterator[str]:
    """The figures, a line each."""
    me, mails = read(path)
    mine = {addr for text in me if (addr := normalise(text))}
    with running() as server, tempfile.TemporaryDirectory() as name:
        user = server.user()
        for mail in mails:
            user.mailbox.deliver("Sent" if mail.is_sent else "INBOX", mail.header + b"\n\n", mail.arrival)
        config = configuration(me, server, user, Path(name))
        with open_store(f"sqlite:///{name}/tracker.db") as store:
            started = time.monotonic()
            synced = sync_account(store, config.account[0], config, clock=lambda: datetime.now(UTC))
            yield f"{len(mails)} messages, {synced.new} of them different, {synced.unreadable} unreadable"
            yield f"synced in {time.monotonic() - started:.1f} s"
            yield f"{everybody(store, mine)} people"
            started = time.monotonic()
            yield f"{keep_paired(store, config)} asks, paired and stored in {time.monotonic() - started:.1f} s"
            for (how, case), count in sorted(compare(store, mine).items()):
                yield f"{count} sent messages named {how}: {case}"
    yield f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB"


if __name__ == "__main__":
    for line in measured(Path(sys.argv[1])):
        sys.stdout.write(f"{line}\n")
