"""How long answers take when some are still to come: the estimator of Kaplan and Meier, with Greenwood's band.

E. L. Kaplan and P. Meier, "Nonparametric estimation from incomplete observations", 1958. The band is Greenwood's on the
log-log scale (Kalbfleisch and Prentice, 1980), which unlike the plain one never leaves 0 ... 1.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Observation:
    """An ask that was answered after this time, or that had not been until then (censored)."""

    after: timedelta
    answered: bool


@dataclass(frozen=True, slots=True)
class Share:
    """A share of asks answered with its two one-sided bounds; None where nobody answered yet, or everybody did."""

    share: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Curve:
    """The share of asks still without an answer: from each of `times` on the one of `open_shares`.

    spreads   Greenwood's sum for each time: the variance of the logarithm of the share
    observed  the longest time of any observation; beyond it nothing is known
    """

    times: tuple[timedelta, ...]
    open_shares: tuple[float, ...]
    spreads: tuple[float, ...]
    observed: timedelta | None

    def answered_by(self, span: timedelta, *, confidence: float) -> Share | None:
        """The share of asks answered within `span`, each bound at `confidence`; None if no ask was watched so long."""
        place = bisect_right(self.times, span) - 1
        still_open = self.open_shares[place] if place >= 0 else 1.0
        if self.observed is None or (span > self.observed and still_open > 0):
            return None
        if not 0 < still_open < 1:
            return Share(1 - still_open, None, None)
        reach = NormalDist().inv_cdf(confidence) * sqrt(self.spreads[place]) / log(still_open)
        return Share(1 - still_open, 1 - still_open ** exp(reach), 1 - still_open ** exp(-reach))


def kaplan_meier(observations: Iterable[Observation]) -> Curve:
    """The curve of these observations. What is answered at a time comes before what is censored at the same time."""
    listed = list(observations)
    answered = Counter(one.after for one in listed if one.answered)
    ended = Counter(one.after for one in listed)
    at_risk, share, spread = len(listed), 1.0, 0.0
    shares, spreads = [], []
    for moment in sorted(ended):
        events = answered[moment]
        if events:
            share *= 1 - events / at_risk
            spread += events / (at_risk * (at_risk - events)) if events < at_risk else 0.0
            shares.append(share)
            spreads.append(spread)
        at_risk -= ended[moment]
    return Curve(tuple(sorted(answered)), tuple(shares), tuple(spreads), max(ended, default=None))
