"""What it means when the three clocks of the machine part."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tracker.daemon._clocks import Break, Reading, break_between

BEFORE = Reading(monotonic=1_000.0, boottime=5_000.0, realtime=1_800_000_000.0)


def after(passed: float, *, slept: float = 0.0, was_set: float = 0.0) -> Reading:
    """A reading so many seconds later, of which the machine slept some, and after which the time was set."""
    return Reading(BEFORE.monotonic + passed - slept, BEFORE.boottime + passed, BEFORE.realtime + passed + was_set)


@pytest.mark.parametrize(
    ("reading", "expected", "words"),
    [
        (after(1), None, ""),
        (after(500), None, ""),
        (after(9, slept=8), None, ""),
        (after(2, was_set=59), None, ""),
        (after(2, was_set=-59), None, ""),
        (after(11, slept=10), Break(timedelta(seconds=10), timedelta(0)), "the machine slept for 10 s"),
        (
            after(259_201, slept=259_200),
            Break(timedelta(days=3), timedelta(0)),
            "the machine slept for 72 h",
        ),
        (
            after(1, was_set=3_660),
            Break(timedelta(0), timedelta(minutes=61)),
            "the clock was set forward by 1 h 1 min",
        ),
        (
            after(1, was_set=-60),
            Break(timedelta(0), -timedelta(minutes=1)),
            "the clock was set back by 1 min",
        ),
        (
            after(3_601, slept=3_600, was_set=-120),
            Break(timedelta(hours=1), -timedelta(minutes=2)),
            "the machine slept for 1 h and the clock was set back by 2 min",
        ),
    ],
)
def test_a_suspend_and_a_clock_that_was_set_are_told_from_time_that_passed(
    reading: Reading, expected: Break | None, words: str
) -> None:
    found = break_between(BEFORE, reading)
    assert found == expected
    assert str(found or "") == words
