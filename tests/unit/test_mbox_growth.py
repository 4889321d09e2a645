"""An mbox file from pass to pass: what is still being written waits, and what has moved is seen to have moved."""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.machine.archives import MboxPost, let_rest, opened
from tracker.errors import BadServerReply, ConfigError, Unreachable

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.domain.folder import FolderStatus
    from tracker.sources import Source

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FROM = b"From bob@example.org Thu Jan  1 00:00:00 2015\n"


def age(path: Path, seconds: float) -> None:
    """Make a file look as if it had been written so long ago."""
    os.utime(path, (time.time() - seconds, time.time() - seconds))


def status(path: Path) -> FolderStatus:
    source = opened("mbox", path)
    return source.status(source.folders()[0])


def read(source: Source) -> list[bytes]:
    (folder,) = source.folders()
    found = source.fetch(folder, source.uids(folder, 1, source.status(folder).uidnext - 1, None))
    return [raw.header.partition(b"\r\n")[0] for raw in found]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive.mbox"


def test_a_message_without_the_end_of_its_header_waits_for_it(path: Path) -> None:
    path.write_bytes(FROM + b"Subject: one\n\nx\n\n" + FROM + b"Subject: two\nIn-Reply-To: <a@")
    age(path, 60)
    before = status(path)
    assert read(opened("mbox", path)) == [b"Subject: one"]
    with path.open("ab") as file:
        file.write(b"example.org>\n\ny\n")
    age(path, 60)
    assert status(path).uidvalidity == before.uidvalidity
    source = opened("mbox", path)
    (folder,) = source.folders()
    fresh = source.uids(folder, before.uidnext, source.status(folder).uidnext - 1, None)
    assert [raw.header for raw in source.fetch(folder, fresh)] == [
        b"Subject: two\r\nIn-Reply-To: <a@example.org>\r\n\r\n"
    ]


def test_a_header_that_nobody_has_gone_on_with_for_long_is_all_there_is(path: Path) -> None:
    path.write_bytes(FROM + b"Subject: one\n\nx\n\n" + FROM + b"Subject: two\nTo: x\n")
    age(path, 2 * 3600)
    assert read(opened("mbox", path)) == [b"Subject: one", b"Subject: two"]


def test_a_message_that_is_written_at_this_moment_waits_until_that_is_done(path: Path) -> None:
    path.write_bytes(FROM + b"Subject: one\n\nx\n\n" + FROM + b"Subject: two\n\ny")
    is_done = threading.Event()

    def write() -> None:
        while not is_done.wait(0.05):
            with path.open("ab") as file:
                file.write(b"y")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert read(opened("mbox", path)) == [b"Subject: one"]
    finally:
        is_done.set()
        writer.join()
    assert read(opened("mbox", path)) == [b"Subject: one", b"Subject: two"]


def test_a_file_that_was_laid_there_a_moment_ago_is_read_to_its_end(path: Path) -> None:
    path.write_bytes(FROM + b"Subject: one\n\nx\n")
    assert read(opened("mbox", path)) == [b"Subject: one"]


@pytest.mark.parametrize("state", ["kept", "lost"])
def test_a_file_that_only_grows_keeps_its_uidvalidity(path: Path, state: str, tmp_path: Path) -> None:
    post = MboxPost(path)
    seen = set()
    for number in range(4):
        post.deliver(b"Subject: %d\n\nx\n" % number, NOON)
        seen.add(status(path).uidvalidity)
        if state == "lost":
            for file in (tmp_path / "mbox-state").iterdir():
                file.unlink()
    assert len(seen) == 1


def test_another_file_in_its_place_is_another_folder(path: Path) -> None:
    path.write_bytes(FROM + b"Subject: one\n\nx\n")
    let_rest(path)
    before = status(path)
    path.write_bytes(FROM + b"Subject: two\n\nx\n" + b"more\n" * 100)
    let_rest(path)
    os.utime(path, (1, 1))
    assert status(path).uidvalidity != before.uidvalidity
    for file in (path.parent / "mbox-state").iterdir():
        file.unlink()
    assert status(path).uidvalidity != before.uidvalidity  # its beginning says so, too


def test_what_a_mail_program_notes_in_place_changes_no_uid(path: Path) -> None:
    text = FROM + b"X-Mozilla-Status: 0000\nSubject: one\n\nx\n\n"
    path.write_bytes(text * 2)
    let_rest(path)
    before = status(path)
    path.write_bytes(text.replace(b"0000\n", b"0001\n") + text.replace(b"0000\n", b"0009\n"))
    age(path, 60)
    after = status(path)
    assert (after.uidvalidity, after.uidnext) == (before.uidvalidity, before.uidnext)
    assert after.modseq != before.modseq  # but flags may have changed
    source = opened("mbox", path)
    assert source.uids(source.folders()[0], 1, 1000, None) == [1]


def test_messages_that_moved_show_even_if_the_file_has_grown_beyond_its_size_before(path: Path) -> None:
    post = MboxPost(path)
    for number in range(4):
        post.deliver(b"Subject: %d\n\nx\n" % number, NOON)
    before = status(path)
    post.expunge(2)
    post.deliver(b"Subject: 5\n\n" + b"longer than what went\n" * 10, NOON)
    after = status(path)
    assert after.uidnext > before.uidnext
    assert after.uidvalidity != before.uidvalidity
    assert status(path).uidvalidity == after.uidvalidity


def test_an_unchanged_file_is_not_read_again(path: Path) -> None:
    """Its bytes are changed behind its back: whoever looked would see."""
    post = MboxPost(path)
    for number in range(3):
        post.deliver(b"Subject: %d\n\nx\n" % number, NOON)
    before = status(path)
    with path.open("r+b") as file:
        file.seek(-len(post.pieces[-1]), os.SEEK_END)
        file.write(b"Gone!")  # the last message, at which whoever looked would look first
    let_rest(path)
    assert status(path) == before


def test_of_a_grown_file_only_the_growth_is_read(path: Path) -> None:
    post = MboxPost(path)
    for number in range(3):
        post.deliver(b"Subject: %d\n\nx\n" % number, NOON)
    before = status(path)
    with path.open("r+b") as file:
        file.seek(len(post.pieces[0]))
        file.write(b"Gone!")  # neither the first message nor the last one, which are looked at again
    post.deliver(b"Subject: 3\n\nx\n", NOON)
    source = opened("mbox", path)
    (folder,) = source.folders()
    after = source.status(folder)
    assert after.uidvalidity == before.uidvalidity
    assert len(source.uids(folder, before.uidnext, after.uidnext - 1, None)) == 1


def test_a_file_that_is_written_anew_in_the_middle_of_a_pass_is_not_mixed_up(path: Path) -> None:
    post = MboxPost(path)
    for number in range(3):
        post.deliver(b"Subject: %d\n\nx\n" % number, NOON)
    source = opened("mbox", path)
    (folder,) = source.folders()
    source.status(folder)
    post.expunge(0)
    post.deliver(b"Subject: longer\n\n" + b"than what went\n" * 10, NOON)
    with pytest.raises(BadServerReply, match="written anew"):
        source.uids(folder, 1, 1000, None)


def test_a_file_that_is_gone_is_told(path: Path) -> None:
    post = MboxPost(path)
    post.deliver(b"Subject: 1\n\nx\n", NOON)
    source = opened("mbox", path)
    (folder,) = source.folders()
    path.unlink()
    with pytest.raises(Unreachable, match="not there any more"):
        source.status(folder)


def test_an_abort_ends_the_wait_for_a_writer(path: Path) -> None:
    path.write_bytes(FROM + b"Subject: one\n\nx\n")
    source = opened("mbox", path)
    (folder,) = source.folders()
    age(path, -100)  # a time to come: nothing tells how long it has been still
    threading.Timer(0.1, source.abort).start()
    with pytest.raises(Unreachable, match="cut"):
        source.status(folder)


@pytest.mark.parametrize(
    "text", [b"", b"tracker-mbox-1", b"tracker-mbox-1 0 x y z 1 2\n", b"\0\xff" * 50, b"other 0 0 0 - 0 0"]
)
def test_a_memory_that_makes_no_sense_is_begun_anew(path: Path, text: bytes) -> None:
    post = MboxPost(path)
    post.deliver(b"Subject: 1\n\nx\n", NOON)
    before = status(path)
    (memory,) = (path.parent / "mbox-state").iterdir()
    memory.write_bytes(text)
    assert status(path) == before
    assert oct((path.parent / "mbox-state").stat().st_mode)[-3:] == "700"
    assert oct(memory.stat().st_mode)[-3:] == "600"


def test_a_state_folder_that_cannot_be_used_is_told_by_its_name(path: Path, tmp_path: Path) -> None:
    MboxPost(path).deliver(b"Subject: 1\n\nx\n", NOON)
    (tmp_path / "mbox-state").write_text("in the way", "utf-8")
    with pytest.raises(ConfigError, match="mbox-state"):
        status(path)
    (tmp_path / "mbox-state").unlink()
    status(path)
    (memory,) = (tmp_path / "mbox-state").iterdir()
    memory.unlink()
    memory.mkdir()
    with pytest.raises(Unreachable, match=r"remembered in .*mbox-state"):
        status(path)
