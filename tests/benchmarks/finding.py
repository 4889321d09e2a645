"""What a benchmark found: a row of the table of targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Finding:
    """One figure beside its target, and beside a reference of the same run if the target is a ratio.

    `met` is None where there is no target.
    """

    what: str
    target: str
    figure: str
    reference: str = ""
    ratio: float | None = None
    met: bool | None = None


def at_least(what: str, *, target: float, rates: tuple[float, float], unit: str) -> Finding:
    """A rate that must be at least so large a part of the reference's; `rates` holds both, ours first."""
    ours, theirs = rates
    ratio = ours / theirs
    return Finding(
        what, f"≥ {target:g} × reference", f"{ours:,.0f} {unit}", f"{theirs:,.0f} {unit}", ratio, met=ratio >= target
    )


def at_most(what: str, *, target: float, seconds: tuple[float, float]) -> Finding:
    """A time that may be at most so many times the reference's; `seconds` holds both, ours first."""
    ours, theirs = seconds
    ratio = ours / theirs
    return Finding(what, f"≤ {target:g} × reference", clock(ours), clock(theirs), ratio, met=ratio <= target)


def clock(seconds: float) -> str:
    """A duration with a unit that suits it."""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def table(findings: Sequence[Finding]) -> str:
    """All of them in Markdown."""
    head = "| what | target | figure | reference | ratio | met |\n|---|---|---:|---:|---:|---|\n"
    return head + "".join(_row(finding) for finding in findings)


def _row(finding: Finding) -> str:
    ratio = "" if finding.ratio is None else f"{finding.ratio:.2f}"
    met = "" if finding.met is None else "yes" if finding.met else "**no**"
    return f"| {finding.what} | {finding.target} | {finding.figure} | {finding.reference} | {ratio} | {met} |\n"
