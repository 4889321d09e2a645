"""The desktop's keyring: what it keeps for a user at a service; the only home of keyring."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tracker.errors import MissingExtra, SecretUnavailable
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator


class KeyringEntry:
    """The entry of a user at a service, whether it is there or not.

    The keyring package falls back on a file in plain text, and calls it priority 0.5; that is refused. Raises
    `MissingExtra` without the extra, and `SecretUnavailable` where nothing keeps secrets encrypted, or it is locked.
    """

    def __init__(self, service: str, user: str) -> None:
        try:
            import keyring
        except ImportError:
            raise MissingExtra("keyring = true", "keyring") from None
        self._backend = keyring.get_keyring()
        if self._backend.priority < 1:
            raise SecretUnavailable(
                "there is no keyring here that keeps secrets encrypted", hint="use password_file or password_command"
            )
        self._service = service
        self._user = user
        self.words = f"the keyring's entry for {one_line(user)} at {one_line(service)}"

    def read(self) -> str | None:
        """What it keeps; None if it is not there."""
        with self._unlocked("read"):
            found = self._backend.get_password(self._service, self._user)
        return None if found is None else str(found)

    def write(self, secret: str) -> None:
        """Keep a secret in it."""
        with self._unlocked("written"):
            self._backend.set_password(self._service, self._user, secret)

    def remove(self) -> None:
        """Take it out of the keyring, in which it is."""
        with self._unlocked("removed"):
            self._backend.delete_password(self._service, self._user)

    @contextmanager
    def _unlocked(self, done: str) -> Iterator[None]:
        from keyring.errors import KeyringError

        try:
            yield
        except KeyringError as error:
            raise SecretUnavailable(
                f"{self.words} cannot be {done} ({type(error).__name__})",
                hint="unlock the keyring; services have none",
            ) from None
