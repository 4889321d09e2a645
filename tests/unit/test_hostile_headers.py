"""What a stranger may put into a header block: it crashes nothing, costs little, and splits no message in two."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.census import Census, examples
from tracker.domain.fields import HEADER_FIELDS, MAX_HEADER_BYTES
from tracker.domain.message import Address, AddrSpec, FolderRole, Message, RawMessage, Unreadable
from tracker.parsing import MAX_ADDRESSES, parse

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SMALL = (
    b"From: Bob <bob@b.example>\r\nTo: Ann <ann@d.example>\r\nSubject: hello\r\n"
    b"Date: Tue, 24 Nov 2026 01:00:00 +0200\r\nMessage-ID: <a@b>\r\n"
)
ROOM = 250_000
DEAR = 3_000
"""Times a small block: what a large one may cost. Honest ones cost 300 times it, some of these once cost 10,000."""


def read(header: bytes, *, role: FolderRole = FolderRole.INBOX) -> Message | Unreadable:
    return parse(RawMessage(7, header, NOW, 100), role=role, now=NOW)


def message(header: bytes) -> Message:
    fact = read(header)
    assert isinstance(fact, Message), fact
    return fact


def cpu(header: bytes) -> float:
    began = time.process_time()
    read(header)
    return time.process_time() - began


@pytest.fixture(scope="module")
def small_block() -> float:
    """Seconds of CPU that a small block takes on this machine, now, in the way in which odd ones are read."""
    return median(cpu(SMALL.replace(b"Ann <", b"Ann (her) <")) for _ in range(60))


def people(form: str) -> bytes:
    return ", ".join(form.format(number) for number in range(20_000)).encode()


BLOCKS = {
    "twenty thousand recipients": b"To: " + people("a{0}@b.example"),
    "recipients with names": b"To: " + people('"N, {0}" <a{0}@b.example>'),
    "recipients with encoded names": b"Cc: " + people("=?utf-8?b?w7xiZXI=?= <a{0}@b.example>"),
    "recipients at domains in other letters": b"To: " + people("a@ü{0}.example"),
    "sixteen thousand names of fields": b"".join(b"X-%d: y\r\n" % number for number in range(16_000)),
    "one field again and again": b"To: y\r\n" * 30_000,
    "failures and authors again and again": b"X-Failed-Recipients: y\r\n" * 5_000 + b"From: y\r\n" * 10_000,
    "nested comments": b"To: " + b"(" * ROOM,
    "open quotes": b"To: " + b'"\\' * ROOM,
    "open quotes around encoded-words": b"To: " + b'=?utf-8?b?A?= "\\' * ROOM,
    "semicolons": b"To: " + b";" * ROOM,
    "groups": b"Cc: " + b"g:a@b;" * ROOM,
    "open brackets": b"To: " + b"<a@b" * ROOM,
    "encoded-words": b"Subject: " + b"=?utf-8?b?w7xiZXI=?= " * ROOM,
    "encoded-words without blanks": b"Subject: " + b"=?utf-8?b?w7xiZXI=?=" * ROOM,
    "encoded-words without an end": b"Subject: " + b"=?a?b?" * ROOM,
    "beginnings of encoded-words": b"Subject: " + b"=?" * ROOM,
    "encoded-words without an end in names": b"From: " + b"=?a?b?" * ROOM,
    "control characters": b"Subject: " + b"\x1b" * ROOM,
    "prefixes of answers": b"Subject: " + b"Re: " * ROOM,
    "a msg-id without an end": b"References: " + b"a" * ROOM,
    "open msg-ids": b"In-Reply-To: " + b"<" * ROOM,
    "folds": b"X: y\r\n" + b" z\r\n" * ROOM,
    "folds of a field that is asked for": b"To: y\r\n" + b" z\r\n" * ROOM,
    "lone CR": b"To: " + b"\r" * ROOM,
    "NUL": b"To: " + b"\0" * ROOM,
}


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_a_block_of_a_quarter_megabyte_costs_little(block: bytes, small_block: float) -> None:
    header = SMALL + block[:ROOM]
    assert len(header) < MAX_HEADER_BYTES
    assert isinstance(read(header), Message)
    assert min(cpu(header), cpu(header)) < DEAR * small_block


def test_a_thousand_recipients_are_kept_and_their_commas_do_not_crowd_them_out() -> None:
    names = b", ".join(b'"Doe, Jane, %d" <a%d@b.example>' % (number, number) for number in range(1_500))
    kept = message(b"From: x@y.example\r\nTo: " + names + b"\r\n").to
    assert len(kept) == MAX_ADDRESSES
    assert [address.addr for address in kept] == [f"a{number}@b.example" for number in range(MAX_ADDRESSES)]


def test_a_subject_is_cut_where_nobody_reads_it_and_the_same_for_every_copy() -> None:
    long = b"From: x@y.example\r\nMessage-ID: <a@b>\r\nSubject: " + b"word " * 20_000 + b"\r\n"
    assert len(message(long).subject) < 5_000
    assert (
        message(long).identity == message(long.replace(b"Message-ID: <a@b>\r\n", b"") + b"Message-ID: <a@b>").identity
    )


@pytest.mark.parametrize(
    ("block", "subject"),
    [
        (b"Subject: a\0b\r\n", "ab"),
        (b"Subject: a\x1b]0;b\x07\r\n", "a]0;b"),
        (b"Subject: a\rTo: c\r\n", "a To: c"),
        (b">From x\r\nSubject: a\r\n", "a"),
        (b"Subject: =?utf-8?b?7aCA?= a\r\n", "a"),
        (b"Subject: " + b"a" * 2_000 + b"\r\n", "a" * 2_000),
        (b"Subject:a\r\n\t\r\n b\r\n", "a b"),
    ],
)
def test_odd_bytes_in_a_subject_are_harmless(block: bytes, subject: str) -> None:
    assert message(b"From: x@y.example\r\n" + block).subject == subject


def test_a_msg_id_of_ten_kilobytes_names_nothing() -> None:
    long = b"<" + b"a" * 10_000 + b"@b>"
    found = message(b"From: x@y.example\r\nMessage-ID: " + long + b"\r\nReferences: " + long + b" <c@d>\r\n")
    assert (found.message_id, found.references) == (None, ("c@d",))


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"=?utf-8?b?A?= <a@b.example>", ""),
        (b"=?utf-8?B?w7xiZXIg?= =?utf-8?b?QUJDR?= Smith <a@b.example>", "über Smith"),
        (b"a@b.example (=?utf-8?b?A?=)", ""),
        (b'"a =?utf-8?b?A?= b" <a@b.example>', "a =?utf-8?b?A?= b"),
    ],
)
def test_an_encoded_word_that_ends_within_a_byte_hides_neither_the_address_nor_the_mailbox(
    body: bytes, name: str
) -> None:
    assert message(b"From: " + body + b"\r\n").author == Address(name, AddrSpec("a@b.example"))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"a@b", ("a@b",)),
        (b"a@b@c d@e", ("a@b@c", "d@e")),
        (b"@b a@ @ @@ a@@b", ("a@@b",)),
        (b'(a@b) "c@d",e@f;g@h', ("a@b", "c@d", "e@f", "g@h")),
    ],
)
def test_bare_msg_ids_are_words_with_something_on_both_sides(body: bytes, expected: tuple[str, ...]) -> None:
    assert message(b"From: x@y.example\r\nReferences: " + body + b"\r\n").references == expected


PIECES = st.sampled_from([*b'"(;:,@\\\r\0\xe9\xff\x1b \t']).map(lambda byte: bytes([byte])) | st.sampled_from(
    ["ü".encode(), b"<a@b>", b"=?utf-8?b?", b"?=", b"a@b.example", b"=?x?q?=FF?=", b"=?utf-8?q?=C3=BC?=", b"Re: "]
)
BODIES = st.lists(PIECES | st.binary(max_size=6).filter(lambda piece: b"\n" not in piece), max_size=12).map(b"".join)
NAMES = st.sampled_from([*HEADER_FIELDS, "X-Other"]).map(str.encode)


@given(
    st.binary(max_size=300) | st.lists(st.tuples(NAMES, BODIES)).map(lambda pairs: b"\n".join(map(b": ".join, pairs)))
)
def test_any_bytes_are_a_message_or_unreadable(header: bytes) -> None:
    fact = read(header)
    assert isinstance(fact, Message | Unreadable)
    repr(fact).encode()


def test_every_copy_of_a_message_has_one_identity() -> None:
    census = Census()

    @examples(150)
    @given(st.dictionaries(NAMES.filter(lambda name: name != b"Message-ID"), BODIES, min_size=1), st.none() | BODIES)
    def copies(fields: dict[bytes, bytes], subject: bytes | None) -> None:
        fields |= {b"Message-ID": b"<m@x.example>", **({} if subject is None else {b"Subject": subject})}
        lines = [name + b": " + body for name, body in fields.items()]
        one = read(b"\r\n".join(lines) + b"\r\n\r\n")
        other = read(b"X-Late: \xfcber\n" + b"\n".join(reversed(lines)) + b"\n", role=FolderRole.TRASH)
        census.count(
            read=isinstance(one, Message),
            with_subject=b"Subject" in fields,
            in_utf8=any(b"\xc3" in body for body in fields.values()),
        )
        assert isinstance(one, Message) is isinstance(other, Message)
        if isinstance(one, Message) and isinstance(other, Message):
            assert one.identity == other.identity

    copies()
    census.require(read=0.9, with_subject=0.2, in_utf8=0.1)


def test_a_byte_of_another_charset_does_not_change_the_fields_beside_it() -> None:
    subject = "From: j@a.example\r\nMessage-ID: <a@b>\r\nSubject: Grüße\r\n".encode()
    assert message(b"X-Note: \xfcber\r\n" + subject).subject == "Grüße"
    assert message(b"X-Note: \xfcber\r\n" + subject).identity == message(subject).identity
