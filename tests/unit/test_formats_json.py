"""The JSON document, the JSON lines and the CSV table keep their contract: fields, order, units, nulls."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from tests.golden.sample_reports import AS_OF, JUDGING, asked, asks_of, network, report_of, row, story
from tracker.domain.asks import Channel, Rung
from tracker.domain.clock import WorkingClock
from tracker.domain.coverage import AccountCoverage, Coverage
from tracker.domain.outcome import Outcome
from tracker.domain.verdict import Verdict
from tracker.errors import UnknownChoice
from tracker.formats import View, report_format, story_format

if TYPE_CHECKING:
    from tracker.domain.report import Report

CONNECTION = [
    "id", "name", "company", "position", "profile_url", "connected_on", "addresses", "verdict", "asks", "in_time",
    "late", "overdue", "silences", "waiting", "heard", "excluded", "unknown", "on_time_rate", "reply_rate",
    "reply_rate_low", "reply_rate_high", "median_latency_hours", "last_asked_at", "last_reply_at", "last_heard_at",
]  # fmt: skip
ASK = [
    "asked_at", "subject", "nudges", "channel", "outcome", "reason", "paired_by", "answered_at", "latency_hours",
    "working_latency_hours", "message_id", "reply_message_id", "kind_of_reply",
]  # fmt: skip


def told(name: str, report: Report, view: View | None = None) -> str:
    return "".join(report_format(name).render(report, view or View()))


def document(report: Report, view: View | None = None) -> Any:  # noqa: ANN401 - JSON of any shape
    return json.loads(told("json", report, view))


DOCUMENT = {
    "schema": 1,
    "as_of": "2026-11-20T09:00:00Z",
    "threshold_hours": 48.0,
    "clock": "elapsed",
    "window_days": 730,
    "coverage": {
        "complete": True,
        "accounts": [
            {
                "name": "work",
                "synced_at": "2026-11-20T09:00:00Z",
                "folders": 6,
                "messages": 1234,
                "unreadable": 1,
                "missing": 2,
            }
        ],
    },
    "summary": {
        "connections": 1,
        "responsive": 0,
        "slow": 0,
        "unresponsive": 1,
        "unproven": 0,
        "waiting": 0,
        "untested": 0,
        "unreachable": 0,
    },
    "connections": [
        {
            "id": 17,
            "name": "Jane Doe",
            "company": "Acme",
            "position": "CTO",
            "profile_url": "https://www.linkedin.com/in/person17",
            "connected_on": "2023-06-01",
            "addresses": ["person17@example.net"],
            "verdict": "unresponsive",
            "asks": 4,
            "in_time": 0,
            "late": 0,
            "overdue": 4,
            "silences": 4,
            "waiting": 0,
            "heard": 0,
            "excluded": 0,
            "unknown": 0,
            "on_time_rate": 0.0,
            "reply_rate": 0.0,
            "reply_rate_low": 0.0,
            "reply_rate_high": 0.291,
            "median_latency_hours": None,
            "last_asked_at": "2026-10-11T09:00:00Z",
            "last_reply_at": None,
            "last_heard_at": None,
        }
    ],
}


def test_the_document_is_exactly_the_contract() -> None:
    jane = row(17, "Jane Doe", Verdict.UNRESPONSIVE, asks_of("xxxx"), company="Acme", position="CTO")
    coverage = Coverage(complete=True, accounts=(AccountCoverage("work", AS_OF, 6, 1234, 1, 2),), messages=1200)
    assert document(report_of(jane, coverage=coverage)) == DOCUMENT


def test_the_order_of_the_fields_is_the_contract_s() -> None:
    whole = document(network(), View(asks=True))
    assert list(whole) == [
        "schema", "as_of", "threshold_hours", "clock", "window_days", "coverage", "summary", "connections",
    ]  # fmt: skip
    assert list(whole["summary"]) == [
        "connections", "responsive", "slow", "unresponsive", "unproven", "waiting", "untested", "unreachable",
    ]  # fmt: skip
    assert {tuple(person) for person in whole["connections"]} == {(*CONNECTION, "asks_detail")}
    asks = [ask for person in whole["connections"] for ask in person["asks_detail"]]
    assert len(asks) > 100
    assert {tuple(ask) for ask in asks} == {tuple(ASK)}


def test_a_person_without_evidence_has_nulls() -> None:
    person = document(report_of(row(1, "Ann", Verdict.UNTESTED, addresses=())))["connections"][0]
    unknown = {name for name, content in person.items() if content is None}
    assert unknown == {*CONNECTION[17:]}
    assert person["addresses"] == []


def test_a_connection_stands_on_one_line() -> None:
    lines = told("json", network()).splitlines()
    assert [line[:8] for line in lines if '"name": "' in line and "verdict" in line] == ['  {"id":'] * len(
        network().rows
    )


def test_an_empty_report_is_a_document_too() -> None:
    whole = document(report_of())
    assert (whole["connections"], whole["summary"]["connections"]) == ([], 0)


def test_filters_leave_the_summary_alone() -> None:
    whole = document(replace(network(), rows=network().rows[:2]))
    assert (len(whole["connections"]), whole["summary"]["connections"]) == (2, len(network().rows))


def test_the_working_clock_tells_both_latencies() -> None:
    late = replace(asked(Outcome.LATE, age=timedelta(days=9), latency=timedelta(hours=50)), elapsed=timedelta(hours=98))
    judging = replace(JUDGING, clock=WorkingClock(ZoneInfo("UTC"), frozenset({5, 6}), lambda _: False))
    report = report_of(row(1, "Ann", Verdict.SLOW, (late,)), judging=judging)
    whole = document(report, View(asks=True))
    ask = whole["connections"][0]["asks_detail"][0]
    assert (whole["clock"], ask["latency_hours"], ask["working_latency_hours"]) == ("working", 98.0, 50.0)
    assert (
        document(report_of(*report.rows), View(asks=True))["connections"][0]["asks_detail"][0]["working_latency_hours"]
        is None
    )


def test_an_ask_is_exactly_the_contract() -> None:
    ask = asked(
        Outcome.IN_TIME,
        age=timedelta(days=10),
        latency=timedelta(hours=3, minutes=15),
        subject="Coffee\x1b[1m?",
        channel=Channel.LINKEDIN,
        nudges=1,
        rung=Rung.REFERENCES,
    )
    person = row(1, "Ann", Verdict.RESPONSIVE, (ask,))
    (detail,) = document(report_of(person), View(asks=True))["connections"][0]["asks_detail"]
    assert detail == {
        "asked_at": "2026-11-10T09:00:00Z",
        "subject": "Coffee[1m?",
        "nudges": 1,
        "channel": "linkedin",
        "outcome": "in_time",
        "reason": None,
        "paired_by": "references",
        "answered_at": "2026-11-10T12:15:00Z",
        "latency_hours": 3.25,
        "working_latency_hours": None,
        "message_id": ask.ask.sent[0].message_id,
        "reply_message_id": f"r{ask.ask.sent[0].message_id}".replace("example.org", "example.net"),
        "kind_of_reply": "human",
    }


def test_a_story_is_the_connection_with_its_asks() -> None:
    it = story()
    told_story = json.loads("".join(story_format("json").render_story(it, View())))
    whole = document(report_of(it.row), View(asks=True))["connections"][0]
    assert list(told_story) == [*CONNECTION, "asks_detail", "marks"]
    marks = told_story.pop("marks")
    assert told_story == whole
    assert [mark["kind"] for mark in marks] == ["no_reply_expected", "no_reply_expected", "heard", "keep", "removed"]
    assert marks[0] == {
        "kind": "no_reply_expected",
        "made_at": "2026-11-11T09:00:00Z",
        "note": "",
        "message_id": whole["asks_detail"][0]["message_id"],
        "heard_at": None,
    }
    assert (marks[2]["heard_at"], marks[2]["note"]) == ("2026-09-21T09:00:00Z", "met at the fair")
    assert (marks[1]["message_id"], marks[1]["note"]) == ("gone@example.org", "تهنئة[31m")
    assert {ask["reason"] for ask in told_story["asks_detail"]} >= {None, "away", "gap", "uncertain_sender"}


def test_a_story_without_asks_is_valid_json() -> None:
    bare = replace(story(), row=row(1, "Ann", Verdict.UNTESTED))
    assert json.loads("".join(story_format("json").render_story(bare, View())))["asks_detail"] == []


def test_json_lines_are_the_connections_with_their_moment() -> None:
    lines = [json.loads(line) for line in told("jsonl", network(), View(asks=True)).splitlines()]
    whole = document(network(), View(asks=True))
    assert lines == [{"as_of": whole["as_of"], **person} for person in whole["connections"]]
    assert list(lines[0]) == ["as_of", *CONNECTION, "asks_detail"]


def test_where_only_ascii_can_be_shown_letters_are_escaped() -> None:
    for name in ("json", "jsonl"):
        assert told(name, network(), View(unicode=False)).isascii()
    assert document(network(), View(unicode=False)) == document(network())


def test_csv_has_the_same_columns_and_the_same_content() -> None:
    header, *rows = csv.reader(StringIO(told("csv", network())))
    assert header == CONNECTION
    people = document(network())["connections"]
    assert len(rows) == len(people)
    for cells, person in zip(rows, people, strict=True):
        expected = {**person, "addresses": "; ".join(person["addresses"])}
        texts = ["" if content is None else str(content) for content in expected.values()]
        assert [cell.removeprefix("'") for cell in cells] == texts


def test_no_csv_cell_is_a_formula() -> None:
    person = row(
        1, "=cmd|' /C calc'!A0", Verdict.UNTESTED, company="@SUM(1)", addresses=("+a@example.net", "b@example.net")
    )
    _, cells = csv.reader(StringIO(told("csv", report_of(person))))
    assert [cells[1], cells[2], cells[6]] == ["'=cmd|' /C calc'!A0", "'@SUM(1)", "'+a@example.net; b@example.net"]


@pytest.mark.parametrize("name", ["json", "jsonl", "csv", "markdown"])
def test_nothing_hostile_is_left_in_any_format(name: str) -> None:
    text = told(name, network(), View(asks=True))
    assert not {char for char in text if ord(char) < 32} - {"\n"}
    assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x7f\x9b")


def test_names_stay_exact_apart_from_that() -> None:
    people = {person["name"] for person in document(network())["connections"]}
    assert {"中村 さくら", "محمد الأحمد", "👩\u200d💻 Ada 🚀", "<script>alert(1)</script>", "N" * 200} <= people


def test_only_some_formats_tell_a_story() -> None:
    with pytest.raises(UnknownChoice) as unknown:
        story_format("csv")
    assert unknown.value.hint == "choose one of: json, table"
