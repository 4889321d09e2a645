"""Other programs on the same mailbox in the same run, for scale: none of them does quite the same work."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.processes import timed, tracker
from tests.benchmarks.shelf import site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.benchmarks.shelf import Shelf, Site

_LARGEST = 5000
"""Messages at the most: the slowest of them takes a minute for so many."""

_MBSYNC = """
IMAPAccount work
Host {host}
Port {port}
User {user}
Pass {password}
SSLType None
AuthMechs LOGIN

IMAPStore far
Account work

MaildirStore near
Path {place}/mbsync/
Inbox {place}/mbsync/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Near
SyncState *
"""

_OFFLINEIMAP = """
[general]
accounts = work
metadata = {place}/offlineimap-state
ui = quiet
[Account work]
localrepository = near
remoterepository = far
[Repository near]
type = Maildir
localfolders = {place}/offlineimap
[Repository far]
type = IMAP
remotehost = {host}
remoteport = {port}
remoteuser = {user}
remotepass = {password}
ssl = no
starttls = no
auth_mechanisms = LOGIN
readonly = True
"""

_NOTMUCH = """
[database]
path={place}/notmuch
mail_root={mail}
[user]
name=Ann
primary_email=ann@example.org
[new]
tags=new
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """A program: what it reads and writes, and the command that it is made to do it with."""

    name: str
    package: str
    does: str
    command: Callable[[Site, Path], list[str]]
    copies: bool = False


def _mbsync(found: Site, place: Path) -> list[str]:
    (place / "mbsync").mkdir()
    return ["mbsync", "-q", "-c", str(_written(found, place, _MBSYNC)), "all"]


def _quick_mbsync(found: Site, place: Path) -> list[str]:
    (place / "mbsync").mkdir()
    return ["mbsync", "-q", "-c", str(_written(found, place, f"FSync no\n{_MBSYNC}")), "all"]


def _offlineimap(found: Site, place: Path) -> list[str]:
    return ["offlineimap", "-o", "-c", str(_written(found, place, _OFFLINEIMAP))]


def _notmuch(found: Site, place: Path) -> list[str]:
    (place / "notmuch").mkdir()
    return ["notmuch", f"--config={_written(found, place, _NOTMUCH)}", "new", "--quiet", "--no-hooks"]


def _mu(found: Site, place: Path) -> list[str]:
    home = f"--muhome={place}/mu"
    subprocess.run(["mu", "init", home, f"--maildir={found.mail}"], check=True, capture_output=True)
    return ["mu", "index", home, "--quiet"]


def _tracker(found: Site, place: Path) -> list[str]:
    return tracker(found.world(place).config, "--quiet", "sync")


def _written(found: Site, place: Path, text: str) -> Path:
    path = place / "config"
    path.write_text(
        text.format(
            place=place,
            mail=found.mail,
            host=found.server.host,
            port=found.server.port,
            user=found.user.name,
            password=found.user.password,
        )
    )
    path.chmod(0o600)
    return path


PEERS = (
    Peer("tracker", "", "IMAP: the header fields it needs, to rows and asks", _tracker),
    Peer("mbsync", "isync", "IMAP: whole messages to files, each forced to disk", _mbsync, copies=True),
    Peer("mbsync, FSync no", "isync", "IMAP: whole messages to files", _quick_mbsync, copies=True),
    Peer("offlineimap", "offlineimap3", "IMAP: whole messages to files", _offlineimap, copies=True),
    Peer("notmuch", "notmuch", "files: whole messages to an index of their words", _notmuch),
    Peer("mu", "maildir-utils", "files: whole messages to an index of their words", _mu),
)


def peers(shelf: Shelf, size: int) -> str:
    """A table in Markdown; whoever is not installed is named with its package."""
    size = min(size, _LARGEST)
    return "".join(
        [
            f"{size:,} messages, the server's cache warm; their bodies are one line, so that a whole message is\n",
            "little more than its whole header, of which tracker asks for a fifth.\n\n",
            "| program | what it does | time | messages/s |\n|---|---|---:|---:|\n",
            *_rows(shelf, size),
        ]
    )


def _rows(shelf: Shelf, size: int) -> Iterator[str]:
    with site(shelf, size) as found:
        found.settle()
        _seconds(found, PEERS[0])  # fills the server's cache
        for peer in PEERS:
            program = peer.name.partition(",")[0]
            if shutil.which(program) is None and peer.package:
                yield f"| {peer.name} | {peer.does} | not here: tests/install-servers {peer.package} | |\n"
                continue
            seconds = _seconds(found, peer)
            yield f"| {peer.name}{_version(peer)} | {peer.does} | {seconds:.1f} s | {size / seconds:,.0f} |\n"


def _seconds(found: Site, peer: Peer) -> float:
    """How long it takes; whoever copies messages must have copied all of them."""
    with tempfile.TemporaryDirectory() as name:
        seconds = timed(peer.command(found, Path(name)), HOME=name, TRACKER_STATE=name)
        copied = sum(path.parent.name in {"cur", "new"} for path in Path(name).rglob("*"))
    if peer.copies and copied != found.size:
        raise RuntimeError(f"{peer.name} copied {copied} of {found.size} messages")
    return seconds


def _version(peer: Peer) -> str:
    if not peer.package:
        return ""
    found = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Version}", peer.package], capture_output=True, text=True, env=dict(os.environ)
    )
    return f" {found.stdout}" if found.returncode == 0 else ""
