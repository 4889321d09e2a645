"""A network of any size made by chance, the same for everybody: people of every habit, as the page would show them."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.golden.sample_reports import AS_OF, COVERAGE, JUDGING, asked, overview_of
from tracker.domain.connection import Connection, ConnectionId
from tracker.domain.message import AddrSpec
from tracker.domain.outcome import Outcome
from tracker.domain.report import Report, Row
from tracker.domain.verdict import Verdict, median_latency, tally, verdict

if TYPE_CHECKING:
    from tracker.domain.outcome import JudgedAsk
    from tracker.domain.rhythm import Overview

_GIVEN = (
    "Grace", "Emeka", "Maren", "Xenia", "Bartholomew", "Ben", "Dolores", "Yusuf", "Rosa", "Uma", "Elif", "Hannah",
    "Kavita", "Sven", "Anna", "Oskar", "Fiona", "Zoë", "Júlia", "Нина", "محمد", "さくら", "민준", "Chloé", "Ivo",
    "Karim", "Nadia", "Quentin", "Hiro", "Dmitri",
)  # fmt: skip
_FAMILY = (
    "Petrov", "Weber", "Zimmermann", "Costa", "Blum", "García", "Müller", "Schmidt", "Albrecht", "Tanaka",
    "Nakamura", "Ueda", "Abdi", "Quist", "Varga", "Lindqvist", "Eriksson", "Dubois", "Okafor", "Kowalski",
    "Hoffmann", "Castellanos", "Петрова", "الأحمد", "中村", "Featherstonehaugh", "Xu", "Demir", "Jansen", "Bauer",
)  # fmt: skip
_COMPANIES = (
    "Orchard Software", "Meridian Insurance", "Fjord Systems", "Pallas Consulting", "Ember Labs", "Helix Bio",
    "Juniper Foods", "Rhein Verlag", "Borealis Energy", "Solstice Media", "Lumen Health", "Tundra Games",
    "Ionos Capital", "Northwind Traders", "شركة النور",
)  # fmt: skip
_POSITIONS = (
    "CFO", "VP Engineering", "Software Engineer", "Partner", "Head of Sales", "Data Scientist", "Founder",
    "Recruiter", "Marketing Lead", "CTO",
)  # fmt: skip

HABITS = ((0.55, 0.08, 12.0), (0.25, 0.35, 40.0), (0.2, 0.9, 60.0))
"""How common a habit is, how often it is silent, and the hours after which it usually answers."""


def crowd(size: int, *, tested: float = 0.2, asks: float = 4.0, companies: int = 400) -> Overview:
    """So many people, a part of whom was asked; companies and positions beyond the named ones have numbers."""
    chance = random.Random(size)  # noqa: S311 # a sample, no secret
    rows = tuple(_row(number, chance, tested=tested, asks=asks, companies=companies) for number in range(1, size + 1))
    summary = {name: sum(row.verdict is name for row in rows) for name in Verdict}
    report = Report(AS_OF, JUDGING, COVERAGE, summary, rows)
    return overview_of(report)


def _row(number: int, chance: random.Random, *, tested: float, asks: float, companies: int) -> Row:
    person = _person(number, chance, companies)
    made = _asks(chance, asks) if chance.random() < tested else ()
    counted = tally(made, JUDGING)
    return Row(
        person,
        verdict(counted, JUDGING, unreachable=bool(made) and chance.random() < 0.03),
        counted,
        made,
        0,
        median_latency(made),
        counted.reply_bounds(JUDGING.confidence),
        max((judged.ask.asked_at for judged in made), default=None),
        judged=made,
    )


def _person(number: int, chance: random.Random, companies: int) -> Connection:
    given, family = chance.choice(_GIVEN), chance.choice(_FAMILY)
    place, post = chance.randrange(companies), chance.randrange(companies // 2)
    slug = f"{given}-{family}-{number:05x}".lower() if (given + family).isascii() else f"member-{number:07x}"
    return Connection(
        ConnectionId(number),
        f"{given} {family}",
        _COMPANIES[place] if place < len(_COMPANIES) else f"{_COMPANIES[place % len(_COMPANIES)]} {place}",
        _POSITIONS[post] if post < len(_POSITIONS) else f"{_POSITIONS[post % len(_POSITIONS)]} {post}",
        f"https://www.linkedin.com/in/{slug}",
        None,
        (AddrSpec(f"person{number}@example.net"),),
    )


def _asks(chance: random.Random, mean: float) -> tuple[JudgedAsk, ...]:
    silent, usual = chance.choices([habit[1:] for habit in HABITS], [habit[0] for habit in HABITS])[0]
    ages = sorted((chance.uniform(1, 725) for _ in range(1 + int(chance.expovariate(1 / mean)))), reverse=True)
    return tuple(_ask(chance, timedelta(days=age), silent, usual) for age in ages)


def _ask(chance: random.Random, age: timedelta, silent: float, usual: float) -> JudgedAsk:
    latency = timedelta(hours=usual) * chance.lognormvariate(-0.4, 1.3)
    if chance.random() < silent or latency > age:
        return asked(Outcome.WAITING if age < JUDGING.threshold else Outcome.OVERDUE, age=age)
    return asked(Outcome.IN_TIME if latency <= JUDGING.threshold else Outcome.LATE, age=age, latency=latency)
