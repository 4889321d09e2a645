"""Markdown is complete, and nothing from outside is markup in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.golden.sample_reports import AS_OF, network, report_of
from tracker.domain.coverage import AccountCoverage, Coverage
from tracker.formats import View, report_format
from tracker.formats.markdown import escape

MARKDOWN = report_format("markdown")


def test_it_opens_with_the_answer_and_counts_everyone() -> None:
    lines = "".join(MARKDOWN.render(network(), View())).splitlines()
    asked = sum(row.verdict != "untested" for row in network().rows)
    assert lines[0] == f"# 12 of the {asked} people you asked answer within 48 h"
    assert lines[2] == (
        "As of 20 Nov 2026 09:00 UTC. Mail read: 80,056 messages, 2 unreadable. Asks of the last 730 days."
    )
    assert "| unresponsive | 3 | fewer than half answered, and asked often enough to say so |" in lines


def test_everyone_is_in_a_table_by_verdict() -> None:
    text = "".join(MARKDOWN.render(network(), View()))
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == [
        "## Responsive: 12",
        "## Slow: 3",
        "## Unresponsive: 3",
        f"## Unproven: {sum(row.verdict == 'unproven' for row in network().rows)}",
        "## Waiting: 1",
        "## Unreachable: 1",
        "## Untested: 3",
    ]
    people = text.partition("## ")[2].count("\n| ") - 2 * len(headings)
    assert people == len(network().rows)


def test_each_line_of_a_table_has_as_many_cells_as_its_heading() -> None:
    text = "".join(MARKDOWN.render(network(), View())).partition("## ")[2]
    cells = {line.replace(r"\|", "").count("|") for line in text.splitlines() if line.startswith("|")}
    assert cells == {8}


def test_doubts_come_before_the_tables() -> None:
    coverage = Coverage(complete=False, accounts=(AccountCoverage("a*b", None), AccountCoverage("c", AS_OF)))
    text = "".join(MARKDOWN.render(replace(network(), coverage=coverage), View(now=AS_OF + timedelta(days=2))))
    assert text.index(r"**a\*b has not been read") < text.index("**c was last read 20 Nov") < text.index("| Verdict")


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("| # *x* | [a](b)", r"\| \# \*x\* \| \[a\]\(b\)"),
        ("<script>alert(1)</script>", r"\<script\>alert\(1\)\</script\>"),
        ("a `b` ~c~ &amp; ![d](e)", r"a \`b\` \~c\~ \&amp; \!\[d\]\(e\)"),
        ("https://x.example @me #1", r"https\://x.example \@me \#1"),
        ("www.x.example", r"www\.x.example"),
        ("back\\slash", r"back\\slash"),
        ("- no list", r"\- no list"),
        ("1. no list", r"1\. no list"),
        ("two\nlines | x", r"two lines \| x"),
        ("Zoë O'Neil-Smith, Jr.", "Zoë O'Neil-Smith, Jr."),
    ],
)
def test_text_from_outside_is_never_markup(text: str, escaped: str) -> None:
    assert escape(text) == escaped


def test_an_empty_report_is_no_error() -> None:
    assert "".join(MARKDOWN.render(report_of(), View())).startswith("# No connections yet\n")
