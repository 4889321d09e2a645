"""A folder that is open is not opened again for each search, unless it may not know yet what STATUS knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.machine.accounts import letter, minutes, on_server, opened, settings
from tests.machine.scripted import scripted
from tracker.domain.folder import Folder
from tracker.domain.message import FolderRole
from tracker.errors import BadServerReply

if TYPE_CHECKING:
    from tests.machine.mail_program import MailServer

INBOX = Folder("INBOX", FolderRole.INBOX)
OK = b"TAG OK done\r\n"
OPENING = b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\n" + OK


def status(uidnext: int, uidvalidity: int = 7) -> bytes:
    return b"* STATUS INBOX (MESSAGES %d UIDNEXT %d UIDVALIDITY %d)\r\n" % (uidnext - 1, uidnext, uidvalidity) + OK


def test_what_came_in_while_a_folder_was_open_is_found_without_opening_it_again(server: MailServer) -> None:
    user = server.user()
    user.mailbox.deliver("INBOX", letter(1), minutes(1))
    with opened(on_server(server, user)) as source:
        source.status(INBOX)
        assert list(source.uids(INBOX, 1, 1, None)) == [1]
        assert source.wait(0.2) is False
        user.mailbox.append("INBOX", letter(2), minutes(2))
        assert source.wait(20) is True
        assert source.status(INBOX).uidnext == 3
        assert list(source.uids(INBOX, 2, 2, None)) == [2]
        assert [raw.uid for raw in source.fetch(INBOX, [1, 2])] == [1, 2]
    commands = [command.split()[:2] for command in server.commands(user)]
    assert commands.count(["UID", "SEARCH"]) == 2
    assert commands[commands.index(["IDLE"]) :].count(["EXAMINE", '"INBOX"']) == 1, "by the second wait alone"


def test_what_others_deleted_while_a_folder_was_open_is_not_there(server: MailServer) -> None:
    user = server.user()
    for number in range(1, 4):
        user.mailbox.deliver("INBOX", letter(number), minutes(number))
    with opened(on_server(server, user)) as source:
        source.status(INBOX)
        assert list(source.uids(INBOX, 1, 3, None)) == [1, 2, 3]
        user.mailbox.expunge("INBOX", [2])
        assert list(source.uids(INBOX, 1, 3, None)) == [1, 3]


def test_a_server_may_keep_to_itself_what_was_deleted_until_it_is_asked_for_news() -> None:
    """As RFC 9051, 7.5.1, demands of it during FETCH and SEARCH, and some do during UID commands, too."""
    news: list[str] = []

    def noop(command: str) -> bytes:
        news.append(command)
        return b"* 2 EXPUNGE\r\n" + OK

    def search(_: str) -> bytes:
        return (b"* SEARCH 1 3\r\n" if news else b"* SEARCH 1 2 3\r\n") + OK

    with (
        scripted(EXAMINE=OPENING, NOOP=noop, UID_SEARCH=search) as server,
        opened(settings(server.port)) as source,
    ):
        assert list(source.uids(INBOX, 1, 3, None)) == [1, 2, 3]
        assert list(source.uids(INBOX, 1, 3, None)) == [1, 3]
    assert server.received.count('EXAMINE "INBOX"') == 1


def test_a_folder_is_opened_again_where_it_does_not_know_yet_the_last_message_that_status_tells_of() -> None:
    searches = [b"* SEARCH 1 2 3\r\n" + OK, b"* SEARCH\r\n" + OK, b"* SEARCH 4 5\r\n" + OK]
    with (
        scripted(STATUS=[status(4), status(6)], EXAMINE=OPENING, UID_SEARCH=[*searches]) as server,
        opened(settings(server.port)) as source,
    ):
        source.status(INBOX)
        assert list(source.uids(INBOX, 1, 3, None)) == [1, 2, 3]
        source.status(INBOX)
        assert list(source.uids(INBOX, 4, 5, None)) == [4, 5]
    asked = [command for command in server.received if command.startswith(("EXAMINE", "UID"))]
    search = "UID SEARCH UID 4:5"
    assert asked == ['EXAMINE "INBOX"', "UID SEARCH UID 1:3", search, 'EXAMINE "INBOX"', search]


def test_what_an_open_folder_knew_when_it_was_opened_is_not_looked_for_twice_when_it_is_gone() -> None:
    with (
        scripted(EXAMINE=OPENING, UID_SEARCH=b"* SEARCH 1 2\r\n" + OK) as server,
        opened(settings(server.port)) as source,
    ):
        assert [list(source.uids(INBOX, 1, 3, None)) for _ in range(3)] == [[1, 2]] * 3
    asked = [command for command in server.received if command.startswith(("EXAMINE", "UID"))]
    assert asked == ['EXAMINE "INBOX"', *["UID SEARCH UID 1:3"] * 3]


def test_a_folder_whose_uids_mean_something_else_by_now_is_opened_again() -> None:
    with (
        scripted(
            STATUS=[status(4), status(4, uidvalidity=8)], EXAMINE=OPENING, UID_SEARCH=b"* SEARCH 3\r\n" + OK
        ) as server,
        opened(settings(server.port)) as source,
    ):
        source.status(INBOX)
        assert list(source.uids(INBOX, 3, 3, None)) == [3]
        source.status(INBOX)
        with pytest.raises(BadServerReply, match="UIDVALIDITY changed"):
            source.uids(INBOX, 3, 3, None)
    assert server.received.count('EXAMINE "INBOX"') == 2


def test_a_folder_that_was_opened_without_a_uidvalidity_is_opened_for_each_search() -> None:
    opening = b"* 3 EXISTS\r\n* OK [UIDNEXT 4] x\r\n" + OK
    with (
        scripted(EXAMINE=opening, UID_SEARCH=b"* SEARCH 3\r\n" + OK) as server,
        opened(settings(server.port)) as source,
    ):
        for _ in range(2):
            assert list(source.uids(INBOX, 3, 3, None)) == [3]
    assert server.received.count('EXAMINE "INBOX"') == 2
