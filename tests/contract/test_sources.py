"""What every source promises, asked of a server and of archives with the same mail in them."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from tests.machine.accounts import NOON, letter, minutes, on_dovecot
from tests.machine.archives import TAKEOUT, MaildirPost, MboxPost
from tracker.domain.folder import FolderState, FolderStatus, plan
from tracker.domain.message import FolderRole, Message
from tracker.errors import Unreachable
from tracker.parsing import parse
from tracker.sources import source_module

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime
    from pathlib import Path

    from tests.machine.dovecot import Dovecot, User
    from tracker.domain.folder import Folder
    from tracker.sources import Source

LONG_SINCE = (NOON - timedelta(days=3650)).date()


class Post(Protocol):
    """Where a test lays its mail."""

    kind: str

    def deliver(self, content: bytes, at: datetime, *, is_draft: bool = False) -> None: ...

    def expunge(self, number: int) -> None: ...

    def open(self, **changes: Any) -> Source: ...  # noqa: ANN401 # any field of the settings


@dataclass
class ImapPost:
    """INBOX of a user of a real server."""

    dovecot: Dovecot
    user: User
    uids: list[int] = field(default_factory=list)
    kind: str = "imap"

    def deliver(self, content: bytes, at: datetime, *, is_draft: bool = False) -> None:
        self.user.mailbox.deliver("INBOX", content, at, ["\\Draft"] if is_draft else [])
        self.uids.append(len(self.uids) + 1)

    def expunge(self, number: int) -> None:
        self.user.mailbox.expunge("INBOX", [self.uids[number]])

    def open(self, **changes: Any) -> Source:  # noqa: ANN401 # any field of the settings
        return source_module("imap").open_source(on_dovecot(self.dovecot, self.user, **changes))


def make(kind: str, dovecot: Dovecot, folder: Path) -> Post:
    if kind == "imap":
        return ImapPost(dovecot, dovecot.user())
    if kind == "maildir":
        return MaildirPost(folder / "Maildir")
    return MboxPost(folder / "archive.mbox", TAKEOUT) if kind == "takeout" else MboxPost(folder / "archive.mbox")


@pytest.fixture(params=["imap", "maildir", "mbox", "takeout"])
def post(request: pytest.FixtureRequest, dovecot: Dovecot, tmp_path: Path) -> Post:
    return make(request.param, dovecot, tmp_path)


@contextlib.contextmanager
def reading(post: Post) -> Iterator[tuple[Source, Folder]]:
    """The account and the folder in which the mail lies."""
    source = post.open()
    try:
        yield source, source.folders()[0]
    finally:
        source.close()


def all_uids(source: Source, folder: Folder, since: date | None = None) -> list[int]:
    return list(source.uids(folder, 1, source.status(folder).uidnext - 1, since))


PLAIN_HEADER = (
    b"From: Bob <bob@example.org>\r\nTo: ann@example.org\r\nSubject: plain\r\nMessage-ID: <1@example.org>\r\n\r\n"
)
FOLDED_HEADER = (
    b"From: =?utf-8?q?J=C3=B6rg?= <joerg@example.org>\r\nSubject: folded\r\n\tand 8-bit \xfc {12}\r\n"
    b'In-Reply-To: <a@example.org>\r\n <b@example.org>\r\nTo: ann@example.org, "UID 99" <x@example.org>\r\n'
    b"To: twice@example.org\r\nAuto-Submitted: no\r\n\r\n"
)
ODD_HEADER = b"from:nobody@example.org\r\nTO : x@example.org\r\nSubject:\r\n\r\n"
HEADERS = (PLAIN_HEADER, FOLDED_HEADER, ODD_HEADER, b"\r\n")


def test_headers_arrive_byte_for_byte_in_the_order_in_which_the_messages_came(post: Post) -> None:
    for number, header in enumerate(HEADERS):
        post.deliver(header.replace(b"\r\n\r\n", b"\r\nX-Unasked: yes\r\n\r\n") + b"body\r\n", minutes(number))
    with reading(post) as (source, folder):
        uids = all_uids(source, folder)
        raws = source.fetch(folder, [*reversed(uids), uids[0]])
    assert [raw.uid for raw in raws] == uids == sorted(uids)
    assert [raw.header for raw in raws] == list(HEADERS)
    assert [raw.received_at for raw in raws] == [minutes(number) for number in range(len(HEADERS))]
    assert [(raw.is_draft, raw.thread_key) for raw in raws] == [(False, "")] * len(HEADERS)


def test_a_message_is_the_same_one_wherever_its_copy_lies(dovecot: Dovecot, tmp_path: Path) -> None:
    """Without a Message-ID it is known by its bytes."""
    contents = [
        b"From: bob@example.org\nSubject: a\n b\nTo : ann@example.org\n\nbody",
        b">From x\nFrom: bob@example.org\nno field\n of anything\nSubject: c\n",
        b"From: bob@example.org\nSubject: \0 \xe9 \r x\n\t\n \nTo: ann@example.org",
        b"From: bob@example.org\nReferences:" + b"\n <x@example.org>" * 3000 + b"\n\nbody\n",
    ]
    found: list[list[str]] = []
    for kind in ("imap", "maildir", "mbox", "takeout"):
        post = make(kind, dovecot, tmp_path / kind)
        (tmp_path / kind).mkdir(exist_ok=True)
        for content in contents:
            post.deliver(content, NOON)
        with reading(post) as (source, folder):
            raws = source.fetch(folder, all_uids(source, folder))
        facts = [parse(raw, role=FolderRole.ALL, now=NOON) for raw in raws]
        found.append([fact.identity for fact in facts if isinstance(fact, Message)])
    assert len(set(found[0])) == len(contents)
    assert found == [found[0]] * len(found)


def test_uids_are_those_of_the_range_that_exist(post: Post) -> None:
    for number in range(6):
        post.deliver(letter(number), minutes(number))
    with reading(post) as (source, folder):
        status = source.status(folder)
        uids = list(source.uids(folder, 1, status.uidnext - 1, None))
        assert len(uids) == 6
        assert max(uids) < status.uidnext
        assert list(source.uids(folder, uids[1], uids[4], None)) == uids[1:5]
        assert list(source.uids(folder, uids[1] + 1, uids[4] - 1, None)) == uids[2:4]
        assert list(source.uids(folder, uids[2], uids[2], None)) == [uids[2]]
        assert list(source.uids(folder, status.uidnext, status.uidnext + 50, None)) == []
        assert list(source.uids(folder, 5, 4, None)) == []


def test_new_mail_gets_uids_from_uidnext_on_and_the_old_ones_stay(post: Post) -> None:
    post.deliver(letter(1), minutes(1))
    with reading(post) as (source, folder):
        before, known = source.status(folder), all_uids(source, folder)
    post.deliver(letter(2), minutes(2))
    post.deliver(letter(3), minutes(3))
    with reading(post) as (source, folder):
        after = source.status(folder)
        assert after.uidvalidity == before.uidvalidity > 0
        fresh = source.uids(folder, before.uidnext, after.uidnext - 1, None)
        assert [b"letter 2" in raw.header for raw in source.fetch(folder, fresh)] == [True, False]
    with reading(post) as (source, folder):
        again = source.status(folder)
        assert (again.uidvalidity, again.uidnext) == (after.uidvalidity, after.uidnext)
        assert all_uids(source, folder) == [*known, *fresh]


def test_a_folder_without_mail_gives_the_first_one_a_uid_that_is_read(post: Post) -> None:
    with reading(post) as (source, folder):
        empty = source.status(folder)
        assert (empty.uidnext, all_uids(source, folder)) == (1, [])
    post.deliver(letter(1), minutes(1))
    with reading(post) as (source, folder):
        assert len(read_on(source, folder, FolderState(empty.uidvalidity, empty.uidnext))) == 1


def test_since_leaves_out_what_is_older_by_more_than_a_day(post: Post) -> None:
    for days in range(6):
        post.deliver(letter(days), NOON + timedelta(days=days))
    with reading(post) as (source, folder):
        everything = all_uids(source, folder)
        assert all_uids(source, folder, NOON.date() + timedelta(days=3)) == everything[2:]


def read_on(source: Source, folder: Folder, known: FolderState | None) -> list[bytes]:
    """The subjects that a pass reads which knows so much."""
    status: FolderStatus = source.status(folder)
    todo = plan(known, status, since=LONG_SINCE, now=NOON)
    raws = source.fetch(folder, source.uids(folder, todo.first, todo.last, todo.since))
    return [line for raw in raws for line in raw.header.split(b"\r\n") if line.startswith(b"Subject: ")]


def test_what_is_deleted_takes_nothing_else_with_it(post: Post) -> None:
    """Either the others keep their UIDs, or another UIDVALIDITY says that they did not."""
    for number in range(5):
        post.deliver(letter(number), minutes(number))
    with reading(post) as (source, folder):
        before, uids = source.status(folder), all_uids(source, folder)
    post.expunge(1)
    for number in (5, 6):
        post.deliver(letter(number), minutes(number))
    with reading(post) as (source, folder):
        after = source.status(folder)
        found = read_on(source, folder, FolderState(before.uidvalidity, before.uidnext, since=LONG_SINCE))
        left = all_uids(source, folder)
    if after.uidvalidity == before.uidvalidity:
        assert left[:4] == [uids[0], *uids[2:]]
        assert found == [b"Subject: letter 5", b"Subject: letter 6"]
    else:
        assert found == [b"Subject: letter %d" % number for number in (0, 2, 3, 4, 5, 6)]


def test_drafts_are_flagged(post: Post) -> None:
    post.deliver(letter(1), minutes(1), is_draft=True)
    post.deliver(letter(2), minutes(2))
    with reading(post) as (source, folder):
        assert [raw.is_draft for raw in source.fetch(folder, all_uids(source, folder))] == [True, False]


def test_the_received_fields_arrive_by_themselves(post: Post) -> None:
    hops = (
        b"Received: from a by b;\r\n\tSun, 1 Mar 2026 10:00:00 +0000\r\nReceived: by a; 1 Mar 2026 09:00:00 +0000\r\n"
    )
    post.deliver(hops + letter(1), minutes(1))
    post.deliver(letter(2), minutes(2))
    with reading(post) as (source, folder):
        uids = all_uids(source, folder)
        assert source.received(folder, [*uids, 10**9]) == {uids[0]: hops + b"\r\n", uids[1]: b"\r\n"}
        assert source.received(folder, []) == {}


def test_the_beginning_of_a_message_arrives_and_no_more(post: Post) -> None:
    content = letter(1) + b"\r\nFrom here on\r\n\r\n.\r\n" + b"x" * 100_000 + b"\r\n"
    post.deliver(content, minutes(1))
    post.deliver(letter(2), minutes(2))
    with reading(post) as (source, folder):
        uids = all_uids(source, folder)
        assert source.body(folder, uids[0], 65_536) == content[:65_536]
        assert source.body(folder, uids[1], 65_536) == letter(2)
        assert source.body(folder, 10**9, 65_536) == b""


def test_an_abort_ends_a_wait_and_every_later_call(post: Post) -> None:
    post.deliver(letter(1), minutes(1))
    with reading(post) as (source, folder):
        threading.Timer(0.2, source.abort).start()
        with pytest.raises(Unreachable):
            source.wait(600)
        with pytest.raises(Unreachable):
            source.uids(folder, 1, 10, None)
        with pytest.raises(Unreachable):
            source.status(folder)


def test_a_wait_without_news_ends_by_itself(post: Post) -> None:
    with reading(post) as (source, _):
        assert source.wait(0.05) is False
        assert source.misbehaved == {}
