"""Reports made by hand: every verdict, outcome and reason, and names that are hard to set."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from tracker.domain.asks import Ask, Channel, Evidence, Rung, Send
from tracker.domain.connection import Connection, ConnectionId
from tracker.domain.coverage import AccountCoverage, Coverage
from tracker.domain.kind import MessageKind
from tracker.domain.marks import Mark, MarkKind
from tracker.domain.message import AddrSpec, MessageId
from tracker.domain.outcome import JudgedAsk, Judging, Knowledge, Outcome, Reason
from tracker.domain.report import Reciprocity, Report, Row, Story
from tracker.domain.rhythm import Overview, overview
from tracker.domain.tuning import Sample
from tracker.domain.verdict import Verdict, median_latency, tally

AS_OF = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ME = AddrSpec("ann@example.org")
JUDGING = Judging()
COVERAGE = Coverage(
    complete=True,
    accounts=(
        AccountCoverage("work", datetime(2026, 11, 20, 9, 0, tzinfo=UTC), 6, 70_000, 2, 1),
        AccountCoverage("home", datetime(2026, 11, 20, 8, 56, tzinfo=UTC), 4, 12_000),
    ),
    messages=80_056,
)

_OUTCOMES = {"o": Outcome.IN_TIME, "~": Outcome.LATE, "x": Outcome.OVERDUE, ".": Outcome.WAITING, "h": Outcome.HEARD}
_HOUR = timedelta(hours=1)


def asked(
    outcome: Outcome,
    *,
    age: timedelta,
    reason: Reason | None = None,
    latency: timedelta | None = None,
    subject: str = "Coffee?",
    channel: Channel = Channel.EMAIL,
    nudges: int = 0,
    rung: Rung = Rung.IN_REPLY_TO,
) -> JudgedAsk:
    """An ask of `age` at the report's moment, and what became of it."""
    at = AS_OF - age
    identity = f"{int(at.timestamp()):x}"
    send = Send(identity, MessageId(f"{identity}@example.org"), AddrSpec("who@example.net"), at, at)
    ask = Ask(ConnectionId(1), channel, subject, (send,), ME)
    answers = outcome in {Outcome.IN_TIME, Outcome.LATE, Outcome.HEARD}
    when = at + (latency or 30 * _HOUR)
    reply = Evidence(f"r{identity}", MessageId(f"r{identity}@example.net"), when, MessageKind.HUMAN, rung, rung.value)
    return JudgedAsk(ask, outcome, reason, reply if answers else None, latency, latency, nudges)


def asks_of(signs: str, *, hours: float = 5, every: timedelta = timedelta(days=40)) -> tuple[JudgedAsk, ...]:
    """Asks from a word such as "oo~x.h", oldest first; the last one is one step old, an open one 19 hours."""
    made = []
    for number, sign in enumerate(signs):
        outcome = _OUTCOMES[sign]
        age = 19 * _HOUR if outcome is Outcome.WAITING else every * (len(signs) - number)
        latency = {Outcome.IN_TIME: hours * _HOUR, Outcome.LATE: (hours + 72) * _HOUR}.get(outcome)
        made.append(asked(outcome, age=age, latency=latency))
    return tuple(made)


def row(
    number: int,
    name: str,
    verdict: Verdict,
    asks: tuple[JudgedAsk, ...] = (),
    *,
    company: str = "",
    position: str = "",
    addresses: tuple[str, ...] | None = None,
    older: int = 0,
) -> Row:
    """A person with these asks, the numbers added up as the program does."""
    where = (f"person{number}@example.net",) if addresses is None else addresses
    person = Connection(
        ConnectionId(number),
        name,
        company,
        position,
        f"https://www.linkedin.com/in/person{number}",
        date(2016 + number % 10, 1 + number % 12, 1),
        tuple(AddrSpec(addr) for addr in where),
    )
    counted = tally(asks, JUDGING)
    return Row(
        person,
        verdict,
        counted,
        asks,
        older,
        median_latency(asks),
        counted.reply_bounds(JUDGING.confidence),
        max((judged.ask.asked_at for judged in asks), default=None),
        max((judged.evidence.at for judged in asks if judged.evidence and judged.latency is not None), default=None),
        max((judged.evidence.at for judged in asks if judged.evidence), default=None),
        asks,
    )


def report_of(*rows: Row, judging: Judging = JUDGING, coverage: Coverage = COVERAGE, as_of: datetime = AS_OF) -> Report:
    """A report about exactly these people."""
    summary = {verdict: sum(row.verdict is verdict for row in rows) for verdict in Verdict}
    return Report(as_of, judging, coverage, summary, rows)


def overview_of(report: Report) -> Overview:
    """The report with what its asks tell of time, gathered as the program does."""
    sample = Sample(report.judging, Knowledge(AS_OF, AS_OF, {}))
    for row in report.rows:
        for judged in row.asks:
            sample.watch(judged.ask, judged)
    return overview(report, sample.seen, UTC)


def network() -> Report:
    """People of every verdict, with names in many scripts and from people who mean harm."""
    return report_of(*_responsive(), *_slow(), *_unresponsive(), *_undecided(), *_others())


def _responsive() -> list[Row]:
    good = Verdict.RESPONSIVE
    return [
        row(1, "Júlia Eriksson", good, asks_of("o" * 13)),
        row(2, "中村 さくら", good, asks_of("oooooooooxoo", hours=2), company="任天堂", position="営業部長"),
        row(3, "Bartholomew Featherstonehaugh-Smythe III", good, asks_of("ooooxooo"), company="Cobalt Bank"),
        row(4, "Нина Петрова", good, asks_of("~ooooooo", hours=0.5), company="Яндекс", position="Инженер"),
        row(5, "Ελένη Παπαδοπούλου", good, asks_of("oo"), company="Δέλτα", position="Συνεργάτης"),
        row(6, "김민준", good, asks_of("oxo", hours=22), company="삼성전자", position="Product Manager of Things"),
        row(7, "अनन्या शर्मा", good, asks_of("ooo"), company="टाटा"),
        row(8, "สมชาย ใจดี", good, asks_of("oo~o"), company="ปตท."),
        row(9, "Zoë Kowalski", good, asks_of("ooo~oo", hours=12), company="Lumen Health", position="CTO"),
        row(10, "Maren Hoffmann", good, asks_of("oo", every=timedelta(days=90)), company="Acme"),
        row(11, "Uma Xu", good, asks_of("xoo~o", hours=8), company="Ember Labs", position="Data Scientist"),
        row(12, "👩‍💻 Ada 🚀", good, asks_of("o", hours=0.001), company="🍕 & Söhne"),
    ]


def _slow() -> list[Row]:
    slow = Verdict.SLOW
    return [
        row(20, "محمد الأحمد", slow, asks_of("o~x~~~~", hours=80), company="شركة النور", position="Data Scientist"),
        row(21, "נועה לוי", slow, asks_of("~~~", hours=200), company="Quarry (ישראל) Metals"),
        row(22, "Cem García", slow, asks_of("~x"), company="Pallas Consulting", position="VP Engineering"),
    ]


def _unresponsive() -> list[Row]:
    silent = Verdict.UNRESPONSIVE
    return [
        row(
            30,
            "<script>alert(1)</script>",
            silent,
            asks_of("xxxxx"),
            company="=HYPERLINK(1)",
            position="| # *x* | [a](b)",
        ),
        row(31, "\x1b[31mRed\x1b[0m \u202egnp.exe\u202c", silent, asks_of("xxx"), company='Says "hello", twice'),
        row(32, "Ivo 🚀 Varga", silent, asks_of("xx"), company="A\nB\tC"),
    ]


def _undecided() -> list[Row]:
    return [
        row(40, "Xenia Okafor", Verdict.UNPROVEN, asks_of("x", every=timedelta(days=4)), company="Fjord Systems"),
        row(41, "Karim Castellanos", Verdict.UNPROVEN, asks_of("h", every=timedelta(days=600)), position="Founder"),
        *(
            row(50 + number, reason.value, Verdict.UNPROVEN, (_reasoned(reason, number),), company="Acme")
            for number, reason in enumerate(Reason)
            if reason is not Reason.UNDELIVERABLE
        ),
        row(70, "Cem Dubois", Verdict.WAITING, asks_of("."), company="Ember Labs", position="CTO"),
    ]


def _reasoned(reason: Reason, number: int) -> JudgedAsk:
    doubts = {
        Reason.NOT_SYNCED,
        Reason.GAP,
        Reason.DELIVERY_DELAYED,
        Reason.MAYBE_UNDELIVERABLE,
        Reason.UNCERTAIN_SENDER,
    }
    outcome = Outcome.UNKNOWN if reason in doubts else Outcome.EXCLUDED
    return asked(outcome, age=timedelta(days=10 + number), reason=reason, subject=f"About {reason.value}")


def _others() -> list[Row]:
    bounced = asked(Outcome.EXCLUDED, age=timedelta(days=120), reason=Reason.UNDELIVERABLE)
    return [
        row(80, "Anna Bauer", Verdict.UNREACHABLE, (bounced,), company="Acme", position="Software Engineer"),
        row(90, "Never Asked", Verdict.UNTESTED, company="Granite Legal"),
        row(91, "Without Address", Verdict.UNTESTED, addresses=()),
        row(92, "N" * 200, Verdict.UNTESTED, older=2),
    ]


def story() -> Story:
    """One person with an ask of every outcome and every reason."""
    day = timedelta(days=1)
    asks = (
        asked(Outcome.IN_TIME, age=682 * day, latency=38 * _HOUR, subject="Intro to your data team?"),
        asked(Outcome.LATE, age=523 * day, latency=10 * day, subject="Quick question about pricing", nudges=2),
        *(_reasoned(reason, 300 - 5 * number) for number, reason in enumerate(Reason)),
        asked(Outcome.LATE, age=206 * day, latency=5 * day, subject="Contract draft", channel=Channel.LINKEDIN),
        asked(Outcome.OVERDUE, age=187 * day, subject="Following up on the pilot", channel=Channel.LINKEDIN, nudges=2),
        asked(Outcome.IN_TIME, age=147 * day, latency=3 * _HOUR, subject="推薦をお願いできますか、候補者について少し"),
        asked(Outcome.IN_TIME, age=81 * day, subject="\u202eقهوة الأسبوع القادم؟", rung=Rung.PERSON),
        asked(Outcome.HEARD, age=57 * day, subject="\x1b]0;title\x07Coffee <b>next</b> week?", rung=Rung.PERSON),
        asked(Outcome.HEARD, age=50 * day, subject="", rung=Rung.REFERENCES),
        asked(Outcome.WAITING, age=19 * _HOUR, subject="Lunch on Thursday?", channel=Channel.LINKEDIN),
    )
    who = row(16, "Zoë Dubois", Verdict.RESPONSIVE, asks, company="Lumen Health", position="Data Scientist", older=3)
    return Story(AS_OF, JUDGING, COVERAGE, who, Reciprocity(6, 5, 3 * _HOUR), marks(asks[0]))


def marks(judged: JudgedAsk) -> tuple[Mark, ...]:
    """A mark of every kind, one of them about this ask, with notes that are hard to set."""
    made = [AS_OF - timedelta(days=9 - number) for number in range(5)]
    return (
        Mark(MarkKind.NO_REPLY_EXPECTED, made[0], ask=judged.ask.sent[0].message_id),
        Mark(MarkKind.NO_REPLY_EXPECTED, made[1], "\u202eتهنئة\x1b[31m", ask=MessageId("gone\x07@example.org")),
        Mark(MarkKind.HEARD, made[2], "met at the fair", heard_at=AS_OF - timedelta(days=60)),
        Mark(MarkKind.KEEP, made[3]),
        Mark(MarkKind.REMOVED, made[4], "<b>left\nthe trade</b> " * 9),
    )
