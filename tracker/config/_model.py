"""The settings as checked values."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, Field, PlainSerializer, field_validator, model_validator

from tracker.addresses import normalise
from tracker.config._account import AccountConfig
from tracker.config._backup import BackupConfig, Period
from tracker.config._digest import DigestConfig, recipient
from tracker.config._metrics import MetricsConfig
from tracker.config._values import STRICT, WEEKDAYS, demand_possible, format_duration, parse_duration, parse_since
from tracker.domain.asks import Rules
from tracker.domain.clock import Clock, ElapsedClock, WorkingClock
from tracker.domain.outcome import Judging
from tracker.errors import ConfigError, UnknownChoice

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from tracker.domain.message import AddrSpec


def _duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise ValueError('write a duration in quotes, such as "48h"')  # noqa: TRY004 - pydantic collects ValueError only
    return parse_duration(value)


def _since(value: object) -> timedelta | date:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return demand_possible(value)
    if not isinstance(value, str):
        raise ValueError("write a duration or a date in quotes")  # noqa: TRY004 - pydantic collects ValueError only
    return parse_since(value)


def _as_text(value: timedelta | date) -> str:
    return format_duration(value) if isinstance(value, timedelta) else value.isoformat()


Duration = Annotated[timedelta, BeforeValidator(_duration), PlainSerializer(_as_text)]
Since = Annotated[timedelta | date, BeforeValidator(_since), PlainSerializer(_as_text)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class _Section(BaseModel):
    """A table of the configuration: an unknown key is an error, and nothing changes after loading."""

    model_config = STRICT


class MeConfig(_Section):
    """Who the user is."""

    addresses: list[str] = []

    @field_validator("addresses")
    @classmethod
    def _are_addresses(cls, addresses: list[str]) -> list[str]:
        for address in addresses:
            if normalise(address) is None:
                raise ValueError(f"{address!r} is no e-mail address")
        return addresses


class ReplyConfig(_Section):
    """What counts as an answer in time."""

    threshold: Duration = timedelta(hours=48)
    clock: Literal["elapsed", "working"] = "elapsed"
    timezone: str = "UTC"
    weekend: list[Weekday] = ["sat", "sun"]
    holidays: str = ""
    window: Duration = timedelta(days=730)
    max_recipients: int = Field(default=1, ge=1)

    @field_validator("timezone")
    @classmethod
    def _is_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (OSError, ValueError, KeyError):
            raise ValueError(f"there is no time zone {name!r}; write one such as Europe/Berlin") from None
        return name

    @field_validator("weekend")
    @classmethod
    def _leaves_working_days(cls, weekend: list[Weekday]) -> list[Weekday]:
        if set(weekend) == set(WEEKDAYS):
            raise ValueError("no working day is left")
        return weekend

    @field_validator("holidays")
    @classmethod
    def _is_calendar(cls, name: str) -> str:
        try:
            _calendar(name)
        except (NotImplementedError, AttributeError, KeyError, TypeError, ValueError):
            raise ValueError(f"there is no holiday calendar {name!r}; write a country such as DE, or DE-BE") from None
        return name

    @property
    def zone(self) -> ZoneInfo:
        """Where days begin and end."""
        return ZoneInfo(self.timezone)

    def make_clock(self) -> Clock:
        """The clock that was asked for."""
        if self.clock == "elapsed":
            return ElapsedClock()
        days_off = frozenset(WEEKDAYS.index(day) for day in self.weekend)
        return WorkingClock(zone=self.zone, weekend=days_off, is_holiday=_calendar(self.holidays))


def _calendar(name: str) -> Callable[[date], bool]:
    if not name:
        return lambda _: False
    import holidays  # a quarter of the start of every command, for the few who want a calendar

    country, _, subdivision = name.partition("-")
    calendar = holidays.country_holidays(country, subdiv=subdivision or None)
    return lambda day: day in calendar


class VerdictConfig(_Section):
    """When a verdict is spoken."""

    cut: float = Field(default=0.5, gt=0, le=1, strict=False)
    confidence: float = Field(default=0.9, ge=0.5, lt=1, strict=False)


class SyncConfig(_Section):
    """How mail is fetched."""

    every: Duration = timedelta(minutes=10)
    since: Since = timedelta(days=730)
    idle: bool = True


class DatabaseConfig(_Section):
    """Where everything is remembered (empty: in the state directory), and how long messages are (None: for good)."""

    url: str = ""
    keep: Period = None

    @field_validator("url")
    @classmethod
    def _is_known(cls, url: str) -> str:
        if url and not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("write sqlite:////path/tracker.db or postgresql+psycopg://user@host/name")
        return url


class Config(_Section):
    """All settings."""

    me: MeConfig = MeConfig()
    reply: ReplyConfig = ReplyConfig()
    verdict: VerdictConfig = VerdictConfig()
    sync: SyncConfig = SyncConfig()
    database: DatabaseConfig = DatabaseConfig()
    digest: DigestConfig = DigestConfig()
    backup: BackupConfig = BackupConfig()
    metrics: MetricsConfig = MetricsConfig()
    account: list[AccountConfig] = []

    @model_validator(mode="after")
    def _has_distinct_accounts(self) -> Self:
        twice = [name for name, count in Counter(account.name for account in self.account).items() if count > 1]
        if twice:
            raise ValueError(f"account: two accounts are called {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _sends_to_its_user(self) -> Self:
        if self.digest.to or self.digest.smtp.host:
            recipient(self.digest, self.me.addresses)
        return self

    @model_validator(mode="after")
    def _keeps_what_it_judges(self) -> Self:
        if self.database.keep is not None and self.database.keep < self.reply.window:
            raise ValueError("database.keep: must not be shorter than reply.window, in which asks count")
        return self

    @cached_property
    def judging(self) -> Judging:
        """How asks are judged."""
        return Judging(
            threshold=self.reply.threshold,
            window=self.reply.window,
            cut=self.verdict.cut,
            confidence=self.verdict.confidence,
            clock=self.reply.make_clock(),
        )

    @property
    def rules(self) -> Rules:
        """What is an ask."""
        return Rules(max_recipients=self.reply.max_recipients)

    def account_called(self, name: str) -> AccountConfig:
        """The account of this name. Raises `UnknownChoice`, and `ConfigError` where there is none to choose from."""
        if not self.account:
            raise ConfigError("no account is configured", hint="tracker init adds one")
        for account in self.account:
            if account.name == name:
                return account
        raise UnknownChoice("account", name, [account.name for account in self.account])

    @property
    def mine(self) -> frozenset[AddrSpec]:
        """The user's addresses as far as they are configured."""
        return frozenset(addr for text in self.me.addresses if (addr := normalise(text)) is not None)

    @property
    def users(self) -> frozenset[AddrSpec]:
        """The accounts' users that are addresses: learned, not said."""
        return frozenset(addr for account in self.account if (addr := normalise(account.user)) is not None)
