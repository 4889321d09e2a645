"""Folders with names that nobody expects, UIDNEXT that goes back, and polls of accounts in which nothing happened."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from imapclient.imap_utf7 import encode

from tests.machine.accounts import NOON, minutes, on_dovecot
from tests.machine.accounts import letter as plain_letter
from tests.machine.lying import LyingMailbox
from tests.machine.lying_reader import one_pass, reading, shelf
from tests.machine.wire import ALLOWED
from tracker.errors import BadServerReply
from tracker.storage import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine.dovecot import Dovecot
    from tests.machine.scripted import Scripted

COMMAND = re.compile(
    r'(?:CAPABILITY|LOGIN "ann" "secret-word"|NOOP|LOGOUT|LIST "" "\*"|EXAMINE (?P<opened>"(?:[^"\\]|\\.)*")'
    r'|STATUS (?P<asked>"(?:[^"\\]|\\.)*") \(MESSAGES UIDNEXT UIDVALIDITY\)'
    r"|UID SEARCH UID \d+:\d+(?: SINCE \d\d-[A-Z][a-z]{2}-\d{4})?"
    r"|UID FETCH [\d:,]+ \(UID FLAGS INTERNALDATE RFC822\.SIZE BODY\.PEEK\[HEADER\.FIELDS \([\w -]+\)\]\)"
    r"|UID FETCH [\d:,]+ \(UID BODY\.PEEK\[HEADER\.FIELDS \(Received\)\]\))"
)

ODD = {
    b'quo"te': b'"quo\\"te"',
    b"back\\slash": b'"back\\\\slash"',
    b"lit{3}eral": b"{10}\r\nlit{3}eral",
    b"{5}": b'"{5}"',
    b"{5+}": b"{4}\r\n{5+}",
    b"A&-B": b'"A&-B"',
    b"broken &Jj": b'"broken &Jj"',
    b"&2AA-": b'"&2AA-"',
    b"R&D": b"R&D",
    b"\xdcbung": b'"\xdcbung"',
    b"\xc3\x9cbung": b'"\xc3\x9cbung"',
    b'" (UIDNEXT 1)': b'"\\" (UIDNEXT 1)"',
    b"* LIST": b'"* LIST"',
    b"%*": b'"%*"',
    b"NIL": b'"NIL"',
    b"tab\t\x1b[2J\x7f": b'"tab\t\x1b[2J\x7f"',
    b"x" * 3_000: b'"' + b"x" * 3_000 + b'"',
}


HOSTILE = (
    b'From: Bob <bob@example.org>\r\nMessage-ID: <odd"A1@example.org>\r\nDate: Sun, 1 Mar 2020 10:00:00 +0000\r\n'
    b'References: <"\\@x> {3+}\r\n\tA2 DELETE INBOX\r\nSubject: \r A3 LOGOUT\r\n\r\n'
)
"""Its two dates disagree, so that it is asked about once more."""


def test_folders_of_every_name_are_read_through_and_none_gets_out_of_its_quotes(tmp_path: Path) -> None:
    shelves = {b"INBOX": shelf("inbox", 1), b"Sent": shelf("sent", 1, attributes=b"\\Sent")}
    shelves |= {wire: shelf(f"odd{number}-", 3, listed_as=form) for number, (wire, form) in enumerate(ODD.items())}
    shelves[b"INBOX"].messages[2] = HOSTILE
    with reading(LyingMailbox(shelves), tmp_path) as reader:
        assert reader.sync().is_complete
        assert reader.stored() == reader.existing
        assert len(reader.existing) == len(ODD) + 3
        assert reader.sync().read == 0
        assert "UID FETCH 2 (UID BODY.PEEK[HEADER.FIELDS (Received)])" in reader.server.received
        asked = check(reader.server)
    wires = {b'"' + re.sub(rb'(["\\])', rb"\\\1", wire) + b'"' for wire in shelves}
    assert {name.encode("latin-1") for name in asked} == wires


def check(server: Scripted) -> set[str]:
    """The names of folders that were sent, every command being one of ours from end to end."""
    matches = [COMMAND.fullmatch(command) for command in server.received]
    assert None not in matches, [command for command in server.received if not COMMAND.fullmatch(command)]
    return {name for match in matches if match for name in (match["opened"], match["asked"]) if name}


@pytest.mark.parametrize("name", [b"x\r\nA1 DELETE INBOX", b"x\nA1 LOGOUT", b"x\0y", b"x\r"])
def test_a_name_that_would_be_a_command_is_never_sent(tmp_path: Path, name: bytes) -> None:
    evil = shelf("evil", 1, listed_as=b"{%d}\r\n%s" % (len(name), name))
    shelves = {b"INBOX": shelf("inbox", 1), name: evil, b"Sent": shelf("sent", 1, attributes=b"\\Sent")}
    with reading(LyingMailbox(shelves), tmp_path) as reader:
        assert reader.sync().is_complete
        assert reader.stored() == ["inbox1", "sent1"]
        assert check(reader.server) == {'"INBOX"', '"Sent"'}


@pytest.mark.parametrize(
    ("sent", "drafts"),
    [("Gesendete Elemente", b"Entw&APw-rfe"), ("Éléments envoyés", b"Brouillons"), ("送信済みアイテム", b"&Tgtm+DBN-")],
)
def test_a_sent_folder_in_the_users_language_without_a_flag_is_read(tmp_path: Path, sent: str, drafts: bytes) -> None:
    """Exchange on premises."""
    shelves = {b"INBOX": shelf("inbox", 1), encode(sent): shelf("sent", 1, 2), drafts: shelf("draft", 1)}
    with reading(LyingMailbox(shelves), tmp_path) as reader:
        assert reader.sync().is_complete
        assert reader.stored() == ["inbox1", "sent1", "sent2"]
        assert {folder.name: folder.role.value for folder in reader.store.folders("work")} == {
            "INBOX": "inbox",
            sent: "sent",
        }


def test_a_uidnext_that_goes_back_and_comes_again_loses_and_doubles_nothing(tmp_path: Path) -> None:
    shelves = {b"INBOX": shelf("inbox", 1, 5, 9), b"Sent": shelf("sent", 1, attributes=b"\\Sent")}
    with reading(LyingMailbox(shelves), tmp_path) as reader:
        reader.sync()
        reader.mailbox.lie = lambda _, honest: re.sub(rb"UIDNEXT 10", b"UIDNEXT 6", honest)
        reader.now += timedelta(hours=1)
        with pytest.raises(BadServerReply, match="1 more messages in folder 'INBOX' than it names"):
            reader.sync()
        assert reader.stored() == reader.existing
        reader.mailbox.lie = None
        reader.now += timedelta(hours=1)
        reader.sync()
        assert (reader.stored(), reader.places()) == (reader.existing, 4)


@pytest.mark.parametrize("size", [10, 400])
def test_a_poll_of_an_account_in_which_nothing_happened_is_one_list(
    dovecot: Dovecot, tmp_path: Path, size: int
) -> None:
    user = dovecot.user()
    for number in range(size):
        user.mailbox.deliver("INBOX", plain_letter(number), minutes(-number))
        user.mailbox.make(f"Folder {number % 40}")
    with open_store(f"sqlite:///{tmp_path}/tracker.db") as store:
        assert one_pass(store, on_dovecot(dovecot, user), NOON).read == size
        before = len(dovecot.commands(user))
        assert one_pass(store, on_dovecot(dovecot, user), NOON + timedelta(hours=1)).read == 0
    commands = dovecot.commands(user)
    assert [line.split(" ")[0] for line in commands[before:]] == ["ID", "LIST", "LOGOUT"]
    assert [line for line in commands if not ALLOWED.match(line)] == []
