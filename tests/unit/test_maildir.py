"""A Maildir from pass to pass: UIDs that stay with their messages, whatever is renamed, lost or cut off."""

from __future__ import annotations

import fcntl
import os
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.machine.archives import MaildirPost, let_rest
from tracker.domain.folder import Folder
from tracker.domain.message import FolderRole
from tracker.errors import Unreachable

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.domain.folder import FolderStatus
    from tracker.sources import Source

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
INBOX = Folder("INBOX", FolderRole.INBOX)


@pytest.fixture
def post(tmp_path: Path) -> MaildirPost:
    return MaildirPost(tmp_path / "Maildir")


def fill(post: MaildirPost, *numbers: int) -> None:
    for number in numbers:
        post.deliver(b"Subject: %d\n\nx\n" % number, NOON)


def subjects(source: Source) -> dict[int, bytes]:
    """UIDs to subjects."""
    uids = source.uids(INBOX, 1, source.status(INBOX).uidnext - 1, None)
    return {raw.uid: raw.header.partition(b"\r\n")[0].removeprefix(b"Subject: ") for raw in source.fetch(INBOX, uids)}


def status(post: MaildirPost) -> FolderStatus:
    return post.open().status(INBOX)


def list_of_uids(post: MaildirPost) -> Path:
    (path,) = (post.path.parent / "maildir-state").glob("*.uids")
    return path


def move(post: MaildirPost, number: int, name: str) -> None:
    """Give the message another file name in `cur`, as a program does that changes its flags."""
    post.files[number] = post.files[number].rename(post.path / "cur" / name)


@pytest.mark.parametrize("separator", [":", ";", "!"])
def test_a_message_keeps_its_uid_whatever_flags_it_gets(post: MaildirPost, separator: str) -> None:
    fill(post, 1, 2)
    before = subjects(post.open())
    name = post.files[0].name
    for flags in ("", "S", "FRS", "DSa"):
        move(post, 0, f"{name}{separator}2,{flags}")
        assert subjects(post.open()) == before == {1: b"1", 2: b"2"}
        assert [raw.is_draft for raw in post.open().fetch(INBOX, [1, 2])] == ["D" in flags, False]


def test_a_message_that_is_renamed_between_listing_and_reading_is_found_again(post: MaildirPost) -> None:
    fill(post, 1, 2)
    source = post.open()
    uids = source.uids(INBOX, 1, source.status(INBOX).uidnext - 1, None)
    move(post, 0, f"{post.files[0].name}:2,S")
    post.expunge(1)
    assert [raw.uid for raw in source.fetch(INBOX, uids)] == [1]
    assert source.uids(INBOX, 2, 2, None) == []
    assert source.body(INBOX, 1, 100) == b"Subject: 1\r\n\r\nx\r\n"
    assert source.body(INBOX, 2, 100) == b""


def test_uids_follow_the_times_of_the_files_and_are_never_given_out_twice(post: MaildirPost) -> None:
    fill(post, 1, 2, 3)
    os.utime(post.files[0], (NOON.timestamp() + 60,) * 2)
    assert subjects(post.open()) == {1: b"2", 2: b"3", 3: b"1"}
    post.expunge(0)
    fill(post, 4)
    assert subjects(post.open()) == {1: b"2", 2: b"3", 4: b"4"}
    post.expunge(2)
    fill(post, 5)
    assert subjects(post.open()) == {1: b"2", 2: b"3", 5: b"5"}


@pytest.mark.parametrize(
    "name", ["plain", "with blank", "100%25", "new\nline", "caf\udce9", "a:2,b:2,S", "=", "1 2 3", "x,S=12:2,"]
)
def test_file_names_of_every_kind_are_remembered(post: MaildirPost, name: str) -> None:
    fill(post, 1)
    move(post, 0, name)
    before = status(post)
    fill(post, 2)
    assert subjects(post.open()) == {1: b"1", 2: b"2"}
    assert status(post).uidvalidity == before.uidvalidity


def test_what_is_no_message_is_none(post: MaildirPost) -> None:
    fill(post, 1)
    (post.path / "cur" / ".hidden").write_text("Subject: hidden\n\n", "utf-8")
    (post.path / "cur" / "directory").mkdir()
    (post.path / "cur" / "circle").symlink_to("circle")
    (post.path / "tmp" / "half").write_text("Subject: half\n\n", "utf-8")
    os.mkfifo(post.path / "cur" / "pipe")
    assert subjects(post.open()) == {1: b"1"}


@pytest.mark.parametrize("cut", range(1, 14))
def test_a_line_that_a_crash_cut_off_is_given_out_anew(post: MaildirPost, cut: int) -> None:
    """It was never told to anybody: the line is on the disk before that."""
    fill(post, 1, 2)
    before = subjects(post.open()), status(post).uidvalidity
    path = list_of_uids(post)
    whole = path.read_bytes()
    fill(post, 3)
    status(post)
    torn = path.read_bytes()[: len(whole) + cut]
    path.write_bytes(torn)
    fill(post, 4)
    assert subjects(post.open()) == before[0] | {3: b"3", 4: b"4"}
    assert status(post).uidvalidity == before[1]
    assert path.read_bytes().startswith(whole)


def test_what_a_crash_left_of_a_long_line_does_not_stay_behind_a_short_one(post: MaildirPost) -> None:
    fill(post, 1)
    status(post)
    with list_of_uids(post).open("ab") as file:
        file.write(b"2 " + b"x" * 200)
    fill(post, 2)
    before = status(post)
    fill(post, 3)
    assert subjects(post.open()) == {1: b"1", 2: b"2", 3: b"3"}
    assert status(post).uidvalidity == before.uidvalidity
    assert b"xx" not in list_of_uids(post).read_bytes()


@pytest.mark.parametrize("damage", [b"", b"tracker-uids 1 x y\n", b"\0" * 100 + b"\n", b"tracker-uids 1 5 2\nx\n"])
def test_a_list_that_is_lost_or_makes_no_sense_gives_another_uidvalidity(post: MaildirPost, damage: bytes) -> None:
    fill(post, 1, 2)
    before = status(post)
    list_of_uids(post).write_bytes(damage)
    after = status(post)
    assert after.uidvalidity != before.uidvalidity
    assert status(post).uidvalidity == after.uidvalidity
    assert subjects(post.open()) == {1: b"1", 2: b"2"}


def test_a_list_of_what_is_long_gone_is_written_anew_and_no_uid_comes_back(post: MaildirPost) -> None:
    fill(post, *range(1300))
    before = status(post)
    for _ in range(1298):
        post.expunge(0)
    size = list_of_uids(post).stat().st_size
    fill(post, 1300)
    assert subjects(post.open()) == {1299: b"1298", 1300: b"1299", 1301: b"1300"}
    assert list_of_uids(post).stat().st_size < size / 10
    assert status(post).uidvalidity == before.uidvalidity
    for _ in range(3):
        post.expunge(0)
    fill(post, 1301)
    assert subjects(post.open()) == {1302: b"1301"}


def test_an_unchanged_folder_is_not_listed_again(post: MaildirPost) -> None:
    """A file is laid there behind its back: whoever looked would see."""
    fill(post, 1)
    let_rest(post.path / "cur", post.path / "new")
    before = status(post)
    fill(post, 2)
    let_rest(post.path / "cur", post.path / "new")
    assert status(post) == before
    os.utime(post.path / "new", (1, 1))
    assert status(post).uidnext == before.uidnext + 1


def test_a_folder_that_changed_a_moment_ago_is_listed_again(post: MaildirPost) -> None:
    """Two changes in one tick of the clock show one time."""
    fill(post, 1)
    times = (post.path / "new").stat()
    status(post)
    fill(post, 2)
    os.utime(post.path / "new", ns=(times.st_atime_ns, times.st_mtime_ns))
    assert status(post).uidnext == 3


def test_two_runs_at_once_give_no_uid_twice(post: MaildirPost) -> None:
    fill(post, *range(200))
    found: list[dict[int, bytes]] = []
    threads = [threading.Thread(target=lambda: found.append(subjects(post.open()))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [found[0]] * 4
    assert len(found[0]) == 200


def test_an_abort_ends_the_wait_for_another_run(post: MaildirPost) -> None:
    fill(post, 1)
    status(post)
    fill(post, 2)
    with (list_of_uids(post).parent / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        source = post.open()
        threading.Timer(0.2, source.abort).start()
        with pytest.raises(Unreachable, match="cut"):
            source.status(INBOX)


def test_without_a_state_folder_every_opening_begins_anew(post: MaildirPost) -> None:
    fill(post, 1)
    source = post.open(state=None)
    assert subjects(source) == {1: b"1"}
    assert source.status(INBOX).uidvalidity != post.open(state=None).status(INBOX).uidvalidity


def test_a_folder_that_goes_in_the_middle_of_a_pass_is_told(post: MaildirPost) -> None:
    fill(post, 1)
    source = post.open()
    source.folders()
    post.path.rename(post.path.with_name("elsewhere"))
    with pytest.raises(Unreachable, match="not there any more"):
        source.status(INBOX)
