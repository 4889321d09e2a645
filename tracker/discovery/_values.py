"""What is looked for, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SignIn(StrEnum):
    """How a provider lets its users in."""

    PASSWORD = "password"  # noqa: S105 # the name of a way, no secret
    APP_PASSWORD = "app-password"  # noqa: S105 # the name of a way, no secret
    OAUTH2 = "oauth2"


class NothingFound(Exception):
    """Why a source of settings gives none, as the rest of a sentence that begins with its name."""


@dataclass(frozen=True, slots=True)
class Server:
    """An IMAP server and how one signs in to it, the provider's first choice first.

    tls     "implicit" or "starttls"; nothing else is ever offered
    oauth2  whose OAuth2 it takes ("google", "microsoft"), empty for an unknown one
    note    what its users must know about their password
    """

    host: str
    port: int
    tls: str
    user: str
    sign_in: tuple[SignIn, ...] = (SignIn.PASSWORD,)
    oauth2: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Settings, and the source that won.

    is_vouched  whether more stands behind them than an unsigned answer of DNS that leads out of the address's domain:
                then a person has to look at the host (RFC 6186, 6)
    """

    server: Server
    source: str
    is_vouched: bool = True


@dataclass(frozen=True, slots=True)
class Search:
    """What was found, if anything, and for each source before it why it gave nothing: its name, and the reason."""

    found: Found | None
    tried: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """An address as it was typed, its domain in lower-case A-labels, and the names of its mail exchangers."""

    address: str
    domain: str
    exchangers: tuple[str, ...] = ()

    @property
    def local(self) -> str:
        """What stands before the @."""
        return self.address.rpartition("@")[0]
