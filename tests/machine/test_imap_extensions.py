"""Extensions of servers: used where offered, and gone without as soon as they do not do what they promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.machine.accounts import letter, minutes, on_dovecot, opened, settings
from tests.machine.scripted import scripted
from tracker.domain.folder import Folder, FolderStatus
from tracker.domain.message import FolderRole
from tracker.errors import Unreachable
from tracker.sources.imap import open_source

if TYPE_CHECKING:
    from tests.machine.dovecot import Dovecot
    from tests.machine.scripted import Scripted

INBOX = Folder("INBOX", FolderRole.INBOX)
SENT = Folder("Sent", FolderRole.SENT)
OK = b"TAG OK done\r\n"
BAD = b"TAG BAD [CLIENTBUG] what is that\r\n"
LISTED = b'* LIST () "/" INBOX\r\n* LIST (\\Sent) "/" "Sent"\r\n'
HEADER = b"BODY[HEADER.FIELDS (From)] {6}\r\nA: b\r\n"


def offering(*names: str) -> bytes:
    return f"* CAPABILITY IMAP4rev1 {' '.join(names)}\r\n".encode() + OK


def asked(server: Scripted, name: str) -> list[str]:
    return [command for command in server.received if command.startswith(name)]


def test_list_tells_of_every_folder_in_one_round_trip(dovecot: Dovecot) -> None:
    user = dovecot.user()
    for number in range(30):
        user.mailbox.make(f'Folder "{number}" ü')
    user.mailbox.deliver("INBOX", letter(), minutes(0))
    with opened(on_dovecot(dovecot, user)) as source:
        told = {folder.name: source.status(folder) for folder in source.folders()}
        assert [line.partition(" ")[0] for line in dovecot.commands(user)] == ["ID", "LIST"]
        again = {folder: source.status(Folder(folder, FolderRole.OTHER)) for folder in told}
    assert told == again
    assert len(told) == 34
    assert (told["INBOX"].messages, told["INBOX"].uidnext) == (1, 2)
    assert len([line for line in dovecot.commands(user) if line.startswith("STATUS")]) == 34, "each is told once"


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"* STATUS Sent\r\n",
        b"* STATUS Sent (UIDNEXT 9 UIDVALIDITY 7)\r\n",
        b"* STATUS Sent (MESSAGES 1 UIDNEXT 9)\r\n",
        b"* STATUS Sent (MESSAGES 9 UIDNEXT 9 UIDVALIDITY 7)\r\n",
        b"* STATUS Sent (MESSAGES 1 UIDNEXT 9 UIDVALIDITY 0)\r\n",
        b"* STATUS Sent (MESSAGES 1 UIDNEXT 9 UIDVALIDITY 7)\r\n* STATUS Sent (MESSAGES 1 UIDNEXT 8 UIDVALIDITY 7)\r\n",
    ],
)
def test_a_status_that_is_missing_or_odd_in_list_is_asked_for(told: bytes) -> None:
    with (
        scripted(
            CAPABILITY=offering("LIST-STATUS"),
            LIST=LISTED + b"* STATUS {5}\r\nINBOX (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 7)\r\n" + told + OK,
            STATUS=b'* STATUS "Sent" (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 8)\r\n' + OK,
        ) as server,
        opened(settings(server.port)) as source,
    ):
        assert source.folders() == [INBOX, SENT]
        assert [source.status(INBOX), source.status(SENT)] == [FolderStatus(7, 2, 1), FolderStatus(8, 4, 3)]
        assert source.misbehaved == {}
    assert asked(server, "STATUS") == ['STATUS "Sent" (MESSAGES UIDNEXT UIDVALIDITY)']


@pytest.mark.parametrize(
    ("offered", "number", "modseq"),
    [("CONDSTORE", 2, 2), ("CONDSTORE", 1, None), ("CONDSTORE", 0, None), ("XYZ", 99, None)],
)
def test_a_modseq_counts_where_condstore_is_offered_and_it_moves(offered: str, number: int, modseq: int | None) -> None:
    items = b"(MESSAGES 1 UIDNEXT 2 UIDVALIDITY 7 HIGHESTMODSEQ %d)\r\n" % number
    for extension in ("LIST-STATUS", "X"):
        with (
            scripted(
                CAPABILITY=offering(offered, extension),
                LIST=LISTED + b"* STATUS INBOX " + items + OK,
                STATUS=b"* STATUS INBOX " + items + OK,
            ) as server,
            opened(settings(server.port)) as source,
        ):
            source.folders()
            assert source.status(INBOX) == FolderStatus(7, 2, 1, modseq)


LABELS = [
    (rb'("\\Draft" "\\Important")', True),
    (rb"(\Inbox \draft)", True),
    (rb'("a \"b\" ) {1}" "\\Draft")', True),
    (b'({5}\r\nD\xc3\xa4 (1 "\\\\Draft")', True),
    (rb"(Draft)", False),
    (rb'("x \\Draft" "UID 7")', False),
    (rb'("\\\\Draft" \Drafts)', False),
    (rb"()", False),
]


@pytest.mark.parametrize(("labels", "is_draft"), LABELS)
def test_a_draft_of_gmail_is_known_by_its_label(labels: bytes, is_draft: bool) -> None:
    reply = b"* 1 FETCH (X-GM-THRID 5 X-GM-LABELS " + labels + b" UID 1 " + HEADER + b")\r\n" + OK
    with (
        scripted(CAPABILITY=offering("X-GM-EXT-1"), UID_FETCH=reply) as server,
        opened(settings(server.port)) as source,
    ):
        assert [(raw.uid, raw.thread_key, raw.is_draft) for raw in source.fetch(INBOX, [1])] == [
            (1, "work gm 5", is_draft)
        ]
        assert source.misbehaved == {}


SIGNS = {
    "LIST-STATUS": "STATUS (",
    "SPECIAL-USE": "(SPECIAL-USE",
    "CONDSTORE": "HIGHESTMODSEQ",
    "OBJECTID": "THREADID",
    "IDLE": "\nIDLE",
    "ID": "\nID ",
}


@pytest.mark.parametrize("without", ["", *SIGNS])
def test_an_extension_that_the_settings_rule_out_is_not_used(without: str) -> None:
    with (
        scripted(
            CAPABILITY=offering("LIST-EXTENDED", *SIGNS),
            ID=OK,
            LIST=LISTED + b"* STATUS INBOX (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 7)\r\n" + OK,
            UID_FETCH=b"* 1 FETCH (UID 1 THREADID (T1) " + HEADER + b")\r\n" + OK,
            IDLE=b"+ idling\r\n",
            CONTINUED=OK,
        ) as server,
        opened(settings(server.port, without=frozenset({without}))) as source,
    ):
        source.folders()
        source.status(SENT)
        source.fetch(INBOX, [1])
        source.wait(0.05)
        assert source.misbehaved == {}
    lines = "\n".join(server.received)
    assert {name for name, sign in SIGNS.items() if sign in lines} == {*SIGNS} - {without}


@pytest.mark.parametrize("refusal", [BAD, b"TAG NO cannot\r\n", OK])
def test_a_list_that_is_refused_is_asked_for_plainly_in_the_same_pass(refusal: bytes) -> None:
    def reply(command: str) -> bytes:
        return refusal if " STATUS (" in command else LISTED + OK

    with (
        scripted(CAPABILITY=offering("LIST-STATUS", "LIST-EXTENDED", "SPECIAL-USE", "CONDSTORE"), LIST=reply) as server,
        opened(settings(server.port)) as source,
    ):
        assert source.folders() == source.folders() == [INBOX, SENT]
        assert list(source.misbehaved) == ["LIST-STATUS"]
    assert [command.partition(" RETURN ")[2] for command in asked(server, "LIST")] == [
        "(SPECIAL-USE STATUS (MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ))",
        "(SPECIAL-USE STATUS (MESSAGES UIDNEXT UIDVALIDITY))",
        "(SPECIAL-USE)",
        "(SPECIAL-USE)",
    ]


@pytest.mark.parametrize(("offered", "item"), [("OBJECTID", "THREADID"), ("X-GM-EXT-1", "X-GM-")])
@pytest.mark.parametrize("refusal", [BAD, b"TAG NO cannot\r\n", OK])
def test_a_fetch_that_is_refused_is_repeated_without_the_item(offered: str, item: str, refusal: bytes) -> None:
    def reply(command: str) -> bytes:
        return refusal if item in command else b"* 1 FETCH (UID 1 " + HEADER + b")\r\n" + OK

    with scripted(CAPABILITY=offering(offered), UID_FETCH=reply) as server, opened(settings(server.port)) as source:
        for _ in range(2):
            assert [raw.uid for raw in source.fetch(INBOX, [1])] == [1]
        assert list(source.misbehaved) == [offered]
    assert [item in command for command in asked(server, "UID FETCH")] == [True, False, False]


def test_an_extension_is_not_blamed_for_what_is_refused_without_it_too() -> None:
    no = b"TAG NO [SERVERBUG] no\r\n"
    with (
        scripted(
            CAPABILITY=offering("OBJECTID", "LIST-STATUS", "CONDSTORE"), UID_FETCH=no, STATUS=BAD, LIST=BAD
        ) as server,
        opened(settings(server.port)) as source,
    ):
        assert source.fetch(INBOX, [1]) == []
        for ask in (source.folders, lambda: source.status(INBOX)):
            with pytest.raises(Unreachable):
                ask()
        assert source.misbehaved == {}


def test_an_extension_is_not_blamed_for_a_no_that_means_later() -> None:
    no = b"TAG NO [UNAVAILABLE] wait\r\n"
    with (
        scripted(CAPABILITY=offering("OBJECTID", "LIST-STATUS", "IDLE"), UID_FETCH=no, LIST=no, IDLE=no) as server,
        opened(settings(server.port)) as source,
    ):
        for ask in (source.folders, lambda: source.fetch(INBOX, [1]), lambda: source.wait(9)):
            with pytest.raises(Unreachable, match="cannot serve us now"):
                ask()
        assert source.misbehaved == {}


def test_list_without_any_status_is_not_asked_for_it_again() -> None:
    with (
        scripted(CAPABILITY=offering("LIST-STATUS"), LIST=LISTED + OK) as server,
        opened(settings(server.port)) as source,
    ):
        assert source.folders() == source.folders() == [INBOX, SENT]
        assert source.status(INBOX) == FolderStatus(7, 4, 3)
        assert source.misbehaved == {"LIST-STATUS": "no STATUS came with LIST"}
    assert ["RETURN" in command for command in asked(server, "LIST")] == [True, False]


def test_names_of_threads_that_never_come_are_not_asked_for_again() -> None:
    def reply(command: str) -> bytes:
        uids = [1, 2] if "1:2" in command else [3]
        return b"".join(b"* %d FETCH (UID %d " % (uid, uid) + HEADER + b")\r\n" for uid in uids) + OK

    with scripted(CAPABILITY=offering("OBJECTID"), UID_FETCH=reply) as server, opened(settings(server.port)) as source:
        assert [raw.uid for raw in source.fetch(INBOX, [1, 2])] == [1, 2]
        assert source.misbehaved == {"OBJECTID": "no THREADID came with any message"}
        assert [raw.uid for raw in source.fetch(INBOX, [3])] == [3]
    assert ["THREADID" in command for command in asked(server, "UID FETCH")] == [True, False]


def test_a_thread_without_a_name_is_no_misdeed() -> None:
    reply = b"* 1 FETCH (UID 1 THREADID NIL " + HEADER + b")\r\n" + OK
    with scripted(CAPABILITY=offering("OBJECTID"), UID_FETCH=reply) as server, opened(settings(server.port)) as source:
        source.fetch(INBOX, [1])
        assert source.misbehaved == {}


def test_a_list_with_status_that_takes_too_long_is_not_asked_for_again() -> None:
    with scripted(CAPABILITY=offering("LIST-STATUS"), LIST=b"") as server:
        source = open_source(settings(server.port, timeout=2.0))
        with pytest.raises(Unreachable, match="in time"):
            source.folders()
        assert list(source.misbehaved) == ["LIST-STATUS"]
        source.close()


def test_what_is_offered_changes_with_the_login() -> None:
    replies: list[bytes | None] = [offering("LIST-STATUS", "X-GM-EXT-1"), offering("OBJECTID")]
    fetch = b"* 1 FETCH (UID 1 THREADID (T1) " + HEADER + b")\r\n" + OK
    with scripted(CAPABILITY=replies, UID_FETCH=fetch) as server, opened(settings(server.port)) as source:
        source.folders()
        assert [raw.thread_key for raw in source.fetch(INBOX, [1])] == ["work id T1"]
    assert asked(server, "LIST") == ['LIST "" "*"']


def test_what_an_extension_did_is_told_in_one_harmless_line() -> None:
    no = b"TAG NO \x1b[2Jgone\x07 " + b"x" * 9999 + b"\r\n"
    with scripted(CAPABILITY=offering("ID"), ID=no) as server, opened(settings(server.port)) as source:
        words = source.misbehaved["ID"]
    assert words.startswith("ID: [2Jgone x")
    assert len(words) <= 200
