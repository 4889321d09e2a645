"""Whatever messages are written into an archive, in whatever pieces, each of them is read, whole and once."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.machine.archives import PLAIN, TAKEOUT, MaildirPost, Style, opened
from tests.properties.census import Census, examples
from tracker.domain.folder import FolderState, plan

if TYPE_CHECKING:
    from tracker.sources import Source

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONG_SINCE = (NOON - timedelta(days=3650)).date()

STYLES = (PLAIN, TAKEOUT, Style(quotes_quoted=True), Style(b"\r\n"), Style(b"\r\n", quotes_quoted=True))

LINES = (
    b"Hello.",
    b"",
    b"From here on",
    b"From bob@example.org Sun Mar  1 12:00:00 2026",
    b">From the other side",
    b">>From below",
    b"Subject: not a header",
    b"Content-Length: 3",
    b"\x00\xff\x1b",
    b"F",
    b"x" * 3000,
)
FIELDS = (b"To: ann@example.org", b"References: <a@example.org>\r\n <b@example.org>", b"X-Long: " + b"y" * 2000)


@st.composite
def contents(draw: st.DrawFn) -> bytes:
    """A message that nobody has written a second time."""
    number = draw(st.integers(0, 10**9))
    fields = draw(st.lists(st.sampled_from(FIELDS), max_size=3))
    body = draw(st.lists(st.sampled_from(LINES), max_size=6))
    return b"\r\n".join([b"Subject: %d" % number, *fields, b"", *body]) + b"\r\n"


def headers_of(messages: list[bytes]) -> Counter[bytes]:
    """What is to be read of them."""
    blocks = [content.partition(b"\r\n\r\n")[0] for content in messages]
    return Counter(block.replace(b"\r\nX-Long: " + b"y" * 2000, b"") + b"\r\n\r\n" for block in blocks)


def places(whole: bytes) -> st.SearchStrategy[int]:
    """Where a writer may pause: anywhere, and in the lines with which messages begin."""
    starts = [at.start() for at in re.finditer(rb"(?m)^From ", whole)]
    near = st.builds(lambda start, step: min(start + step, len(whole)), st.sampled_from(starts), st.integers(0, 70))
    return st.one_of(near, st.integers(0, len(whole)))


@dataclass
class Reader:
    """What a program knows that reads on from pass to pass."""

    state: FolderState | None = None
    read: Counter[bytes] = field(default_factory=Counter)
    forgot: bool = False

    def make_pass(self, source: Source) -> None:
        (folder,) = source.folders()
        status = source.status(folder)
        todo = plan(self.state, status, since=LONG_SINCE, now=NOON)
        if todo.forget:
            self.forgot = self.forgot or bool(self.read)
            self.read.clear()
        uids = source.uids(folder, todo.first, todo.last, None)
        raws = source.fetch(folder, uids)
        assert [raw.uid for raw in raws] == uids == sorted(set(uids))
        self.read.update(raw.header for raw in raws)
        self.state = FolderState(status.uidvalidity, status.uidnext, since=LONG_SINCE, audited_at=NOON)


def write(path: Path, text: bytes) -> None:
    """Let the file grow to this, as if its writer had paused for a while in the middle of it."""
    with path.open("r+b" if path.exists() else "wb") as file:
        file.seek(0, os.SEEK_END)
        file.write(text[file.tell() :])
    os.utime(path, (time.time() - 60, time.time() - 60))


def test_an_mbox_file_that_grows_by_any_pieces_is_read_whole_and_once(tmp_path: Path) -> None:
    census = Census()

    @examples(120)
    @given(st.lists(contents(), min_size=1, max_size=5, unique=True), st.sampled_from(STYLES), st.data())
    def holds(messages: list[bytes], style: Style, data: st.DataObject) -> None:
        whole = b"".join(style.piece(content, NOON) for content in messages)
        cuts = sorted(data.draw(st.lists(places(whole), max_size=4)))
        with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
            path, reader, partly = Path(folder) / "archive.mbox", Reader(), 0
            for cut in [*cuts, len(whole)]:
                write(path, whole[:cut])
                reader.make_pass(opened("mbox", path))
                assert not reader.read - headers_of(messages)  # no half of a header
                partly += 0 < reader.read.total() < len(messages)
            assert reader.read == headers_of(messages)
            assert not reader.forgot
        quoted = any(line.startswith(b">From") for line in whole.splitlines())
        in_header = any(b"\n\n" not in whole[whole.rfind(b"From ", 0, cut) : cut] for cut in cuts)
        census.count(partly=partly, quoted=quoted, in_header=in_header, several=len(messages) > 1)

    holds()
    census.require(partly=0.2, quoted=0.2, in_header=0.3, several=0.5)


def test_an_mbox_file_out_of_which_messages_are_taken_loses_no_other(tmp_path: Path) -> None:
    census = Census()

    @examples(120)
    @given(st.lists(contents(), min_size=2, max_size=6, unique=True), st.data())
    def holds(messages: list[bytes], data: st.DataObject) -> None:
        pieces = [PLAIN.piece(content, NOON) for content in messages]
        first = data.draw(st.integers(1, len(messages)))
        kept = sorted(data.draw(st.sets(st.integers(0, first - 1), max_size=first)))
        with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
            path, reader = Path(folder) / "archive.mbox", Reader()
            write(path, b"".join(pieces[:first]))
            reader.make_pass(opened("mbox", path))
            assert reader.read == headers_of(messages[:first])
            path.unlink()
            write(path, b"".join([*(pieces[number] for number in kept), *pieces[first:]]))
            reader.make_pass(opened("mbox", path))
            there = headers_of([*(messages[number] for number in kept), *messages[first:]])
            assert not there - reader.read
        is_longer = len(messages) > first and len(kept) < first
        census.count(taken=len(kept) < first, hidden_by_growth=is_longer, all_left=len(kept) == first)

    holds()
    census.require(taken=0.5, hidden_by_growth=0.3, all_left=0.03)


def test_a_maildir_in_which_messages_come_move_and_go_is_read_whole_and_once(tmp_path: Path) -> None:
    census = Census()

    @examples(80)
    @given(st.lists(contents(), min_size=1, max_size=6, unique=True), st.data())
    def holds(messages: list[bytes], data: st.DataObject) -> None:
        with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
            post, reader, renamed, gone = MaildirPost(Path(folder) / "Maildir"), Reader(), 0, 0
            for delivered, content in enumerate(messages, start=1):
                post.deliver(content, NOON)
                for step in data.draw(st.lists(st.sampled_from(["pass", "rename", "delete"]), max_size=3)):
                    if step == "pass":
                        reader.make_pass(opened("maildir", post.path))
                    elif step == "rename" and post.files:
                        number = data.draw(st.integers(0, len(post.files) - 1))
                        flags = data.draw(st.sampled_from(["", "S", "RS"]))
                        base = post.files[number].name.partition(":")[0]
                        post.files[number] = post.files[number].rename(post.path / "cur" / f"{base}:2,{flags}")
                        renamed += 1
                    elif step == "delete" and post.files and reader.read.total() == delivered:
                        post.expunge(0)
                        gone += 1
            reader.make_pass(opened("maildir", post.path))
            assert reader.read == headers_of(messages)
            census.count(renamed=renamed, several=len(messages) > 1, gone=gone)

    holds()
    census.require(renamed=0.3, several=0.4, gone=0.1)
