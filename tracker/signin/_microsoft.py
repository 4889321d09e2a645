"""Signing in to Microsoft 365 and Outlook.com; the only home of msal.

Tokens are kept by us, not in msal's cache: its file is not locked across a renewal, and it hides why a renewal failed.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msal

from tracker.signin._exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tracker.signin._loopback import Browsing
    from tracker.signin._registration import Person, Registration

DEVICE = True

_AUTHORITY = "https://login.microsoftonline.com"
# msal adds offline_access itself, and refuses to be told.
_SCOPES = ["https://outlook.office.com/IMAP.AccessAsUser.All"]


def by_device(registration: Registration, person: Person) -> Mapping[str, Any]:
    """Show a code and wait until it was typed into Microsoft's page; it lives for a quarter of an hour."""
    with _client(registration) as client:
        flow: dict[str, Any] = client.initiate_device_flow(scopes=_SCOPES)
        if "user_code" not in flow:
            return flow
        person.show(str(flow.get("message", "")))
        answer: dict[str, Any] = client.acquire_token_by_device_flow(flow)
    return answer


def by_browser(registration: Registration, browsing: Browsing) -> Mapping[str, Any]:
    """Sign in on Microsoft's page; the registration has to allow http://localhost as a redirect."""
    with _client(registration) as client:
        flow = client.initiate_auth_code_flow(
            _SCOPES, redirect_uri=f"http://localhost:{browsing.port}", login_hint=registration.user
        )
        found = browsing.answer(str(flow["auth_uri"]), str(flow["state"]))
        answer: dict[str, Any] = client.acquire_token_by_auth_code_flow(flow, found)
    return answer


def refreshed(registration: Registration, refresh_token: str) -> Mapping[str, Any]:
    """Exchange a refresh token; the answer usually brings another one."""
    with _client(registration) as client:
        answer: dict[str, Any] = client.acquire_token_by_refresh_token(refresh_token, _SCOPES)
    return answer


@contextmanager
def _client(registration: Registration) -> Iterator[msal.PublicClientApplication]:
    exchange = Exchange("Microsoft")
    with exchange.translated(msal.exceptions.MsalError), exchange.session:
        yield msal.PublicClientApplication(
            registration.client_id,
            authority=f"{_AUTHORITY}/{registration.tenant}",
            http_client=exchange.session,
            instance_discovery=False,  # the host is known; this spares a look at Microsoft's list of hosts
        )
