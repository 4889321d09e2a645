"""Which folders an archive has, wherever its program lays them, and what is said of a path that is none."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imapclient.imap_utf7 import decode, encode

from tests.machine.archives import MaildirPost, MboxPost, opened, settings
from tracker.domain.message import FolderRole
from tracker.errors import ConfigError, NoSuchFolder, Unreachable
from tracker.sources import source_module
from tracker.sources._names import readable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def lay(kind: str, root: Path, names: Iterable[str]) -> None:
    """A folder with a message in it at each of these places."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        post = MboxPost(root / name) if kind == "mbox" else MaildirPost(root / name)
        post.deliver(b"Subject: in %s\n\nx\n" % name.encode(), NOON)


def folders(kind: str, root: Path, **changes: object) -> dict[str, FolderRole]:
    return {folder.name: folder.role for folder in opened(kind, root, **changes).folders()}


def test_one_mbox_file_is_one_folder_of_all_mail(tmp_path: Path) -> None:
    lay("mbox", tmp_path, ["All mail Including Spam and Trash.mbox"])
    path = tmp_path / "All mail Including Spam and Trash.mbox"
    assert folders("mbox", path) == {"All mail Including Spam and Trash": FolderRole.ALL}


def test_the_folders_of_thunderbird(tmp_path: Path) -> None:
    lay(
        "mbox",
        tmp_path,
        [
            "Inbox",
            "Sent",
            "Drafts",
            "Templates",
            "Trash",
            "Inbox.sbd/Office",
            "Inbox.sbd/Office.sbd/2019.old",
            "Entw&APw-rfe",
        ],
    )
    (tmp_path / "Inbox.msf").write_text("// <!-- <mdb:mork:z", "utf-8")
    (tmp_path / "msgFilterRules.dat").write_text('version="9"\n', "utf-8")
    (tmp_path / "Junk").touch()
    (tmp_path / "popstate.dat").touch()
    assert folders("mbox", tmp_path) == {
        "INBOX": FolderRole.INBOX,
        "INBOX/Office": FolderRole.OTHER,
        "INBOX/Office/2019.old": FolderRole.OTHER,
        "Junk": FolderRole.JUNK,
        "Sent": FolderRole.SENT,
        "Trash": FolderRole.TRASH,
    }


def test_the_folders_of_apple_mail_and_of_takeout_by_labels(tmp_path: Path) -> None:
    lay("mbox", tmp_path, ["INBOX.mbox/mbox", "Sent Messages.mbox/mbox", "Work.mbox/Old.mbox/mbox", "Sent.mbox"])
    assert folders("mbox", tmp_path) == {
        "INBOX": FolderRole.INBOX,
        "Sent": FolderRole.SENT,
        "Sent Messages": FolderRole.SENT,
        "Work/Old": FolderRole.OTHER,
    }


def test_the_folders_of_maildir_plus_plus(tmp_path: Path) -> None:
    lay("maildir", tmp_path, ["", ".Sent", ".Sent.2019", ".Entw&APw-rfe", ".&ZeVnLIqe-", ".R&D"])
    (tmp_path / ".notmuch" / "xapian").mkdir(parents=True)
    (tmp_path / ".Sent" / "maildirfolder").touch()
    assert folders("maildir", tmp_path) == {
        "INBOX": FolderRole.INBOX,
        "R&D": FolderRole.OTHER,
        "Sent": FolderRole.SENT,
        "Sent/2019": FolderRole.OTHER,
        "日本語": FolderRole.OTHER,
    }


def test_the_folders_of_maildirs_in_directories(tmp_path: Path) -> None:
    lay("maildir", tmp_path, ["INBOX", "Gesendet", "Work/Customers", "Work/new", "[Gmail]/Sent Mail"])
    assert folders("maildir", tmp_path) == {
        "INBOX": FolderRole.INBOX,
        "Gesendet": FolderRole.SENT,
        "Work/Customers": FolderRole.OTHER,
        "Work/new": FolderRole.OTHER,
        "[Gmail]/Sent Mail": FolderRole.SENT,
    }


@pytest.mark.parametrize("kind", ["mbox", "maildir"])
def test_symbolic_links_are_followed_but_not_round_in_circles(tmp_path: Path, kind: str) -> None:
    lay(kind, tmp_path / "elsewhere", ["Old"])
    lay(kind, tmp_path / "mail", ["Sent"])
    (tmp_path / "mail" / "Archive").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "Back").symlink_to(tmp_path / "mail")
    (tmp_path / "mail" / "Self").symlink_to("Self")
    (tmp_path / "mail" / "Nowhere").symlink_to(tmp_path / "nothing")
    os.mkfifo(tmp_path / "mail" / "pipe")
    assert folders(kind, tmp_path / "mail") == {"Archive/Old": FolderRole.OTHER, "Sent": FolderRole.SENT}


def test_a_sent_folder_that_is_named_must_be_there(tmp_path: Path) -> None:
    lay("maildir", tmp_path, ["", ".Hinaus"])
    assert folders("maildir", tmp_path) == {"INBOX": FolderRole.INBOX, "Hinaus": FolderRole.OTHER}
    assert folders("maildir", tmp_path, sent="Hinaus")["Hinaus"] is FolderRole.SENT
    assert list(folders("maildir", tmp_path, folders=["INBOX"])) == ["INBOX"]
    with pytest.raises(NoSuchFolder, match="Drinnen"):
        folders("maildir", tmp_path, sent="Drinnen")
    with pytest.raises(NoSuchFolder, match="Drinnen"):
        folders("maildir", tmp_path, folders=["Drinnen"])


def test_a_folder_that_comes_later_is_seen_and_one_that_goes_is_told(tmp_path: Path) -> None:
    lay("mbox", tmp_path, ["Inbox", "Old"])
    source = opened("mbox", tmp_path)
    assert [folder.name for folder in source.folders()] == ["INBOX", "Old"]
    lay("mbox", tmp_path, ["New"])
    (tmp_path / "Old").rename(tmp_path / ".hidden")
    assert [folder.name for folder in source.folders()] == ["INBOX", "New"]
    gone = source.folders()[1]
    (tmp_path / "New").unlink()
    with pytest.raises(Unreachable, match="New is not there any more"):
        source.status(gone)
    assert [folder.name for folder in source.folders()] == ["INBOX"]
    with pytest.raises(Unreachable, match="no folder 'New' any more"):
        source.status(gone)


@pytest.mark.parametrize(
    ("kind", "make", "words", "hint"),
    [
        ("mbox", lambda _: None, "there is nothing at", "path"),
        ("maildir", lambda _: None, "there is nothing at", "path"),
        ("mbox", lambda path: path.write_text("Dear Ann\n"), "is no mbox file", "From "),
        ("mbox", lambda path: path.write_bytes(b"PK\3\4" + b"\0" * 100), "is no mbox file", "From "),
        ("maildir", lambda path: path.write_text("From x\n"), "is a file", 'type = "mbox"'),
        ("mbox", lambda path: path.mkdir(), "holds no mbox file", "name the file itself"),
        ("mbox", lambda path: (path / "cur").mkdir(parents=True), "holds no mbox file", 'type = "maildir"'),
        ("maildir", lambda path: path.mkdir(), "holds no Maildir", "`cur`"),
        ("mbox", os.mkfifo, "no plain file", "tries again"),
    ],
)
def test_a_path_that_is_no_such_archive_is_told_with_what_to_do(
    tmp_path: Path, kind: str, make: object, words: str, hint: str
) -> None:
    path = tmp_path / "archive"
    make(path)  # type: ignore[operator] # a callable of any kind
    with pytest.raises((ConfigError, Unreachable), match=words) as caught:
        opened(kind, path)
    assert hint in caught.value.hint
    assert "account" not in caught.value.message, "whoever tells it says first whose it is"


def test_an_archive_needs_a_path(tmp_path: Path) -> None:
    for kind in ("mbox", "maildir"):
        with pytest.raises(ConfigError, match="names no archive"):
            source_module(kind).open_source(replace(settings(kind, tmp_path), path=None))
        assert source_module(kind).IS_ARCHIVE
    assert not source_module("imap").IS_ARCHIVE


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_names_in_modified_utf_7_are_read_as_they_were_written(name: str) -> None:
    if name.upper() != "INBOX":
        assert readable(encode(name)) == decode(encode(name)) == name


@pytest.mark.parametrize("name", ["R&D", "&", "&AP", "&AP8", "&2D0-", "&!-", "caf\xe9"])
def test_names_that_are_no_modified_utf_7_stay_as_they_are(name: str) -> None:
    assert readable(name.encode()) == name
