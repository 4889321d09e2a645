"""The settings of the digest: when it is sent, to which of the user's addresses, and through which server."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field, field_validator, model_validator

from tracker.addresses import normalise
from tracker.config._servers import NAMED, demand_private, sources_named
from tracker.config._values import STRICT, WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

_EVERY = re.compile(rf"({'|'.join(WEEKDAYS)}) ([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Weekly:
    """Once a week at a time of day where the user lives. Monday is 0."""

    weekday: int
    at: time


class SmtpConfig(BaseModel):
    """The server that takes the digest (message submission, RFC 6409); without a host nothing is ever sent."""

    model_config = STRICT

    host: str = ""
    port: int = Field(default=465, ge=1, le=65535)
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    ca_file: str = ""
    user: str = ""
    password_command: list[str] = []
    password_file: str = ""
    credential: str = ""
    keyring: bool = False

    @model_validator(mode="after")
    def _has_one_secret_source(self) -> Self:
        named = sources_named(self)
        if self.host and self.user and named != 1:
            raise ValueError(f"name exactly one of {NAMED}")
        if self.host and named and not self.user:
            raise ValueError("a password without a user; name the user, or leave out the password")
        return self

    @model_validator(mode="after")
    def _is_private(self) -> Self:
        if self.host:
            demand_private(self.tls, self.host)
        return self


class DigestConfig(BaseModel):
    """The digest: a mail of the user's to themselves."""

    model_config = STRICT

    every: str = "mon 07:30"
    to: str = ""
    smtp: SmtpConfig = SmtpConfig()

    @field_validator("every")
    @classmethod
    def _is_weekly(cls, every: str) -> str:
        if every and not _EVERY.fullmatch(every):
            raise ValueError(f'{every!r} is no day and time; write "mon 07:30", or "" for never')
        return every

    @property
    def weekly(self) -> Weekly | None:
        """When it is sent; None if it never is."""
        told = _EVERY.fullmatch(self.every)
        if told is None or not self.smtp.host:
            return None
        return Weekly(WEEKDAYS.index(told[1]), time(int(told[2]), int(told[3])))


def recipient(digest: DigestConfig, mine: Sequence[str]) -> str:
    """The one of the user's addresses that the digest goes to. Raises `ValueError` if it would go to anybody else.

    A digest names people and how they answer; no mistyped address may make that somebody else's mail.
    """
    chosen = digest.to or next(iter(mine), "")
    if normalise(chosen) is None:
        raise ValueError("digest.to: there is nobody to send to; name your address in me.addresses")
    if normalise(chosen) not in {normalise(address) for address in mine}:
        raise ValueError("digest.to: is none of me.addresses, and the digest goes to nobody else")
    return chosen.strip()
