"""Header bytes to facts: what real programs send, what broken ones send, what a stranger may send."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.message import (
    Address,
    AddrSpec,
    Delivery,
    FolderRole,
    Message,
    RawMessage,
    ReportedRecipient,
    Unreadable,
)
from tracker.domain.subjects import base_subject
from tracker.parsing import parse
from tracker.parsing._ids import msg_ids

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ARRIVED = datetime(2026, 11, 23, 23, 5, tzinfo=UTC)


def read(
    header: str | bytes, *, received_at: datetime | None = ARRIVED, role: FolderRole = FolderRole.INBOX
) -> Message:
    raw = RawMessage(7, header.encode() if isinstance(header, str) else header, received_at, 100)
    message = parse(raw, role=role, now=NOW)
    assert isinstance(message, Message), message
    return message


def test_a_plain_message() -> None:
    message = read(
        'From: "Doe, Jane" <Jane@ACME.example>\r\n'
        "To: Ann <ann@example.org>, Team: a@x.example, b@y.example;\r\n"
        "Cc: undisclosed-recipients:;\r\n"
        "Reply-To: jane@home.example\r\n"
        "Subject: Re: =?utf-8?q?caf=C3=A9?=\r\n"
        "Date: Tue, 24 Nov 2026 01:00:00 +0200\r\n"
        "Message-ID: <a@acme.example>\r\n"
        "In-Reply-To: <q@example.org>\r\n"
        "References: <p@example.org>\r\n <q@example.org>\r\n\r\n"
    )
    assert message == Message(
        identity=message.identity,
        message_id=msg_ids(["<a@acme.example>"])[0],
        author=Address("Doe, Jane", AddrSpec("jane@acme.example")),
        dated_at=datetime(2026, 11, 23, 23, 0, tzinfo=UTC),
        received_at=ARRIVED,
        subject="Re: café",
        in_reply_to=msg_ids(["<q@example.org>"]),
        references=msg_ids(["<p@example.org> <q@example.org>"]),
        reply_to=(AddrSpec("jane@home.example"),),
        to=(
            Address("Ann", AddrSpec("ann@example.org")),
            Address("", AddrSpec("a@x.example")),
            Address("", AddrSpec("b@y.example")),
        ),
        seen_in=frozenset({FolderRole.INBOX}),
    )


def test_copies_in_two_folders_are_one_message() -> None:
    header = "From: j@a.example\nDate: Tue, 24 Nov 2026 01:00:00 +0200\nMessage-ID: <a@b>\nSubject: Hello\n"
    moved = (
        "Message-ID: <a@b>\nSubject: RE: [EXT]  hello\nFrom: J <J@A.example>\nDate: Mon, 23 Nov 2026 23:00:00 +0000\n"
    )
    first = read(header)
    assert read(header, role=FolderRole.TRASH, received_at=None).identity == first.identity
    assert read(moved.replace("[EXT]  ", "")).identity == first.identity
    assert read(moved).identity != first.identity, "another subject is another message"
    assert read(header.replace("j@a", "k@a")).identity != first.identity


def test_without_a_message_id_the_header_block_identifies() -> None:
    one, two = "From: j@a.example\nSubject: one\n", "From: j@a.example\nSubject: two\n"
    assert read(one).message_id is None
    assert read(one).identity == read(one).identity != read(two).identity


DATES = [
    ("Tue, 24 Nov 2026 01:00:00 +0200", "2026-11-23T23:00:00+00:00"),
    ("Tue, 24 Nov 2026 1:00:00 +0200", "2026-11-23T23:00:00+00:00"),
    ("24 Nov 2026 01.00.00 +0200", "2026-11-23T23:00:00+00:00"),
    ("2026-11-24T01:00:00+02:00", "2026-11-23T23:00:00+00:00"),
    ("Mon, 23 Nov 26 23:00 GMT", "2026-11-23T23:00:00+00:00"),
    ("Mon, 23 Nov 2026 23:00:00 -0000 (UTC)", "2026-11-23T23:00:00+00:00"),
]


@pytest.mark.parametrize(("body", "expected"), DATES)
def test_dates_as_programs_write_them(body: str, expected: str) -> None:
    assert read(f"From: j@a.example\nDate: {body}\n").dated_at == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    "body",
    [
        "Tue, 24 Nov 2026 01:00:00",
        "Tue, 24 Nov 2026 01:00:00 CEST",
        "Tue, 24 Nov 2026 01:00:00 +2400",
        "Tue, 24 Nov 2026 01:00:00 +50579034",
    ],
)
def test_a_date_whose_zone_is_a_guess_gives_way_to_the_servers_stamp(body: str) -> None:
    assert read(f"From: j@a.example\nDate: {body}\n").dated_at is None
    alone = read(f"From: j@a.example\nDate: {body}\n", received_at=None).dated_at
    assert alone is not None
    assert abs(alone - datetime(2026, 11, 24, 1, tzinfo=UTC)) <= timedelta(hours=14)


@pytest.mark.parametrize("body", ["garbage", "", "Tue, 24 Nov 1969 01:00:00 +0000", "Tue, 24 Nov 2066 01:00:00 +0000"])
def test_an_implausible_date_is_no_date(body: str) -> None:
    assert read(f"From: j@a.example\nDate: {body}\n").dated_at is None


def test_an_implausible_stamp_of_the_server_is_no_stamp() -> None:
    assert read("From: j@a.example\n", received_at=datetime(1970, 1, 1, tzinfo=UTC)).received_at is None


def test_fields_survive_what_stands_between_them() -> None:
    message = read(
        b"From: j@a.example\r\n>From someone Tue Nov 24\r\nSubject: a\rb\r\nTo: x@a.example\r\nTo: y@a.example\r\n"
        b"no field at all\r\n folded after nothing\r\nMessage-ID: <m@a>\r\nMessage-ID: <n@a>\r\n"
    )
    assert message.subject == "a b"
    assert [address.addr for address in message.to] == ["x@a.example", "y@a.example"]
    assert (message.message_id, message.aliases) == ("m@a", ("n@a",))


def test_raw_bytes_in_names_and_subjects_are_kept() -> None:
    utf8 = read("From: Jörg Müller <j@a.example>\nSubject: Grüße aus =?utf-8?q?K=C3=B6ln?= am Rhein\n")
    assert (utf8.subject, utf8.author) == ("Grüße aus Köln am Rhein", Address("Jörg Müller", AddrSpec("j@a.example")))
    cp1252 = read("Subject: Grüße\nFrom: j@a.example\n".encode("cp1252"))
    assert cp1252.subject == "Grüße"


def test_a_subject_cannot_carry_escapes() -> None:
    assert (
        read("From: j@a.example\nSubject: red \x1b[31m =?utf-8?b?4oCuZXZpbA==?= \x00end\n").subject
        == "red [31m evil end"
    )


def test_ids_with_and_without_brackets_comments_and_commas() -> None:
    assert msg_ids(["<a@x>, <b@y>  (sent by c@z)"]) == ("a@x", "b@y")
    assert msg_ids(["a@x"]) == ("a@x",)
    assert msg_ids(["Your message of Tuesday"]) == ()
    assert msg_ids(["<a@x> <a@x>", "<b@y>"]) == ("a@x", "b@y")
    assert len(msg_ids([" ".join(f"<{number}@x>" for number in range(900))])) == 500


def test_prefixes_of_answers_go_from_subjects() -> None:
    for subject in ("Re: Hello", "AW: WG: hello", "Re[2]: Fwd: Hello", "回复：Hello", "RE : hello"):
        assert base_subject(subject) == "hello"
    assert base_subject("Research: hello") == "research: hello"


def test_an_encoded_subject_shows_its_marks() -> None:
    header = "From: j@a.example\nSubject: =?utf-8?b?QXV0b21hdGlja8OhIG9kcG92xJvEjzogQWhvag==?=\n"
    assert read(header).signals == {"absence_subject"}


def test_the_author_behind_a_list_is_found_where_the_list_says_so() -> None:
    rewritten = 'From: "Alice via List" <list@l.example>\nReply-To: Alice <alice@a.example>\n'
    assert read(rewritten).author == Address("Alice via List", AddrSpec("list@l.example"))
    for field in ("X-Original-From: Alice <alice@a.example>", "X-MailFrom: alice@a.example"):
        assert read(f"{rewritten}{field}\n").author == Address("Alice", AddrSpec("alice@a.example"))


def test_the_address_of_a_list_is_read() -> None:
    body = "<https://l.example/post>, <mailto:Friends%2Bx@L.example?subject=hi> (everybody)"
    assert read(f"From: x@y.example\nList-Post: {body}\n").list_posts == ("friends+x@l.example",)
    assert read("From: x@y.example\nList-Post: NO (closed)\n").list_posts == ()


def test_failed_recipients_are_read() -> None:
    assert read("From: x@y.example\nX-Failed-Recipients: Jane@ACME.example,\n omar@b.example\n").reported == (
        ReportedRecipient(AddrSpec("jane@acme.example"), Delivery.FAILED),
        ReportedRecipient(AddrSpec("omar@b.example"), Delivery.FAILED),
    )


CONVERSATION = bytes(range(22))


def indexed(body: str) -> str:
    return read(f"From: x@y.example\nThread-Index: {body}\n").thread_index


def test_a_thread_index_is_the_bytes_that_outlook_wrote() -> None:
    assert indexed(base64.b64encode(CONVERSATION).decode()) == CONVERSATION.hex()
    answer = base64.b64encode(CONVERSATION + b"\xff" * 5).decode()
    assert indexed(f"{answer[:9]}\n {answer[9:]}") == CONVERSATION.hex() + "ff" * 5
    assert read("From: x@y.example\n").thread_index == ""


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no base64!",
        "AAAA=A",
        "Ünïcode",
        base64.b64encode(CONVERSATION[:21]).decode(),
        base64.b64encode(CONVERSATION * 200).decode(),
    ],
)
def test_a_thread_index_that_is_none_is_passed_over(body: str) -> None:
    assert indexed(body) == ""


def test_the_thread_of_the_server_is_kept() -> None:
    raw = RawMessage(7, b"From: x@y.example\n", ARRIVED, 100, thread_key="work gm 12")
    message = parse(raw, role=FolderRole.INBOX, now=NOW)
    assert isinstance(message, Message)
    assert message.thread_keys == ("work gm 12",)


def test_a_block_of_a_quarter_megabyte_is_refused_and_counted() -> None:
    raw = RawMessage(7, b"Subject: x\r\n" * 30_000, ARRIVED, 1)
    assert parse(raw, role=FolderRole.INBOX, now=NOW) == Unreadable(
        7, "HeaderBlockError: a header block of 360000 bytes"
    )


FIELDS = (
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "References",
    "In-Reply-To",
    "Content-Type",
    "Reply-To",
    "X-Y",
)
HOSTILE = st.sampled_from(
    [
        "<a@b>",
        "=?utf-8?b?",
        "?=",
        '"',
        "(",
        ";",
        ":",
        ",",
        "@",
        "\\",
        "\r",
        "\n ",
        "\r\n\t",
        "\x00",
        "é",
        "\ud800",
        "=?x?q?=FF?=",
    ]
)
bodies = st.lists(HOSTILE | st.text(max_size=12), max_size=12).map("".join)


@given(st.lists(st.tuples(st.sampled_from(FIELDS), bodies), max_size=12), st.binary(max_size=40))
def test_nothing_in_a_header_block_crashes_the_parser(fields: list[tuple[str, str]], junk: bytes) -> None:
    header = "".join(f"{name}: {body}\r\n" for name, body in fields).encode("utf-8", "surrogatepass") + junk
    fact = parse(RawMessage(1, header, ARRIVED, 1), role=FolderRole.INBOX, now=NOW)
    assert isinstance(fact, Message | Unreadable)
    if isinstance(fact, Message):
        texts = [fact.subject, *(address.name for address in fact.recipients)]
        assert all(text.isprintable() for text in texts), texts
        repr(fact).encode()
