"""Fits `tracker/linking/_weights.py` to the training half of the sample worlds: ``python -m tests.linking.fit``.

Weights are those of a logistic regression with a small ridge; what must never help (a common name, a role address) is
kept from weighing more than nothing. Shares are then calibrated by isotonic regression (pool adjacent violators), in
steps of at least `FEWEST` pairs, each worth the share of pairs in it that were right, and none worth more than `MOST`.
What a pair's share is, is told for this by weights that were fitted to the other half of the training worlds.
"""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from math import exp
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from tests.linking.samples import TRAINING, worlds
from tracker.linking._evidence import features
from tracker.linking._pairs import pairs
from tracker.linking._scoring import shares

TARGET = Path(__file__).resolve().parents[2] / "tracker" / "linking" / "_weights.py"
RIDGE = 1.0
FEWEST = 200
MOST = 0.99

NEVER_HELPS = (
    "chance ", "another address bears the name", "several other addresses bear the name", "role", "via", "assistant",
    "company", "mixed", "name:other", "name:family", "address:another", "domain:elsewhere",
)  # fmt: skip
"""How features begin that may only speak against a candidate."""

NEVER_HARMS = "more than one colleague"


@dataclass(frozen=True, slots=True)
class Example:
    """A pair of the training half: what was found, whether it is right, and which address it is about."""

    found: tuple[str, ...]
    is_right: bool
    address: tuple[int, str]


def examples() -> list[Example]:
    """Every plausible pair of the training half."""
    found = []
    for number, drawn in enumerate(worlds(TRAINING)):
        for pair in pairs(drawn.people, drawn.correspondents, book=drawn.book):
            addr = pair.seen.correspondent.addr
            is_right = drawn.truth.get(addr) == pair.person.connection.id
            found.append(Example(tuple(features(pair.finding)), is_right, (number, addr)))
    return found


def fitted(known: list[Example]) -> tuple[float, dict[str, float]]:
    """The intercept, and the weight of every feature."""
    names = sorted({name for one in known for name in one.found})
    column = {name: place for place, name in enumerate(names)}
    table = np.zeros((len(known), len(names) + 1))
    table[:, -1] = 1
    for row, one in enumerate(known):
        table[row, [column[name] for name in one.found]] = 1
    right = np.array([one.is_right for one in known], dtype=float)
    ridge = np.append(np.full(len(names), RIDGE), 0)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = table @ weights
        value = float(np.sum(np.logaddexp(0, scores) - right * scores) + 0.5 * np.sum(ridge * weights**2))
        return value, table.T @ (1 / (1 + np.exp(-scores)) - right) + ridge * weights

    bounds = [bounds_of(name) for name in names] + [(None, None)]
    found = minimize(
        loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2000}
    )
    weights = [round(float(weight), 2) for weight in found.x]
    return weights[-1], dict(zip(names, weights, strict=False))


def bounds_of(name: str) -> tuple[float | None, float | None]:
    """Which weights a feature may have."""
    return (0.0 if name == NEVER_HARMS else None, 0.0 if name.startswith(NEVER_HELPS) else None)


def scored(known: list[Example], intercept: float, weights: dict[str, float]) -> list[tuple[float, bool]]:
    """The share of each pair among the rivals for its address, and whether it is right, by share."""
    rivals: dict[tuple[int, str], list[Example]] = defaultdict(list)
    for one in known:
        rivals[one.address].append(one)
    found = []
    for those in rivals.values():
        odds = [exp(intercept + sum(weights.get(name, 0.0) for name in one.found)) for one in those]
        found += [(share, one.is_right) for share, one in zip(shares(odds), those, strict=True)]
    return sorted(found)


def steps(known: list[tuple[float, bool]]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """From which share on how many were right: never falling, at least `FEWEST` pairs a step."""
    blocks: list[list[float]] = []  # from which share, pairs, right ones
    for start in range(0, len(known), FEWEST):
        part = known[start : start + FEWEST]
        blocks.append([part[0][0], len(part), sum(is_right for _, is_right in part)])
        while len(blocks) > 1 and blocks[-2][2] * blocks[-1][1] >= blocks[-1][2] * blocks[-2][1]:
            _, count, right = blocks.pop()
            blocks[-1][1] += count
            blocks[-1][2] += right
    thresholds = [0.0, *(round(block[0], 4) for block in blocks[1:])]
    return tuple(thresholds), tuple(round(min(MOST, block[2] / block[1]), 3) for block in blocks)


def written(intercept: float, weights: dict[str, float], table: tuple[tuple[float, ...], tuple[float, ...]]) -> str:
    """The module that holds them."""
    lines = [
        '"""What each finding weighs, and what a share is worth; written by ``python -m tests.linking.fit``.',
        "",
        f"Fitted to {len(TRAINING)} sample worlds with {sum(size for _, size in TRAINING):,} connections.",
        "A weight adds to the logarithm of the odds; from each share on, a candidate has the confidence beside it.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        f"INTERCEPT = {intercept}",
        "WEIGHTS = {",
        *(f'    "{name}": {weight},' for name, weight in sorted(weights.items())),
        "}",
        "",
        "CALIBRATION = (",
        *(f"    ({share}, {confidence})," for share, confidence in zip(*table, strict=True)),
        ")",
    ]
    return "\n".join(lines) + "\n"


def cross_scored(known: list[Example]) -> list[tuple[float, bool]]:
    """Each half of the examples, scored by the weights of the other half."""
    halves = [[one for one in known if one.address[0] % 2 == half] for half in (0, 1)]
    found = []
    for here, there in (halves, halves[::-1]):
        intercept, weights = fitted(there)
        found += scored(here, intercept, weights)
    return sorted(found)


def main() -> None:
    """Fit, calibrate, and write the module."""
    known = examples()
    TARGET.write_text(written(*fitted(known), steps(cross_scored(known))), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(TARGET)], check=True)


if __name__ == "__main__":
    main()
