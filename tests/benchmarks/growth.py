"""How times grow with the mailbox: steps of ten, the exponent that fits them, and a picture of both."""

from __future__ import annotations

import math
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.asking import stored
from tests.benchmarks.finding import clock
from tests.benchmarks.processes import timed, tracker, watched
from tests.benchmarks.reading import already_read, timed_pass
from tests.benchmarks.shelf import site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.benchmarks.shelf import Shelf

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "pictures" / "growth.svg"
_SMALLEST = 500
_TIMES = 3
_LARGE = 5000
"""Messages; a sync of more is not repeated, for it lasts long enough for a busy moment to pass."""
_LEAST = 0.001
"""Seconds; what is below is lost in the start of the program."""

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 640, 400, 70, 50, 30, 130
_COLOURS = ("#0969da", "#8250df", "#116329", "#cf222e")

_HEAD = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="Growth">
<style>
text {{ font: 12px sans-serif; fill: #1f2328 }} .end {{ text-anchor: end }} .mid {{ text-anchor: middle }}
</style>
<rect width="{width}" height="{height}" rx="8" fill="#fff"/>"""


@dataclass(frozen=True, slots=True)
class Line:
    """Seconds by the size of the mailbox."""

    what: str
    points: tuple[tuple[int, float], ...]

    @property
    def exponent(self) -> float:
        """The slope of the line through the points where both axes are logarithms, by least squares."""
        sizes = [math.log(size) for size, _ in self.points]
        return statistics.linear_regression(sizes, [math.log(seconds) for _, seconds in self.points]).slope

    @property
    def last_exponent(self) -> float:
        """The slope from the last point but one to the last: what is the same in all sizes weighs least there."""
        (small, quick), (large, slow) = self.points[-2:]
        return math.log(slow / quick) / math.log(large / small)


def growth(shelf: Shelf, size: int) -> str:
    """A table in Markdown; draws the picture, too. The largest mailbox is of this size."""
    steps = [size // 10**power for power in range(4) if size // 10**power >= _SMALLEST]
    syncs = [_sync(shelf, step) for step in reversed(steps)]
    deeds: dict[str, Callable[[Shelf, int], float]] = {"rebuild": _rebuild, "report": _report, "idle pass": _idle}
    lines = [
        Line("sync", tuple((step, seconds) for step, (seconds, _) in zip(reversed(steps), syncs, strict=True))),
        *(Line(what, tuple((step, deed(shelf, step)) for step in reversed(steps))) for what, deed in deeds.items()),
    ]
    PICTURE.write_text(drawn(lines), encoding="utf-8")
    return f"{table(lines)}| memory of the sync | {' | '.join(f'{peak / 1024:.0f} MiB' for _, peak in syncs)} | | |\n"


def table(lines: Sequence[Line]) -> str:
    """The lines with their exponents."""
    sizes = [size for size, _ in lines[0].points]
    names = " | ".join(f"{size:,}" for size in sizes)
    head = f"| what | {names} | exponent | of the last step |\n|---|{'---:|' * (len(sizes) + 2)}\n"
    return head + "".join(
        f"| {line.what} | {' | '.join(clock(seconds) for _, seconds in line.points)} | {line.exponent:.2f} "
        f"| {line.last_exponent:.2f} |\n"
        for line in lines
    )


def _sync(shelf: Shelf, size: int) -> tuple[float, int]:
    """Seconds, and KiB of memory at the most."""
    found = []
    with site(shelf, size) as mailbox:
        mailbox.settle()
        for _ in range(_TIMES if size <= _LARGE else 1):
            with tempfile.TemporaryDirectory() as name:
                world = mailbox.world(Path(name))
                start = _start(world.config)
                ran = watched(world.config, "sync")
                found.append((max(_LEAST, ran.seconds - start), ran.peak))
    return min(found)


def _rebuild(shelf: Shelf, size: int) -> float:
    with stored(shelf, size) as config:
        return _beyond_the_start(config, "rebuild")


def _report(shelf: Shelf, size: int) -> float:
    with stored(shelf, size) as config:
        timed(tracker(config, "rebuild"))
        return _beyond_the_start(config, "report", "--format", "json")


def _idle(shelf: Shelf, size: int) -> float:
    with already_read(shelf, size) as (_, world):
        return min(timed_pass(world) for _ in range(2 * _TIMES))


def _beyond_the_start(config: Path, *words: str) -> float:
    """Seconds of a command beyond those of the program's start: what does not grow hides what does."""
    whole = min(timed(tracker(config, *words)) for _ in range(_TIMES))
    return max(_LEAST, whole - _start(config))


def _start(config: Path) -> float:
    """Seconds of a command that opens the database and does next to nothing; it ends with 1 before a first sync."""
    return min(timed(tracker(config, "status"), endings=(0, 1)) for _ in range(_TIMES))


def drawn(lines: Sequence[Line]) -> str:
    """The picture: both axes in powers of ten, a line for each deed with its exponent at its end."""
    across = _scale([size for line in lines for size, _ in line.points], _LEFT, _WIDTH - _RIGHT)
    up = _scale([seconds for line in lines for _, seconds in line.points], _HEIGHT - _BOTTOM, _TOP)
    parts = [_HEAD.format(width=_WIDTH, height=_HEIGHT), *_axes(across, up)]
    for colour, line in zip(_COLOURS, lines, strict=False):
        places = [(across.place(size), up.place(seconds)) for size, seconds in line.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        x, y = places[-1]
        words = f"{line.what}: n^{line.exponent:.2f}"
        parts.append(f'<text x="{x + 8:.1f}" y="{y + 4:.1f}" style="fill: {colour}">{words}</text>')
    return "\n".join([*parts, "</svg>", ""])


@dataclass(frozen=True, slots=True)
class _Scale:
    """A logarithmic axis from one power of ten to another, and where its ends lie in pixels."""

    low: int
    high: int
    start: float
    end: float

    def place(self, value: float) -> float:
        return self.start + (math.log10(value) - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self) -> Iterator[tuple[float, float]]:
        for power in range(self.low, self.high + 1):
            yield 10.0**power, self.place(10.0**power)


def _scale(values: Sequence[float], start: float, end: float) -> _Scale:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return _Scale(low, max(high, low + 1), start, end)


def _axes(across: _Scale, up: _Scale) -> Iterator[str]:
    for value, y in up.ticks():
        yield f'<path d="M{across.start:g} {y:.1f}H{across.end:g}" stroke="#d0d7de"/>'
        yield f'<text class="end" x="{across.start - 8:g}" y="{y + 4:.1f}">{value:g} s</text>'
    for value, x in across.ticks():
        yield f'<path d="M{x:.1f} {up.start:g}V{up.end:g}" stroke="#d0d7de"/>'
        yield f'<text class="mid" x="{x:.1f}" y="{up.start + 18:g}">{value:,.0f}</text>'
    yield f'<text class="mid" x="{(across.start + across.end) / 2:g}" y="{up.start + 38:g}">messages</text>'
