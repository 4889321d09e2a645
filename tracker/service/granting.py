"""Granting: whose secret an account uses, whether it can be had, and what follows when a server refuses a token."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tracker.config import state_directory
from tracker.errors import LoginRejected, SignInNeeded, UsageError
from tracker.service.owning import demand_owner
from tracker.signin import Condition, State, condition_of, from_command, from_credential, from_file, from_keyring
from tracker.signin.oauth2 import Grant, Registration, from_token_command

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.config import AccountConfig
    from tracker.sources import Source

REFUSED_FOR = timedelta(hours=1)
"""How long an account rests whose server refuses even a renewed token: a policy or a setting has to change first."""


def secret_condition(account: AccountConfig) -> Condition:
    """Whether the secret of an account can be had now, asking its source; no server is called. For all but archives."""
    if account.is_archive:
        return Condition(State.OK)
    grant = grant_of(account)
    return condition_of(secret_of(account) if grant is None else grant.check)


def needs_sign_in(account: AccountConfig) -> bool:
    """Whether nothing is tried until somebody has signed in."""
    grant = grant_of(account)
    return grant is not None and grant.needs_sign_in


def grant_of(account: AccountConfig) -> Grant | None:
    """What an account with a provider was granted; None for one whose secret comes from elsewhere."""
    if not account.oauth2:
        return None
    registration = Registration(
        account=account.name,
        provider=account.oauth2,
        user=account.user,
        client_id=account.client_id,
        tenant=account.tenant if account.oauth2 == "microsoft" else "",
        secret=secret_of(account) if account.oauth2 == "google" else str,
    )
    # A token lives in real time, whatever clock a pass is told.
    return Grant(registration, state_directory() / "tokens" / f"{account.name}.json", lambda: datetime.now(UTC))


def demand_grant(account: AccountConfig) -> Grant:
    """The grant of an account, for signing in or out. Raises `UsageError` for one that does not do so with OAuth2.

    Raises `WrongUser` where the tokens are another user's, who could not read a new one.
    """
    grant = grant_of(account)
    if grant is None:
        raise UsageError(
            f"account {account.name} has no provider to sign in at",
            hint='set oauth2 = "microsoft" or "google" in its [[account]]; docs/oauth.md tells more',
        )
    demand_owner(state_directory() / "tokens")
    return grant


class SecretSource(Protocol):
    """Settings that name where a secret comes from: those of an account, and those of a server that sends mail."""

    host: str
    user: str
    password_command: list[str]
    password_file: str
    credential: str


def secret_of(account: AccountConfig) -> Callable[[], str]:
    """The one secret source that the account names; it is asked only when the login is made."""
    return partial(from_token_command, account.token_command) if account.token_command else password_of(account)


def password_of(named: SecretSource) -> Callable[[], str]:
    """The one password source that is named; it is asked only when the login is made."""
    if named.password_command:
        return partial(from_command, named.password_command)
    if named.password_file:
        return lambda: from_file(Path(named.password_file).expanduser())
    if named.credential:
        return partial(from_credential, named.credential)
    return partial(from_keyring, named.host, named.user)


def open_with_token(account: AccountConfig, open_with: Callable[[Callable[[], str]], Source]) -> Source:
    """Sign in with an access token; if it is refused, with a renewed one, once.

    Where that is refused, too, the next tries are made with one login each, and not more often than `REFUSED_FOR`
    says. Raises `SignInNeeded`, `LoginRejected`, `Unreachable`, `ConfigError`.
    """
    grant = grant_of(account)
    if grant is None:
        return _open_with_command(secret_of(account), open_with)
    token = grant.access_token()
    was_refused = grant.is_refused
    try:
        try:
            source = open_with(lambda: token)
        except LoginRejected as error:
            if was_refused or isinstance(error, SignInNeeded):
                raise
            renewed = grant.renew(token)
            source = open_with(lambda: renewed)
    except SignInNeeded:
        raise
    except LoginRejected as error:
        grant.note_refused(is_refused=True)
        raise _refused(error, f"sign in as {account.user}: tracker auth login {account.name}") from None
    if was_refused:
        grant.note_refused(is_refused=False)
    return source


def _open_with_command(print_token: Callable[[], str], open_with: Callable[[Callable[[], str]], Source]) -> Source:
    token = print_token()
    try:
        try:
            return open_with(lambda: token)
        except LoginRejected:
            another = print_token()
            if another == token:
                raise
            return open_with(lambda: another)
    except LoginRejected as error:
        raise _refused(error, "run token_command by hand and see whom its token is for") from None


def _refused(error: LoginRejected, hint: str) -> LoginRejected:
    return LoginRejected(
        error.message, hint=f"the mailbox must allow IMAP, too; {hint}", retry_after=error.retry_after or REFUSED_FOR
    )
