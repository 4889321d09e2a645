"""The tokens of an account in their one file, and the lock under which they are renewed."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tracker.errors import SecretUnavailable, Unreachable
from tracker.liveness import alive
from tracker.sanitizer import one_line
from tracker.signin._private import read_private, sync_folder, write_private

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EARLY = timedelta(minutes=5)
"""So long before its end a token is renewed: a login takes time, and clocks differ."""

_MOST_BYTES = 256 * 1024
_PATIENCE = 90.0  # longer than a conversation with a provider may take
_TICK = 0.05


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in gave.

    holder         for which provider, registration and user; whoever changes one of them has to sign in again
    expires_at     when the access token ends
    lapsed         why a person has to sign in again; empty while the refresh token holds
    is_refused     the mail server did not take a token that had just been renewed
    """

    holder: str
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime
    lapsed: str = ""
    is_refused: bool = False

    def is_fresh(self, now: datetime) -> bool:
        """Whether the access token can still be used for a while."""
        return now < self.expires_at - EARLY


class TokenFile:
    """The file of one account. It is replaced as a whole, so that reading needs no lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._what = f"the tokens in {one_line(str(path))}"

    def read(self) -> Tokens | None:
        """The tokens; None if nobody has signed in. Raises `SecretUnavailable`."""
        if not os.path.lexists(self.path):
            return None
        content = read_private(self.path, self._what, most_bytes=_MOST_BYTES)
        try:
            return _from_json(content)
        except (ValueError, TypeError, LookupError):
            raise SecretUnavailable(
                f"{self._what} cannot be understood", hint="remove the file, then run `tracker auth login`"
            ) from None

    def write(self, tokens: Tokens) -> None:
        """Put tokens on the disk; only under `locked`. Raises `SecretUnavailable`."""
        content = asdict(tokens) | {"expires_at": tokens.expires_at.isoformat()}
        with self._translated():
            write_private(self.path, json.dumps(content).encode())

    def remove(self) -> None:
        """Leave nothing behind. Raises `SecretUnavailable`."""
        with self._translated():
            if self.path.parent.is_dir():
                for path in (self.path, self.path.with_name(f"{self.path.name}.new")):
                    path.unlink(missing_ok=True)
                sync_folder(self.path.parent)

    def stamp(self) -> tuple[int, int]:
        """What differs after every change of the file."""
        try:
            found = os.lstat(self.path)
        except OSError:
            return (0, 0)
        return (found.st_ino, found.st_mtime_ns)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep all other processes and threads away while the tokens are read, renewed and written.

        The lock lies beside the file, which is replaced. Raises `SecretUnavailable`, `Unreachable`.
        """
        with self._translated():
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(self.path.with_name(f"{self.path.name}.lock"), flags, 0o600)
        try:
            _wait_for_lock(descriptor)
            yield
        finally:
            os.close(descriptor)

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise SecretUnavailable(
                f"{self._what} cannot be written: {error.strerror}",
                hint="check the state directory; as the user of a service: runuser -u tracker -- tracker ...",
            ) from None


def _wait_for_lock(descriptor: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Unreachable(
                    "another process has been renewing the access token for too long", hint="the next sync tries again"
                ) from None
            alive()  # who renews is bounded; who waits is not stuck
            time.sleep(_TICK)
        else:
            return


def _from_json(content: bytes) -> Tokens:
    """Raises `ValueError`, `TypeError` or `LookupError` for anything that `TokenFile.write` did not write."""
    found = json.loads(content)
    words = {name: found[name] for name in ("holder", "access_token", "refresh_token", "lapsed")}
    expires_at = datetime.fromisoformat(found["expires_at"])
    if not all(isinstance(word, str) for word in words.values()) or expires_at.tzinfo is None:
        raise ValueError
    return Tokens(**words, expires_at=expires_at.astimezone(UTC), is_refused=found["is_refused"] is True)
