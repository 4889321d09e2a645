"""The sample's server as any mail program meets it: what it lists, tells, finds, gives, and how it ends."""

from __future__ import annotations

import re
import threading
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from typing import TYPE_CHECKING

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from tracker.demo._letters import letters
from tracker.demo._server import HOST, PASSWORD, USER, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LETTERS = letters(NOW)
ITEMS = "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID FROM TO DATE SUBJECT IN-REPLY-TO)])"


def connected(port: int) -> IMAPClient:
    client = IMAPClient(HOST, port, ssl=False, timeout=20)
    client.login(USER, PASSWORD)
    client.normalise_times = False
    return client


def servers() -> set[threading.Thread]:
    """The threads in which such servers run."""
    return {thread for thread in threading.enumerate() if thread.name == "demo server"}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serve(LETTERS) as number:
        yield number


@pytest.fixture
def client(port: int) -> Iterator[IMAPClient]:
    imap = connected(port)
    yield imap
    imap.logout()


def test_every_folder_is_there_and_tells_how_many_messages_it_holds(client: IMAPClient) -> None:
    names = {name for _, _, name in client.list_folders()}
    assert names == {"INBOX", "Sent", "Drafts", "Junk", "Trash"}
    for name in names:
        status = client.folder_status(name, ["UIDNEXT", "UIDVALIDITY", "MESSAGES"])
        assert status[b"MESSAGES"] == sum(letter.folder == name for letter in LETTERS)
        assert status[b"UIDNEXT"] > status[b"MESSAGES"]
        assert status[b"UIDVALIDITY"] > 0


@pytest.mark.parametrize("folder", ["INBOX", "Sent"])
def test_a_search_finds_what_came_in_since_a_day(client: IMAPClient, folder: str) -> None:
    client.select_folder(folder, readonly=True)
    since = (NOW - timedelta(days=60)).date()
    _, found = client._imap.uid("SEARCH", f"UID 1:9999 SINCE {since:%d-%b-%Y}")
    assert len(found[0].split()) == sum(letter.folder == folder and letter.at.date() >= since for letter in LETTERS)


@pytest.mark.parametrize("folder", ["INBOX", "Sent"])
def test_headers_come_with_the_time_of_their_arrival(client: IMAPClient, folder: str) -> None:
    client.select_folder(folder, readonly=True)
    _, fetched = client._imap.uid("FETCH", "1:*", ITEMS)
    given = {}
    for part in fetched:
        if isinstance(part, tuple):
            stamp = re.search(rb'INTERNALDATE "([^"]+)"', part[0])
            assert stamp is not None
            assert part[1].endswith(b"\r\n\r\n")
            assert part[1].count(b"\n") == part[1].count(b"\r\n"), "lines end as RFC 5322 says"
            arrival = datetime.strptime(stamp[1].decode(), "%d-%b-%Y %H:%M:%S %z")
            given[message_from_bytes(part[1])["Message-ID"]] = arrival
    stored = {letter.message["Message-ID"]: letter.at for letter in LETTERS if letter.folder == folder}
    assert given.keys() == stored.keys()
    assert all(abs(given[name] - at) < timedelta(seconds=1) for name, at in stored.items())


def test_a_wrong_password_opens_nothing(port: int) -> None:
    imap = IMAPClient(HOST, port, ssl=False, timeout=20)
    with pytest.raises(LoginError):
        imap.login(USER, "wrong")
    imap.shutdown()


def test_the_server_ends_at_once_though_a_client_is_still_connected() -> None:
    before = servers()
    with serve(LETTERS[:20]) as number:
        imap = connected(number)
        imap.select_folder("INBOX", readonly=True)
        began = time.monotonic()
    imap.shutdown()
    assert time.monotonic() - began < 5
    assert servers() == before
    with pytest.raises(ConnectionRefusedError):
        IMAPClient(HOST, number, ssl=False, timeout=5)


def test_an_end_by_error_ends_the_server_too() -> None:
    before = servers()

    def fail_while_it_serves() -> None:
        with serve(LETTERS[:1]):
            assert len(servers()) == len(before) + 1
            raise RuntimeError("something else")

    with pytest.raises(RuntimeError, match="something"):
        fail_while_it_serves()
    assert servers() == before
