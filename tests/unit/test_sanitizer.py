"""Text from outside is harmless once it passed the sanitizer, and otherwise unchanged."""

from __future__ import annotations

import pytest

from tracker.sanitizer import csv_cell, indented, one_line, storable


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("\x1b]0;title\x07", "]0;title"),
        ("\x9b31m", "31m"),
        ("gnp.\u202eexe\u202c", "gnp.exe"),
        ("a\u2066b\u2069\u200e\u200f\u061c", "ab"),
        ("pay\u200bpal\ufeff", "paypal"),
        ("one\ntwo\r\n\tthree", "one two three"),
        ("one\u2028two\u2029", "onetwo"),
        ("bell\x07 back\x08 null\x00 delete\x7f", "bell back null delete"),
        ("\ud800lone", "lone"),
        ("\ue000private\U000e0041tag", "privatetag"),
        ("  much   room  ", "much room"),
        ("", ""),
    ],
)
def test_what_could_do_harm_is_gone(hostile: str, harmless: str) -> None:
    assert one_line(hostile) == harmless


@pytest.mark.parametrize(
    "text",
    [
        "Zoë Dubois",
        "中村 さくら",
        "محمد الأحمد",
        "נועה לוי",
        "Нина",
        "अनन्या शर्मा",
        "สมชาย",
        "김민준",
        "👩\u200d💻",
        "می\u200cخواهم",
        "e\u0301",
    ],
)
def test_names_of_any_script_stay_as_they_are(text: str) -> None:
    assert one_line(text) == text


def test_cleaning_twice_changes_nothing() -> None:
    text = "\x1b[1m \u202eA\u200b  \n B\x00\t"
    assert one_line(one_line(text)) == one_line(text)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\u200b=1", " =1", "\r=cmd|' /C calc'!A0"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert csv_cell(text).startswith("'")


def test_an_ordinary_cell_is_left_alone() -> None:
    assert csv_cell("Jane = Doe") == "Jane = Doe"


def test_databases_get_neither_nul_nor_half_characters() -> None:
    assert storable("a\0b") == "ab"
    assert storable("é\0\ud800") == "é?"


def test_a_line_keeps_the_blanks_in_front_of_it() -> None:
    assert indented("    raise\tOdd(\x1b[31m)  \n") == "    raise Odd([31m)"
    assert indented("\t  text") == "   text", "a tab is as wide as the terminal likes"
    assert indented("  ") == "  "
