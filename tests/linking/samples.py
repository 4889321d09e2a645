"""The halves of the evaluation set: even seeds are there to fit the weights, odd seeds to see whether they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.linking.worlds import World, world

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIZES = (*(300, 600, 1200, 2400) * 4, 4800)

TRAINING = tuple(zip(range(0, 140, 2), (*_SIZES * 4, 9600, 9600), strict=True))
"""Seeds and sizes of the worlds that the weights are fitted to."""

HELD_OUT = tuple(zip(range(201, 219, 2), (*(300, 600, 1200, 2400) * 2, 4800), strict=True))
"""Seeds and sizes of the worlds that nothing was fitted to."""

HELD_OUT_LARGE = tuple(zip(range(301, 371, 2), (*_SIZES * 2, 9600), strict=True))
"""More of these, for a longer look."""


def worlds(half: tuple[tuple[int, int], ...]) -> Iterator[World]:
    """The worlds of one half, drawn one at a time."""
    return (world(seed, size) for seed, size in half)
