"""A server that sends more than any mailbox holds costs neither memory nor the account."""

from __future__ import annotations

import re
import subprocess
import sys
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from tests.machine.accounts import opened, settings
from tests.machine.scripted import Scripted, scripted, serving
from tracker.domain.folder import Folder
from tracker.domain.message import FolderRole
from tracker.errors import BadServerReply, Unreachable
from tracker.sources.imap import open_source
from tracker.sources.imap._line import LARGEST_KEPT, LARGEST_LITERAL, MOST_BYTES, MOST_LINES

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

INBOX = Folder("INBOX", FolderRole.INBOX)
MEGABYTE = 1024 * 1024
OK = b" OK done\r\n"


def answering(name: bytes, reply: Callable[[], Iterator[bytes]]) -> Callable[[socket.socket], None]:
    """A server that sends the pieces of `reply` to the commands that hold `name`."""

    def talk(line: socket.socket) -> None:
        script = Scripted()
        line.sendall(script.greeting)
        with line.makefile("rb") as lines:
            for sent in lines:
                if name not in sent:
                    line.sendall(script.reply_to(sent.decode().rstrip()) or b"")
                    continue
                for piece in reply():
                    line.sendall(piece)
                line.sendall(sent.partition(b" ")[0] + OK)

    return talk


def header(uid: int, size: int) -> Iterator[bytes]:
    yield b"* %d FETCH (UID %d BODY[HEADER.FIELDS (From)] {%d}\r\n" % (uid, uid, size)
    for start in range(0, size, MEGABYTE):
        yield b"x" * min(MEGABYTE, size - start)
    yield b")\r\n"


def test_the_header_of_one_message_that_never_ends_costs_that_message_alone() -> None:
    size = 80 * MEGABYTE

    def reply() -> Iterator[bytes]:
        yield from header(1, 6)
        yield from header(2, size)
        yield from header(3, 6)

    with serving(answering(b"UID FETCH", reply)) as port, opened(settings(port, timeout=30)) as source:
        tracemalloc.start()
        found = source.fetch(INBOX, [1, 2, 3])
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert [(raw.uid, len(raw.header)) for raw in found] == [(1, 6), (2, LARGEST_KEPT), (3, 6)]
    assert peak < 8 * MEGABYTE  # the server in this process takes one of them


def test_the_uids_of_a_large_folder_cost_little_more_than_their_text() -> None:
    count = 300_000

    def talk(line: socket.socket) -> None:
        script = Scripted(replies={"EXAMINE": b"* %d EXISTS\r\n* OK [UIDVALIDITY 7]\r\nTAG" % count + OK})
        line.sendall(script.greeting)
        with line.makefile("rb") as lines:
            for sent in lines:
                span = re.search(rb"SEARCH UID (\d+):(\d+)", sent)
                if span is None:
                    line.sendall(script.reply_to(sent.decode().rstrip()) or b"")
                    continue
                first, last = int(span[1]), int(span[2])
                for start in range(first, last + 1, 1000):  # in pieces, for this is the same process
                    line.sendall(b"* SEARCH " if start == first else b" ")
                    line.sendall(b" ".join(b"%d" % uid for uid in range(start, min(start + 1000, last + 1))))
                line.sendall(b"\r\n" + sent.partition(b" ")[0] + OK)

    with serving(talk) as port, opened(settings(port, timeout=60)) as source:
        tracemalloc.start()
        found = source.uids(INBOX, 1, count, None)
        kept, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert len(found) == count == found[-1]
    assert kept < 4 * MEGABYTE
    assert peak < 12 * MEGABYTE, "their text, twice, beside eight bytes for each"


def test_headers_that_take_the_room_of_others_leave_those_for_another_time() -> None:
    def reply() -> Iterator[bytes]:
        for uid in range(1, MOST_BYTES // LARGEST_KEPT + 3):
            yield from header(uid, LARGEST_KEPT)

    uids = list(range(1, MOST_BYTES // LARGEST_KEPT + 3))
    with serving(answering(b"UID FETCH", reply)) as port, opened(settings(port, timeout=30)) as source:
        assert [raw.uid for raw in source.fetch(INBOX, uids)] == uids[:-2]
        assert source.fetch(INBOX, [1])[0].uid == 1, "each command has the whole room"


@pytest.mark.parametrize("size", [b"%d" % (LARGEST_LITERAL + 1), b"9" * 30, b"9" * 5000])
def test_a_literal_without_measure_is_not_read(size: bytes) -> None:
    reply = b"* 1 FETCH (UID 1 BODY[HEADER.FIELDS (From)] {" + size + b"}\r\nFrom: a"
    with scripted(UID_FETCH=reply) as server, opened(settings(server.port)) as source:
        with pytest.raises(BadServerReply, match="makes no sense"):
            source.fetch(INBOX, [1])
        with pytest.raises(Unreachable):
            source.status(INBOX)


@pytest.mark.parametrize(("line", "count"), [(b"* 1 X\r\n", MOST_LINES + 1), (b"* X " + b"x" * 99_995 + b"\r\n", 672)])
def test_lines_without_end_are_not_read(line: bytes, count: int) -> None:
    def reply() -> Iterator[bytes]:
        for _ in range(count // 100 + 1):
            yield line * 100

    with (
        serving(answering(b"STATUS", reply)) as port,
        opened(settings(port, timeout=30)) as source,
        pytest.raises(BadServerReply, match=r"makes no sense: \d+ lines with \d+ bytes to one command"),
    ):
        source.status(INBOX)


def test_a_line_without_an_end_is_not_read() -> None:
    def reply() -> Iterator[bytes]:
        yield b"* X "
        for _ in range(17):
            yield b"x" * MEGABYTE

    with serving(answering(b"STATUS", reply)) as port:
        source = open_source(settings(port, timeout=30))
        with pytest.raises(BadServerReply, match="a line of more than"):
            source.status(INBOX)
        source.close()


def test_a_cut_within_a_literal_is_no_short_header() -> None:
    def talk(line: socket.socket) -> None:
        script = Scripted(replies={"UID FETCH": b"* 1 FETCH (UID 1 BODY[HEADER.FIELDS (From)] {400}\r\nFrom: a"})
        line.sendall(script.greeting)
        with line.makefile("rb") as lines:
            for sent in lines:
                line.sendall(script.reply_to(sent.decode().rstrip()) or b"")
                if b"UID FETCH" in sent:
                    return

    with serving(talk) as port:
        source = open_source(settings(port))
        with pytest.raises(Unreachable, match="within a literal"):
            source.fetch(INBOX, [1])
        source.close()


WORDS_OF_A_STRANGER = [
    b"* 1 FETCH (" + b"BODY[HEADER " * 80_000 + b")\r\n",
    b"* 1 FETCH (" + b"X-GM-LABELS (" * 80_000 + b")\r\n",
    b"* 1 FETCH (" + b'BODY[] "' * 100_001 + b")\r\n",
    b"* 1 FETCH (" + b"FLAGS (" * 100_000 + b")\r\n",
    b'* 1 FETCH (INTERNALDATE "' + b" " * 900_000 + b")\r\n",
]


@pytest.mark.parametrize("reply", WORDS_OF_A_STRANGER)
def test_a_reply_of_a_megabyte_that_means_nothing_takes_time_in_proportion(reply: bytes) -> None:
    """In a process of its own, which may use so many seconds of CPU and no more."""
    program = (
        "import resource, sys; from tracker.sources.imap._replies import fetched, sections, fetched_uids;"
        "resource.setrlimit(resource.RLIMIT_CPU, (10, 10));"
        "data = [sys.stdin.buffer.read()]; print(list(fetched(data)), list(sections(data)), fetched_uids(data))"
    )
    run = subprocess.run([sys.executable, "-c", program], input=reply, capture_output=True)
    assert (run.returncode, run.stdout) == (0, b"[] [] []\n"), run.stderr
