"""Reading a mailbox on every real server: folders, UIDs, headers, and that nothing else is ever sent."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.machine.accounts import NOON, letter, minutes, on_server, opened
from tests.machine.wire import forbidden
from tracker.domain.fields import HEADER_FIELDS
from tracker.domain.folder import Folder, FolderStatus
from tracker.domain.message import FolderRole, RawMessage
from tracker.errors import BadServerReply, NoSuchFolder

if TYPE_CHECKING:
    from tests.machine.mail_program import Account, MailServer

INBOX = Folder("INBOX", FolderRole.INBOX)


@pytest.mark.parametrize(
    ("sent", "junk", "trash", "drafts"),
    [
        ("Gesendete Elemente", "Unerwünscht", "Gelöschte Elemente", "Entwürfe"),
        ("Éléments envoyés", "Courrier indésirable", "Éléments supprimés", "Brouillons"),
        ("Отправленные", "Спам", "Удаленные", "Черновики"),
        ("送信済みアイテム", "迷惑メール", "削除済みアイテム", "下書き"),
        ("Elementos enviados", "Correo no deseado", "Elementos eliminados", "Borradores"),
    ],
)
def test_folders_without_flags_are_known_by_their_names(
    server: MailServer, sent: str, junk: str, trash: str, drafts: str
) -> None:
    user = server.user(folders=(sent, junk, trash, drafts))
    with opened(on_server(server, user)) as source:
        assert {folder.name: folder.role for folder in source.folders()} == {
            "INBOX": FolderRole.INBOX,
            sent: FolderRole.SENT,
            junk: FolderRole.JUNK,
            trash: FolderRole.TRASH,
        }


def test_a_sent_folder_with_a_name_of_its_own_is_named_in_the_settings(server: MailServer) -> None:
    user = server.user(folders=("Hinaus",))
    with opened(on_server(server, user)) as source:
        with pytest.raises(NoSuchFolder, match="sent mail") as caught:
            source.folders()
        assert "`sent`" in caught.value.hint
        assert "Hinaus" in caught.value.hint
    with opened(on_server(server, user, sent="Hinaus")) as source:
        assert source.folders() == [INBOX, Folder("Hinaus", FolderRole.SENT)]


def test_named_folders_are_read_together_with_sent_and_a_missing_one_is_named(server: MailServer) -> None:
    user = server.user()
    user.mailbox.create("Köln")
    with opened(on_server(server, user, folders=("Ko\N{COMBINING DIAERESIS}ln",))) as source:
        assert source.folders() == [Folder("Köln", FolderRole.OTHER), Folder("Sent", FolderRole.SENT)]
    with (
        opened(on_server(server, user, folders=("Köln", "Bonn"))) as source,
        pytest.raises(NoSuchFolder, match="'Bonn'"),
    ):
        source.folders()


@pytest.mark.parametrize("name", ["R&D", "Übung & Probe", "日本語/年度", "[1]", "a  b", "123"])
def test_folders_of_any_name_are_read(server: MailServer, name: str) -> None:
    user = server.user()
    user.mailbox.create(name)
    user.mailbox.append(name, letter(), NOON)
    with opened(on_server(server, user)) as source:
        folder = next(folder for folder in source.folders() if folder.name == name)
        assert source.status(folder).messages == 1
        assert list(source.uids(folder, 1, 1, None)) == [1]
        assert [raw.uid for raw in source.fetch(folder, [1])] == [1]


def test_status_tells_of_a_folder_without_opening_it(server: MailServer) -> None:
    user = server.user()
    for number in range(3):
        user.mailbox.deliver("INBOX", letter(number), minutes(number))
    user.mailbox.expunge("INBOX", [2])
    with opened(on_server(server, user)) as source:
        status = source.status(INBOX)
    assert status == FolderStatus(status.uidvalidity, uidnext=4, messages=2, modseq=status.modseq)
    assert status.uidvalidity > 0
    assert status.modseq is not None
    assert not [command for command in server.commands(user) if command.startswith("EXAMINE")]


def test_uids_are_those_of_the_range_that_exist(server: MailServer) -> None:
    user = server.user()
    for number in range(10):
        user.mailbox.deliver("INBOX", letter(number), minutes(number))
    user.mailbox.expunge("INBOX", [3, 4, 9])
    with opened(on_server(server, user)) as source:
        assert list(source.uids(INBOX, 1, 10, None)) == [1, 2, 5, 6, 7, 8, 10]
        assert list(source.uids(INBOX, 4, 8, None)) == [5, 6, 7, 8]
        assert list(source.uids(INBOX, 3, 4, None)) == []
        assert (
            list(source.uids(INBOX, 11, 50, None)) == []
        )  # a range beyond the end, in which `*` would be the last one
        assert list(source.uids(INBOX, 5, 4, None)) == []


def test_since_leaves_out_what_is_older_by_more_than_a_day(server: MailServer) -> None:
    user = server.user()
    for days in range(6):
        user.mailbox.deliver("INBOX", letter(days), NOON + timedelta(days=days))
    with opened(on_server(server, user)) as source:
        assert list(source.uids(INBOX, 1, 6, date(2026, 3, 4))) == [3, 4, 5, 6]


def test_headers_arrive_byte_for_byte(server: MailServer) -> None:
    header = (
        b"From: =?utf-8?q?J=C3=B6rg?= <joerg@example.org>\r\n"
        b"Subject: folded\r\n\tand 8-bit \xfc {12}\r\n"
        b"In-Reply-To: <a@example.org>\r\n <b@example.org>\r\n"
        b'To: ann@example.org, "UID 99" <x@example.org>\r\n'
        b"To: twice@example.org\r\n"
        b"Auto-Submitted: no\r\n\r\n"
    )
    user = server.user()
    content = header.replace(b"\r\n\r\n", b"\r\nX-Unasked: yes\r\n\r\n") + b"body\r\n"
    user.mailbox.append("INBOX", content, minutes(7))
    with opened(on_server(server, user)) as source:
        assert source.fetch(INBOX, [1]) == [RawMessage(1, header, minutes(7), len(content))]


def test_every_asked_field_arrives(server: MailServer) -> None:
    header = "".join(f"{name}: <{number}@example.org>\r\n" for number, name in enumerate(HEADER_FIELDS)) + "\r\n"
    user = server.user()
    user.mailbox.append("INBOX", header.encode() + b"body\r\n", NOON)
    with opened(on_server(server, user)) as source:
        assert source.fetch(INBOX, [1])[0].header == header.encode()


def test_received_fields_arrive_alone_and_folded(server: MailServer) -> None:
    hops = (
        b"Received: from a by b;\r\n\tSun, 1 Mar 2026 10:00:00 +0000\r\nReceived: by a; 1 Mar 2026 09:00:00 +0000\r\n"
    )
    user = server.user()
    user.mailbox.append("INBOX", hops + letter(1), NOON)
    user.mailbox.append("INBOX", letter(2), NOON)
    with opened(on_server(server, user)) as source:
        assert source.received(INBOX, [1, 2, 9]) == {1: hops + b"\r\n", 2: b"\r\n"}
        assert source.received(INBOX, []) == {}


def test_the_beginning_of_a_message_arrives_and_no_more(server: MailServer) -> None:
    user = server.user()
    long, short = letter(1) + b"x" * 100_000 + b"\r\n", letter(2)
    user.mailbox.append("INBOX", long, NOON)
    user.mailbox.append("INBOX", short, NOON)
    with opened(on_server(server, user)) as source:
        assert source.body(INBOX, 1, 65_536) == long[:65_536]
        assert source.body(INBOX, 2, 65_536) == short
        assert source.body(INBOX, 3, 65_536) == b""


def test_a_message_without_any_of_the_fields_is_read_all_the_same(server: MailServer) -> None:
    user = server.user()
    user.mailbox.append("INBOX", b"X-Nothing: here\r\n\r\nbody\r\n", NOON)
    with opened(on_server(server, user)) as source:
        assert [(raw.uid, raw.header) for raw in source.fetch(INBOX, [1])] == [(1, b"\r\n")]


def test_drafts_are_flagged(server: MailServer) -> None:
    user = server.user()
    user.mailbox.append("Sent", letter(1), NOON, ["\\Draft", "\\Seen"])
    user.mailbox.append("Sent", letter(2), NOON, ["\\Seen"])
    with opened(on_server(server, user)) as source:
        assert [raw.is_draft for raw in source.fetch(Folder("Sent", FolderRole.SENT), [1, 2])] == [True, False]


def test_a_message_that_goes_between_search_and_fetch_is_left_out(server: MailServer) -> None:
    user = server.user()
    for number in range(1, 6):
        user.mailbox.deliver("INBOX", letter(number), minutes(number))
    with opened(on_server(server, user)) as source:
        uids = source.uids(INBOX, 1, 5, None)
        user.mailbox.expunge("INBOX", [2, 4])
        fetched = source.fetch(INBOX, uids)
        assert [raw.uid for raw in fetched if b"letter" in raw.header] == [1, 3, 5]
        assert [raw.header.count(f"letter {raw.uid}\r\n".encode()) for raw in fetched] == [1, 1, 1]
        assert source.fetch(INBOX, [2]) == []
        assert list(source.uids(INBOX, 2, 2, None)) == []


def test_a_mailbox_that_was_restored_in_the_middle_of_a_pass_is_not_mixed_up(server: MailServer) -> None:
    user = server.user()
    user.mailbox.deliver("INBOX", letter(), NOON)
    with opened(on_server(server, user)) as source:
        before = source.status(INBOX)
        user.mailbox.reset_uidvalidity("INBOX")
        with pytest.raises(BadServerReply, match=r"UIDVALIDITY|deleted under us"):
            source.uids(INBOX, 1, 1, None)
    with opened(on_server(server, user)) as source:
        assert source.status(INBOX).uidvalidity != before.uidvalidity


def test_nothing_that_could_change_a_mailbox_is_ever_sent(server: MailServer) -> None:
    user = server.user()
    user.mailbox.deliver("INBOX", letter(fields='Subject: x\r\nReferences: <a"\\@x> {3+}\r\n'), NOON)
    user.mailbox.deliver("Sent", letter(2), NOON, ["\\Seen"])
    before = flags(user)
    with opened(on_server(server, user)) as source:
        for folder in source.folders() * 2:
            status = source.status(folder)
            uids = source.uids(folder, 1, status.uidnext, date(2026, 1, 1))
            source.fetch(folder, uids)
            source.received(folder, uids)
            source.body(folder, 1, 65_536)
        source.wait(0.1)
    commands = server.commands(user)
    assert forbidden(server, [user]) == []
    assert {"LIST", "STATUS", "EXAMINE", "UID", "IDLE", "NOOP", "LOGOUT"} <= {line.split(" ")[0] for line in commands}
    assert flags(user) == before == [b"\\Recent"]


def flags(user: Account) -> list[bytes]:
    """What stands at the messages of INBOX, seen without touching \\Recent."""
    with user.mailbox.connection() as imap:
        imap.select("INBOX", readonly=True)
        return re.findall(rb"FLAGS \(([^)]*)\)", b" ".join(imap.uid("FETCH", "1:9", "(FLAGS)")[1]))
