"""An account's registration with a provider, and what the programs of providers have in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracker.signin._loopback import Browsing


@dataclass(frozen=True, slots=True)
class Registration:
    """How an account is known to a provider. `secret` yields the client secret where the provider wants one."""

    account: str
    provider: str
    user: str
    client_id: str
    tenant: str = ""
    secret: Callable[[], str] = field(default=lambda: "", repr=False)

    @property
    def holder(self) -> str:
        """What tokens are made for."""
        return " ".join((self.provider, self.tenant, self.client_id, self.user))


class Person(Protocol):
    """Who signs in."""

    def show(self, text: str) -> None:
        """Tell one line."""
        ...

    def browse(self, url: str) -> None:
        """Open a page, where there is a browser; the address was shown before."""
        ...

    def pasted(self) -> int | None:
        """The descriptor on which the person may type an address, if there is one."""
        ...


class Provider(Protocol):
    """A provider's part of OAuth2. Every answer is what the token endpoint said (RFC 6749, 5.1 and 5.2)."""

    DEVICE: bool
    """Whether signing in by a code on another device is possible, and then the usual way."""

    def by_device(self, registration: Registration, person: Person) -> Mapping[str, Any]:
        """Show a code, wait until it was typed in elsewhere (RFC 8628). Raises `TrackerError`."""
        ...

    def by_browser(self, registration: Registration, browsing: Browsing) -> Mapping[str, Any]:
        """Authorization code with PKCE over a redirect to this machine (RFC 8252). Raises `TrackerError`."""
        ...

    def refreshed(self, registration: Registration, refresh_token: str) -> Mapping[str, Any]:
        """Exchange a refresh token. Raises `TrackerError`."""
        ...
