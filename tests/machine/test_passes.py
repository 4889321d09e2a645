"""Whole passes over two real accounts while their mail is moved, renamed, deleted and renumbered under them."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.machine.accounts import on_server, opened
from tests.machine.syncs import ME, START, Syncs
from tracker.domain.connection import Profile
from tracker.domain.message import AddrSpec
from tracker.domain.outcome import Judging
from tracker.errors import TrackerError
from tracker.service.judging import Question, make_report
from tracker.storage import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.machine.dovecot import Dovecot, User

HOME = ["Gesendete Elemente", "Unerwünscht", "Papierkorb", "Entwürfe", "Arbeit & Übung", "Köln", "Архив", "Проекты"]
WORK = ["Éléments envoyés", "Courrier indésirable", "Corbeille", "Brouillons", "項目", "年度/二〇二六", "[1]", "αβγ"]
MORE = [f"Folder {number}" for number in range(12)]
PEOPLE = {"rita": "responsive", "uma": "unresponsive", "wei": "waiting", "tara": "untested"}


def lay(user: User, folder: str, name: str, days: float, sender: str, to: str, answers: str = "") -> None:
    """A message called `name`, so many days old."""
    message, at = EmailMessage(), START.fromtimestamp(START.timestamp() - days * 86_400, START.tzinfo)
    message["From"], message["To"], message["Subject"] = sender, to, f"About {name}"
    message["Date"], message["Message-ID"] = format_datetime(at), f"<{name}@test.example>"
    if answers:
        message["In-Reply-To"] = f"<{answers}@test.example>"
    message.set_content("The text is never read.")
    user.mailbox.deliver(folder, message, at)


def fill(home: User, work: User) -> None:
    """Some ask from one account and are answered in the other; some mail lies in several folders and in both."""
    for day in range(0, 90, 3):
        lay(home, "INBOX", f"noise{day}", day, "rita@acme.example", ME)
        lay(work, "INBOX", f"noise{day}", day, "rita@acme.example", ME)
    for number, days in enumerate((60, 40, 20)):
        lay(home, HOME[0], f"r{number}", days, ME, "rita@acme.example")
        for folder in ("INBOX", WORK[4], WORK[7]):
            lay(work, folder, f"r{number}a", days - 0.5, "rita@acme.example", ME, f"r{number}")
        lay(work, WORK[0], f"u{number}", days, ME, "uma@acme.example")
        lay(home, HOME[7], f"u{number}", days, ME, "uma@acme.example")
    lay(work, WORK[0], "w", 0.5, ME, "wei@acme.example")


class Two:
    """Two accounts, what was ever laid there, and a store that knows the people."""

    def __init__(self, dovecot: Dovecot, syncs: Syncs, home: User, work: User) -> None:
        self.dovecot, self.syncs, self.home, self.work = dovecot, syncs, home, work
        fill(home, work)
        self.everything = self.lying()
        self.syncs.sync()
        self.check()

    def lying(self) -> set[str]:
        users = (self.home, self.work)
        return {name for user in users for box in user.mailbox.folders() for name in user.mailbox.lying(box).values()}

    def check(self) -> None:
        """Each message that was ever there is stored once, and everybody is judged as at the start."""
        assert self.syncs.stored() == dict.fromkeys(self.everything, 1)
        report = make_report(self.syncs.store, self.syncs.config, Question(Judging(), self.syncs.now, as_of=START))
        assert {row.connection.name.lower(): row.verdict.value for row in report.rows} == PEOPLE
        assert self.syncs.store.unreadable() == []

    def sync_while(self, call: str, folder: str, deed: Callable[[], object]) -> None:
        """Passes, in the first of which the deed is done just before a folder is asked; a failed one is repeated."""
        deeds = [deed]

        def before(name: str, arguments: tuple[Any, ...]) -> None:
            if deeds and name == call and arguments[0].name == folder:
                deeds.pop()()

        self.syncs.before = before
        try:
            self.syncs.sync(hours=25)
        except TrackerError:
            self.syncs.sync()
        assert not deeds, "nobody asked for that"
        self.check()
        for account, user in (("home", self.home), ("work", self.work)):
            self.syncs.sync(hours=25)
            counts = self.syncs.counts(account)
            assert counts == {name: len(user.mailbox.lying(name)) for name in counts}
            assert set(user.mailbox.folders()) - {"Entwürfe", "Brouillons"} == counts.keys()
        self.check()


@pytest.fixture
def two(dovecot: Dovecot, tmp_path: Path) -> Iterator[Two]:
    home, work = dovecot.user(folders=[*HOME, *MORE]), dovecot.user(folders=[*WORK, *MORE])
    ways = {name: partial(opened, on_server(dovecot, user)) for name, user in (("home", home), ("work", work))}
    people = [Profile(who, who.title(), addresses=(AddrSpec(f"{who}@acme.example"),)) for who in PEOPLE]
    with open_store(f"sqlite:///{tmp_path}/tracker.db") as store, home.mailbox.held(), work.mailbox.held():
        store.merge_profiles(people, complete=True)
        yield Two(dovecot, Syncs(store, ways), home, work)


@pytest.mark.parametrize(("call", "folder"), [("status", "INBOX"), ("uids", WORK[4])])
@pytest.mark.parametrize("deed", ["rename", "delete", "create", "move", "reset", "reset all", "empty all"])
def test_what_happens_in_the_middle_of_a_pass_loses_nothing_and_changes_no_verdict(
    two: Two, call: str, folder: str, deed: str
) -> None:
    mailbox = two.work.mailbox
    filled = [name for name in mailbox.folders() if mailbox.lying(name)]

    def reset(*names: str) -> None:
        for name in names:
            mailbox.reset_uidvalidity(name)

    def empty() -> None:
        for name in filled:
            mailbox.expunge(name, sorted(mailbox.lying(name)))

    deeds: dict[str, Callable[[], object]] = {
        "rename": lambda: mailbox.rename(WORK[4], "Zuletzt umbenannt"),
        "delete": lambda: mailbox.delete(WORK[4]),
        "create": lambda: mailbox.create("Ganz neu"),
        "move": lambda: mailbox.move("INBOX", sorted(mailbox.lying("INBOX")), WORK[7]),
        "reset": lambda: reset(WORK[4]),
        "reset all": lambda: reset(*filled),
        "empty all": empty,
    }
    two.sync_while(call, folder, deeds[deed])


def test_an_account_in_which_nothing_lies_is_read_to_its_end(dovecot: Dovecot, tmp_path: Path) -> None:
    user = dovecot.user()
    with open_store(f"sqlite:///{tmp_path}/tracker.db") as store:
        syncs = Syncs(store, {"work": partial(opened, on_server(dovecot, user))})
        assert (syncs.sync()["work"].is_complete, syncs.sync()["work"].read) == (True, 0)
        assert syncs.counts("work") == dict.fromkeys(["INBOX", "Junk", "Sent", "Trash"], 0)
        assert store.coverage(["work"]).accounts[0].synced_at == syncs.now
