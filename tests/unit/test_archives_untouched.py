"""Nothing in an archive is ever changed: no file, no name, no mode, no time."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.machine.archives import MaildirPost, MboxPost, opened
from tracker.errors import ConfigError

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def tree(root: Path) -> dict[str, tuple[object, ...]]:
    """Everything below a folder, with what a stat tells of it and what is in it."""
    found: dict[str, tuple[object, ...]] = {}
    for path in [root, *sorted(root.rglob("*"))]:
        stat = path.lstat()
        content = path.read_bytes() if path.is_file() else b""
        if path.is_file():
            os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # as it was before this test looked into it
        read_at = stat.st_atime_ns if path.is_file() else 0  # to list a directory shows there, and nowhere else
        found[str(path)] = (stat.st_mode, stat.st_ino, stat.st_nlink, stat.st_mtime_ns, read_at, content)
    return found


@pytest.mark.parametrize("kind", ["mbox", "maildir"])
def test_an_archive_that_was_read_is_what_it_was(tmp_path: Path, kind: str) -> None:
    root = tmp_path / "mail"
    root.mkdir()
    for name in ("Inbox", "Sent"):
        post = MboxPost(root / name) if kind == "mbox" else MaildirPost(root / name)
        for number in range(5):
            post.deliver(b"Subject: %d\n\nx\n" % number, NOON)
    before = tree(root)
    for _ in range(2):
        source = opened(kind, root)
        for folder in source.folders():
            uids = source.uids(folder, 1, source.status(folder).uidnext - 1, NOON.date())
            assert len(source.fetch(folder, uids)) == len(source.received(folder, uids)) == 5
            assert source.body(folder, uids[0], 100)
        source.close()
    assert tree(root) == before


_AS_NOBODY = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from tests.machine.archives import settings
from tracker.sources import source_module
# Found before the rights are gone: the checkout may lie where nobody else may look.
module = source_module(sys.argv[1])
account = settings(sys.argv[1], Path(sys.argv[2]), state=None)
os.setgid(65534)
os.setuid(65534)
source = module.open_source(account)
for folder in source.folders():
    print(len(source.fetch(folder, source.uids(folder, 1, source.status(folder).uidnext - 1, None))))
"""


@pytest.mark.parametrize("kind", ["mbox", "maildir"])
def test_rights_to_read_are_enough_and_missing_ones_are_told(tmp_path: Path, kind: str) -> None:
    """As root everything may be read, so there another user reads; elsewhere the rights are taken from ourselves."""
    path = tmp_path / "archive"
    post = MboxPost(path) if kind == "mbox" else MaildirPost(path)
    post.deliver(b"Subject: 1\n\nx\n", NOON)
    everything = [path, *path.rglob("*")]
    for one in everything:
        one.chmod(0o555 if one.is_dir() else 0o444)
    try:
        assert "1" in read_by_another(kind, path)
        path.chmod(0)
        assert "may not be read" in read_by_another(kind, path)
    finally:
        for one in everything:
            one.chmod(0o755 if one.is_dir() else 0o644)


def read_by_another(kind: str, path: Path) -> str:
    if os.geteuid() != 0:
        try:
            source = opened(kind, path, state=None)
        except ConfigError as error:
            return error.message
        (folder,) = source.folders()
        return str(len(source.uids(folder, 1, source.status(folder).uidnext - 1, None)))
    for above in path.parents:
        if above.stat().st_uid == os.geteuid() and above != Path("/"):
            above.chmod(above.stat().st_mode | 0o555)
    program = [sys.executable, "-c", _AS_NOBODY, kind, str(path), str(Path.cwd())]
    result = subprocess.run(program, capture_output=True, text=True)
    return result.stdout + result.stderr
