"""What mbox files look like that programs of thirty years have written, and what is read from them."""

from __future__ import annotations

import base64
import mailbox
import resource
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.machine.archives import THUNDERBIRD, Style, let_rest, opened
from tracker.domain.fields import MAX_HEADER_BYTES
from tracker.domain.message import FolderRole, RawMessage, Unreadable
from tracker.parsing import parse

if TYPE_CHECKING:
    from pathlib import Path

NEW_YEAR = datetime(2015, 1, 1, tzinfo=UTC)
FROM = b"From bob@example.org Thu Jan  1 00:00:00 2015\n"


def raws(tmp_path: Path, text: bytes) -> list[RawMessage]:
    """The messages of a file that holds this."""
    path = tmp_path / "archive.mbox"
    path.write_bytes(text)
    let_rest(path)
    source = opened("mbox", path)
    (folder,) = source.folders()
    return source.fetch(folder, source.uids(folder, 1, source.status(folder).uidnext - 1, None))


def subjects(tmp_path: Path, text: bytes) -> list[str]:
    """Their Subject fields."""
    headers = [raw.header.decode("latin-1").rstrip("\r\n") for raw in raws(tmp_path, text)]
    return [header.partition("Subject: ")[2].partition("\r\n")[0] for header in headers]


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        (b"From bob@example.org Thu Jan  1 00:00:00 2015", NEW_YEAR),
        (b"From 1589012345678901234@xxx Thu Jan 01 00:00:00 +0000 2015", NEW_YEAR),
        (b"From 1589012345678901234@xxx Wed Dec 31 22:00:00 -0200 2014", NEW_YEAR),
        (b"From bob@example.org Thu Jan  1 01:00:00 2015 +0100", NEW_YEAR),
        (b"From bob@example.org Thu Jan  1 00:00 GMT 2015", NEW_YEAR),
        (b"From bob@example.org  Thu, Jan  1 00:00:60 2015", NEW_YEAR.replace(second=59)),
        (b"From ???@??? Thu Jan 01 00:00:00 2015", NEW_YEAR),
        (b"From bob@example.org Thu Jan  1 00:00:00 EST 2015", None),  # which of the zones of that name?
        (b"From - Thu Jan 01 00:00:00 2015", None),  # when Thunderbird made its copy, in local time
        (b"From bob@example.org Thu Feb 30 00:00:00 2015", None),
        (b"From bob@example.org 2015-01-01 00:00:00", None),
        (b"From ", None),
        (b"From bob@example.org", None),
    ],
)
def test_every_form_of_the_first_line_separates_and_says_when_the_message_came(
    tmp_path: Path, line: bytes, moment: datetime | None
) -> None:
    text = FROM + b"Subject: before\n\nbody\n\n" + line + b"\nSubject: after\n\nbody\n"
    found = raws(tmp_path, text)
    assert [raw.received_at for raw in found] == [NEW_YEAR, moment]
    assert [raw.uid for raw in found] == [1, text.index(line, 10) + 1]


@pytest.mark.parametrize(
    "body",
    [
        b"\nFrom here on it gets better.\n",
        b"\nFrom bob to ann:\nI said so.\n",
        b"text\nFrom bob@example.org Thu Jan  1 00:00:00 2015\nno field\n",
        b"\n>From bob@example.org Thu Jan  1 00:00:00 2015\nSubject: quoted\n",
        b"\n From bob@example.org Thu Jan  1 00:00:00 2015\nSubject: forwarded\n",
        b"\nfrom bob@example.org Thu Jan  1 00:00:00 2015\nSubject: no\n",
        b"\nFrom: bob@example.org\nSubject: forwarded\n",
        b"\n\0\xff\x1bFrom \n\r\rFrom \n" * 5,
    ],
)
def test_text_that_looks_like_the_beginning_of_a_message_is_none(tmp_path: Path, body: bytes) -> None:
    text = FROM + b"Subject: one\n\n" + body + b"\n" + FROM + b"Subject: two\n\nend\n\n"
    assert subjects(tmp_path, text) == ["one", "two"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", []),
        (b"\n\n" + FROM + b"Subject: one\n\nx\n", ["one"]),
        (b"\xef\xbb\xbf" + b"\n" + FROM + b"Subject: one\n\nx\n", ["one"]),
        (FROM + b"Subject: one\n\nno line end" + b"\n" + FROM + b"Subject: two\n\nx", ["one", "two"]),
        (FROM + FROM + b"Subject: one\n\nx\n\n" + FROM + b"Subject: two\n\n", ["one", "two"]),
        (FROM + b">From x Thu Jan  1 00:00:00 2015\nSubject: one\n\nx\n", ["one"]),
        (FROM + b"Subject: one\n\n" + FROM + b"Subject: two\n\n", ["one", "two"]),
        (FROM + b"\n" + FROM + b"Subject: two\n\n", ["", "two"]),
        (FROM + b"Subject: one\nContent-Length: 4000\n\nx\n\n" + FROM + b"Subject: two\n\n", ["one", "two"]),
        ((FROM + b"Subject: one\n\nx\n\n" + FROM + b"Subject: two\n\nx\n").replace(b"\n", b"\r\n"), ["one", "two"]),
        (FROM + b"Subject: one\n" + FROM + b"Subject: two\n\nx\n", ["one", "two"]),
        (FROM + b"Subject: one\n", ["one"]),
    ],
)
def test_files_that_are_not_quite_right_are_read_all_the_same(tmp_path: Path, text: bytes, expected: list[str]) -> None:
    assert subjects(tmp_path, text) == expected


def test_what_the_standard_library_writes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "archive.mbox"
    box = mailbox.mbox(path)
    for number in range(3):
        message = mailbox.mboxMessage(f"Subject: {number}\n\nFrom the start\n\nFrom bob Thu Jan  1 00:00:00 2015\n")
        message.set_from("bob@example.org", NEW_YEAR.timetuple())
        box.add(message)
    box.close()
    assert subjects(tmp_path, path.read_bytes()) == ["0", "1", "2"]


@pytest.mark.parametrize("offset", [-1, 0, 1, 2, 3, 5, 700, 1023, 1024, 1025, 2047, 2048, 2049])
def test_a_separator_across_the_blocks_that_are_read_is_seen(tmp_path: Path, offset: int) -> None:
    head = FROM + b"Subject: one\n\n"
    for size in (1024 * 1024 + offset, 2 * 1024 * 1024 - 20 + offset):
        body = (b"x" * 71 + b"\n") * (size // 72 + 1)
        text = head + body[: size - len(head) - 1] + b"\n\n" + FROM + b"Subject: two\n\nend\n\n"
        assert subjects(tmp_path, text) == ["one", "two"]


def test_text_at_the_beginning_of_a_block_is_no_beginning_of_a_message(tmp_path: Path) -> None:
    head = FROM + b"Subject: one\n\n"
    text = head + b"x" * (1024 * 1024 - len(head)) + FROM + b"Subject: two\n\nend\n\n"
    assert subjects(tmp_path, text) == ["one"]


def test_a_header_block_that_never_ends_costs_no_memory_and_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "archive.mbox"
    with path.open("wb") as file:
        file.write(FROM + b"Subject: endless\n")
        for _ in range(1024):
            file.write(b"X-More: " + b"y" * 65_527 + b"\n")
        file.write(FROM + b"Subject: next\n\nx\n")
    let_rest(path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    source = opened("mbox", path)
    (folder,) = source.folders()
    found = source.fetch(folder, source.uids(folder, 1, source.status(folder).uidnext - 1, None))
    assert [len(raw.header) > MAX_HEADER_BYTES for raw in found] == [True, False]
    assert isinstance(parse(found[0], role=FolderRole.ALL, now=NEW_YEAR), Unreadable)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024  # KiB, of a file of 64 MB


def test_a_long_header_block_with_few_fields_that_matter_is_readable(tmp_path: Path) -> None:
    block = b"Subject: one\n" + (b"X-Spam: " + b"y" * 990 + b"\n") * 1000 + b"To: ann@example.org\n"
    (raw,) = raws(tmp_path, FROM + block + b"\nx\n")
    assert raw.header == b"Subject: one\r\nTo: ann@example.org\r\n\r\n"


def test_fields_that_matter_beyond_all_measure_make_a_message_unreadable(tmp_path: Path) -> None:
    (raw,) = raws(tmp_path, FROM + b"To: " + b"a@example.org,\n " * 20_000 + b"b@example.org\n\nx\n")
    assert len(raw.header) == MAX_HEADER_BYTES + 1
    assert isinstance(parse(raw, role=FolderRole.ALL, now=NEW_YEAR), Unreadable)


def encoded(text: str) -> bytes:
    return b"=?UTF-8?B?" + base64.b64encode(text.encode()) + b"?="


@pytest.mark.parametrize(
    ("labels", "is_draft"),
    [
        (b"Drafts", True),
        (b"Opened,Draft", True),
        (b'Important,"Drafts"', True),
        (encoded("Entw\xfcrfe,Ge\xf6ffnet"), True),
        (b"=?UTF-8?Q?Ge=C3=B6ffnet,Entw?=\n =?UTF-8?Q?=C3=BCrfe?=", True),
        (encoded("\u0427\u0435\u0440\u043d\u043e\u0432\u0438\u043a\u0438"), True),
        (b"Inbox,Important", False),
        (b"Contract drafts,Inbox", False),
        (b"Sent,Drafts", False),  # what was sent is out, whatever its user calls it
        (b"Scheduled", False),
        (b"=?nowhere?B?!!?=", False),
        (b"", False),
    ],
)
def test_gmails_labels_tell_drafts_in_every_language(tmp_path: Path, labels: bytes, *, is_draft: bool) -> None:
    text = FROM + b"X-GM-THRID: 1589012345678901234\nX-Gmail-Labels: " + labels + b"\nSubject: one\n\nx\n"
    (raw,) = raws(tmp_path, text)
    assert (raw.is_draft, raw.thread_key) == (is_draft, "old gm 1589012345678901234")


@pytest.mark.parametrize("field", [b"X-GM-THRID: no number\n", b"X-GM-THRID:\n", b""])
def test_a_thread_without_a_number_has_no_name(tmp_path: Path, field: bytes) -> None:
    assert [raw.thread_key for raw in raws(tmp_path, FROM + field + b"Subject: x\n\n")] == [""]


def test_what_thunderbird_has_deleted_is_left_out(tmp_path: Path) -> None:
    flags = [b"0001", b"0009", b"0008", b"000a", b"2001", b"0000"]
    pieces = [
        THUNDERBIRD.piece(b"X-Mozilla-Status: %s\nX-Mozilla-Status2: 00000000\nSubject: %s\n\nx" % (one, one), NEW_YEAR)
        for one in flags
    ]
    quoting = FROM + b"Subject: quoting\n\nX-Mozilla-Status: 0008\n\n"
    assert subjects(tmp_path, b"".join(pieces) + quoting) == ["0001", "2001", "0000", "quoting"]


def test_quoted_lines_of_a_body_are_what_they_were(tmp_path: Path) -> None:
    path = tmp_path / "archive.mbox"
    path.write_bytes(Style(quotes_quoted=True).piece(b"Subject: x\n\nFrom a\n>From b\n>>From c\n> From d\n", NEW_YEAR))
    let_rest(path)
    source = opened("mbox", path)
    (folder,) = source.folders()
    assert source.body(folder, 1, 1000) == b"Subject: x\r\n\r\nFrom a\r\n>From b\r\n>>From c\r\n> From d\r\n"
