"""The curve of Kaplan and Meier: by hand, and against a library."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from tracker.domain.survival import Observation, Share, kaplan_meier

if TYPE_CHECKING:
    from collections.abc import Sequence

HOUR = timedelta(hours=1)
SAMPLES = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=60)
"""Whole hours, so that there are ties among answers, among open asks, and between the two."""


def observations(sample: Sequence[tuple[int, bool]]) -> list[Observation]:
    return [Observation(hours * HOUR, answered) for hours, answered in sample]


def share(sample: Sequence[tuple[int, bool]], hours: float) -> Share | None:
    return kaplan_meier(observations(sample)).answered_by(hours * HOUR, confidence=0.9)


def test_the_example_of_the_textbooks() -> None:
    """Remission under 6-MP (Freireich 1963): nine events and twelve censored, as in every textbook."""
    events = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    sample = [(week, True) for week in events] + [(week, False) for week in censored]
    expected = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448, 35: 0.448}
    for week, survival in expected.items():
        found = share(sample, week)
        assert found is not None
        assert 1 - found.share == pytest.approx(survival, abs=0.0006)


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined")
@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.filterwarnings("ignore:invalid value")
@given(SAMPLES)
def test_the_curve_and_its_band_are_those_of_a_library(sample: list[tuple[int, bool]]) -> None:
    data = CensoredData(
        uncensored=[hours for hours, answered in sample if answered],
        right=[hours for hours, answered in sample if not answered],
    )
    survival = ecdf(data).sf
    band = survival.confidence_interval(confidence_level=0.8, method="log-log")
    last = max(hours for hours, _ in sample)
    for place, hours in enumerate(survival.quantiles):
        found = share(sample, float(hours))
        assert found is not None
        assert hours <= last
        assert 1 - found.share == pytest.approx(float(survival.probabilities[place]), abs=1e-12)
        if found.low is not None and found.high is not None:
            assert 1 - found.high == pytest.approx(float(band.low.probabilities[place]), abs=1e-9)
            assert 1 - found.low == pytest.approx(float(band.high.probabilities[place]), abs=1e-9)
        else:
            assert math.isclose(found.share, 0) or math.isclose(found.share, 1)


@given(SAMPLES, st.floats(0.5, 0.99))
def test_the_share_never_falls_and_lies_within_its_band(sample: list[tuple[int, bool]], confidence: float) -> None:
    curve = kaplan_meier(observations(sample))
    shares = [curve.answered_by(hours * HOUR, confidence=confidence) for hours in range(14)]
    known = [one for one in shares if one is not None]
    assert [one.share for one in known] == sorted(one.share for one in known)
    for one in known:
        if one.low is not None and one.high is not None:
            assert 0 <= one.low <= one.share + 1e-12
            assert one.share - 1e-12 <= one.high <= 1


@given(SAMPLES)
def test_the_order_of_the_observations_does_not_matter(sample: list[tuple[int, bool]]) -> None:
    assert kaplan_meier(observations(sample)) == kaplan_meier(reversed(observations(sample)))


def test_without_open_asks_it_is_the_plain_share() -> None:
    found = share([(1, True), (2, True), (2, True), (9, True)], 5)
    assert found is not None
    assert found.share == pytest.approx(0.75)


def test_beyond_the_longest_that_was_watched_nothing_is_known() -> None:
    assert share([(1, True), (5, False)], 6) is None
    assert share([], 1) is None
    assert share([(1, True), (5, True)], 6) == Share(1.0, None, None), "nothing is open any more"
    assert share([(1, True)] * 300, 6) == Share(1.0, None, None), "however many there were"


def test_before_the_first_answer_there_is_no_band() -> None:
    assert share([(3, True), (5, False)], 2) == Share(0.0, None, None)


def test_an_answer_comes_before_an_open_ask_of_the_same_age() -> None:
    tied = share([(3, True), (3, False)], 3)
    assert tied is not None
    assert tied.share == pytest.approx(0.5)
