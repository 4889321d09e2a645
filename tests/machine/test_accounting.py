"""Every UID of a folder is accounted for: audits, retries, drafts, older mail, and UIDs that change their meaning."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.machine.accounts import letter, on_dovecot, opened
from tracker.config import parse_config
from tracker.domain.connection import Profile
from tracker.domain.message import AddrSpec
from tracker.errors import Unreachable
from tracker.service.syncing import BATCH, sync_account
from tracker.storage import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tests.machine.dovecot import Dovecot, User
    from tracker.config import AccountConfig
    from tracker.domain.folder import Folder
    from tracker.domain.message import RawMessage
    from tracker.service.syncing import Synced
    from tracker.sources import Source
    from tracker.storage import Store

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
BOB = AddrSpec("bob@example.org")


class Lying:
    """A source that keeps some UIDs to itself, or changes them; everything else is what the server says."""

    def __init__(self, source: Source, reader: Reader) -> None:
        self._source = source
        self._reader = reader

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 # whatever the source has
        return getattr(self._source, name)

    def uids(self, folder: Folder, first: int, last: int, since: date | None) -> list[int]:
        return [uid for uid in self._source.uids(folder, first, last, since) if uid not in self._reader.hidden]

    def fetch(self, folder: Folder, uids: Sequence[int]) -> list[RawMessage]:
        new = self._reader.new_uids
        raws = self._source.fetch(folder, [new.get(uid, uid) for uid in uids])
        renumbered = [replace(raw, uid=new.get(raw.uid, raw.uid)) for raw in raws]
        return [raw for raw in renumbered if raw.uid not in self._reader.mute]


@dataclass
class Reader:
    """A user's account, a store, and a clock that only the test moves."""

    server: Dovecot
    user: User
    store: Store
    now: datetime = START
    since: str = "2020-01-01"
    hidden: list[int] = field(default_factory=list)
    mute: list[int] = field(default_factory=list)
    new_uids: dict[int, int] = field(default_factory=dict)

    def sync(self, is_stopped: Callable[[], bool] = lambda: False) -> Synced:
        text = (
            f'[me]\naddresses = ["ann@example.org"]\n[sync]\nsince = "{self.since}"\n[[account]]\nname = "work"\n'
            f'host = "localhost"\nuser = "x"\npassword_file = "x"\n'
        )
        config = parse_config(text, "here")
        account, clock = config.account[0], lambda: self.now
        return sync_account(self.store, account, config, clock=clock, connect=self.connect, is_stopped=is_stopped)

    @contextlib.contextmanager
    def connect(self, _: AccountConfig) -> Iterator[Source]:
        with opened(on_dovecot(self.server, self.user, folders=("INBOX",))) as source:
            yield cast("Source", Lying(source, self))

    def names(self) -> list[str]:
        """The Message-IDs of all that is stored from Bob, in order."""
        person = self.store.connections()[0].id
        return sorted(str(message.message_id) for message in self.store.messages_of(person))

    def copies(self) -> int:
        return next(folder.messages for folder in self.store.folders("work") if folder.name == "INBOX")


@pytest.fixture
def reader(dovecot: Dovecot, tmp_path: Path) -> Iterator[Reader]:
    with open_store(f"sqlite:///{tmp_path}/tracker.db") as store:
        store.merge_profiles([Profile("bob", "Bob", addresses=(BOB,))], complete=True)
        yield Reader(dovecot, dovecot.user(), store)


def fill(reader: Reader, *numbers: int) -> None:
    for number in numbers:
        reader.user.mailbox.deliver("INBOX", letter(number), START - timedelta(days=100 * number))


def ids(*numbers: int) -> list[str]:
    return sorted(f"{number}@example.org" for number in numbers)


def test_what_a_search_left_out_is_found_by_the_audit_of_the_next_day(reader: Reader) -> None:
    fill(reader, 1, 3)
    reader.sync()
    fill(reader, 2)
    reader.hidden = [3]
    reader.now += timedelta(minutes=10)
    reader.sync()
    assert reader.names() == ids(1, 3)
    assert [folder.missing for folder in reader.store.folders("work")] == [1, 0]
    reader.hidden = []
    reader.now = START + timedelta(hours=23)
    assert reader.sync().read == 0
    reader.now += timedelta(hours=1)
    found = reader.sync()
    assert found.notes == ("INBOX: 1 older messages were not read before",)
    assert reader.names() == ids(1, 2, 3)
    assert reader.copies() == 3
    reader.now += timedelta(days=1)
    again = reader.sync()
    assert (again.read, again.notes) == (0, ())


def test_what_was_expunged_keeps_its_facts_and_loses_its_place(reader: Reader) -> None:
    fill(reader, 1, 2, 3)
    reader.sync()
    reader.user.mailbox.expunge("INBOX", [1, 3])
    reader.now += timedelta(days=1)
    reader.sync()
    assert reader.copies() == 1
    assert reader.names() == ids(1, 2, 3)


def test_a_message_without_a_header_is_told_and_tried_again_each_day(reader: Reader) -> None:
    fill(reader, 1, 2)
    reader.mute = [2]
    for day in range(3):
        reader.now = START + timedelta(days=day)
        reader.sync()
        (failed,) = reader.store.unreadable("work")
        assert (failed.uid, failed.tries) == (2, day + 1)
        assert failed.error == "the server does not give its header"
    reader.mute = []
    reader.now += timedelta(days=1)
    reader.sync()
    assert reader.store.unreadable("work") == []
    assert reader.names() == ids(1, 2)
    reader.mute = [2]
    reader.user.mailbox.expunge("INBOX", [2])
    reader.now += timedelta(days=1)
    reader.sync()
    assert reader.store.unreadable("work") == []


def test_when_older_mail_is_wanted_it_is_read_even_after_a_cut(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(reader, 1, 2, 3, 4, 5)
    reader.since = f"{START - timedelta(days=250):%Y-%m-%d}"
    reader.sync()
    assert reader.names() == ids(1, 2)
    reader.since = f"{START - timedelta(days=450):%Y-%m-%d}"
    reader.now += timedelta(minutes=10)
    monkeypatch.setattr("tracker.service.reading.BATCH", 1)
    with pytest.raises(Unreachable), cut_after(reader, batches=2):
        reader.sync()
    assert len(reader.names()) == 3, "one of two was stored before the cut"
    reader.sync()
    assert reader.names() == ids(1, 2, 3, 4)
    reader.since = f"{START - timedelta(days=250):%Y-%m-%d}"
    reader.now += timedelta(days=1)
    assert reader.sync().read == 0
    assert reader.names() == ids(1, 2, 3, 4)


def test_a_first_reading_that_was_cut_misses_nothing_that_it_left_out_for_its_age(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(reader, 1, 2, 5, 4, 3)
    reader.since = f"{START - timedelta(days=250):%Y-%m-%d}"
    monkeypatch.setattr("tracker.service.reading.BATCH", 1)
    with pytest.raises(Unreachable), cut_after(reader, batches=1):
        reader.sync()
    assert reader.names() == ids(1)
    assert reader.sync().is_complete
    assert reader.names() == ids(1, 2)


@contextlib.contextmanager
def cut_after(reader: Reader, *, batches: int) -> Iterator[None]:
    """The line is cut at the FETCH after so many."""
    honest, count = Lying.fetch, [0]

    def fetch(self: Lying, folder: Folder, uids: Sequence[int]) -> list[RawMessage]:
        count[0] += 1
        if count[0] > batches:
            raise Unreachable("cut", hint="by the test")
        return honest(self, folder, uids)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Lying, "fetch", fetch)
        yield
    assert count[0] > batches
    assert reader.store.accounts()[0].error == "cut"


def test_a_draft_is_no_fact_until_it_is_sent(reader: Reader) -> None:
    reader.user.mailbox.append("INBOX", letter(1), START, ["\\Draft"])
    reader.user.mailbox.append("INBOX", letter(2), START, ["\\Draft"])
    reader.sync()
    assert reader.names() == []
    assert [folder.drafts for folder in reader.store.folders("work")] == [2, 0]
    with reader.user.mailbox.connection() as imap:
        imap.select("INBOX")
        imap.uid("STORE", "2", "-FLAGS", r"(\Draft)")
    reader.sync()
    assert reader.names() == ids(2)
    reader.user.mailbox.expunge("INBOX", [1])
    reader.sync()
    assert [folder.drafts for folder in reader.store.folders("work")] == [0, 0]
    assert [folder.missing for folder in reader.store.folders("work")] == [0, 0]


def test_uids_that_mean_other_messages_are_found_out_by_a_sample(reader: Reader) -> None:
    fill(reader, 1, 2, 3)
    reader.sync()
    exchange_uids(reader, 1, 3)
    fill(reader, 4)
    found = reader.sync()
    assert found.notes == ("INBOX: the server gave old UIDs to other messages; the folder is read again",)
    assert reader.names() == ids(1, 2, 3, 4)
    assert reader.copies() == 4
    assert reader.sync().notes == ()


def test_uids_that_mean_other_messages_are_found_out_by_the_audit_if_nothing_comes_in(reader: Reader) -> None:
    fill(reader, 1, 2, 3)
    reader.sync()
    reader.new_uids = {1: 3, 3: 1}
    assert reader.sync().notes == ()
    reader.now += timedelta(days=1)
    assert len(reader.sync().notes) == 1
    assert reader.names() == ids(1, 2, 3)


def exchange_uids(reader: Reader, one: int, other: int) -> None:
    """Let two messages change their UIDs while UIDVALIDITY stays: the server's list is rewritten under it."""
    directory = reader.user.mailbox.path("INBOX")
    for path in directory.glob("dovecot.index*"):
        path.unlink()
    listed = directory / "dovecot-uidlist"
    names = dict(re.findall(r"^(\d+) (.*)$", listed.read_text("utf-8"), re.MULTILINE))
    names[str(one)], names[str(other)] = names[str(other)], names[str(one)]
    head = listed.read_text("utf-8").partition("\n")[0]
    lines = [head, *(f"{uid} {name}" for uid, name in names.items())]
    listed.write_text("\n".join(lines) + "\n", "utf-8")
    reader.user.mailbox.own(listed)


def test_what_went_before_a_first_reading_came_to_its_end_is_not_taken_for_there(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first reading is cut after its first batch, and goes on when those messages have gone."""
    monkeypatch.setattr("tracker.service.reading.TOGETHER", BATCH)
    for number in range(1, BATCH + 3):
        reader.user.mailbox.deliver("INBOX", letter(number), START)
    assert not reader.sync(is_stopped=lambda: reader.store.folders("work") != []).is_complete
    assert reader.copies() == BATCH
    reader.user.mailbox.expunge("INBOX", range(1, BATCH + 1))
    assert reader.sync().is_complete
    assert reader.copies() == 2
