"""Servers that leave things out, make things up or forget what they said: each a short script."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.machine.accounts import opened, settings
from tests.machine.scripted import scripted
from tracker.domain.folder import Folder, FolderStatus
from tracker.domain.message import FolderRole, RawMessage
from tracker.errors import BadServerReply, Unreachable

if TYPE_CHECKING:
    from tests.machine.scripted import Scripted

INBOX = Folder("INBOX", FolderRole.INBOX)
OK = b"TAG OK done\r\n"


def fetch_reply(number: int, items: bytes = b"", header: bytes = b"From: a@example.org\r\n\r\n") -> bytes:
    section = b"BODY[HEADER.FIELDS (From UID Date)] {%d}\r\n%s" % (len(header), header)
    return b"* %d FETCH (%s %s)\r\n" % (number, items or b"UID %d" % number, section)


def fetched(reply: bytes, uids: tuple[int, ...] = (1, 2, 3)) -> list[int]:
    with scripted(UID_FETCH=reply) as server, opened(settings(server.port)) as source:
        return [raw.uid for raw in source.fetch(INBOX, uids)]


def test_a_fetch_that_is_ok_and_empty_gives_nothing() -> None:
    assert fetched(OK) == []


def test_an_answer_without_a_uid_is_not_taken_for_the_message_of_that_number() -> None:
    assert fetched(fetch_reply(2, b"RFC822.SIZE 9") + fetch_reply(3) + OK) == [3]


def test_an_answer_without_a_header_is_left_out() -> None:
    replies = b"* 1 FETCH (UID 1 FLAGS ())\r\n* 2 FETCH (UID 2 BODY[HEADER.FIELDS (From)] NIL)\r\n"
    assert fetched(replies + fetch_reply(3, header=b"") + OK) == []


def test_answers_about_other_messages_are_left_out() -> None:
    assert fetched(fetch_reply(9) + fetch_reply(2) + b"* 7 EXISTS\r\n* 1 FETCH (FLAGS (\\Seen))\r\n" + OK) == [2]


def test_a_uid_that_stands_at_two_headers_names_neither() -> None:
    other = b"From: b@example.org\r\n\r\n"
    twice = fetch_reply(2) + fetch_reply(2)
    assert fetched(fetch_reply(1) + twice + fetch_reply(3, b"UID 1", header=other) + OK) == [2]


def test_a_header_may_come_first_or_as_a_quoted_string() -> None:
    first = b"* 1 FETCH (BODY[HEADER.FIELDS (From)] {6}\r\nA: b\r\n FLAGS (\\Draft UID 5) UID 1)\r\n"
    quoted = b'* 2 FETCH (BODY[HEADER.FIELDS (From)] "A: \\"b\\" UID 8" UID 2 RFC822.SIZE 4)\r\n'
    with scripted(UID_FETCH=first + quoted + OK) as server, opened(settings(server.port)) as source:
        assert source.fetch(INBOX, [1, 2]) == [
            RawMessage(1, b"A: b\r\n", None, 0, is_draft=True),
            RawMessage(2, b'A: "b" UID 8', None, 4, is_draft=False),
        ]


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        (b'" 1-Feb-2026 09:08:07 +0530"', datetime(2026, 2, 1, 3, 38, 7, tzinfo=UTC)),
        (b'"01-FEB-2026 09:08:60 -0000"', datetime(2026, 2, 1, 9, 8, 59, tzinfo=UTC)),
        (b'"01-Jan-0001 00:00:00 +1400"', None),
        (b'"31-Feb-2026 09:08:07 +0000"', None),
        (b'"01-Xyz-2026 09:08:07 +0000"', None),
        (b'"01-Feb-2026 09:08:07 +9999"', None),
        (b'""', None),
        (b"NIL", None),
    ],
)
def test_a_stamp_is_aware_utc_or_missing(stamp: bytes, expected: datetime | None) -> None:
    reply = fetch_reply(1, b"UID 1 INTERNALDATE " + stamp) + OK
    with scripted(UID_FETCH=reply) as server, opened(settings(server.port)) as source:
        assert [raw.received_at for raw in source.fetch(INBOX, [1])] == [expected]


@pytest.mark.parametrize(
    ("offered", "items", "item", "key"),
    [
        ("X-GM-EXT-1", b"X-GM-THRID 1278455344230334865", "X-GM-THRID X-GM-LABELS", "work gm 1278455344230334865"),
        ("OBJECTID", b"THREADID (T64b478a75b7ea9)", "THREADID", "work id T64b478a75b7ea9"),
        ("OBJECTID", b"THREADID NIL", "THREADID", ""),
        ("OBJECTID", b"THREADID (NIL)", "THREADID", ""),  # Cyrus 3.6 without conversations, for every message
        ("OBJECTID", b"FLAGS (THREADID)", "THREADID", ""),
        ("OBJECTID X-GM-EXT-1", b"X-GM-THRID 7", "X-GM-THRID X-GM-LABELS", "work gm 7"),
    ],
)
def test_a_thread_has_the_name_that_the_server_gives_it(offered: str, items: bytes, item: str, key: str) -> None:
    header = b"Subject: X-GM-THRID 1 THREADID (no)\r\n\r\n"
    reply = fetch_reply(1, b"UID 1 " + items, header) + OK
    capability = f"* CAPABILITY IMAP4rev1 {offered}\r\n".encode() + OK
    with scripted(UID_FETCH=reply, CAPABILITY=capability) as server, opened(settings(server.port)) as source:
        assert [raw.thread_key for raw in source.fetch(INBOX, [1])] == [key]
    (asked,) = [command for command in server.received if command.startswith("UID FETCH")]
    assert re.findall("X-GM-[A-Z]+|EMAILID|THREADID", asked.partition("BODY")[0]) == item.split()


def test_received_fields_are_given_for_all_but_the_message_that_is_refused() -> None:
    def hop(uid: int) -> bytes:
        return b"* %d FETCH (UID %d BODY[HEADER.FIELDS (RECEIVED)] {6}\r\nA: b\r\n)\r\n" % (uid, uid)

    no = b"TAG NO [SERVERBUG] cannot fetch 1\r\n"
    replies: list[bytes | None] = [no, hop(2) + hop(9) + OK, no]
    with scripted(UID_FETCH=replies) as server, opened(settings(server.port)) as source:
        assert source.received(INBOX, [2, 1]) == {2: b"A: b\r\n"}
    with scripted(UID_FETCH=no) as server, opened(settings(server.port)) as source:
        assert source.received(INBOX, [1, 2]) == {}, "what is nice to have stops no pass"
    with scripted(UID_FETCH=b"TAG BAD what\r\n") as server, opened(settings(server.port)) as source:
        assert source.received(INBOX, [1, 2]) == {}
    assert len([command for command in server.received if command.startswith("UID FETCH")]) == 1
    later = b"TAG BAD User is authenticated but not connected\r\n"
    with scripted(UID_FETCH=later) as server, opened(settings(server.port)) as source:
        for ask in (lambda: source.received(INBOX, [1]), lambda: source.body(INBOX, 1, 9)):
            with pytest.raises(Unreachable, match="cannot serve us now"):
                ask()


def test_a_body_that_is_refused_or_too_long_or_about_another_message() -> None:
    def body(reply: bytes) -> bytes:
        with scripted(UID_FETCH=reply) as server, opened(settings(server.port)) as source:
            return source.body(INBOX, 4, 5)

    assert body(b"TAG NO never\r\n") == b""
    assert body(b"TAG BAD what\r\n") == b""
    assert body(OK) == b""
    assert body(b"* 1 FETCH (UID 5 BODY[]<0> {3}\r\nabc)\r\n" + OK) == b""
    assert body(b"* 1 FETCH (UID 4 BODY[]<0> NIL)\r\n" + OK) == b""
    assert body(b"* 1 FETCH (BODY[]<0> {9}\r\nUID 5 abc UID 4)\r\n" + OK) == b"UID 5"
    with pytest.raises(Unreachable):
        body(b"TAG NO [UNAVAILABLE] wait\r\n")


def test_a_no_for_one_message_does_not_cost_those_around_it() -> None:
    no = b"TAG NO [SERVERBUG] cannot fetch 3\r\n"
    replies: list[bytes | None] = [no, no, fetch_reply(4) + OK, no, fetch_reply(1) + fetch_reply(2) + OK]
    with scripted(UID_FETCH=replies) as server, opened(settings(server.port)) as source:
        assert [raw.uid for raw in source.fetch(INBOX, [1, 2, 3, 4])] == [1, 2, 4]
    asked = [command.split()[2] for command in server.received if command.startswith("UID FETCH")]
    assert asked == ["1:4", "3:4", "4", "3", "1:2"]


def test_a_server_that_refuses_every_message_has_a_bad_day() -> None:
    with pytest.raises(BadServerReply, match="refused FETCH: no"):
        fetched(b"TAG NO no\r\n")


def test_a_no_that_means_later_is_not_held_against_the_message() -> None:
    for words in (b"[UNAVAILABLE] wait", b"User is authenticated but not connected.", b"Suggested Backoff Time: 9"):
        with pytest.raises(Unreachable, match="cannot serve us now"):
            fetched(b"TAG NO " + words + b"\r\n", (1,))


def test_a_bad_reply_to_fetch_is_an_error() -> None:
    with pytest.raises(BadServerReply):
        fetched(b"TAG BAD what\r\n")


def searched(reply: bytes, first: int = 1, last: int = 10) -> tuple[list[int], Scripted]:
    with scripted(UID_SEARCH=reply) as server, opened(settings(server.port)) as source:
        return list(source.uids(INBOX, first, last, None)), server


def test_a_search_may_be_unsorted_split_and_repeat_itself() -> None:
    assert searched(b"* SEARCH 9 2\r\n* SEARCH 5 2 (MODSEQ 6)\r\n" + OK)[0] == [2, 5, 9]


def test_numbers_outside_the_range_are_no_answer() -> None:
    assert searched(b"* SEARCH 1 5 11 4294967295\r\n" + OK, 2, 10)[0] == [5]


def test_a_search_reply_above_a_megabyte_is_read() -> None:
    uids = range(1_000_000, 1_150_000)
    reply = b"* SEARCH " + b" ".join(b"%d" % uid for uid in uids) + b"\r\n" + OK
    assert len(reply) > 1_000_000
    assert searched(reply, 1, 2_000_000)[0] == list(uids)


def test_a_search_without_any_reply_is_checked_by_a_fetch() -> None:
    with (
        scripted(UID_SEARCH=OK, UID_FETCH=b"* 1 FETCH (UID 4)\r\n* 2 FETCH (UID 6)\r\n" + OK) as server,
        opened(settings(server.port)) as source,
    ):
        assert list(source.uids(INBOX, 1, 10, None)) == [4, 6]
    assert "UID FETCH 1:10 (UID)" in server.received


def test_a_search_that_is_refused_is_an_error() -> None:
    with pytest.raises(BadServerReply, match="refused SEARCH"):
        searched(b"TAG NO cannot\r\n")


def test_a_range_is_always_closed_and_ascending() -> None:
    asked = [command for command in searched(b"* SEARCH\r\n" + OK, 3, 7)[1].received if command.startswith("UID")]
    assert asked == ["UID SEARCH UID 3:7"]


def test_a_status_without_uidvalidity_is_an_error() -> None:
    with (
        scripted(STATUS=b"* STATUS INBOX (MESSAGES 3 UIDNEXT 4)\r\n" + OK) as server,
        opened(settings(server.port)) as source,
        pytest.raises(BadServerReply, match="no UIDVALIDITY"),
    ):
        source.status(INBOX)


@pytest.mark.parametrize("reply", [OK, b"* STATUS INBOX\r\n" + OK, b"TAG NO cannot\r\n", b"* STATUS (\r\n" + OK])
def test_a_status_that_says_nothing_is_an_error(reply: bytes) -> None:
    with (
        scripted(STATUS=reply) as server,
        opened(settings(server.port)) as source,
        pytest.raises(BadServerReply),
    ):
        source.status(INBOX)


def test_a_name_that_looks_like_items_does_not_deceive_status() -> None:
    reply = b'* STATUS "x (UIDNEXT 99)" (UIDNEXT 4 MESSAGES 3 UIDVALIDITY 7)\r\n' + OK
    with scripted(STATUS=reply) as server, opened(settings(server.port)) as source:
        assert source.status(Folder("x (UIDNEXT 99)", FolderRole.OTHER)) == FolderStatus(7, 4, 3)


def test_where_status_leaves_uidnext_out_the_opened_folder_tells() -> None:
    with (
        scripted(STATUS=b"* STATUS INBOX (MESSAGES 3 UIDVALIDITY 7)\r\n" + OK) as server,
        opened(settings(server.port)) as source,
    ):
        assert source.status(INBOX) == FolderStatus(7, 4, 3)
    assert 'EXAMINE "INBOX"' in server.received


def test_where_nobody_tells_uidnext_it_follows_the_last_message() -> None:
    with (
        scripted(
            STATUS=b"* STATUS INBOX (MESSAGES 2 UIDVALIDITY 7)\r\n" + OK,
            EXAMINE=b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n" + OK,
            UID_SEARCH=b"* SEARCH 12 40\r\n" + OK,
        ) as server,
        opened(settings(server.port)) as source,
    ):
        assert source.status(INBOX) == FolderStatus(7, 41, 2)


def test_another_uidvalidity_at_opening_is_an_error() -> None:
    with (
        scripted(STATUS=b"* STATUS INBOX (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 6)\r\n" + OK) as server,
        opened(settings(server.port)) as source,
    ):
        source.status(INBOX)
        with pytest.raises(BadServerReply, match="UIDVALIDITY changed"):
            source.fetch(INBOX, [1])


def test_a_server_that_wants_to_know_us_is_told_before_a_folder_is_opened() -> None:
    capability = b"* CAPABILITY IMAP4rev1 ID\r\nTAG OK done\r\n"
    for reply in (b'* ID ("name" "x")\r\nTAG OK done\r\n', b"TAG NO no\r\n", b"* ID NIL\r\nTAG OK done\r\n"):
        with scripted(CAPABILITY=capability, ID=reply) as server, opened(settings(server.port)) as source:
            source.status(INBOX)
        assert server.received[1:4] == ['LOGIN "ann" "secret-word"', "CAPABILITY", 'ID ("name" "tracker")']


def test_what_a_server_says_is_harmless_before_anyone_sees_it() -> None:
    with (
        scripted(STATUS=b"TAG NO \x1b[2Jgone\x07 " + b"x" * 999 + b"\r\n") as server,
        opened(settings(server.port)) as source,
        pytest.raises(BadServerReply) as caught,
    ):
        source.status(INBOX)
    assert "\x1b" not in caught.value.message
    assert len(caught.value.message) < 300


@pytest.mark.parametrize("name", ["STATUS", "EXAMINE"])
def test_the_folder_that_is_refused_is_named(name: str) -> None:
    replies: dict[str, Any] = {name: b"TAG NO [NOPERM] not yours\r\n"}
    with scripted(**replies) as server, opened(settings(server.port)) as source:
        ask = source.status if name == "STATUS" else lambda folder: source.fetch(folder, [1])
        with pytest.raises(BadServerReply, match=f"refused {name} of 'Übung \\[2J': .*not yours"):
            ask(Folder("Übung \x1b[2J", FolderRole.OTHER))


def test_a_folder_of_which_no_size_is_told_is_not_taken_for_an_empty_one() -> None:
    opening = b"* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\nTAG OK [READ-ONLY] done\r\n"
    with (
        scripted(EXAMINE=opening, UID_SEARCH=b"* SEARCH 1 3\r\n" + OK) as server,
        opened(settings(server.port)) as source,
    ):
        assert list(source.uids(INBOX, 1, 3, None)) == [1, 3]
