"""Checks as a table: each a name, what has to be right before it, and a function that looks and tells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from tracker.domain.diagnosis import Finding, Grade
from tracker.errors import TrackerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tracker.domain.diagnosis import Fact

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Check(Generic[P]):
    """One thing to look at in a `P`. An error of the program that `look` raises is a fault with its hint."""

    name: str
    look: Callable[[P], Finding]
    needs: tuple[str, ...] = ()


def run(checks: Sequence[Check[P]], patient: P, account: str = "") -> Iterator[Finding]:
    """What each check finds, in order; a check whose needs were not met is not made."""
    held_up: set[str] = set()
    for check in checks:
        missing = [name for name in check.needs if name in held_up]
        finding = unchecked(f"not checked, because of {missing[0]}") if missing else _looked(check, patient)
        if finding.grade in {Grade.FAIL, Grade.UNCHECKED}:
            held_up.add(check.name)
        yield replace(finding, check=check.name, account=account)


def _looked(check: Check[P], patient: P) -> Finding:
    try:
        return check.look(patient)
    except TrackerError as error:
        return fail(error.message, error.hint)


def ok(words: str, **facts: Fact) -> Finding:
    """All is well."""
    return Finding(Grade.OK, words, facts=facts)


def warn(words: str, remedy: str, **facts: Fact) -> Finding:
    """It works, but not for long, or not as well as it could."""
    return Finding(Grade.WARN, words, remedy, facts)


def fail(words: str, remedy: str, **facts: Fact) -> Finding:
    """It does not work."""
    return Finding(Grade.FAIL, words, remedy, facts)


def unchecked(words: str) -> Finding:
    """There is nothing to look at."""
    return Finding(Grade.UNCHECKED, words)
