"""Numbers and times in words, and where people stand in the table."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.golden.sample_reports import AS_OF, JUDGING, asked, asks_of, network, report_of, row
from tests.golden.widths import widest
from tracker.domain.clock import WorkingClock
from tracker.domain.outcome import Outcome, Reason
from tracker.domain.verdict import Tally, Verdict
from tracker.formats._columns import GAP, INDENT, columns
from tracker.formats._doubts import legend, not_counted, short_reason, why_nothing_counts
from tracker.formats._groups import groups
from tracker.formats._lanes import Axis, labels, lane
from tracker.formats._lines import UNICODE, cell, cut, outside, paint
from tracker.formats._words import ago, answered, duration, headline, left, never_asked, rule, threshold

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(minutes=-5), "<1 h ago"),
        (timedelta(minutes=59), "<1 h ago"),
        (19.9 * HOUR, "19 h ago"),
        (28 * HOUR, "1 d ago"),
        (13 * DAY, "13 d ago"),
        (14 * DAY, "2 wk ago"),
        (62 * DAY, "8 wk ago"),
        (63 * DAY, "2 mo ago"),
        (729 * DAY, "23 mo ago"),
        (730 * DAY, "1 yr ago"),
        (4000 * DAY, "10 yr ago"),
    ],
)
def test_ages_fit_their_column(age: timedelta, words: str) -> None:
    assert ago(AS_OF - age, AS_OF) == words
    assert len(words) <= 9


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(0), "<1 min"),
        (timedelta(minutes=35), "35 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (5.2 * HOUR, "5 h"),
        (47.9 * HOUR, "48 h"),
        (48 * HOUR, "2 days"),
        (11 * DAY, "11 days"),
        (700 * DAY, "700 days"),
    ],
)
def test_latencies_fit_their_column(span: timedelta, words: str) -> None:
    assert duration(span) == words
    assert len(words) <= 9


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(minutes=20), "<1 h left"),
        (28.9 * HOUR, "28 h left"),
        (95 * HOUR, "95 h left"),
        (13.5 * DAY, "13 d left"),
    ],
)
def test_the_time_left_is_never_more_than_there_is(span: timedelta, words: str) -> None:
    assert left(span) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(minutes=30), "30 min"),
        (timedelta(minutes=90), "90 min"),
        (4 * HOUR, "4 h"),
        (48 * HOUR, "48 h"),
        (4 * DAY, "96 h"),
        (14 * DAY, "14 days"),
        (36.5 * HOUR, "36.5 h"),
    ],
)
def test_the_threshold_is_told_as_people_say_it(span: timedelta, words: str) -> None:
    assert threshold(replace(JUDGING, threshold=span)) == words


def test_working_hours_are_called_so() -> None:
    clock = WorkingClock(ZoneInfo("UTC"), frozenset({5, 6}), lambda _: False)
    assert threshold(replace(JUDGING, clock=clock)) == "48 working h"
    assert rule(Verdict.WAITING, replace(JUDGING, clock=clock)) == "asked within the last 48 working h"


@pytest.mark.parametrize(
    ("good", "silent", "sentence"),
    [
        (17, 19, "17 of the 36 people you asked answer within 48 h"),
        (1, 2, "1 of the 3 people you asked answers within 48 h"),
        (0, 2, "None of the 2 people you asked is known to answer within 48 h"),
        (1, 0, "The one person you asked answers within 48 h"),
        (0, 1, "The one person you asked is not known to answer within 48 h"),
        (0, 0, "No connections yet."),
    ],
)
def test_the_headline_is_a_true_sentence(good: int, silent: int, sentence: str) -> None:
    people = [row(n, "A", Verdict.RESPONSIVE) for n in range(good)] + [
        row(n, "B", Verdict.WAITING) for n in range(silent)
    ]
    assert headline(report_of(*people)) == sentence


def test_the_never_asked_are_no_denominator() -> None:
    report = report_of(row(1, "A", Verdict.UNTESTED), row(2, "B", Verdict.RESPONSIVE))
    assert headline(report) == "The one person you asked answers within 48 h"
    assert never_asked(report) == "1 person was not asked in 730 days; that says nothing about that person."
    assert never_asked(report_of()) == ""


def test_the_best_evidence_comes_first() -> None:
    people = [
        row(1, "few", Verdict.RESPONSIVE, asks_of("oo")),
        row(2, "many", Verdict.RESPONSIVE, asks_of("oooooo")),
        row(3, "most", Verdict.RESPONSIVE, asks_of("oooooxo")),
        row(4, "two", Verdict.UNRESPONSIVE, asks_of("xx")),
        row(5, "five", Verdict.UNRESPONSIVE, asks_of("xxxxx")),
        row(6, "long ago", Verdict.UNPROVEN, asks_of("x", every=90 * DAY)),
        row(7, "lately", Verdict.UNPROVEN, asks_of("x", every=9 * DAY)),
        row(8, "never", Verdict.UNPROVEN),
    ]
    order = {
        verdict: [r.connection.name for r in rows] for verdict, rows in groups(people, ranked=True, untested=False)
    }
    assert order == {
        Verdict.RESPONSIVE: ["many", "most", "few"],
        Verdict.UNRESPONSIVE: ["five", "two"],
        Verdict.UNPROVEN: ["lately", "long ago", "never"],
    }


def test_every_reason_has_a_word_that_fits_and_an_explanation() -> None:
    asks = [judged for person in network().rows for judged in person.asks]
    assert {judged.reason for judged in asks} == {None, *Reason}
    assert len(list(legend(asks))) == len(Reason)
    assert all(len(short_reason(reason)) <= 10 for reason in Reason)


def test_one_word_says_why_nothing_counts() -> None:
    words = {why_nothing_counts(person) for person in network().rows if not person.tally.asks + person.tally.waiting}
    assert words == {*(short_reason(reason) for reason in Reason), "heard", "long ago", "no address", ""}
    assert not_counted(row(1, "A", Verdict.UNPROVEN, asks_of("hohh"))) == "3 heard"


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (60, [16, 15, 10, 8, 9, 9]),
        (80, [16, 15, 10, 8, 9, 9]),
        (99, [35, 15, 10, 8, 9, 9]),
        (100, [28, 19, 14, 8, 9, 9]),
        (112, [25, 18, 14, 14, 8, 9, 9]),
        (120, [29, 22, 14, 14, 8, 9, 9]),
        (132, [29, 22, 14, 14, 8, 10, 9, 9]),
        (170, [32, 20, 14, 18, 8, 10, 9, 9, 9, 20]),
        (200, [36, 26, 24, 18, 8, 10, 9, 9, 9, 30]),
    ],
)
def test_columns_fill_the_line_but_for_its_last_cell(width: int, expected: list[int]) -> None:
    widths = [column.width for column in columns(width)]
    assert widths == expected
    assert INDENT + sum(widths) + GAP * (len(widths) - 1) == max(width, 80) - 1


@pytest.mark.parametrize(
    "text", ["中村 さくら", "👩\u200d💻👩\u200d💻👩\u200d💻", "e\u0301" * 30, "محمد الأحمد", "☺️☺️☺️☺️", "N" * 200, ""]
)
@pytest.mark.parametrize("width", [1, 2, 5, 6, 7, 16])
def test_a_cell_has_exactly_its_width(text: str, width: int) -> None:
    assert widest(cell(text, width, signs=UNICODE)) == width
    assert widest(cell(text, width, signs=UNICODE, right=True)) == width


def test_a_cut_never_splits_a_character() -> None:
    assert cut("中村さくら", 6, "…") == "中村…"
    assert cut("e\u0301e\u0301e\u0301", 2, "…") == "e\u0301…"
    assert cut("👩\u200d💻👩\u200d💻", 5, "…") == "👩\u200d💻…"


def test_what_terminals_do_not_agree_on_is_left_out() -> None:
    assert outside("a\u200db\u200dc") == "abc"
    assert outside("👩\u200d💻 Ada") == "👩💻 Ada"
    assert outside("👍🏽 Bo ❤\ufe0f 1\ufe0f\u20e3") == "👍 Bo ❤ 1\u20e3"
    assert outside("\u3164 Bo \uffa0 \u115f") == "Bo"
    assert outside("علی\u200cرضا") == "علی\u200cرضا", "words of Persian need it, and it takes no cell anywhere"


def test_a_line_ends_without_blanks() -> None:
    assert paint([("a ", "bold"), ("  ", ""), ("", "dim")], colour=False) == "a\n"
    assert paint([("a", "bold"), ("  ", "red")], colour=True) == "\x1b[1ma\x1b[0m\n"


@pytest.mark.parametrize("hours", [0.5, 4, 24, 48, 96, 168, 336])
def test_the_axis_has_its_wall_and_names_it(hours: float) -> None:
    axis = Axis(34, hours * HOUR, UNICODE)
    line = "".join(text for text, _ in labels(axis))
    bold = [text for text, style in labels(axis) if style == "bold"]
    assert len(bold) == 1
    assert line.index(bold[0]) <= axis.wall < line.index(bold[0]) + len(bold[0])
    assert axis.position(timedelta(0)) == 0
    assert axis.position(9999 * DAY) == 33
    assert len(line) <= 34


@pytest.mark.parametrize(
    ("outcome", "latency", "drawn"),
    [
        (Outcome.IN_TIME, 0 * HOUR, "●             │      "),
        (Outcome.IN_TIME, 48 * HOUR, "━━━━━━━━━━━━━●│      "),
        (Outcome.IN_TIME, None, "┄┄┄┄┄┄┄┄┄┄┄┄┄┄●      "),
        (Outcome.LATE, 48.1 * HOUR, "━━━━━━━━━━━━━━┿◐     "),
        (Outcome.LATE, 500 * DAY, "━━━━━━━━━━━━━━┿━━━━━◐"),
        (Outcome.OVERDUE, None, "━━━━━━━━━━━━━━┿━━━━━▶"),
        (Outcome.WAITING, None, "━━━━━━━━━━━◌  │      "),
        (Outcome.HEARD, None, "              │      "),
        (Outcome.UNKNOWN, None, "              │      "),
    ],
)
def test_the_wall_parts_answers_in_time_from_later_ones(
    outcome: Outcome, latency: timedelta | None, drawn: str
) -> None:
    judged = asked(outcome, age=30 * DAY, latency=latency)
    assert "".join(text for text, _ in lane(judged, 19 * HOUR, Axis(21, 48 * HOUR, UNICODE))) == drawn


@pytest.mark.parametrize(
    ("in_time", "overdue", "words"),
    [(0, 0, ""), (5, 1, "5 of 6"), (92, 0, "92 of 92"), (99, 1, "99/100"), (990, 9, "990/999")],
)
def test_a_share_of_many_asks_fits_its_column(in_time: int, overdue: int, words: str) -> None:
    person = replace(row(1, "Jane", Verdict.RESPONSIVE), tally=Tally(in_time=in_time, overdue=overdue))
    assert answered(person) == words
    assert len(words) <= 8
