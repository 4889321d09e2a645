"""What the doctor found, in a terminal and as fields."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker.domain.diagnosis import Grade
from tracker.formats._fields import Fields, stamp
from tracker.formats._lines import ASCII, UNICODE, Line, cell, headed, outside, sentences
from tracker.formats._words import count, moment_words
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.domain.diagnosis import Diagnosis, Fact, Finding
    from tracker.formats import View
    from tracker.formats._lines import Signs

SCHEMA = 1

_NARROWEST = 80
_NAME = 13
_INDENT = 4 + _NAME + 1

_STYLE = {Grade.OK: "green", Grade.WARN: "yellow", Grade.FAIL: "bold red", Grade.UNCHECKED: "dim"}
_UNICODE_SIGNS = {Grade.OK: "✓", Grade.WARN: "!", Grade.FAIL: "✗", Grade.UNCHECKED: "·"}
_ASCII_SIGNS = {Grade.OK: "+", Grade.WARN: "!", Grade.FAIL: "x", Grade.UNCHECKED: "-"}

_LOCAL_PART = re.compile(r"[^\s@<>\"'(),;:=\[\]/]+@(?=[\w\[-])")
"""What stands before the @ of an address. Its domain stays: without the provider a report helps nobody."""


def diagnosis_lines(diagnosis: Diagnosis, view: View) -> Iterator[Line]:
    """The answer, then the machine, then account by account; no line wider than the view or 80 cells."""
    signs, width = UNICODE if view.unicode else ASCII, max(view.width, _NARROWEST) - 1
    yield from headed(_headline(diagnosis), moment_words(diagnosis.at, view.zone), width)
    yield []
    yield [("this machine", "bold"), (f"  {diagnosis.system}, tracker {diagnosis.version}", "dim")]
    yield from _findings(diagnosis, "", width, signs)
    for patient in diagnosis.patients:
        yield []
        yield [(outside(patient.name), "bold"), (f"  {outside(patient.words)}", "dim")]
        yield from _findings(diagnosis, patient.name, width, signs)


def _headline(diagnosis: Diagnosis) -> str:
    broken, doubtful = diagnosis.count(Grade.FAIL), diagnosis.count(Grade.WARN)
    attention = f"{count(doubtful, 'thing', 'things')} to look at" if doubtful else ""
    if broken:
        words = f"{count(broken, 'thing is', 'things are')} broken"
        return f"{words}, {attention}." if doubtful else f"{words}."
    return f"Nothing is broken; {attention}." if doubtful else "Everything works."


def _findings(diagnosis: Diagnosis, account: str, width: int, signs: Signs) -> Iterator[Line]:
    for finding in diagnosis.findings:
        if finding.account == account:
            yield from _finding(finding, width, signs)


def _finding(finding: Finding, width: int, signs: Signs) -> Iterator[Line]:
    sign = (_UNICODE_SIGNS if signs is UNICODE else _ASCII_SIGNS)[finding.grade]
    is_quiet = finding.grade is Grade.UNCHECKED
    head: Line = [
        (f"  {sign} ", _STYLE[finding.grade]),
        (f"{cell(finding.check, _NAME, signs=signs)} ", "dim" if is_quiet else ""),
    ]
    for line in sentences([outside(finding.words)], width - _INDENT, "dim" if is_quiet else "", signs):
        yield [*head, *line]
        head = [(" " * _INDENT, "")]
    if finding.remedy:
        for line in sentences([outside(finding.remedy), outside(finding.aside)], width - _INDENT, "cyan", signs):
            yield [(" " * _INDENT, ""), *line]


def diagnosis_fields(diagnosis: Diagnosis) -> Fields:
    """The same as plain values. Local parts of addresses, users and the home's path are masked; hosts are told."""
    return {
        "schema": SCHEMA,
        "at": stamp(diagnosis.at),
        "version": diagnosis.version,
        "system": diagnosis.system,
        "is_broken": diagnosis.is_broken,
        "summary": {grade.value: diagnosis.count(grade) for grade in Grade},
        "findings": [_fields(finding, diagnosis) for finding in diagnosis.findings],
    }


def _fields(finding: Finding, diagnosis: Diagnosis) -> Fields:
    return {
        "account": _masked(finding.account, diagnosis) or None,
        "check": finding.check,
        "grade": finding.grade.value,
        "words": _masked(finding.words, diagnosis),
        "remedy": _masked(finding.remedy, diagnosis),
        "facts": {name: _masked_fact(fact, diagnosis) for name, fact in finding.facts.items()},
    }


def _masked_fact(fact: Fact, diagnosis: Diagnosis) -> Fact:
    if isinstance(fact, list):
        return [_masked(one, diagnosis) for one in fact]
    return _masked(fact, diagnosis) if isinstance(fact, str) else fact


def _masked(text: str, diagnosis: Diagnosis) -> str:
    text = _LOCAL_PART.sub("USER@", one_line(text))
    for word, mask in diagnosis.masked:
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", mask, text)
    return text
