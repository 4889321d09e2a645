"""From findings to confidence: weights are added, rivals for one address share it, and what remains is calibrated."""

from __future__ import annotations

from bisect import bisect_right
from math import exp
from operator import itemgetter
from typing import TYPE_CHECKING

from tracker.linking._evidence import Finding, features
from tracker.linking._weights import CALIBRATION, INTERCEPT, WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_FOR_ANOTHERS = 0.4
"""The most for the address of a role, a list or an assistant, whatever the evaluation found: it is nobody's own."""

_FURTHEST = 30.0


def odds(finding: Finding) -> float:
    """How much likelier it is than not that the address is the person's, were there no other person."""
    score = INTERCEPT + sum(WEIGHTS.get(feature, 0.0) for feature in features(finding))
    return exp(max(-_FURTHEST, min(_FURTHEST, score)))


def shares(rivals: Sequence[float]) -> list[float]:
    """The probability that each of these, and not another or nobody of them, owns one address, by their odds."""
    whole = 1 + sum(rivals)
    return [one / whole for one in rivals]


def confidence(share: float, among_people: float, finding: Finding) -> float:
    """What share of candidates like this one were right in the evaluation set.

    `among_people` is the share if the address certainly belongs to one of the people: those of one address never add up
    to more than one.
    """
    _, found = CALIBRATION[bisect_right(CALIBRATION, share, key=itemgetter(0)) - 1]
    found = min(found, among_people)
    return min(found, MOST_FOR_ANOTHERS) if finding.is_somebody_elses else found
