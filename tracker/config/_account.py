"""The settings of an account: how its server is reached, or where its archive lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field, ValidationInfo, field_validator, model_validator

from tracker.config._servers import NAMED, SECRET_SOURCES, demand_private, sources_named
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
    "oauth2",
    "client_id",
    "tenant",
    "token_command",
    *SECRET_SOURCES,
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
    auth: Literal["password", "xoauth2", "oauth2"] = "password"
    oauth2: Literal["", "microsoft", "google"] = ""
    client_id: str = Field(default="", max_length=256, pattern=r"^[\x21-\x7e]*$")
    tenant: str = Field(default="common", pattern=r"^[\w-]+(\.[\w-]+)*$")
    token_command: list[str] = []
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

    @model_validator(mode="before")
    @classmethod
    def _signs_in_as_it_says(cls, settings: object) -> object:
        """Who names a provider or a command for tokens need not say `auth = "oauth2"` as well."""
        if isinstance(settings, dict) and (settings.get("oauth2") or settings.get("token_command")):
            return {"auth": "oauth2"} | settings
        return settings

    @model_validator(mode="after")
    def _has_one_secret_source(self) -> Self:
        if not is_archive(self.type) and (problem := _secret_problem(self)):
            raise ValueError(problem)
        return self

    @model_validator(mode="after")
    def _is_private(self) -> Self:
        demand_private(self.tls, self.host)
        return self


def _secret_problem(account: AccountConfig) -> str:
    """What is wrong with where the secret comes from; empty if nothing is. Every way has exactly one source."""
    named = sources_named(account)
    if account.auth != "oauth2":
        if account.oauth2 or account.token_command:
            return 'oauth2 and token_command are for auth = "oauth2"'
        return "" if named == 1 else f"name exactly one of {NAMED}"
    if bool(account.oauth2) == bool(account.token_command):
        return 'auth = "oauth2" wants either oauth2 = "microsoft", oauth2 = "google" or token_command'
    if account.oauth2 and not account.client_id:
        return "client_id is missing; docs/oauth.md tells how to get one"
    if account.oauth2 == "google":
        return "" if named == 1 else f"Google gives a client secret, too; name exactly one of {NAMED} for it"
    return f"{account.oauth2 or 'token_command'} wants no other secret; leave out {NAMED}" if named else ""


def is_archive(kind: str) -> bool:
    """Whether accounts of this kind are archives. The usual kind is not loaded for that, which would take time."""
    return kind not in {"imap", ""} and source_module(kind).IS_ARCHIVE
