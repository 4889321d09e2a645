"""Signing in with a password or an access token, and what a refusal means."""

from __future__ import annotations

import re
from base64 import b64encode
from imaplib import IMAP4
from typing import TYPE_CHECKING

from tracker.errors import BadServerReply, ConfigError, LoginRejected, Unreachable
from tracker.sources.imap._failures import is_passing, quoted, retry_after

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.errors import TrackerError
    from tracker.sources import SourceSettings
    from tracker.sources.imap._client import Client

_BAD = re.compile(r"command error: BAD")
_FINAL = re.compile(r"\[AUTHENTICATIONFAILED|\[AUTHORIZATIONFAILED|locked|blocked|disabled", re.IGNORECASE)
_SERVER_TROUBLE = re.compile(r"\[(?:SERVERBUG|CONTACTADMIN)")  # RFC 5530, 3
_LATER = "the next sync tries again"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def sign_in(client: Client, settings: SourceSettings) -> None:
    """Sign in as the settings say; the secret is asked for now and not kept.

    Raises `LoginRejected`, `ConfigError`, and `Unreachable` where the server cannot say whether the login is right.
    """
    attempt = _with_token if settings.auth == "xoauth2" else _with_password
    secret = settings.password()
    if _CONTROL.search(settings.user) or _CONTROL.search(secret):
        raise ConfigError(
            "the user or the password holds a control character",
            hint="look for a line end or a tab in `user` and in what the password source gives",
        )
    try:
        attempt(client, settings, secret)
    except IMAP4.abort as error:
        raise _cut_short(_words(error, settings, secret), settings) from None
    except IMAP4.error as error:
        # Without the cause: a server may repeat in its words what it was told.
        raise _refusal(_words(error, settings, secret), settings) from None


def _with_password(client: Client, settings: SourceSettings, password: str) -> None:
    """LOGIN, or AUTHENTICATE PLAIN where LOGIN is switched off or cannot carry these characters."""
    is_plain_offered = client.offers("AUTH=PLAIN")
    if client.offers("LOGINDISABLED") and not is_plain_offered:
        raise LoginRejected(
            f"{settings.host} takes no password on this connection",
            hint='set tls = "implicit" or "starttls"; if it is, the provider may want auth = "oauth2" or "xoauth2"',
        )
    needs_plain = not (settings.user.isascii() and password.isascii()) or client.offers("LOGINDISABLED")
    if needs_plain:
        message = _responses(settings.user, password)["PLAIN"]
        client.authenticate("PLAIN", lambda _challenge: message)
    else:
        client.log_in(settings.user, password)


def _with_token(client: Client, settings: SourceSettings, token: str) -> None:
    """XOAUTH2 where offered, else OAUTHBEARER."""
    responses = _responses(settings.user, token)
    if client.offers("AUTH=XOAUTH2"):
        client.authenticate("XOAUTH2", _once(responses["XOAUTH2"], b""))
    elif client.offers("AUTH=OAUTHBEARER"):
        client.authenticate("OAUTHBEARER", _once(responses["OAUTHBEARER"], b"\1"))
    else:
        raise ConfigError(
            f"{settings.host} takes no access tokens (it offers neither XOAUTH2 nor OAUTHBEARER)",
            hint='set auth = "password"',
        )


def _responses(user: str, secret: str) -> dict[str, bytes]:
    """The first response of each mechanism: RFC 4616; Google's and Microsoft's pages on XOAUTH2; RFC 7628."""
    escaped = user.replace("=", "=3D").replace(",", "=2C")
    return {
        "PLAIN": f"\0{user}\0{secret}".encode(),
        "XOAUTH2": f"user={user}\1auth=Bearer {secret}\1\1".encode(),
        "OAUTHBEARER": f"n,a={escaped},\1auth=Bearer {secret}\1\1".encode(),
    }


def _once(first: bytes, afterwards: bytes) -> Callable[[bytes], bytes]:
    """Answer the first challenge with the token; a second one carries the error as JSON and wants a nod."""
    answers = [first]
    return lambda _challenge: answers.pop() if answers else afterwards


def _words(error: IMAP4.error, settings: SourceSettings, secret: str) -> str:
    """The server's words, without the secret, be it in plain text or as a mechanism encodes it."""
    words = error.args[0] if error.args else ""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    for response in _responses(settings.user, secret).values():
        text = text.replace(b64encode(response).decode(), "***")
    return quoted(text.replace(secret, "***") if secret else text)


def _is_about_the_server(words: str) -> bool:
    """Whether the same login may be right at another time. An account that is locked must not be tried on."""
    if _FINAL.search(words):
        return False
    return is_passing(words) or bool(_SERVER_TROUBLE.search(words))


def _cut_short(words: str, settings: SourceSettings) -> TrackerError:
    """The error for a line that ended; imaplib quotes what it did not understand, which may be our own words."""
    reason = "" if "unexpected response" in words else f": {words}"
    return Unreachable(
        f"{settings.host} hung up while we signed in{reason}",
        hint=_LATER,
        retry_after=retry_after(reason),
    )


def _refusal(words: str, settings: SourceSettings) -> TrackerError:
    if _is_about_the_server(words):
        return Unreachable(f"{settings.host} lets nobody in now: {words}", hint=_LATER, retry_after=retry_after(words))
    if _BAD.search(words) and "AUTHENTICATIONFAILED" not in words:
        return BadServerReply(f"{settings.host} does not understand our login: {words}", hint="check host, port, auth")
    if settings.auth == "xoauth2":
        hint = "the access token may have expired or be for another user; run the command that yields it by hand"
    else:
        hint = 'check `user` and the password; many providers want an app password here, or auth = "xoauth2"'
    return LoginRejected(f"{settings.host} refuses to let {quoted(settings.user)} in: {words}", hint=hint)
