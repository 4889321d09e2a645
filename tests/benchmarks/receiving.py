"""What receiving costs beside the bare bytes, by hand: `python -m tests.benchmarks.receiving [MESSAGES] [profile]`."""

from __future__ import annotations

import cProfile
import pstats
import socket
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.machine.dovecot import running
from tests.unit.realistic_headers import blocks, written_at
from tracker.config import parse_config
from tracker.domain.folder import Folder
from tracker.domain.message import FolderRole
from tracker.service.access import account_opened
from tracker.service.reading import BATCH
from tracker.service.syncing import sync_account
from tracker.sources.imap._fetching import _HEADER
from tracker.storage import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.machine.dovecot import Dovecot, User
    from tracker.config import Config

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
_PADDING = b"X-Padding: " + b"x" * 70 + b"\n"


def configuration(server: Dovecot, user: User, folder: Path) -> Config:
    """An account in the clear, as the bare socket reads it."""
    secret = folder / "password"
    secret.touch(mode=0o600)
    secret.write_text(user.password, encoding="utf-8")
    return parse_config(
        f'[me]\naddresses = ["ann.doe@example.org"]\n[sync]\nsince = "1990-01-01"\n[[account]]\nname = "a"\n'
        f'host = "localhost"\nport = {server.port}\ntls = "none"\nuser = "{user.name}"\npassword_file = "{secret}"\n',
        "here",
    )


def drained(server: Dovecot, user: User) -> int:
    """Bytes of one FETCH of everything, as a socket gives them."""
    with socket.create_connection((server.host, server.port)) as line:
        for command in (f"LOGIN {user.name} {user.password}", "EXAMINE INBOX"):
            line.sendall(f"a {command}\r\n".encode())
            _until(line, b"a OK")
        line.sendall(f"a UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE {_HEADER})\r\n".encode())
        return _until(line, b"a OK")


def _until(line: socket.socket, mark: bytes) -> int:
    count, last = 0, b""
    while b"\r\n" + mark not in last and not last.startswith(mark):
        got = line.recv(1 << 20)
        count += len(got)
        last = (last + got)[-4096:]
    return count


def fetched(config: Config, count: int) -> int:
    """All messages through the source, a batch after the other."""
    with account_opened(config.account[0]) as source:
        folder = Folder("INBOX", FolderRole.INBOX)
        source.status(folder)
        return sum(
            len(source.fetch(folder, range(first, min(first + BATCH, count + 1))))
            for first in range(1, count + 1, BATCH)
        )


def synced(config: Config, folder: Path) -> int:
    """All messages through the whole first sync."""
    with open_store(f"sqlite:///{folder}/{time.monotonic_ns()}.db") as store:
        return sync_account(store, config.account[0], config, clock=lambda: NOW).new


def measured(count: int, *, profile: bool) -> Iterator[str]:
    """The figures, a line each."""
    with running() as server, tempfile.TemporaryDirectory() as name:
        user = server.user()
        for number, header in enumerate(blocks(count)):
            user.mailbox.deliver("INBOX", header.strip() + b"\n" + _PADDING * 50 + b"\n\n", written_at(number))
        config = configuration(server, user, Path(name))
        size = drained(server, user)
        yield f"{count} messages, {size // count} bytes each"
        steps: list[tuple[str, Callable[[], int]]] = [
            ("raw drain", lambda: count if drained(server, user) else 0),
            ("fetched", lambda: fetched(config, count)),
            ("first sync", lambda: synced(config, Path(name))),
        ]
        for words, step in steps:
            yield _timed(words, step)
        if profile:
            for _, step in steps[1:]:
                with cProfile.Profile() as found:
                    step()
                pstats.Stats(found).sort_stats("tottime").print_stats(22)


def _timed(words: str, step: Callable[[], int]) -> str:
    wall, cpu = time.monotonic(), time.process_time()
    done = step()
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    return f"{words}: {done / wall:.0f} messages/s, {cpu / done * 1e6:.1f} microseconds of CPU each here"


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    for line in measured(*(numbers or [20_000]), profile="profile" in sys.argv):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
