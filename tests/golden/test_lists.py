"""`waiting` and `tune` as people see them, and as programs read them. See `test_table` for how to write them anew."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from tests.golden.sample_lists import nothing_known, tuning, waiting
from tests.golden.sample_reports import AS_OF, JUDGING
from tests.golden.test_table import compare, widest_line
from tracker.domain.clock import WorkingClock
from tracker.domain.coverage import AccountCoverage, Coverage
from tracker.domain.verdict import Verdict
from tracker.errors import UnknownChoice
from tracker.formats import View, tuning_format, waiting_format

if TYPE_CHECKING:
    from tracker.domain.tuning import Tuning
    from tracker.domain.waiting import Waiting


def listed(it: Waiting, view: View) -> str:
    return "".join(waiting_format("table").render_waiting(it, view))


def compared(it: Tuning, view: View) -> str:
    return "".join(tuning_format("table").render_tuning(it, view))


@pytest.mark.parametrize("width", [80, 120])
def test_the_open_asks_look_as_agreed(width: int) -> None:
    compare(f"waiting-{width}", listed(waiting(), View(width=width)))


@pytest.mark.parametrize("width", [80, 120])
def test_the_thresholds_look_as_agreed(width: int) -> None:
    compare(f"tune-{width}", compared(tuning(), View(width=width)))


def test_ascii_colour_and_nothing_look_as_agreed() -> None:
    compare("waiting-80-ascii", listed(waiting(), View(width=80, unicode=False)))
    compare("tune-80-ascii", compared(tuning(), View(width=80, unicode=False)))
    compare("waiting-120-colour", listed(waiting(), View(width=120, colour=True)))
    compare("tune-120-colour", compared(tuning(), View(width=120, colour=True)))
    compare("waiting-none", listed(replace(waiting(), asks=()), View(width=80)))
    compare("tune-nothing-known", compared(nothing_known(), View(width=80)))


@pytest.mark.parametrize("width", [*range(20, 200, 7), 400])
def test_no_line_is_wider_than_the_view(width: int) -> None:
    working = replace(JUDGING, clock=WorkingClock(ZoneInfo("Europe/Berlin"), frozenset({5, 6}), lambda _: False))
    for unicode in (True, False):
        view = View(width=width, unicode=unicode)
        texts = [listed(waiting(), view), compared(tuning(), view), compared(tuning(working), view)]
        assert max(map(widest_line, texts)) < max(width, 80)


def test_nothing_hostile_reaches_the_terminal_or_a_program() -> None:
    document = "".join(waiting_format("json").render_waiting(waiting(), View()))
    for text in (listed(waiting(), View()), document, *map(str, json.loads(document))):
        assert not {char for char in text if ord(char) < 32} - {"\n"}
        assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\x7f\x9b")


@pytest.mark.parametrize("width", [80, 120])
def test_large_numbers_stand_whole_in_a_table_that_still_fits(width: int) -> None:
    first, *others = tuning().levels
    large = replace(first, summary={**first.summary, Verdict.SLOW: 12_345, Verdict.RESPONSIVE: 30_000})
    text = compared(replace(tuning(), levels=(large, *others)), View(width=width))
    assert widest_line(text) < width
    heading, told = (next(line for line in text.splitlines() if word in line) for word in ("threshold", "30,000"))
    assert "12,345" in told
    assert heading.index("slow") + len("slow") == told.index("12,345") + len("12,345"), "right below its heading"


def test_an_odd_threshold_in_force_has_a_line_of_its_own() -> None:
    text = compared(tuning(replace(JUDGING, threshold=timedelta(minutes=90))), View())
    assert re.search(r"^▶ +90 min ", text, re.MULTILINE)
    assert len(re.findall(r"^▶", text, re.MULTILINE)) == 1


def test_what_was_not_read_stands_above_both() -> None:
    unread = Coverage(complete=False, accounts=(AccountCoverage("work", None),))
    for text in (
        listed(replace(waiting(), coverage=unread), View()),
        compared(replace(tuning(), coverage=unread), View()),
    ):
        assert text.startswith("work has not been read completely yet")


def test_open_asks_are_a_list_in_json() -> None:
    told = json.loads("".join(waiting_format("json").render_waiting(waiting(), View())))
    assert told[0] == {
        "id": 1,
        "name": "Ada Okafor",
        "company": "Ember Labs",
        "subject": "Intro to your data team?",
        "channel": "email",
        "asked_at": "2026-11-18T09:30:00Z",
        "due_at": "2026-11-20T09:30:00Z",
        "hours_left": 0.5,
        "message_id": waiting().asks[0].judged.ask.sent[0].message_id,
        "nudges": 1,
    }
    assert [one["hours_left"] for one in told] == [0.5, 8.0, 18.0, 29.0, 44.0, 47.8]
    assert json.loads("".join(waiting_format("json").render_waiting(replace(waiting(), asks=()), View()))) == []


def test_thresholds_are_one_document_in_json() -> None:
    told = json.loads("".join(tuning_format("json").render_tuning(tuning(), View())))
    assert list(told) == ["schema", "as_of", "threshold_hours", "clock", "window_days", "asks", "thresholds"]
    assert told["asks"] == {"answered": 1843, "unanswered": 1290, "left_out": 88}
    levels = told["thresholds"]
    assert [level["threshold_hours"] for level in levels] == [4, 8, 12, 24, 36, 48, 72, 120, 168, 336]
    people = {verdict.value: tuning().levels[1].summary[verdict] for verdict in Verdict}
    shares = {"answered_share": 0.07, "answered_low": 0.063, "answered_high": 0.077}
    assert levels[1] == {"threshold_hours": 8.0, **people, **shares}
    assert (levels[0]["answered_share"], levels[0]["answered_low"]) == (0.0, None)
    assert levels[-1]["answered_share"] is None
    assert told["as_of"] == f"{AS_OF:%Y-%m-%dT%H:%M:%SZ}"


def test_formats_that_cannot_tell_them_are_refused() -> None:
    for choose, able in ((waiting_format, "json, table"), (tuning_format, "html, json, table")):
        with pytest.raises(UnknownChoice) as caught:
            choose("csv")
        assert caught.value.hint == f"choose one of: {able}"
