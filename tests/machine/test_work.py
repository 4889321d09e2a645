"""How much work the program makes of a pass and a report, in counts, so that nothing grows with what is not its own."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.letters import letters, network
from tests.machine.accounts import on_dovecot, opened
from tests.machine.syncs import Syncs
from tests.machine.work import counting
from tracker.domain.connection import Profile
from tracker.domain.message import AddrSpec
from tracker.domain.outcome import Judging
from tracker.service.judging import Question, keep_paired, make_overview, make_report, try_thresholds
from tracker.storage import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.machine.dovecot import Dovecot, User
    from tests.machine.work import Work
    from tracker.config import Config
    from tracker.storage import Store

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
SMALL, LARGE = 250, 1000
PEOPLE = network(SMALL)


@dataclass
class Place:
    """A mailbox with its database, and what is done on both, counted. The same people are known in all sizes."""

    server: Dovecot
    user: User
    database: str
    now: datetime = NOW

    def fill(self, size: int, *, noise: int = 0) -> Place:
        """A mailbox of this size, and so many more messages that ask nobody; with the people it is about."""
        for letter in letters(size):
            self._lay(letter.folder, letter.content, letter.at)
        more = (letter for letter in letters(4 * noise) if b"Precedence: bulk" in letter.content)
        for letter in itertools.islice(more, noise):
            self._lay(letter.folder, letter.content.replace(b"Message-ID: <", b"Message-ID: <again."), letter.at)
        profiles = [Profile(one.addr, one.given, addresses=(AddrSpec(one.addr),)) for one in PEOPLE]
        with open_store(self.database) as store:
            store.merge_profiles(profiles, complete=True)
        return self

    def _lay(self, folder: str, content: bytes, at: float) -> None:
        self.user.mailbox.deliver(folder, content, datetime.fromtimestamp(at, UTC))

    def befriend(self, more: int) -> Place:
        """So many more people, of whom no mail tells."""
        others = [
            Profile(f"other{n}", f"Other {n}", addresses=(AddrSpec(f"other{n}@far.example"),)) for n in range(more)
        ]
        with open_store(self.database) as store:
            store.merge_profiles(others, complete=False)
        return self

    def bounce(self, count: int) -> Place:
        """So many failed deliveries long ago, of messages that are not there."""
        for number in range(count):
            at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=number)
            fields = (
                "From: mailer-daemon@mx.example\nTo: ann@example.org\nSubject: Undelivered\n"
                f"X-Failed-Recipients: nobody{number}@far.example\nMessage-ID: <bounce{number}@mx.example>\n"
            )
            self._lay("INBOX", f"{fields}Date: {at:%a, %d %b %Y %H:%M:%S} +0000\n\n".encode(), at.timestamp())
        return self

    def receive(self) -> None:
        """One more letter, of one of the people."""
        fields = f"From: {PEOPLE[0].addr}\nTo: ann@example.org\nMessage-ID: <new@test.example>\nSubject: Hello\n"
        self._lay("INBOX", f"{fields}Date: {self.now:%a, %d %b %Y %H:%M:%S} +0000\n\n".encode(), self.now.timestamp())

    def sync(self) -> Work:
        """A pass, and the pairing that follows it."""
        with counting(self.server, self.user) as work, open_store(self.database) as store:
            syncs = Syncs(store, {"work": lambda: opened(on_dovecot(self.server, self.user))}, self.now)
            syncs.sync()
            keep_paired(store, syncs.config)
        return work

    def report(self) -> Work:
        """Everybody judged from what is paired."""
        with counting() as work, open_store(self.database) as store:
            config = Syncs(store, {"work": lambda: opened(on_dovecot(self.server, self.user))}).config
            assert len(make_report(store, config, Question(Judging(), self.now)).rows) == len(PEOPLE)
        return work

    def answer(self, deed: Callable[[Store, Config, Question], object]) -> Work:
        """Another answer from what is paired."""
        with counting() as work, open_store(self.database) as store:
            config = Syncs(store, {"work": lambda: opened(on_dovecot(self.server, self.user))}).config
            deed(store, config, Question(Judging(), self.now))
        return work

    def asks(self) -> int:
        """How many asks are stored."""
        with open_store(self.database) as store:
            return sum(map(len, store.evidences().asks.values()))


@pytest.fixture
def places(dovecot: Dovecot, tmp_path: Path) -> Iterator[Place]:
    """Mailboxes with their empty databases, a fresh one each time."""
    return (Place(dovecot, dovecot.user(), f"sqlite:///{tmp_path}/{number}.db") for number in itertools.count())


def at_size(places: Iterator[Place], *sizes: int) -> list[Place]:
    """A mailbox of each size, read and paired."""
    filled = [next(places).fill(size) for size in sizes]
    for place in filled:
        assert place.sync().commands
    return filled


def trips(work: Work) -> list[str]:
    """The commands that a pass waits for, beside those of coming and going."""
    return [command for command in work.commands if not command.startswith(("ID ", "CAPABILITY", "LOGOUT"))]


def test_a_pass_in_which_nothing_changed_does_the_same_in_a_mailbox_of_any_size(places: Iterator[Place]) -> None:
    small, large = (place.sync() for place in at_size(places, SMALL, LARGE))
    assert len(trips(large)) == 1, "LIST with STATUS of all folders"
    assert trips(small) == trips(large)
    assert small.statements == large.statements
    assert small.read == large.read
    assert large.written == small.written == 0
    assert len(large.searches()) <= 30, "five or six of a pass, the same again for whether to pair, and two a folder"
    assert large.steps <= small.steps + 200, "no row of a message was looked at"
    assert large.received < 3_000, "a line a folder"


def test_one_new_message_costs_the_same_in_a_mailbox_of_any_size(places: Iterator[Place]) -> None:
    at_work = at_size(places, SMALL, LARGE)
    for place in at_work:
        place.receive()
    small, large = (place.sync() for place in at_work)
    assert [command.split()[:2] for command in small.commands] == [command.split()[:2] for command in large.commands]
    assert len(trips(large)) <= 6, "LIST, EXAMINE and a sample of what was known, NOOP, SEARCH, FETCH"
    assert large.received < 15_000, "the new header and a sample of four others"
    assert abs(len(large.searches()) - len(small.searches())) <= 12, "one for each four of the person's own letters"
    assert large.written <= 16, "an ask, two names and people, a few marks of what must be paired"
    assert large.read <= 400, "everybody known, the person's own mail and the reports of failed deliveries"
    assert large.steps <= 8_000, "nothing looks at every UID"


def test_one_new_message_costs_the_same_whoever_else_is_known_and_whatever_else_came_back(
    places: Iterator[Place],
) -> None:
    few, many = next(places).fill(SMALL), next(places).fill(SMALL).befriend(LARGE).bounce(300)
    for place in (few, many):
        place.sync()
        place.receive()
    little, much = few.sync(), many.sync()
    assert much.statements == little.statements
    assert much.read <= little.read + 5
    assert much.steps <= little.steps * 1.1 + 200


def test_a_report_reads_the_people_and_their_asks_and_no_message(places: Iterator[Place]) -> None:
    plain, noisy = next(places).fill(LARGE), next(places).fill(LARGE, noise=LARGE)
    for place in (plain, noisy):
        place.sync()
    work, more, asks = plain.report(), noisy.report(), plain.asks()
    assert noisy.asks() == asks > 0
    assert work.statements == more.statements
    assert not [text for text in work.searches() if "FROM message" in text or "FROM participant" in text]
    assert len(work.searches()) <= 30, "what to judge by, and one for each kind of row"
    assert work.read <= asks + 3 * len(PEOPLE) + 2_000, "days on which mail came in are at most those of five years"
    days = more.read - work.read
    assert days < LARGE, "mail came in on more days; each is one row, however many messages came"
    assert more.steps <= work.steps + 6 * days + 200


@pytest.mark.parametrize("deed", [make_overview, try_thresholds])
def test_the_page_and_the_thresholds_read_what_a_report_reads(
    places: Iterator[Place], deed: Callable[[Store, Config, Question], object]
) -> None:
    place = next(places).fill(SMALL)
    place.sync()
    work, report = place.answer(deed), place.report()
    assert (work.statements, work.read) == (report.statements, report.read), "no ask is read whole, and none twice"


def test_a_first_reading_costs_so_much_a_message_and_so_much_a_batch(places: Iterator[Place]) -> None:
    small, large = (next(places).fill(size).sync() for size in (SMALL, 2 * LARGE))
    batches = sum("BODY.PEEK[HEADER.FIELDS (From" in command for command in large.commands)
    assert batches <= 2 * LARGE // 500 + 3, "a command for each batch, and one begun in each of three folders"
    more = len(large.searches()) - len(small.searches())
    assert more <= 21 * (batches - 3), "each kind of row once a batch; a small mailbox takes three of them"
    assert large.written <= 7 * 2 * LARGE, "the message, its place, its people and ids, and that it is to be paired"
    assert large.read <= 3 * 2 * LARGE, "each once to pair it, and the people of each batch"
    assert large.received <= 1_900 * 2 * LARGE, "710 bytes of fields and the list of their names, not the whole header"
    per_message = large.steps / (2 * LARGE), small.steps / SMALL
    assert per_message[0] <= 1.2 * per_message[1], "not more in a larger mailbox"
