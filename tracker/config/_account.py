"""The settings of an account: how its server is reached, or where its archive lies."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field, ValidationInfo, field_validator, model_validator

from tracker.config._values import STRICT
from tracker.registry import choices
from tracker.sources import source_module

if TYPE_CHECKING:
    from typing import Self

SERVER_SETTINGS = (
    "host",
    "port",
    "tls",
    "ca_file",
    "user",
    "auth",
    "password_command",
    "password_file",
    "credential",
    "keyring",
)
"""What says how a server is reached; an archive has none of it."""


class AccountConfig(BaseModel):
    """One mailbox account: on a server, or an archive of mail on this machine."""

    model_config = STRICT

    name: str = Field(min_length=1, max_length=64, pattern=r"^[\w.@+-]*\w[\w.@+-]*$")
    type: str = "imap"
    path: str = Field(default="", validate_default=True)
    host: str = Field(default="", validate_default=True)
    port: int = Field(default=993, ge=1, le=65535)
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    ca_file: str = ""
    user: str = Field(default="", validate_default=True)
    auth: Literal["password", "xoauth2"] = "password"
    password_command: list[str] = []
    password_file: str = ""
    credential: str = ""
    keyring: bool = False
    folders: list[str] = []
    sent: str = ""

    @property
    def is_archive(self) -> bool:
        """Whether nothing more is to come, so that its newest message is the last moment that it tells of."""
        return is_archive(self.type)

    @field_validator("type")
    @classmethod
    def _is_source(cls, kind: str) -> str:
        offered = choices("tracker.sources")
        if kind not in offered:
            raise ValueError(f"there is no kind of account {kind!r}; there is: {', '.join(offered)}")
        return kind

    @field_validator("path")
    @classmethod
    def _is_of_an_archive(cls, path: str, info: ValidationInfo) -> str:
        kind = info.data.get("type", "")
        if path and not is_archive(kind):
            raise ValueError(f'an account of type {kind!r} has none; archives are of type "mbox" or "maildir"')
        if is_archive(kind) and not path.startswith(("/", "~")):
            raise ValueError("begin it with / or ~" if path else "is missing")
        return path

    @field_validator(*SERVER_SETTINGS)
    @classmethod
    def _is_of_a_server(cls, value: object, info: ValidationInfo) -> object:
        is_refused = is_archive(info.data.get("type", ""))
        if is_refused and value != cls.model_fields[str(info.field_name)].default:
            raise ValueError("an archive has none")
        if not is_refused and not value and info.field_name in {"host", "user"}:
            raise ValueError("is missing")
        return value

    @model_validator(mode="after")
    def _has_one_secret_source(self) -> Self:
        sources = [self.password_command, self.password_file, self.credential, self.keyring]
        if sum(map(bool, sources)) != 1 and not is_archive(self.type):
            raise ValueError("name exactly one of password_command, password_file, credential, keyring")
        return self

    @model_validator(mode="after")
    def _is_private(self) -> Self:
        if self.tls == "none" and not is_loopback(self.host):
            raise ValueError('tls = "none" is accepted for this machine itself only; use "implicit" or "starttls"')
        return self


def is_archive(kind: str) -> bool:
    """Whether accounts of this kind are archives. The usual kind is not loaded for that, which would take time."""
    return kind not in {"imap", ""} and source_module(kind).IS_ARCHIVE


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine itself, so that nothing on it can be overheard on the way."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
