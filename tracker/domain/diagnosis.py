"""What the doctor found: for each check how it stands, in words, with what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    Fact = str | int | float | bool | None | list[str]


class Grade(StrEnum):
    """How it stands. A check is not made if one that it needs has failed, or if there is nothing to look at."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. `facts` are the same as plain values; `remedy` is there for WARN and FAIL.

    `aside` goes with the remedy and is for the user's own eyes: it goes into no report about a bug.
    """

    grade: Grade
    words: str
    remedy: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    check: str = ""
    account: str = ""
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """An account in one line: its name, and what it is."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All findings, those about this machine first, then account by account.

    masked  words of which nothing may leave the machine, with what stands in their place
    """

    at: datetime
    version: str
    system: str
    patients: tuple[Patient, ...]
    findings: tuple[Finding, ...]
    masked: tuple[tuple[str, str], ...] = ()

    def count(self, grade: Grade) -> int:
        """How many findings are of this grade."""
        return sum(finding.grade is grade for finding in self.findings)

    @property
    def is_broken(self) -> bool:
        """Whether anything has to be mended."""
        return self.count(Grade.FAIL) > 0
