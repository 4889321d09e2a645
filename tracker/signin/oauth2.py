"""Signing in with OAuth2: tokens that are renewed in time, once for all processes, and by a person where need be."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, cast

from tracker.errors import BadServerReply, MissingExtra, SecretUnavailable, SignInNeeded
from tracker.signin._answers import error_of
from tracker.signin._registration import Person, Registration
from tracker.signin._tokens import TokenFile, Tokens
from tracker.signin.passwords import first_line, printed_by

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from tracker.signin._registration import Provider

__all__ = ["Grant", "Person", "Registration", "from_token_command"]

_PACKAGES = {"microsoft": "msal", "google": "google_auth_oauthlib"}
"""Each provider, and the package by which one sees that its extra is installed."""

_LIFE = timedelta(hours=1)
"""How long a token is taken to live where the provider does not say (RFC 6749, 5.1, leaves that open)."""


class Grant:
    """What an account was granted: its tokens in their file, renewed by whoever needs them first.

    The clock gives the moment, aware UTC.
    """

    def __init__(self, registration: Registration, path: Path, clock: Callable[[], datetime]) -> None:
        self.registration = registration
        self._file = TokenFile(path)
        self._clock = clock

    def check(self) -> None:
        """Say whether an access token can be had, without a call. Raises `MissingExtra`, `SignInNeeded`, ..."""
        demand_extra(self.registration.provider)
        self._held()
        self.registration.secret()

    @property
    def needs_sign_in(self) -> bool:
        """Whether nobody is to be called until somebody has signed in. Reads one small file."""
        try:
            self._held()
        except SignInNeeded:
            return True
        except SecretUnavailable:
            return False
        return False

    def access_token(self) -> str:
        """A token that lives for some minutes at least. Raises `SignInNeeded`, `Unreachable`, `ConfigError`."""
        tokens = self._held()
        if tokens.is_fresh(self._clock()):
            return tokens.access_token
        with self._file.locked():
            tokens = self._held()
            if not tokens.is_fresh(self._clock()):
                tokens = self._renewed(tokens)
        return tokens.access_token

    def renew(self, refused: str) -> str:
        """Another token than the one that the mail server refused."""
        with self._file.locked():
            tokens = self._held()
            if tokens.access_token == refused:
                tokens = self._renewed(tokens)
        return tokens.access_token

    @property
    def is_refused(self) -> bool:
        """Whether the mail server did not take a token that had just been renewed."""
        tokens = self._file.read()
        return tokens is not None and tokens.is_refused

    def note_refused(self, *, is_refused: bool) -> None:
        """Remember what the mail server said of a renewed token, until it says something else."""
        with self._file.locked():
            tokens = self._file.read()
            if tokens is not None and tokens.is_refused != is_refused:
                self._file.write(replace(tokens, is_refused=is_refused))

    def sign_in(self, person: Person, *, by_browser: bool) -> None:
        """Let the person sign in, and keep what that gives. Raises `TrackerError`."""
        provider = _provider(self.registration.provider)
        with self._file.locked():
            pass  # nobody is to sign in for tokens that cannot be kept
        if provider.DEVICE and not by_browser:
            answer = provider.by_device(self.registration, person)
        else:
            from tracker.signin._loopback import Browsing  # a server of pages, for the one command that needs it

            browsing = Browsing(person, self.registration.account)
            try:
                answer = provider.by_browser(self.registration, browsing)
            finally:
                browsing.close()
        tokens = self._understood(answer, "")
        if not tokens.refresh_token:
            raise BadServerReply(
                f"{self.registration.provider} gave a token that cannot be renewed",
                hint="docs/oauth.md tells how to make a registration",
            )
        with self._file.locked():
            self._file.write(tokens)

    def sign_out(self) -> bool:
        """Forget the tokens; whether there were any."""
        with self._file.locked():
            was_there = self._file.stamp() != (0, 0)
            self._file.remove()
        return was_there

    def stamp(self) -> tuple[int, int]:
        """What differs once somebody has signed in or out."""
        return self._file.stamp()

    def ends_at(self) -> datetime:
        """When the access token ends, after which it is renewed. Raises `SignInNeeded`, `SecretUnavailable`."""
        return self._held().expires_at

    def _held(self) -> Tokens:
        tokens = self._file.read()
        if tokens is None:
            raise SignInNeeded(self.registration.account, "nobody has signed in yet")
        if tokens.holder != self.registration.holder:
            raise SignInNeeded(self.registration.account, "user, client_id or tenant is another one than at the last")
        if tokens.lapsed:
            raise SignInNeeded(self.registration.account, tokens.lapsed)
        return tokens

    def _renewed(self, tokens: Tokens) -> Tokens:
        """New tokens, on the disk before anybody uses them: the refresh token before them may be void now."""
        answer = _provider(self.registration.provider).refreshed(self.registration, tokens.refresh_token)
        try:
            renewed = self._understood(answer, tokens.refresh_token)
        except SignInNeeded as error:
            self._file.write(replace(tokens, lapsed=error.why))
            raise
        renewed = replace(renewed, is_refused=tokens.is_refused)
        self._file.write(renewed)
        return renewed

    def _understood(self, answer: Mapping[str, Any], refresh_token: str) -> Tokens:
        """The tokens of an answer; `refresh_token` is the one that stays where the answer brings none."""
        access_token = answer.get("access_token")
        if not isinstance(access_token, str) or not access_token or "error" in answer:
            raise error_of(answer, self.registration, refresh_token)
        return Tokens(
            holder=self.registration.holder,
            access_token=access_token,
            refresh_token=str(answer.get("refresh_token") or refresh_token),
            expires_at=_end(answer, self._clock()),
        )


def from_token_command(argv: Sequence[str]) -> str:
    """The access token that a command prints: alone on a line, or as JSON with `access_token` (RFC 6749, 5.1).

    The command is asked at each login and renews the token itself. Raises `SecretUnavailable`.
    """
    output = printed_by(argv, "token_command")
    if not output.lstrip().startswith(b"{"):
        return first_line(output, "token_command", hint="it has to print the token alone on its first line, or JSON")
    try:
        answer = json.loads(output)
        token, life = answer["access_token"], answer.get("expires_in", 1)
        is_alive = float(life) > 0
    except (ValueError, TypeError, LookupError):
        token, is_alive = None, True
    if not isinstance(token, str) or not token:
        raise SecretUnavailable(
            "token_command prints JSON without an access_token", hint="run it by hand as the same user to see its words"
        )
    if not is_alive:
        raise SecretUnavailable(
            "token_command prints a token that has ended already (expires_in)", hint="let it renew the token first"
        )
    return token


def demand_extra(provider: str) -> None:
    """Raises `MissingExtra` if what signs in at this provider is not installed; nothing is loaded."""
    if find_spec(_PACKAGES[provider]) is None:
        raise _missing(provider)


def _provider(name: str) -> Provider:
    """The part of OAuth2 that differs; its libraries take a third of a second to load. Raises `MissingExtra`."""
    try:
        return cast("Provider", import_module(f"tracker.signin._{name}"))
    except ImportError:
        raise _missing(name) from None


def _missing(provider: str) -> MissingExtra:
    return MissingExtra(f'oauth2 = "{provider}"', provider)


def _end(answer: Mapping[str, Any], now: datetime) -> datetime:
    """When the token of an answer ends: in `expires_in` seconds, or at google-auth's `expires_at`, naive UTC."""
    at = answer.get("expires_at")
    if isinstance(at, datetime):
        return at.replace(tzinfo=UTC)
    try:
        return now + timedelta(seconds=min(float(answer.get("expires_in", "")), 10 * 86_400))
    except (ValueError, TypeError, OverflowError):
        return now + _LIFE
