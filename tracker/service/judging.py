"""The answer: pair what is new, judge everyone, and tell the story behind one verdict.

What a report that finds everything paired does not need is loaded where it is used: imports are most of what it takes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tracker.addresses import normalise
from tracker.domain.asks import RULE_VERSION, Rules
from tracker.domain.brief import Window
from tracker.domain.connection import AddressBook, Connection, ConnectionId, folded, only
from tracker.domain.outcome import Judging, Knowledge
from tracker.domain.reception import lost
from tracker.domain.report import Evidences, Reciprocity, Report, Story, build_report, build_row
from tracker.errors import AmbiguousPerson, UnknownPerson, UsageError
from tracker.service.standing import coverage_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from tracker.config import Config
    from tracker.domain.asking import Advice
    from tracker.domain.coverage import Coverage
    from tracker.domain.message import AddrSpec
    from tracker.domain.rhythm import Overview
    from tracker.domain.tuning import Tuning
    from tracker.domain.waiting import Waiting
    from tracker.storage import Store


_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""A window, which is a hundred years at most, begins after the first day that Python knows."""

_TOGETHER = 1_000
"""People whose asks are read at a time."""


@dataclass(frozen=True, slots=True)
class Question:
    """How to judge, and for which moment (None: up to which the mailbox is read), which must not lie after `now`."""

    judging: Judging
    now: datetime
    as_of: datetime | None = None


def keep_paired(store: Store, config: Config) -> int:
    """Bring the stored asks up to date with the stored facts; how many asks were computed again."""
    fingerprint = _fingerprint(store, config)
    if not store.is_dirty(fingerprint):
        return 0
    from tracker.domain.letters import addresses_of
    from tracker.domain.pairing import pair

    with store.pairing(fingerprint) as work:
        everybody = None if work.is_small else address_book(store, config)
        mine = own_addresses(store, config)
        pairings = (
            pair(mail, everybody or address_book(store, config, among=addresses_of(mail)), config.rules, people)
            for people, mail in work.parts(mine)
        )
        return work.save_each(pairings, mine=mine)


def rebuild(store: Store, config: Config) -> int:
    """Drop everything derived and compute it again; how many asks there are."""
    store.drop_derived()
    return keep_paired(store, config)


def _fingerprint(store: Store, config: Config) -> str:
    """What the stored asks depend on besides the facts: addresses of the user's and of lists, and the rules."""
    learned = sorted(config.users | store.learned_addresses())
    parts = (sorted(config.mine), learned, sorted(store.list_addresses()), config.rules, RULE_VERSION)
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def address_book(store: Store, config: Config, *, among: Collection[AddrSpec] | None = None) -> AddressBook:
    """Whose address is whose, everybody who was ever in the network included; or of the addresses `among` only."""
    learned = config.users | store.learned_addresses()
    people = store.connections(removed=True, owning=None if among is None else {*among, *learned})
    return AddressBook.of(people, mine=config.mine, learned=learned, lists=store.list_addresses())


def own_addresses(store: Store, config: Config) -> frozenset[AddrSpec]:
    """Every address that is the user's."""
    return address_book(store, config, among=()).own


def make_report(
    store: Store, config: Config, question: Question, *, removed: bool = False, with_asks: bool = False
) -> Report:
    """Everyone with a verdict. `removed` includes people who were removed from the network.

    Without `with_asks` most rows tell what became of the asks, and not the asks themselves.
    """
    keep_paired(store, config)
    coverage, known = _knowledge(store, config, question)
    parts = _parts(store, store.connections(removed=removed), question.judging, known, brief=not with_asks)
    return build_report(parts, judging=question.judging, known=known, coverage=coverage)


def make_overview(store: Store, config: Config, question: Question, *, removed: bool = False) -> Overview:
    """The report, with what all of its asks together tell of time."""
    from tracker.domain.rhythm import overview
    from tracker.domain.tuning import Sample

    keep_paired(store, config)
    coverage, known = _knowledge(store, config, question)
    judging, sample = question.judging, Sample(question.judging, known)
    parts = _parts(store, store.connections(removed=removed), judging, known, brief=True)
    report = build_report(parts, judging=judging, known=known, coverage=coverage, watch=sample.watch)
    return overview(report, sample.seen, config.reply.zone)


def list_waiting(store: Store, config: Config, question: Question) -> Waiting:
    """The open asks, the next to become overdue first."""
    from tracker.domain.waiting import open_asks

    return open_asks(*judged_now(store, config, question))


def judged_now(store: Store, config: Config, question: Question, *, removed: bool = False) -> tuple[Report, Knowledge]:
    """Everyone with a verdict and all asks, and what was known when it was spoken."""
    keep_paired(store, config)
    coverage, known = _knowledge(store, config, question)
    parts = _parts(store, store.connections(removed=removed), question.judging, known, brief=False)
    return build_report(parts, judging=question.judging, known=known, coverage=coverage), known


def whom_to_ask(store: Store, config: Config, question: Question, company: str, *, limit: int | None) -> Advice:
    """The responsive people at a company, the surest first, and how the user answers them."""
    from tracker.domain.asking import advise

    keep_paired(store, config)
    coverage, known = _knowledge(store, config, question)
    parts = _parts(store, store.connections(), question.judging, known, brief=True)
    report = build_report(parts, judging=question.judging, known=known, coverage=coverage)
    people = {row.connection.id: row.connection for row in report.rows}

    def returned(person: ConnectionId) -> Reciprocity | None:
        return _reciprocity(store, config, people[person], question.judging, known)

    return advise(report, company, returned, limit=limit)


def try_thresholds(store: Store, config: Config, question: Question) -> Tuning:
    """What other thresholds would change; the store is read once for all of them."""
    from tracker.domain.tuning import build_tuning

    keep_paired(store, config)
    coverage, known = _knowledge(store, config, question)
    parts = _parts(store, store.connections(), question.judging, known, brief=True)
    return build_tuning(parts, judging=question.judging, known=known, coverage=coverage)


def _parts(
    store: Store, people: Sequence[Connection], judging: Judging, known: Knowledge, *, brief: bool
) -> Iterator[tuple[Sequence[Connection], Evidences]]:
    """The people, who come by id, a few at a time with their evidence, so that not all of it is in memory at once."""
    window = Window(known.as_of - judging.window, known.horizon)
    for start in range(0, len(people), _TOGETHER):
        some = people[start : start + _TOGETHER]
        among = range(some[0].id, some[-1].id + 1)
        yield some, store.evidences_in_brief(among, window) if brief else store.evidences(among)


def tell_story(store: Store, config: Config, who: str, question: Question) -> Story:
    """The evidence behind one verdict. Raises `UnknownPerson`, `AmbiguousPerson`."""
    person = find_person(store.connections(removed=True), who)
    keep_paired(store, config)
    coverage, known = _knowledge(store, config, question)
    evidence = store.evidences(only(person.id))
    row = build_row(person, evidence, judging=question.judging, known=known)
    returned = _reciprocity(store, config, person, question.judging, known)
    marks = tuple(evidence.marks.get(person.id, ()))
    return Story(known.as_of, question.judging, coverage, row, returned, marks)


def _knowledge(store: Store, config: Config, question: Question) -> tuple[Coverage, Knowledge]:
    coverage = coverage_of(store, config)
    covered = coverage.as_of
    if question.as_of is not None and question.as_of > question.now:
        raise UsageError("--as-of lies in the future", hint="a verdict can only be told for a moment that has passed")
    if question.as_of is not None and question.as_of < _EARLIEST:
        raise UsageError(f"--as-of lies before {_EARLIEST.year}", hint="there was no mail yet of which it could tell")
    # A pass whose start was told by a clock that was ahead covers nothing that has not come yet.
    covered = covered and min(covered, question.now)
    as_of = question.as_of or covered or question.now
    polled = [account.name for account in config.account if not account.is_archive]
    has_archives = any(state.name not in polled for state in store.accounts())
    archived = store.archived(polled, own_addresses(store, config)) if has_archives and covered is not None else {}
    received = store.received_days()
    return coverage, Knowledge(
        as_of=as_of,
        covered=covered,
        received=received,
        explicit=question.as_of is not None,
        archived=archived,
        kept_from=coverage.kept_from,
        whole_from=coverage.whole_from,
        lost=lost(received, store.wrote, judged_from=as_of - question.judging.window, read_from=coverage.whole_from),
    )


def find_person(people: Sequence[Connection], who: str) -> Connection:
    """The one connection with this id, address or (part of a) name. Raises `UnknownPerson`, `AmbiguousPerson`."""
    found = _candidates(people, who.strip())
    if not found:
        raise UnknownPerson(f"no connection is called {who!r}", hint="tracker report --format csv lists everyone")
    if len(found) > 1:
        listed = ", ".join(
            f"{person.id} {person.name}" + (f" ({person.company})" if person.company else "") for person in found[:8]
        )
        more = f" and {len(found) - 8} more" if len(found) > 8 else ""
        raise AmbiguousPerson(
            f"{who!r} is more than one person: {listed}{more}", hint="name one by the number in front"
        )
    return found[0]


def _candidates(people: Sequence[Connection], who: str) -> list[Connection]:
    """The people that `who` means, by the first way of naming that fits anybody."""
    addr, name = normalise(who), folded(who)
    ways = (
        [person for person in people if str(person.id) == who.lstrip("0")],
        [person for person in people if addr in person.addresses],
        [person for person in people if person.name.casefold() == who.casefold()],
        [person for person in people if name == folded(person.name)],
        [person for person in people if name and name in folded(person.name)],
    )
    return next((way for way in ways if way), [])


def _reciprocity(
    store: Store, config: Config, person: Connection, judging: Judging, known: Knowledge
) -> Reciprocity | None:
    """How the user answers this person: the same rules with the sides exchanged. None if there is nothing to tell."""
    from tracker.domain.pairing import pair

    me = ConnectionId(0)
    user = Connection(me, "", addresses=tuple(sorted(own_addresses(store, config))))
    mirrored = AddressBook.of([user], mine=person.addresses)
    pairing = pair(store.messages_of(person.id), mirrored, Rules(config.reply.max_recipients))
    # On a day on which anything came in, the mailbox is known to be read, the user's own answers included.
    days = tuple(sorted({day for received in known.received.values() for day in received}))
    mirror = replace(known, received=dict.fromkeys(person.addresses, days))
    row = build_row(user, Evidences({me: pairing.asks}, pairing.heard), judging=judging, known=mirror)
    asked = row.tally.asks + row.tally.heard
    return Reciprocity(asked, row.tally.in_time, row.median_latency, row.tally.overdue) if asked else None
