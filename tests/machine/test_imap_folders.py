"""LIST replies from every kind of server, and what is chosen from them."""

from __future__ import annotations

import unicodedata

import pytest

from tests.machine.accounts import opened, settings
from tests.machine.scripted import scripted
from tracker.domain.folder import Folder
from tracker.domain.message import FolderRole
from tracker.sources._folder_names import NOT_SENT_YET, ROLE_NAMES

OK = b"TAG OK done\r\n"
GMAIL = (
    b'* LIST (\\HasNoChildren) "/" "INBOX"\r\n'
    b'* LIST (\\HasChildren \\Noselect) "/" "[Gmail]"\r\n'
    b'* LIST (\\All \\HasNoChildren) "/" "[Gmail]/Alle Nachrichten"\r\n'
    b'* LIST (\\Drafts \\HasNoChildren) "/" "[Gmail]/Entw&APw-rfe"\r\n'
    b'* LIST (\\HasNoChildren \\Sent) "/" "[Gmail]/Gesendet"\r\n'
    b'* LIST (\\HasNoChildren \\Junk) "/" "[Gmail]/Spam"\r\n'
    b'* LIST (\\HasNoChildren \\Trash) "/" "[Gmail]/Papierkorb"\r\n'
    b'* LIST (\\HasNoChildren) "/" "Label"\r\n'
)


def listed(replies: bytes, capability: bytes = b"IMAP4rev1", **changes: object) -> dict[str, FolderRole]:
    capabilities = b"* CAPABILITY " + capability + b"\r\n" + OK
    with (
        scripted(LIST=replies + OK, CAPABILITY=capabilities) as server,
        opened(settings(server.port, **changes)) as source,
    ):
        return {folder.name: folder.role for folder in source.folders()}


def test_gmail_is_read_through_the_folder_that_holds_everything() -> None:
    assert listed(GMAIL, b"IMAP4rev1 X-GM-EXT-1") == {
        "[Gmail]/Alle Nachrichten": FolderRole.ALL,
        "[Gmail]/Papierkorb": FolderRole.TRASH,
        "[Gmail]/Spam": FolderRole.JUNK,
    }


def test_gmail_whose_extension_is_not_used_is_read_the_same_way() -> None:
    without = frozenset({"X-GM-EXT-1"})
    assert listed(GMAIL, b"IMAP4rev1 X-GM-EXT-1", without=without) == listed(GMAIL, b"IMAP4rev1 X-GM-EXT-1")


def test_gmail_that_hides_that_folder_is_read_folder_by_folder() -> None:
    hidden = b"".join(line for line in GMAIL.splitlines(keepends=True) if b"\\All" not in line)
    assert listed(hidden, b"IMAP4rev1 X-GM-EXT-1") == {
        "INBOX": FolderRole.INBOX,
        "Label": FolderRole.OTHER,
        "[Gmail]/Gesendet": FolderRole.SENT,
        "[Gmail]/Papierkorb": FolderRole.TRASH,
        "[Gmail]/Spam": FolderRole.JUNK,
    }


def test_special_uses_come_before_names_and_names_count_at_the_top_only() -> None:
    replies = (
        b'* LIST () "." inbox\r\n* LIST (\\Sent) "." INBOX.Out\r\n* LIST () "." INBOX.Sent\r\n'
        b'* LIST () "." "INBOX.Deleted Items"\r\n* LIST () "." INBOX.Project.Trash\r\n* LIST () "." INBOX.Outbox\r\n'
        b'* LIST () "." INBOX.Project.Drafts\r\n'
    )
    assert listed(replies) == {
        "INBOX": FolderRole.INBOX,
        "INBOX.Deleted Items": FolderRole.TRASH,
        "INBOX.Out": FolderRole.SENT,
        "INBOX.Project.Drafts": FolderRole.OTHER,
        "INBOX.Project.Trash": FolderRole.OTHER,
        "INBOX.Sent": FolderRole.OTHER,
    }


def test_the_named_sent_folder_counts_beside_the_flagged_one() -> None:
    replies = b'* LIST () "/" INBOX\r\n* LIST (\\Sent) "/" Sent\r\n* LIST () "/" Archive\r\n'
    assert listed(replies, sent="Archive") == {
        "INBOX": FolderRole.INBOX,
        "Archive": FolderRole.SENT,
        "Sent": FolderRole.SENT,
    }


BASIS = b'* LIST (\\Sent) "/" Sent\r\n'


@pytest.mark.parametrize(
    ("listed_as", "name", "wire"),
    [
        (b'"/" {9}\r\nlit"eral\\', 'lit"eral\\', b'lit\\"eral\\\\'),
        (b'"/" "quo\\"te\\\\"', 'quo"te\\', b'quo\\"te\\\\'),
        (b"NIL plain", "plain", b"plain"),
        (b'"\\\\" a\\b', "a\\b", b"a\\\\b"),
        (b'"/" 2024', "2024", b"2024"),
        (b'"/" "&Jjo-!"', "\N{WHITE SMILING FACE}!", b"&Jjo-!"),
        (b'"/" "A&-B"', "A&B", b"A&-B"),
        (b'"/" "broken &Jj"', "broken &Jj", b"broken &Jj"),
        (b'"/" "R&D"', "R&D", b"R&D"),
        (b'"/" "&2AA-"', "&2AA-", b"&2AA-"),
        (b'"/" "\xc3\x9cbung"', "Übung", b"\xc3\x9cbung"),
        (b'"/" "\xdcbung"', "Übung", b"\xdcbung"),
    ],
)
def test_a_name_of_any_form_is_shown_and_goes_back_as_it_came(listed_as: bytes, name: str, wire: bytes) -> None:
    replies = BASIS + b"* LIST () " + listed_as + b"\r\n" + OK
    with scripted(LIST=replies) as server, opened(settings(server.port)) as source:
        folder = next(folder for folder in source.folders() if folder.name != "Sent")
        assert folder == Folder(name, FolderRole.OTHER)
        source.status(folder)
    sent = next(command for command in server.received if command.startswith("STATUS")).encode("latin-1")
    assert sent == b'STATUS "' + wire + b'" (MESSAGES UIDNEXT UIDVALIDITY)'


def test_two_names_that_read_the_same_are_two_folders() -> None:
    replies = BASIS + b'* LIST () "/" "A&-B"\r\n* LIST () "/" "A&B"\r\n* LIST () "/" "A&B"\r\n'
    assert list(listed(replies)) == ["A&B", "A&B (2)", "Sent"]


def test_a_name_with_a_line_end_never_gets_into_a_command() -> None:
    assert list(listed(BASIS + b'* LIST () "/" {12}\r\nx\r\nA1 DELETE\r\n')) == ["Sent"]


def test_what_is_no_list_reply_is_passed_over() -> None:
    assert list(listed(BASIS + b"* LIST\r\n* LIST ()\r\n* LIST nonsense (\r\n")) == ["Sent"]


def test_special_uses_are_asked_for_where_the_server_tells_them_only_then() -> None:
    capability = b"* CAPABILITY IMAP4rev1 SPECIAL-USE LIST-EXTENDED\r\n" + OK
    with scripted(CAPABILITY=capability) as server, opened(settings(server.port)) as source:
        source.folders()
    assert 'LIST "" "*" RETURN (SPECIAL-USE)' in server.received


def test_the_tables_of_names_are_spelled_as_they_are_compared() -> None:
    tables = {**ROLE_NAMES, FolderRole.OTHER: NOT_SENT_YET}
    for names in tables.values():
        assert {unicodedata.normalize("NFC", name).casefold() for name in names} == names
    seen: dict[str, FolderRole] = {}
    for role, names in tables.items():
        assert len(names) > 50
        for name in names:
            assert seen.setdefault(name, role) is role, name
