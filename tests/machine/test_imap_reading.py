"""What only one of the servers can show of reading a mailbox: names, sizes and habits that the other does not have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.machine.accounts import NOON, letter, minutes, on_dovecot, opened
from tracker.domain.folder import Folder
from tracker.domain.message import FolderRole

if TYPE_CHECKING:
    from tests.machine.dovecot import Dovecot

INBOX = Folder("INBOX", FolderRole.INBOX)


def test_folders_are_known_by_their_special_use_and_drafts_are_not_read(dovecot: Dovecot) -> None:
    user = dovecot.user()
    user.mailbox.create("Work/Customers")  # and "Work" cannot be opened
    with opened(on_dovecot(dovecot, user)) as source:
        assert source.folders() == [
            INBOX,
            Folder("Junk", FolderRole.JUNK),
            Folder("Sent", FolderRole.SENT),
            Folder("Trash", FolderRole.TRASH),
            Folder("Work/Customers", FolderRole.OTHER),
        ]


@pytest.mark.parametrize("name", ['say "hello"', "back\\slash"])
def test_folders_are_read_whose_names_must_be_escaped(dovecot: Dovecot, name: str) -> None:
    user = dovecot.user()
    user.mailbox.create(name)
    user.mailbox.append(name, letter(), NOON)
    with opened(on_dovecot(dovecot, user)) as source:
        folder = next(folder for folder in source.folders() if folder.name == name)
        assert source.status(folder).messages == 1
        assert list(source.uids(folder, 1, 1, None)) == [1]
        assert [raw.uid for raw in source.fetch(folder, [1])] == [1]


def test_a_server_is_not_asked_for_names_of_threads_that_it_does_not_offer(dovecot: Dovecot) -> None:
    user = dovecot.user()
    user.mailbox.append("INBOX", letter(1), NOON)
    with opened(on_dovecot(dovecot, user)) as source:
        assert [raw.thread_key for raw in source.fetch(INBOX, [1])] == [""]
    (asked,) = [command for command in dovecot.commands(user) if command.startswith("UID FETCH")]
    assert not re.search("X-GM-|EMAILID|THREADID", asked)


def test_thousands_of_messages_come_in_the_order_of_their_uids(dovecot: Dovecot) -> None:
    user = dovecot.user()
    for number in range(1, 2501):
        user.mailbox.deliver("INBOX", letter(number), minutes(number))
    with opened(on_dovecot(dovecot, user)) as source:
        status = source.status(INBOX)
        uids = list(source.uids(INBOX, 1, status.uidnext - 1, None))
        fetched = source.fetch(INBOX, [*reversed(uids), 1])
    assert [raw.uid for raw in fetched] == uids == list(range(1, 2501))
    assert all(f"<{raw.uid}@example.org>".encode() in raw.header for raw in fetched)
    assert [raw.received_at for raw in fetched[:2]] == [minutes(1), minutes(2)]
