"""Setting up: where an address's server is, whether we are let in, and a configuration that only its owner can read."""

from __future__ import annotations

import os
import re
import secrets
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracker.addresses import normalise
from tracker.config import parse_config
from tracker.config.amending import with_account
from tracker.discovery import search
from tracker.errors import ConfigError, Unreachable, UsageError
from tracker.service.access import open_account
from tracker.signin import KeyringEntry
from tracker.sources import SourceSettings
from tracker.sources.imap import look_at, own_certificate
from tracker.tls import is_loopback

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.config import Config
    from tracker.discovery import Search, Server
    from tracker.domain.folder import Folder

_SECONDS = 10.0

_NAME = re.compile(r"[\w.@+-]*\w[\w.@+-]*")
"""As the configuration has it: files are called by it."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What is known of a mailbox. `signing` are the settings that say how we sign in and where the secret is."""

    name: str
    address: str
    server: Server
    signing: dict[str, Any] = field(default_factory=dict)

    @property
    def settings(self) -> dict[str, Any]:
        """The account's block in the configuration; settings that are as they are by default are left out."""
        server = self.server
        return {
            "name": self.name,
            "host": server.host,
            "port": server.port,
            "tls": server.tls,
            "user": server.user,
            **self.signing,
        }


def servers_of(address: str, *, ispdb: bool) -> Search:
    """Look for the server of an address. Raises `UsageError` for what is no address."""
    return search(address, domain_of(address), ispdb=ispdb)


def domain_of(address: str) -> str:
    """The domain of an address, in lower-case A-labels. Raises `UsageError`."""
    addr = normalise(address)
    if addr is None or "[" in addr:
        raise UsageError(f"{address!r} is no e-mail address", hint="write it as name@example.org")
    return addr.rpartition("@")[2]


def existing(path: Path) -> tuple[str | None, Config | None]:
    """The configuration that is there, as text and checked; None for none. Raises `ConfigError` for a broken one."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None, None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is there and cannot be read: {error}", hint="move it away first") from None
    return text, parse_config(text, str(path))


def free_name(config: Config | None, domain: str) -> str:
    """A name for one more account: mail for the first, then the first label of its domain, with a number if taken."""
    taken = set() if config is None else {account.name for account in config.account}
    label = domain.partition(".")[0].encode("ascii", "ignore").decode() or "mail"
    candidates = ["mail", label, *(f"{label}{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in candidates if name not in taken)


def demand_new(config: Config | None, answers: Answers) -> None:
    """Raises `ConfigError` if the name or the mailbox is there already, `UsageError` if it is no name."""
    if not _NAME.fullmatch(answers.name):
        raise UsageError(f"{answers.name!r} is no name for an account", hint="use letters, digits and . _ - + @")
    for account in [] if config is None else config.account:
        if account.name == answers.name:
            raise ConfigError(f"there is an account {account.name} already", hint="choose another one with --name")
        if (account.host, account.user) == (answers.server.host, answers.server.user):
            words = f"{account.user} at {account.host} is there already, as account {account.name}"
            raise ConfigError(words, hint="change it by hand; tracker doctor tells whether it works")


def amended(text: str | None, answers: Answers, path: Path) -> str:
    """The configuration with the new account. Raises `ConfigError`."""
    changed = with_account(text, answers.settings, answers.address, str(path))
    parse_config(changed, "the new configuration")
    return changed


def try_sign_in(text: str, name: str) -> list[Folder]:
    """Sign in to an account of a configuration; the folders that will be read.

    Raises `Unreachable`, `LoginRejected`, `ConfigError`.
    """
    source = open_account(parse_config(text, "the new configuration").account_called(name))
    try:
        return source.folders()
    finally:
        source.close()


def certificate_to_pin(server: Server) -> tuple[str, str] | None:
    """The certificate of a program on this machine that nobody else vouches for (PEM), and its SHA-256 fingerprint.

    None where there is nothing to pin: any other host, or one that is vouched for. Raises `Unreachable`.
    """
    if not is_loopback(server.host):
        return None
    settings = SourceSettings(
        account="", host=server.host, port=server.port, tls=server.tls, user=server.user, timeout=_SECONDS
    )
    try:
        look_at(settings)
    except Unreachable as error:
        if not isinstance(error.__cause__, ssl.SSLCertVerificationError):
            raise
        return own_certificate(settings)
    return None


def keyring_entry(server: Server) -> KeyringEntry:
    """Where the desktop's keyring keeps the secret of this user at this server. Raises `ConfigError` without one."""
    return KeyringEntry(server.host, server.user)


def write_private(path: Path, text: str) -> None:
    """Write a new file that only its owner can read, whole or not at all. Raises `ConfigError` if there is one."""
    fresh = _fresh(path, text)
    try:
        os.link(fresh, path)  # which, other than a rename, never takes the place of a file
    except FileExistsError:
        raise ConfigError(
            f"{path} is there already", hint="move it away first, or name another with --config"
        ) from None
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        fresh.unlink(missing_ok=True)


def replace_config(path: Path, before: str, text: str) -> None:
    """Put a changed configuration in the place of the one that was read; mode and owner stay. Raises `ConfigError`."""
    place = path.resolve()  # not in the place of a link to it
    fresh = _fresh(place, text)
    try:
        about = place.stat()
        fresh.chmod(about.st_mode & 0o777)
        if (about.st_uid, about.st_gid) != (fresh.stat().st_uid, fresh.stat().st_gid):
            os.chown(fresh, about.st_uid, about.st_gid)
        if place.read_text(encoding="utf-8") != before:
            raise ConfigError(f"{path} was changed meanwhile", hint="start again")
        fresh.replace(place)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        fresh.unlink(missing_ok=True)


def _fresh(path: Path, text: str) -> Path:
    """A file beside `path` with this text, on the disk."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise _unwritable(path, error) from None
    return fresh


def _unwritable(path: Path, error: OSError) -> ConfigError:
    return ConfigError(f"cannot write {path}: {error.strerror}", hint="name another file with --config")
