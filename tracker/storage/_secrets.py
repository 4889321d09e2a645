"""What in a database's URL is a secret: the user's password, and those of libpq's settings that it never shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

if TYPE_CHECKING:
    from sqlalchemy import URL

_SECRETS = ("password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key")
"""PostgreSQL's manual, 34.1.2."""

# The password may hold any sign, as SQLAlchemy takes it as it is; and one in the query an & that should have been %26.
_IN_TEXT = re.compile(
    rf"(?<=//)([^:@/]*:).*(?=@)|((?<=[?&])(?:{'|'.join(_SECRETS)})=)[^&]*(?:&(?!\w+=)[^&]*)*", re.IGNORECASE
)
_MASK = "***"


def masked_url(url: str) -> str:
    """A database's URL for showing; of one that cannot be read no more than its kind, as a secret may be anywhere."""
    if not url:
        return ""
    try:
        make_url(url)
    except (ArgumentError, ValueError):
        return f"{url.partition(':')[0]}:{_MASK}"
    return _IN_TEXT.sub(rf"\1\2{_MASK}", url)


def secrets_of(url: URL) -> list[tuple[str, str]]:
    """The secrets in a URL, each with libpq's name for it; of two of a name the later counts, as for SQLAlchemy."""
    found = [("password", str(url.password))] if url.password else []
    return found + [(name, value) for name in _SECRETS for value in url.normalized_query.get(name, ()) if value]


def without_secrets(words: str, url: URL) -> str:
    """What a driver or a program says, with nothing in it that is secret in the URL that it was given."""
    for secret in sorted({secret for _, secret in secrets_of(url)}, key=len, reverse=True):
        words = words.replace(secret, _MASK)
    return words
