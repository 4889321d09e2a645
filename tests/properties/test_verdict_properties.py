"""More silence never helps anybody, and an answer never harms."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.census import Census, examples
from tests.properties.writing import START
from tracker.domain.outcome import Judging
from tracker.domain.verdict import Tally, Verdict, silences, verdict, wilson

SURE = st.floats(0.55, 0.99)
RANK = {Verdict.RESPONSIVE: 3, Verdict.SLOW: 2, Verdict.UNPROVEN: 1, Verdict.WAITING: 1, Verdict.UNRESPONSIVE: 0}
"""Better is more; people who were never asked are not ranked."""


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    in_time, late, overdue, waiting, heard, unknown = (draw(st.integers(0, 6)) for _ in range(6))
    quiet = draw(st.integers(1, overdue)) if overdue else 0
    return Tally(in_time, late, overdue, quiet, waiting, heard, unknown=unknown)


@examples(300)
@given(st.integers(0, 60), st.integers(1, 60), SURE)
def test_a_silence_lowers_both_bounds_and_an_answer_raises_them(answers: int, silent: int, sure: float) -> None:
    low, high = wilson(answers, answers + silent, sure)
    assert 0.0 <= low <= answers / (answers + silent) + 1e-12
    assert low <= high <= 1.0
    for trials, better in ((answers + silent + 1, False), (answers + silent + 1, True)):
        other = wilson(answers + better, trials, sure)
        pairs = list(zip((low, high), other, strict=True))
        assert all(now + 1e-12 >= then for now, then in pairs) or better
        assert all(now <= then + 1e-12 for now, then in pairs) or not better


@examples(300)
@given(st.integers(0, 40), st.integers(1, 40), SURE, SURE)
def test_more_confidence_widens_the_bounds(answers: int, silent: int, one: float, other: float) -> None:
    narrow, wide = (wilson(answers, answers + silent, sure) for sure in sorted((one, other)))
    assert wide[0] <= narrow[0] + 1e-12
    assert wide[1] >= narrow[1] - 1e-12


def test_one_more_silence_never_betters_a_verdict_and_one_more_answer_in_time_never_worsens_it() -> None:
    census = Census()

    @examples(600)
    @given(tallies(), SURE, st.floats(0.1, 0.9))
    def holds(tally: Tally, sure: float, cut: float) -> None:
        judging = Judging(confidence=sure, cut=cut)
        now = verdict(tally, judging, unreachable=False)
        silent = replace(tally, overdue=tally.overdue + 1, silences=tally.silences + 1)
        answered = replace(tally, in_time=tally.in_time + 1)
        worse, better = (verdict(one, judging, unreachable=False) for one in (silent, answered))
        if now is not Verdict.UNTESTED:
            assert RANK[worse] <= RANK[now] <= RANK[better]
        census.count(fell=worse is not now, rose=better is not now, silent=now is Verdict.UNRESPONSIVE)

    holds()
    census.require(fell=0.05, rose=0.05, silent=0.05)


@examples(200)
@given(st.lists(st.integers(0, 2000), max_size=12), st.integers(0, 2000), st.integers(1, 900))
def test_one_more_overdue_ask_is_at_most_one_more_silence(hours: list[int], more: int, threshold: int) -> None:
    limit = timedelta(hours=threshold)
    times = sorted(START + timedelta(hours=hour) for hour in hours)
    with_more = sorted([*times, START + timedelta(hours=more)])
    before, after = silences(times, limit), silences(with_more, limit)
    assert before <= after <= before + 1
    assert after <= len(with_more)
