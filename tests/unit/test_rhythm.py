"""What many asks together tell of time: bins, quarters, and what is counted in which."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tests.golden.sample_reports import AS_OF, JUDGING, asked
from tracker.domain.outcome import Knowledge, Outcome, Reason
from tracker.domain.rhythm import SHOWN, bins, quarters, rhythm
from tracker.domain.tuning import Sample

HOUR = timedelta(hours=1)
KNOWN = Knowledge(AS_OF, AS_OF, {})


def test_bins_double_and_the_threshold_is_an_edge() -> None:
    made = bins([], 48 * HOUR)
    edges = [one.until for one in made if one.until is not None]
    assert [edge / HOUR for edge in edges] == [0.375, 0.75, 1.5, 3, 6, 12, 24, 48, 96, 192, 384, 768]
    assert [one.since for one in made] == [None, *edges]
    assert made[-1].until is None


def test_an_answer_at_the_threshold_is_on_the_side_of_those_in_time() -> None:
    made = bins([48 * HOUR, 48 * HOUR + timedelta(seconds=1), timedelta(0), -HOUR, timedelta(days=400)], 48 * HOUR)
    told = {(one.since, one.until): one.answers for one in made if one.answers}
    assert told == {
        (None, timedelta(minutes=22.5)): 2,
        (24 * HOUR, 48 * HOUR): 1,
        (48 * HOUR, 96 * HOUR): 1,
        (768 * HOUR, None): 1,
    }


@given(st.lists(st.timedeltas(timedelta(hours=-26), timedelta(days=900))), st.timedeltas(timedelta(minutes=1)))
def test_every_answer_is_in_one_bin(latencies: list[timedelta], threshold: timedelta) -> None:
    threshold = min(threshold, timedelta(days=365))
    made = bins(latencies, threshold)
    assert sum(one.answers for one in made) == len(latencies)
    in_time = sum(one.answers for one in made if one.until is not None and one.until <= threshold)
    assert in_time == sum(latency <= threshold for latency in latencies)


def test_quarters_are_those_of_the_users_zone_and_none_is_left_out() -> None:
    new_year = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    asks = [(new_year, Outcome.LATE), (datetime(2026, 8, 1, tzinfo=UTC), Outcome.OVERDUE), (new_year, Outcome.EXCLUDED)]
    berlin = quarters(asks, ZoneInfo("Europe/Berlin"))
    assert [(one.year, one.number, sum(one.ended.values())) for one in berlin] == [
        (2026, 1, 1),
        (2026, 2, 0),
        (2026, 3, 1),
    ]
    assert next((one.year, one.number) for one in quarters(asks, UTC)) == (2025, 4)
    assert berlin[0].ended == {**dict.fromkeys(SHOWN, 0), Outcome.LATE: 1}
    assert quarters([(new_year, Outcome.HEARD)], UTC) == ()


def test_only_what_is_evidence_makes_a_histogram() -> None:
    day = timedelta(days=1)
    asks = (
        asked(Outcome.IN_TIME, age=40 * day, latency=5 * HOUR),
        asked(Outcome.LATE, age=41 * day, latency=90 * HOUR),
        asked(Outcome.IN_TIME, age=42 * day),
        asked(Outcome.OVERDUE, age=43 * day),
        asked(Outcome.WAITING, age=day),
        asked(Outcome.EXCLUDED, age=44 * day, reason=Reason.MARKED, latency=HOUR),
        asked(Outcome.HEARD, age=45 * day),
        asked(Outcome.UNKNOWN, age=46 * day, reason=Reason.GAP),
    )
    sample = Sample(JUDGING, KNOWN)
    for judged in asks:
        sample.watch(judged.ask, judged)
    told = rhythm(asks, sample.seen, JUDGING, UTC)
    assert (sample.asks, told.sampled) == (8, len(sample.seen))
    assert sum(one.answers for one in told.bins) == 2
    assert (told.median, told.untimed, told.unanswered) == (47.5 * HOUR, 1, 1)
    assert sum(sum(one.ended.values()) for one in told.quarters) == 5


def test_without_asks_nothing_is_told() -> None:
    told = rhythm((), (), JUDGING, UTC)
    assert (told.median, told.untimed, told.unanswered, told.sampled, told.quarters) == (None, 0, 0, 0, ())
    assert told.curve.answered_by(HOUR, confidence=0.9) is None
