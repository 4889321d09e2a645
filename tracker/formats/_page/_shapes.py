"""A picture as values: shapes that a template writes as SVG, coloured by classes, and the same numbers as a table."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WIDTH, HEIGHT = 360, 216
LEFT, RIGHT, TOP, BOTTOM = 38, 352, 28, 172
"""The field inside the axes; below it there is room for two lines of words."""

_STEPS = 4


@dataclass(frozen=True, slots=True)
class Shape:
    """An element of SVG: its name, its class, its attributes, and the words of a text."""

    name: str
    kind: str
    attributes: tuple[tuple[str, str], ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture: what it finds in words, what it shows for those who do not see it, and its numbers, row by row."""

    key: str
    finding: str
    about: str
    shapes: tuple[Shape, ...]
    headings: tuple[str, ...]
    numbers: tuple[tuple[str, ...], ...]


def rect(kind: str, x: float, y: float, *, width: float, height: float) -> Shape:
    """A rectangle with its upper left corner there."""
    return Shape("rect", kind, _numbers(x=x, y=y, width=width, height=height))


def line(kind: str, start: tuple[float, float], end: tuple[float, float]) -> Shape:
    """A straight line."""
    return Shape("line", kind, _numbers(x1=start[0], y1=start[1], x2=end[0], y2=end[1]))


def dot(kind: str, x: float, y: float, radius: float) -> Shape:
    """A circle."""
    return Shape("circle", kind, _numbers(cx=x, cy=y, r=radius))


def path(kind: str, points: Sequence[tuple[float, float]], *, closed: bool = False) -> Shape:
    """Straight lines from point to point."""
    steps = " L".join(f"{_number(x)} {_number(y)}" for x, y in points)
    return Shape("path", kind, (("d", f"M{steps}{'Z' if closed else ''}"),))


def text(kind: str, x: float, y: float, words: str) -> Shape:
    """Words; the class says where they begin."""
    return Shape("text", kind, _numbers(x=x, y=y), words)


def ceiling(highest: float) -> tuple[int, int]:
    """The top of an axis for counts up to `highest`, and the step of its ticks: 1, 2 or 5 times a power of ten."""
    rough = max(highest, 1) / _STEPS
    power = 10 ** floor(log10(rough)) if rough > 1 else 1
    step = next(int(factor * power) for factor in (1, 2, 5, 10) if factor * power >= rough)
    return step * max(1, -(-int(highest) // step)), step


def height_of(value: float, top: float) -> float:
    """Where `value` lies on an axis that ends at `top`."""
    return BOTTOM - (BOTTOM - TOP) * value / top


def grid(ticks: Sequence[tuple[float, str]], top: float) -> Iterator[Shape]:
    """A level line with its number for each tick; the lowest is the axis."""
    for value, words in ticks:
        y = height_of(value, top)
        yield line("grid" if value else "axis", (LEFT, y), (RIGHT, y))
        yield text("tick end", LEFT - 5, y + 3.5, words)


def wall(x: float, words: str) -> Iterator[Shape]:
    """The threshold: a dashed line with its name above."""
    yield line("wall", (x, TOP - 6), (x, BOTTOM))
    yield text("mark middle", min(max(x, LEFT + 20), RIGHT - 20), TOP - 11, words)


def _numbers(**values: float) -> tuple[tuple[str, str], ...]:
    return tuple((name, _number(value)) for name, value in values.items())


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
