"""What each server of the configuration is held to: one source for its secret, and no plain text on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.tls import is_loopback

if TYPE_CHECKING:
    from pydantic import BaseModel

SECRET_SOURCES = ("password_command", "password_file", "credential", "keyring")
"""The settings that say where a secret comes from; never one that holds it."""

NAMED = ", ".join(SECRET_SOURCES)


def sources_named(settings: BaseModel) -> int:
    """How many sources for its secret the table of a server names."""
    return sum(bool(getattr(settings, name)) for name in SECRET_SOURCES)


def demand_private(tls: str, host: str) -> None:
    """Raises `ValueError` where a secret could be overheard on its way."""
    if tls == "none" and not is_loopback(host):
        raise ValueError('tls = "none" is accepted for this machine itself only; use "implicit" or "starttls"')
