"""Passwords and tokens from the places that can keep one: a command, a file, systemd, the desktop's keyring.

Each function raises `SecretUnavailable` in words that name the place and never what was found there.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.errors import SecretUnavailable
from tracker.sanitizer import one_line
from tracker.signin._command import CommandFailed, output_of
from tracker.signin._keyring import KeyringEntry
from tracker.signin._private import read_private

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_BYTES = 64 * 1024


def from_command(argv: Sequence[str], timeout: float = 10.0) -> str:
    """The first line that a command prints. No shell; after `timeout` seconds it is killed with all it started."""
    return first_line(
        printed_by(argv, "password_command", timeout=timeout),
        f"password_command {one_line(argv[0])!r}",
        hint="it has to print the password alone on its first line",
    )


def printed_by(argv: Sequence[str], setting: str, *, timeout: float = 10.0) -> bytes:
    """What the command of a setting prints. Raises `SecretUnavailable`."""
    if not argv:
        raise SecretUnavailable(f"{setting} is empty", hint='give a program, such as ["pass", "show", "mail/work"]')
    try:
        return output_of(argv, timeout=timeout, most_bytes=_MOST_BYTES)
    except CommandFailed as error:
        raise SecretUnavailable(
            f"{setting} {one_line(argv[0])!r} {error}", hint="run it by hand as the same user to see what it wants"
        ) from None


def from_file(path: Path) -> str:
    """The first line of a file that is ours (or root's) and that nobody else may read. Links are not followed."""
    what = f"password_file {one_line(str(path))}"
    secret = read_private(path, what, most_bytes=_MOST_BYTES)
    return first_line(secret, what, hint="write the password on its first line")


def from_credential(name: str) -> str:
    """The first line of a credential that systemd passes to this service (LoadCredential=, SetCredentialEncrypted=)."""
    what = f"credential {one_line(name)!r}"
    if not name or name in {".", ".."} or "/" in name or "\0" in name:
        raise SecretUnavailable(f"{what} is no name of a credential", hint="give the name alone, without a path")
    directory = os.environ.get("CREDENTIALS_DIRECTORY")
    if not directory:
        raise SecretUnavailable(
            f"{what} cannot be had: systemd passes none to this process",
            hint="start it as a service with LoadCredential=, or use password_file or password_command",
        )
    # No look at modes: systemd gives the service access through an ACL, which shows as bits of the group.
    try:
        with Path(directory, name).open("rb") as file:
            secret = file.read(_MOST_BYTES)
    except OSError as error:
        raise SecretUnavailable(
            f"{what} cannot be read: {error.strerror}", hint="name it in LoadCredential= of the unit"
        ) from None
    return first_line(secret, what, hint="the credential has to hold the password on its first line")


def from_keyring(service: str, user: str) -> str:
    """What the desktop's keyring keeps for `user` at `service`. Raises `MissingExtra` without the extra."""
    entry = KeyringEntry(service, user)
    secret = entry.read()
    if secret is None:
        raise SecretUnavailable(f"{entry.words} does not exist", hint=f"make it: keyring set {service} {user}")
    return first_line(secret.encode(), entry.words, hint=f"make it anew: keyring set {service} {user}")


def first_line(secret: bytes, what: str, *, hint: str) -> str:
    """The first line without its end. Raises `SecretUnavailable`; the bytes themselves go into no error."""
    line = secret.partition(b"\n")[0].removesuffix(b"\r")
    if not line:
        raise SecretUnavailable(f"{what} gives an empty first line", hint=hint)
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        raise SecretUnavailable(f"{what} gives something that is not UTF-8", hint=hint) from None
