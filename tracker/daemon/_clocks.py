"""The three clocks of the machine, and what it means when they part: a suspend, or somebody set the time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

SUSPENDED = 10.0
"""Seconds of sleep after which no connection is trusted any longer; a virtual machine may pause for less."""

SET = 60.0
"""Seconds by which the time must have been set to matter: what ntpd does by itself is far less."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Seconds on the three clocks at one moment (clock_gettime(2)).

    monotonic  since some point in the past, without the time of a suspend
    boottime   the same, with it
    realtime   since 1970, as far as the machine knows
    """

    monotonic: float
    boottime: float
    realtime: float


@dataclass(frozen=True, slots=True)
class Break:
    """What parted the clocks between two readings: how long the machine slept, and by how much the time was set."""

    slept: timedelta
    was_set: timedelta

    def __str__(self) -> str:
        words = []
        if self.slept:
            words.append(f"the machine slept for {_words(self.slept)}")
        if self.was_set:
            way = "forward" if self.was_set > timedelta(0) else "back"
            words.append(f"the clock was set {way} by {_words(abs(self.was_set))}")
        return " and ".join(words)


def elapsed() -> float:
    """Seconds since the machine started, the time of every suspend included; nobody can set this clock."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def read_clocks() -> Reading:
    """The clocks now."""
    return Reading(time.monotonic(), elapsed(), time.time())


def break_between(before: Reading, after: Reading) -> Break | None:
    """What happened between two readings; None if time just passed."""
    passed = after.boottime - before.boottime
    slept = passed - (after.monotonic - before.monotonic)
    was_set = after.realtime - before.realtime - passed
    if slept < SUSPENDED:
        slept = 0.0
    if abs(was_set) < SET:
        was_set = 0.0
    return Break(timedelta(seconds=round(slept)), timedelta(seconds=round(was_set))) if slept or was_set else None


def _words(duration: timedelta) -> str:
    minutes, seconds = divmod(round(duration.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"
