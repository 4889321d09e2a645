"""Lines of text for a terminal: cells of a known width, signs, and styles of the sixteen ANSI colours."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.cells import cell_len, split_graphemes
from rich.color import ColorSystem
from rich.style import Style

from tracker.domain.outcome import Outcome
from tracker.domain.verdict import Verdict
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Piece = tuple[str, str]
"""Text and the name of its style in rich's words; an empty name for none."""

Line = list[Piece]

_RIGHT_TO_LEFT = frozenset({"R", "AL"})

# Terminals differ in what these do to the cells before or after them (a joined family takes two cells or six), or show
# something where others show nothing. What is left is a person and a computer instead of a person at a computer.
_UNSURE = dict.fromkeys(
    (
        0x200D,  # ZERO WIDTH JOINER
        *range(0xFE0E, 0xFE10),  # VARIATION SELECTOR-15 and -16: as text, as emoji
        *range(0x1F3FB, 0x1F400),  # EMOJI MODIFIER FITZPATRICK
        0x115F, 0x1160, 0x3164, 0xFFA0,  # Hangul fillers
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs of one alphabet. `bar` has a shade for each verdict, `lane` is solid, dotted, crossing, arrow, wall."""

    outcomes: dict[Outcome, str]
    verdicts: dict[Verdict, str]
    bar: dict[Verdict, str]
    lane: tuple[str, str, str, str, str]
    uncounted: str
    ellipsis: str
    dash: str
    span: str
    dot: str


def _outcomes(signs: str) -> dict[Outcome, str]:
    return dict(zip((Outcome.IN_TIME, Outcome.LATE, Outcome.OVERDUE, Outcome.WAITING), signs, strict=True))


def _verdicts(signs: str) -> dict[Verdict, str]:
    return dict(
        zip(
            (
                Verdict.RESPONSIVE,
                Verdict.SLOW,
                Verdict.UNRESPONSIVE,
                Verdict.UNPROVEN,
                Verdict.WAITING,
                Verdict.UNREACHABLE,
                Verdict.UNTESTED,
            ),
            signs,
            strict=True,
        )
    )


UNICODE = Signs(
    outcomes=_outcomes("●◐○◌"),
    verdicts=_verdicts("✓~✗?…!·"),
    bar=_verdicts("█▓▒░·! "),
    lane=("━", "┄", "┿", "▶", "│"),
    uncounted="·",
    ellipsis="…",
    dash="—",
    span="–",
    dot="·",
)
ASCII = Signs(
    outcomes=_outcomes("o~x."),
    verdicts=_verdicts("+~x?.!-"),
    bar=_verdicts("#=x?.! "),
    lane=("-", ".", "+", ">", "|"),
    uncounted="-",
    ellipsis="..",
    dash="-",
    span="-",
    dot="-",
)

OUTCOME_STYLE = {
    Outcome.IN_TIME: "green",
    Outcome.LATE: "yellow",
    Outcome.OVERDUE: "red",
    Outcome.WAITING: "cyan",
}
VERDICT_STYLE = {
    Verdict.RESPONSIVE: "green",
    Verdict.SLOW: "yellow",
    Verdict.UNRESPONSIVE: "red",
    Verdict.UNPROVEN: "",
    Verdict.WAITING: "cyan",
    Verdict.UNREACHABLE: "magenta",
    Verdict.UNTESTED: "",
}


def loud(verdict: Verdict) -> str:
    """The style of a verdict's name: the one that people act on is bold."""
    return "bold red" if verdict is Verdict.UNRESPONSIVE else VERDICT_STYLE[verdict]


def outside(text: str) -> str:
    """Text from outside, on one line, without what makes its width a matter of opinion."""
    clean = one_line(text)
    if clean.isascii():
        return clean
    sure = clean.translate(_UNSURE)
    return sure if sure == clean else " ".join(sure.split())


@lru_cache(maxsize=16_384)
def cells_of(text: str) -> int:
    """The cells that no terminal exceeds for `text`.

    Terminals differ in what a combining vowel sign (Devanagari) or a joined emoji takes: those that know graphemes give
    the whole one its place, those that follow wcwidth(3) add up its characters. A line must wrap in neither.
    """
    if text.isascii():
        return len(text)
    return max(cell_len(text), sum(map(_cells_of_one, text)))


@lru_cache(maxsize=4096)
def _cells_of_one(char: str) -> int:
    return 1 if unicodedata.category(char) == "Mc" else cell_len(char)


def cut(text: str, width: int, ellipsis: str) -> str:
    """`text` in at most `width` cells, with an ellipsis if something is left out."""
    if cells_of(text) <= width:
        return text
    if width <= len(ellipsis):
        return ellipsis[:width]
    kept, used = 0, 0
    for start, end, _ in split_graphemes(text)[0]:
        used += cells_of(text[start:end])
        if used > width - len(ellipsis):
            break
        kept = end
    return text[:kept].rstrip() + ellipsis


def isolated(text: str, signs: Signs) -> str:
    """`text` between isolates if it has right-to-left letters, so that it does not reorder what stands around it.

    Where only ASCII can be shown there are no such letters to see, and an isolate would be one more question mark.
    """
    if signs is ASCII or text.isascii() or not any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in text):
        return text
    return f"\u2068{text}\u2069"


def cell(text: str, width: int, *, signs: Signs, right: bool = False) -> str:
    """`text`, already harmless, in exactly `width` cells."""
    if text.isascii():
        short = text if len(text) <= width else cut(text, width, signs.ellipsis)
        return short.rjust(width) if right else short.ljust(width)
    short = cut(text, width, signs.ellipsis)
    blanks = " " * (width - cells_of(short))
    shown = isolated(short, signs)
    return blanks + shown if right else shown + blanks


def paint(line: Line, *, colour: bool) -> str:
    """The line as it is sent, with its end and without trailing blanks."""
    pieces = list(line)
    while pieces and not pieces[-1][0].rstrip():
        pieces.pop()
    if pieces:
        pieces[-1] = (pieces[-1][0].rstrip(), pieces[-1][1])
    if not colour:
        return "".join(text for text, _ in pieces) + "\n"
    return "".join(_coloured(text, name) for text, name in pieces) + "\n"


def _coloured(text: str, name: str) -> str:
    return _style(name).render(text, color_system=ColorSystem.STANDARD) if name and text.strip() else text


@lru_cache(maxsize=64)
def _style(name: str) -> Style:
    return Style.parse(name)


def width_of(line: Line) -> int:
    """How many cells the line takes."""
    return sum(cells_of(text) for text, _ in line)


def fill(pieces: Iterable[Line], width: int, *, gap: str, signs: Signs) -> Iterator[Line]:
    """Set `pieces` side by side, `gap` between them, and break between two of them where the width ends."""
    current: Line = []
    used = 0
    for piece in pieces:
        size = width_of(piece)
        if current and used + len(gap) + size > width:
            yield current
            current, used = [], 0
        if current:
            current.append((gap, ""))
            used += len(gap)
        current.extend(piece if size <= width else _squeezed(piece, width, signs))
        used += size
    if current:
        yield current


def _squeezed(piece: Line, width: int, signs: Signs) -> Line:
    """The part of a piece that fits."""
    result: Line = []
    for text, style in piece:
        short = cut(text, width - width_of(result), signs.ellipsis)
        if short:
            result.append((isolated(short, signs) if short != text else short, style))
    return result


def sentences(texts: Iterable[str], width: int, style: str, signs: Signs) -> Iterator[Line]:
    """Running text, broken between words where the width ends."""
    words: list[Line] = [[(word, style)] for text in texts for word in text.split(" ") if word]
    yield from fill(words, width, gap=" ", signs=signs)


def headed(answer: str, moment: str, width: int) -> Iterator[Line]:
    """The answer, with the moment for which it holds at the right, or below where the line is too short."""
    if len(answer) + 2 + len(moment) <= width:
        yield [(answer, "bold"), (" " * (width - len(answer) - len(moment)), ""), (moment, "dim")]
        return
    yield from sentences([answer], width, "bold", ASCII)
    yield [(moment, "dim")]
