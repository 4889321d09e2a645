"""The table in a real terminal: each column begins in the same cell on every line, and no line wraps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.golden.sample_reports import asks_of, network, report_of, row
from tests.golden.terminal import terminal
from tests.golden.widths import drawn_by_graphemes
from tracker.domain.verdict import Verdict
from tracker.formats import View, report_format
from tracker.formats._columns import GAP, INDENT, columns, person_line
from tracker.formats._lines import ASCII, UNICODE

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.domain.report import Report

SCRIPTS = (
    ("Latin", "Zoë Šťastná-Ørsted"),
    ("Greek", "Ελένη Παπαδοπούλου"),
    ("Cyrillic", "Нина Петрова"),
    ("Armenian", "Հայկ Պետրոսյան"),
    ("Georgian", "ქეთევან ბერიძე"),
    ("Hebrew", "נועה לוי"),
    ("Arabic", "محمد الأحمد"),
    ("Persian", "علی‌رضا میرزایی"),
    ("Devanagari", "अनन्या शर्मा"),
    ("Bengali", "শ্রী রবীন্দ্রনাথ"),
    ("Tamil", "தமிழ் செல்வன்"),
    ("Malayalam", "മലയാളം"),
    ("Thai", "สมชาย ใจดี"),
    ("Burmese", "အောင်ဆန်း"),
    ("Khmer", "ខ្មែរ សុខា"),
    ("Tibetan", "བསྟན་འཛིན"),
    ("Ethiopic", "ትግርኛ አበበ"),
    ("Han and Kana", "中村 さくら"),
    ("Hangul", "김민준"),
    ("Hangul in parts", "\u1112\u1161\u11ab\u1100\u1173\u11af"),
    ("half width", "ｱﾆﾒ Ａｎｎ"),
    ("beyond the first plane", "𠮷野家 𝒜nna"),
    ("marks upon marks", "e\u0302\u0303\u0323\u0330 Zalgo"),
    ("emoji", "Ivo 🚀 Varga"),
    ("joined emoji", "👩\u200d💻 Ada 👨\u200d👩\u200d👧"),
    ("emoji with a skin", "👍🏽 Bo 🧑🏿\u200d🚀"),
    ("emoji by selector", "❤\ufe0f Ann ☎\ufe0e"),
    ("keycap", "1\ufe0f\u20e3 One"),
    ("flag", "🇩🇪 Max 🏴\u200d☠\ufe0f"),
    ("letters that show nothing", "\u3164 \u115f\u1160\uffa0x"),
)


def people() -> Report:
    """Somebody of each script, with a company and a position in the same."""
    signs = ("oooooooooxooo~o", "o~x", "xx", "h", ".")
    return report_of(
        *(
            row(number, name, Verdict.RESPONSIVE, asks_of(signs[number % 5]), company=name, position=name)
            for number, (_, name) in enumerate(SCRIPTS)
        )
    )


def prefixes(report: Report, width: int, *, unicode: bool) -> tuple[list[str], list[int]]:
    """What stands before each column but the first on each line, and the cells that it should take."""
    signs, chosen = UNICODE if unicode else ASCII, columns(width)
    texts: list[str] = []
    cells: list[int] = []
    for one in report.rows:
        start = INDENT
        for number, column in enumerate(chosen[:-1], start=1):
            before = person_line(one, report, chosen[:number], signs)
            texts.append("".join(piece for piece, _ in before) + " " * GAP)
            start += column.width + GAP
            cells.append(start)
    return texts, cells


@pytest.mark.parametrize("width", [80, 100, 112, 120, 132, 170])
def test_every_column_begins_in_the_same_cell_on_each_line(tmp_path: Path, width: int) -> None:
    screen = terminal(tmp_path, width)
    for report in (people(), network()):
        for unicode in (True, False):
            texts, cells = prefixes(report, width, unicode=unicode)
            found = screen.cells_before(texts)
            assert len(found) > 4 * len(report.rows)
            wrong = [
                (text, is_, should) for text, is_, should in zip(texts, found, cells, strict=True) if is_ != should
            ]
            assert not wrong


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("colour", [False, True], ids=["plain", "colour"])
def test_what_the_terminal_shows_is_what_was_written_line_by_line(tmp_path: Path, width: int, colour: bool) -> None:
    screen = terminal(tmp_path, width, 160)
    view = View(width=width, colour=colour)
    written = tmp_path / "written"
    for report in (people(), network()):
        written.write_text("".join(report_format("table").render(report, view)), encoding="utf-8")
        plain = "".join(report_format("table").render(report, View(width=width)))
        expected = plain.splitlines()
        assert screen.shows(["cat", str(written)])[: len(expected)] == expected


def test_where_graphemes_are_known_only_vowel_signs_of_indic_scripts_take_less() -> None:
    """A terminal adds these up or does not; nothing that is printed once can stand right in both."""
    for width in (80, 132):
        texts, cells = prefixes(people(), width, unicode=True)
        per_person = len(columns(width)) - 1
        moved = {
            SCRIPTS[number // per_person][0]
            for number, (text, should) in enumerate(zip(texts, cells, strict=True))
            if drawn_by_graphemes(text) != should
        }
        assert moved <= {"Devanagari", "Bengali", "Tamil", "Malayalam", "Burmese", "Khmer"}
