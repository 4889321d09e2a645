"""The table as people see it, line by line, at the widths that the layout knows.

The expected text lies in `table/` beside this file. After a change that is meant, write it anew with
``UPDATE_GOLDEN=1 pytest tests/golden`` and read the difference before committing it.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.golden.sample_reports import AS_OF, COVERAGE, JUDGING, asks_of, network, report_of, row, story
from tests.golden.widths import widest
from tracker.domain.clock import WorkingClock
from tracker.domain.coverage import AccountCoverage, Coverage
from tracker.domain.message import AddrSpec
from tracker.domain.report import Reciprocity, Report, Selection, Sort, Story, select
from tracker.domain.verdict import Verdict
from tracker.formats import View, report_format, story_format

TABLE = report_format("table")
WIDTHS = (80, 100, 112, 120, 132, 170)
_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def compare(name: str, text: str) -> None:
    path = Path(__file__).parent / "table" / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    assert text == path.read_bytes().decode("utf-8")


def told(report: Report, view: View) -> str:
    return "".join(TABLE.render(report, view))


def told_story(it: Story, view: View) -> str:
    return "".join(story_format("table").render_story(it, view))


def widest_line(text: str) -> int:
    return max(widest(_ESCAPE.sub("", line)) for line in text.splitlines())


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("unicode", [True, False], ids=["unicode", "ascii"])
def test_the_report_looks_as_agreed(width: int, unicode: bool) -> None:
    text = told(network(), View(width=width, unicode=unicode, per_group=10))
    assert widest_line(text) < width
    compare(f"report-{width}-{'unicode' if unicode else 'ascii'}", text)


@pytest.mark.parametrize("width", [80, 112, 120, 132, 170])
@pytest.mark.parametrize("unicode", [True, False], ids=["unicode", "ascii"])
def test_the_report_in_colour_says_the_same(width: int, unicode: bool) -> None:
    text = told(network(), View(width=width, colour=True, unicode=unicode, per_group=10))
    compare(f"report-{width}-{'unicode' if unicode else 'ascii'}-colour", text)
    assert _ESCAPE.sub("", text) == told(network(), View(width=width, unicode=unicode, per_group=10))


def test_colours_are_the_sixteen_and_never_a_background() -> None:
    text = told(network(), View(colour=True)) + told_story(story(), View(colour=True))
    codes = {code for escape in _ESCAPE.findall(text) for code in escape[2:-1].split(";")}
    assert {"31", "32", "33", "36", "1", "2", "3"} <= codes <= {"0", "1", "2", "3", *map(str, range(30, 38))}


@pytest.mark.parametrize("width", [*range(20, 200, 3), 400])
def test_no_line_is_wider_than_the_view(width: int) -> None:
    for unicode in (True, False):
        view = View(width=width, unicode=unicode, chosen=True)
        for text in (told(network(), view), told_story(story(), view), told(_doubtful(), view)):
            assert widest_line(text) < max(width, 80)


def test_every_column_starts_in_the_same_cell_on_each_line() -> None:
    lines = told(network(), View(width=120)).splitlines()
    people = [line for line in lines if line.startswith("  ") and line.endswith("ago")]
    assert len(people) > 25
    assert {widest(line) for line in people} == {119}, "some terminal would set a column elsewhere"


def test_an_arabic_name_stays_in_its_cell() -> None:
    line = next(line for line in told(network(), View(width=120)).splitlines() if "محمد" in line)
    assert line.startswith("  \u2068محمد الأحمد\u2069  ")
    assert "\u2068شركة النور\u2069  " in line
    assert "\u2068" not in told(network(), View(width=120, unicode=False))


def test_nothing_hostile_reaches_the_terminal() -> None:
    for text in (told(network(), View(chosen=True)), told_story(story(), View())):
        assert not {char for char in text if ord(char) < 32} - {"\n"}
        assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\x7f\x9b")


def test_without_unicode_every_sign_is_ascii() -> None:
    plain = report_of(
        row(1, "Ann", Verdict.RESPONSIVE, asks_of("oo~xxh")), row(2, "Bob", Verdict.WAITING, asks_of("."))
    )
    assert told(plain, View(unicode=False, per_group=0)).isascii()
    assert told(plain, View(unicode=False, width=200)).isascii()


def test_no_connections_say_how_to_import_them() -> None:
    compare("report-empty", told(report_of(), View(width=80)))


def test_nobody_asked_is_no_judgement_of_anyone() -> None:
    report = report_of(*(person for person in network().rows if person.verdict is Verdict.UNTESTED))
    compare("report-nobody-asked", told(report, View(width=80, per_group=2)))


def _doubtful() -> Report:
    coverage = Coverage(
        complete=False,
        accounts=(
            AccountCoverage("work", None, 6, 120),
            AccountCoverage("home", AS_OF - timedelta(days=3), 4, 12_000),
            AccountCoverage("an account whose name is longer than any account's name needs to be", AS_OF, 1, 3),
        ),
        messages=1,
    )
    return replace(network(), coverage=coverage)


def test_what_was_not_read_stands_above_the_answer() -> None:
    text = told(_doubtful(), View(width=80, per_group=1))
    compare("report-incomplete", text)
    first = told(_doubtful(), View(width=100)).partition("\n")[0]
    assert first == "work has not been read completely yet; nobody is judged unresponsive until it is."


def test_a_mailbox_that_lags_behind_is_named() -> None:
    home = replace(COVERAGE.accounts[1], synced_at=AS_OF - timedelta(days=3))
    behind = replace(network(), as_of=AS_OF - timedelta(days=3))
    lagging = replace(behind, coverage=replace(COVERAGE, accounts=(COVERAGE.accounts[0], home)))
    sentence = "home was last read 17 Nov; nothing after that is judged.\n"
    assert told(lagging, View()).startswith(sentence)
    alone = replace(behind, coverage=replace(COVERAGE, accounts=(home,)))
    assert told(alone, View(now=AS_OF)).startswith(sentence)
    assert "last read" not in told(alone, View())


def test_rules_carry_the_numbers_of_the_judging() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    clock = WorkingClock(berlin, frozenset({5, 6}), lambda _: False)
    judging = replace(JUDGING, cut=0.6, clock=clock, window=timedelta(days=365))
    text = told(replace(network(), judging=judging), View(width=80, per_group=1, zone=berlin))
    compare("report-working-clock", text)
    assert "at least 60 % of the asks answered within 48 working h" in text
    assert "20 Nov 2026 10:00 CET" in text


def test_untested_people_are_listed_only_when_they_are_asked_for() -> None:
    both = select(network(), Selection(verdicts=frozenset({Verdict.UNTESTED, Verdict.SLOW})))
    assert "UNTESTED" not in told(both, View())
    assert "· UNTESTED 3  not asked in the last 730 days" in told(both, View(chosen=True))
    alone = select(network(), Selection(verdicts=frozenset({Verdict.UNTESTED})))
    assert "UNTESTED 3" in told(alone, View())


def test_a_selection_says_of_how_many() -> None:
    acme = select(network(), Selection(company="acme"))
    assert "✓ RESPONSIVE 1 of 12  at least half" in told(acme, View())
    nobody = select(network(), Selection(company="no such company"))
    assert "No one to list with these options." in told(nobody, View())


def test_the_order_of_the_rows_is_kept_when_it_was_chosen() -> None:
    by_name = select(network(), Selection(sort=Sort.NAME, verdicts=frozenset({Verdict.RESPONSIVE})))
    lines = told(by_name, View(ranked=False)).splitlines()
    start = next(number for number, line in enumerate(lines) if "RESPONSIVE" in line)
    assert [line[2:6] for line in lines[start + 1 : start + 4]] == ["Bart", "Júli", "Mare"]


@pytest.mark.parametrize("width", [80, 100, 120, 170])
def test_a_story_looks_as_agreed(width: int) -> None:
    compare(f"story-{width}", told_story(story(), View(width=width)))


def test_a_story_in_ascii_and_one_in_colour_look_as_agreed() -> None:
    compare("story-80-ascii", told_story(story(), View(width=80, unicode=False)))
    compare("story-120-colour", told_story(story(), View(width=120, colour=True)))


def test_a_story_without_asks_lists_the_addresses() -> None:
    person = row(
        7, "ليلى حداد", Verdict.UNTESTED, company="Acme", addresses=("a@example.net", "b@example.net"), older=1
    )
    compare("story-no-asks", told_story(replace(story(), row=person, reciprocity=None), View(width=80)))


def test_an_address_is_shown_in_its_own_letters_unless_it_may_pass_for_another() -> None:
    own, mixed = "ann@xn--mller-kva.example", "ann@xn--pple-43d.example"
    person = row(7, "Ann", Verdict.UNTESTED, addresses=(AddrSpec(own), AddrSpec(mixed)))
    text = told_story(replace(story(), row=person), View(width=120))
    assert "ann@müller.example" in text
    assert mixed in text


def test_a_story_without_asks_and_addresses_says_why_there_is_nothing() -> None:
    person = row(7, "", Verdict.UNTESTED, addresses=())
    it = Story(AS_OF, JUDGING, COVERAGE, person, Reciprocity(0, 0, None))
    compare("story-no-address", told_story(it, View(width=80)))


def test_the_reader_s_zone_decides_the_day() -> None:
    late = row(1, "Ann", Verdict.RESPONSIVE, asks_of("o"))
    moved = replace(late.asks[0].ask.sent[0], at=datetime(2025, 12, 31, 23, 30, tzinfo=UTC))
    ask = replace(late.asks[0], ask=replace(late.asks[0].ask, sent=(moved,)))
    it = Story(AS_OF, JUDGING, COVERAGE, replace(late, asks=(ask,)))
    assert "\n2025\n31 Dec ●" in told_story(it, View())
    assert "\n2026\n01 Jan ●" in told_story(it, View(zone=ZoneInfo("Europe/Berlin")))
