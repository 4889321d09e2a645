"""How sure a verdict is: the Wilson bounds, and the silence that they ask for."""

from __future__ import annotations

from statistics import NormalDist

import pytest

from tracker.domain.outcome import Judging
from tracker.domain.verdict import Tally, Verdict, verdict, wilson


def counted(**counts: int) -> Tally:
    return Tally(**counts)


def test_more_confidence_asks_for_more_silence() -> None:
    two = counted(overdue=2, silences=2)
    assert verdict(two, Judging(confidence=0.95), unreachable=False) is Verdict.UNPROVEN
    assert verdict(counted(overdue=3, silences=3), Judging(confidence=0.95), unreachable=False) is Verdict.UNRESPONSIVE


@pytest.mark.parametrize("trials", [1, 2, 4, 6, 40, 93, 1000])
@pytest.mark.parametrize("confidence", [0.6, 0.9, 0.99])
def test_wilson_bounds_solve_the_score_equation(trials: int, confidence: float) -> None:
    """The bounds are the two shares p at which the observed share lies z standard errors away."""
    z = NormalDist().inv_cdf(confidence)
    for successes in range(trials + 1):
        observed = successes / trials
        for bound in wilson(successes, trials, confidence):
            distance = (observed - bound) ** 2 * trials
            assert distance == pytest.approx(z * z * bound * (1 - bound), abs=1e-9)
        low, high = wilson(successes, trials, confidence)
        assert 0 <= low <= high <= 1, "also where rounding would lead out"
        assert low - 1e-12 <= observed <= high + 1e-12


def test_nothing_of_two_is_enough_at_ninety_percent_and_nothing_of_one_is_not() -> None:
    assert wilson(0, 4, 0.9)[1] == pytest.approx(0.291, abs=0.0005)
    assert wilson(0, 2, 0.9)[1] < 0.5 < wilson(0, 1, 0.9)[1]
