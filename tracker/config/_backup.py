"""The settings of backups, and periods that need not be: how long messages are kept, how often something is done."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, PlainSerializer, field_validator

from tracker.config._values import STRICT, format_duration, parse_duration
from tracker.domain.backups import Rotation


def _period(value: object) -> timedelta | None:
    if value is None or isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise ValueError('write a duration in quotes, such as "24h", or ""')  # noqa: TRY004 - pydantic collects ValueError only
    return parse_duration(value) if value else None


def _as_text(value: timedelta | None) -> str:
    return "" if value is None else format_duration(value)


Period = Annotated[timedelta | None, BeforeValidator(_period), PlainSerializer(_as_text)]
"""A duration; None, written as an empty text, where there is none."""


class BackupConfig(BaseModel):
    """Where backups lie, how often the daemon makes one (None: never), how many of them stay."""

    model_config = STRICT

    directory: str = ""
    every: Period = timedelta(hours=24)
    daily: int = Field(default=7, ge=1, le=1000)
    weekly: int = Field(default=4, ge=0, le=1000)

    @field_validator("directory")
    @classmethod
    def _is_absolute(cls, directory: str) -> str:
        if directory and not directory.startswith(("/", "~")):
            raise ValueError("begin it with / or ~")
        return directory

    @property
    def rotation(self) -> Rotation:
        """How many backups stay."""
        return Rotation(self.daily, self.weekly)
