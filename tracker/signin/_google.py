"""Signing in to Gmail and Google Workspace; the only home of google-auth-oauthlib and google-auth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.auth.exceptions import GoogleAuthError, RefreshError
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials
from google_auth_oauthlib.flow import Flow
from oauthlib.oauth2 import OAuth2Error

from tracker.errors import LoginRejected
from tracker.signin._exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.signin._loopback import Browsing
    from tracker.signin._registration import Person, Registration

DEVICE = False  # Google's codes for other devices do not reach as far as mail

_AUTH_URI = "https://accounts.google.com/o/oauth2/auth"
_TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 # an address, not a secret
_SCOPES = ["https://mail.google.com/"]
_TIMEOUT = 20.0


def by_device(registration: Registration, person: Person) -> Mapping[str, Any]:
    """Never called: see `DEVICE`."""
    raise NotImplementedError


def by_browser(registration: Registration, browsing: Browsing) -> Mapping[str, Any]:
    """Sign in on Google's page. Consent is asked for each time: else there is no refresh token the second time."""
    exchange = Exchange("Google")
    client = {
        "client_id": registration.client_id,
        "client_secret": registration.secret(),
        "auth_uri": _AUTH_URI,
        "token_uri": _TOKEN_URI,
    }
    flow = Flow.from_client_config({"installed": client}, scopes=_SCOPES)
    flow.redirect_uri = f"http://127.0.0.1:{browsing.port}"
    url, state = flow.authorization_url(access_type="offline", prompt="consent", login_hint=registration.user)
    found = browsing.answer(url, state)
    if "error" in found:
        return found
    exchange.watch(flow.oauth2session)
    with exchange.translated(), flow.oauth2session:
        try:
            return dict(flow.fetch_token(code=found.get("code", ""), timeout=_TIMEOUT))
        except OAuth2Error as error:
            return {"error": error.error, "error_description": error.description}
        except Warning:  # oauthlib raises one, bare, if the scope that was given is another one
            raise LoginRejected(
                "the sign-in gives no access to mail: Google's page asks for it, and the box was not ticked",
                hint=f"tick it this time: tracker auth login {registration.account}",
            ) from None


def refreshed(registration: Registration, refresh_token: str) -> Mapping[str, Any]:
    """Exchange a refresh token; Google's usually stays the same."""
    exchange = Exchange("Google")
    credentials = Credentials(  # type: ignore[no-untyped-call] # google-auth leaves it untyped
        None,
        refresh_token=refresh_token,
        token_uri=_TOKEN_URI,
        client_id=registration.client_id,
        client_secret=registration.secret(),
    )
    with exchange.translated(GoogleAuthError), exchange.session:
        try:
            credentials.refresh(Request(exchange.session))  # type: ignore[no-untyped-call] # google-auth leaves it untyped
        except RefreshError as error:
            answer = error.args[1] if len(error.args) > 1 else {}
            return answer if isinstance(answer, dict) else {}
    return {
        "access_token": credentials.token,
        "expires_at": credentials.expiry,
        "refresh_token": credentials.refresh_token,
    }
