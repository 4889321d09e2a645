"""The options that re-judge history without a sync: threshold, window, moment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli._session import now
from tracker.errors import UsageError

if TYPE_CHECKING:
    from datetime import timedelta

    from tracker.config import Config
    from tracker.service.judging import Question

Threshold = Annotated[
    str | None,
    typer.Option("--threshold", metavar="DURATION", show_default=False, help="In time means within this, such as 24h."),
]
Window = Annotated[
    str | None,
    typer.Option(
        "--window", metavar="DURATION", show_default=False, help="Count only asks not older than this, such as 365d."
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="TIMESTAMP", show_default=False, help="Judge as it stood then, such as 2026-11-20."
    ),
]


def question_of(config: Config, threshold: str | None, window: str | None, as_of: str | None) -> Question:
    """The configuration's way of judging with this run's changes. Raises `UsageError`."""
    from tracker.config import parse_moment
    from tracker.service.judging import Question

    judging = config.judging
    if threshold is not None:
        judging = replace(judging, threshold=_duration("--threshold", threshold))
    if window is not None:
        judging = replace(judging, window=_duration("--window", window))
    try:
        moment = None if as_of is None else parse_moment(as_of, config.reply.zone)
    except ValueError as error:
        raise UsageError(f"--as-of: {error}", hint="a moment without a zone is in reply.timezone") from None
    return Question(judging, now(), moment)


def _duration(option: str, text: str) -> timedelta:
    from tracker.config import parse_duration

    try:
        return parse_duration(text)
    except ValueError as error:
        raise UsageError(f"{option}: {error}", hint="m is minutes, h hours, d days, w weeks") from None
