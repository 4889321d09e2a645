"""What a provider's answer means: tokens, a bad moment, a wrong registration, or a person who has to sign in again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracker.errors import BadServerReply, ConfigError, LoginRejected, SignInNeeded, TrackerError, Unreachable
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from tracker.signin._registration import Registration

_LONGEST_WORDS = 160
_LATER = "nothing is lost; the next sync tries again"

# RFC 6749, 5.2; OpenID Connect Core, 3.1.2.6: the grant is gone (revoked, too old, password changed), or a policy wants
# to see the person.
_SIGN_IN = frozenset({"invalid_grant", "interaction_required", "login_required", "consent_required"})

# RFC 6749, 4.1.2.1 and 5.2; what Google's consent screen says of registrations that an administrator does not allow.
_REGISTRATION = frozenset(
    {
        "invalid_client",
        "unauthorized_client",
        "invalid_request",
        "invalid_scope",
        "unsupported_grant_type",
        "deleted_client",
        "disabled_client",
        "org_internal",
        "admin_policy_enforced",
        "redirect_uri_mismatch",
    }
)

_REGISTERED = {
    # Where they are not allowed, Microsoft says that a client secret is missing (AADSTS7000218); there is none.
    "microsoft": "client_id and tenant, and that the registration allows public client flows",
    "google": "client_id and the client secret",
}

# RFC 6749, 4.1.2.1; RFC 8628, 3.5; Google's own.
_PASSING = frozenset(
    {"temporarily_unavailable", "server_error", "slow_down", "internal_failure", "rate_limit_exceeded"}
)

# RFC 6749, 4.1.2.1; RFC 8628, 3.5; Microsoft's own. Only while somebody signs in.
_DECLINED = frozenset({"access_denied", "authorization_declined", "expired_token", "code_expired"})


def error_of(answer: Mapping[str, Any], registration: Registration, sent: str) -> TrackerError:
    """The error that an answer without tokens is, by its code (RFC 6749, 5.2); its words are only shown.

    Not shown is the secret that was sent, should the answer repeat it.
    """
    code, words = (_shown(answer.get(name), sent) for name in ("error", "error_description"))
    told = f"{code} ({words})" if words else code
    provider = registration.provider
    if code in _SIGN_IN:
        return SignInNeeded(registration.account, f"{provider} says {told}")
    if code in _PASSING:
        return Unreachable(f"{provider} cannot serve us now: {told}", hint=_LATER)
    if code in _REGISTRATION:
        return ConfigError(
            f"{provider} does not accept the registration: {told}",
            hint=f"check {_REGISTERED[provider]}; docs/oauth.md tells how to make a registration",
        )
    if code in _DECLINED:
        return LoginRejected(
            f"the sign-in did not come about: {told}", hint=f"try again: tracker auth login {registration.account}"
        )
    return BadServerReply(f"{provider} gave an answer that makes no sense: {told or 'no token in it'}", hint=_LATER)


def busy(provider: str, status: int, retry_after: timedelta | None) -> Unreachable:
    """The error for an answer of which the status (429, 5xx) says that this moment is bad."""
    return Unreachable(f"{provider} cannot serve us now (HTTP {status})", hint=_LATER, retry_after=retry_after)


def unanswered(provider: str, why: str) -> Unreachable:
    """The error for a provider that is not reached."""
    return Unreachable(f"{provider} cannot be reached for an access token: {why}", hint=_LATER)


def bad_answer(provider: str) -> BadServerReply:
    """The error for an answer that no library can read."""
    return BadServerReply(f"{provider} gave an answer that makes no sense", hint=_LATER)


def _shown(words: object, sent: str) -> str:
    text = str(words or "")
    return one_line(text.replace(sent, "***") if sent else text)[:_LONGEST_WORDS]
