"""The page's text: what it forbids itself, what its pictures count, and what its data holds."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from tests.golden.sample_lists import nothing_known, tuning
from tests.golden.sample_reports import AS_OF, JUDGING, asks_of, network, overview_of, report_of, row
from tests.page.crowd import crowd
from tests.page.writing import harmful, page
from tracker.domain.coverage import AccountCoverage, Coverage
from tracker.domain.verdict import Verdict
from tracker.formats import View, tuning_format
from tracker.formats._page._people import PROFILE, data_of, people_of, slug_of
from tracker.formats._page._plots import by_quarter, plots, reply_times, share_by_time
from tracker.formats._page._shapes import BOTTOM, TOP, Plot, ceiling
from tracker.formats._words import headline


def data_in(text: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    return dict(json.loads(found[1]))


def test_the_page_forbids_itself_all_but_its_own_style_and_script() -> None:
    text = page(overview_of(network()))
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    assert policy is not None
    inline = {tag: re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL) for tag in ("style", "script")}
    hashes = {
        tag: base64.b64encode(hashlib.sha256(contents[0].encode()).digest()).decode()
        for tag, contents in inline.items()
        if len(contents) == 1
    }
    assert unescape(policy[1]) == (
        f"default-src 'none'; style-src 'sha256-{hashes['style']}'; script-src 'sha256-{hashes['script']}'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    assert text.index("Content-Security-Policy") < text.index("<style>")
    assert not re.search(r"\son\w+=|\sstyle=|innerHTML|localStorage|document\.cookie", re.sub(r'"[^"]*"', '""', text))


def test_the_data_can_neither_end_its_element_nor_a_line() -> None:
    text = page(overview_of(harmful()))
    raw = text.partition('id="data">')[2].partition("</script>")[0]
    assert not set(raw) & set("<>&\u2028\u2029")
    listed = [one[0] for one in data_in(text)["people"]]
    assert "</script><script>window.harmed = 1</script>" in listed
    assert len(listed) == len(harmful().rows)


def test_the_data_holds_everyone_once_with_the_words_of_the_table() -> None:
    report = network()
    data = data_in(page(overview_of(report)))
    assert len(data["people"]) == len(report.rows)
    arabic = next(one for one in data["people"] if one[0] == "محمد الأحمد")
    _name, slug, company, position, verdict, signs, answered, usually, last = arabic
    assert (slug, data["companies"][company], data["positions"][position]) == (
        "person20",
        "شركة النور",
        "Data Scientist",
    )
    assert data["verdicts"][verdict] == ["slow", "~"]
    assert (signs, data["answered"][answered]) == ("o~x~~~~", "6 of 7")
    assert (data["usually"][usually], data["last"][last]) == ("6 days", "5 wk ago")
    assert next(one for one in data["people"] if one[0] == "Karim Castellanos")[5] == "=heard"


def test_shared_words_stand_in_the_order_in_which_a_column_sorts() -> None:
    made = crowd(300).report
    data = json.loads(data_of(people_of(made, ranked=True), made))
    rates = [float(words.partition(" of ")[0]) / float(words.partition(" of ")[2]) for words in data["answered"][1:]]
    assert rates == sorted(rates, reverse=True)
    assert data["usually"][0] == data["last"][0] == ""
    assert data["last"][1].endswith(("h ago", "d ago"))
    assert data["last"][-1].endswith("mo ago")
    assert data["usually"][-1].endswith(("days", "left"))


def test_signs_beyond_what_a_cell_holds_are_a_number() -> None:
    report = report_of(row(1, "Ann", Verdict.RESPONSIVE, asks_of("x" * 6 + "o" * 24, every=timedelta(days=7))))
    text = page(overview_of(report))
    assert data_in(text)["people"][0][5] == "+6 " + "o" * 24
    assert 'aria-label="6 earlier, then 24 within 48 h"' in text


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        (f"{PROFILE}janedoe", "janedoe"),
        (f"{PROFILE}j%C3%A9r%C3%B4me/", "jérôme"),
        (f"{PROFILE}a%2F..%2Fb", "a/../b"),
        (f"{PROFILE}..", ""),
        (f"{PROFILE}x?trk=1", ""),
        (f"{PROFILE}a%0Ab", ""),
        ("javascript:alert(1)", ""),
        ("https://www.linkedin.com.evil.example/in/x", ""),
        (None, ""),
    ],
)
def test_only_profiles_of_linkedin_are_linked(url: str | None, slug: str) -> None:
    assert slug_of(url) == slug


def test_the_pictures_count_what_the_report_counts() -> None:
    it = crowd(800)
    tallies = [one.tally for one in it.report.rows]
    times, shares, quarters = plots(it.rhythm, JUDGING)
    numbers = {name: int(number.replace(",", "")) for name, number in times.numbers}
    assert numbers["no answer"] == sum(one.overdue for one in tallies)
    assert sum(numbers.values()) == sum(one.asks for one in tallies)
    columns = list(zip(*(map(int, cells[1:]) for cells in quarters.numbers), strict=True))
    assert [sum(column) for column in columns] == [
        sum(part) for part in zip(*((one.in_time, one.late, one.overdue) for one in tallies), strict=True)
    ]
    within = {cells[0]: cells[1] for cells in shares.numbers}["48 h"]
    assert shares.finding.startswith(within.replace(" ", "\u00a0"))


def test_every_bar_stands_on_the_axis_and_below_the_top() -> None:
    it = crowd(800)
    for plot in plots(it.rhythm, JUDGING):
        for attributes in (dict(shape.attributes) for shape in plot.shapes if shape.name == "rect"):
            assert float(attributes["height"]) > 0 or plot.key == "times"
            assert float(attributes["y"]) >= TOP - 0.1
            assert float(attributes["y"]) + float(attributes["height"]) <= BOTTOM + 0.1


def test_a_plot_tells_its_finding_in_words() -> None:
    it = crowd(800)
    short = replace(JUDGING, threshold=timedelta(days=14))
    found = [
        reply_times(it.rhythm, JUDGING).finding,
        share_by_time(it.rhythm.curve, JUDGING, it.rhythm.sampled).finding,
        share_by_time(it.rhythm.curve, short, it.rhythm.sampled).finding,
        by_quarter(it.rhythm.quarters, JUDGING).finding,
        by_quarter(it.rhythm.quarters[-1:], JUDGING).finding,
    ]
    patterns = [
        r"Half of the answers come within \d+ h",
        r"\d+ % of asks are answered within 48 h, \d+ % within two weeks",
        r"\d+ % of asks are answered within 14 days",
        r"\d+ % of asks answered within 48 h in the last 4 quarters, \d+ % before",
        r"\d+ % of asks answered within 48 h in the last quarter",
    ]
    for text, pattern in zip(found, patterns, strict=True):
        assert re.fullmatch(pattern.replace(" %", "\u00a0%"), text), text


@pytest.mark.parametrize(
    ("highest", "axis"), [(0, (1, 1)), (3, (3, 1)), (7, (8, 2)), (103, (150, 50)), (1999, (2000, 500))]
)
def test_an_axis_ends_at_a_round_number(highest: int, axis: tuple[int, int]) -> None:
    assert ceiling(highest) == axis


def test_the_words_above_and_below_are_those_of_the_terminal() -> None:
    stale = Coverage(complete=False, accounts=(AccountCoverage("<work>", None),))
    text = page(overview_of(report_of(*network().rows, coverage=stale)))
    assert "&lt;work&gt; has not been read completely yet; nobody is judged unresponsive until it is." in text
    assert text.index('class="doubt"') < text.index("<h1>")
    assert f"<h1>{headline(network())}</h1>" in text
    assert "not about a person." in text
    assert "<p>3 people were not asked in 730 days; that says nothing about them.</p>" in text
    chosen = replace(overview_of(network()), report=replace(network(), rows=network().rows[:3]))
    assert f"Listed are the 3 of {len(network().rows)} people that were chosen" in page(chosen)


def test_before_there_is_anyone_the_page_says_how_to_begin() -> None:
    text = page(overview_of(report_of()))
    assert "<h1>No connections yet.</h1>" in text
    assert "tracker import Connections.csv" in text
    assert "<script" not in text
    assert "script-src 'none';" in unescape(text)


def test_the_thresholds_have_a_page_without_script() -> None:
    render = tuning_format("html").render_tuning
    text = "".join(render(tuning(), View(now=AS_OF)))
    assert "<script" not in text
    assert len(re.findall(r"<tr", text.partition('class="levels"')[2])) == 1 + len(tuning().levels)
    assert text.count('class="own"') == 1
    nothing = "".join(render(nothing_known(), View(now=AS_OF)))
    assert "is not known yet" in nothing
    assert "<figure" not in nothing


def test_a_plot_has_a_table_of_its_numbers() -> None:
    text = page(crowd(200))
    for plot in re.findall(r"<figure.*?</figure>", text, re.DOTALL):
        assert re.search(r'<svg viewBox="[\d ]+" role="img" aria-labelledby="(\w+)-title \1-about">\n<title', plot)
        assert plot.count("<tr>") > 5
    assert isinstance(plots(crowd(200).rhythm, JUDGING)[0], Plot)
