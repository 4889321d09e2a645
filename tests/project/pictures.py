"""docs/pictures: what `tracker demo` and `tracker show` print, and the page, drawn by `make pictures`.

The sample is read through its own IMAP server, as the demo does, but at a fixed moment, so that the pictures stay the
same until the program prints something else. No font is fetched: a picture in a document should call nobody.
"""

from __future__ import annotations

import html
import re
import tempfile
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.text import Text

from tests.project.page_pictures import shots
from tracker.config import load_config
from tracker.demo import prepare
from tracker.formats import View, report_format, story_format
from tracker.service.access import open_database
from tracker.service.importing import import_files
from tracker.service.judging import Question, make_overview, tell_story
from tracker.service.syncing import Silence, sync_account

if TYPE_CHECKING:
    from collections.abc import Iterator

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
WIDTH = 100
PER_GROUP = 5
SHOWN = "Zoë Dubois"
TITLES = {"report": "tracker report", "show": f"tracker show '{SHOWN}'"}

CELL, LINE, MARGIN, TOP = 8.4, 18, 16, 44
"""Pixels: a cell of a 14 px font, a line, the room around, the room above with the title."""

_COLOURS = {
    1: ("red", "#cf222e"),
    2: ("green", "#116329"),
    3: ("yellow", "#8a5a00"),
    4: ("blue", "#0969da"),
    5: ("magenta", "#8250df"),
    6: ("cyan", "#11737d"),
}
"""The terminal's numbers of the colours, and what they look like on paper."""

_HEAD = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{title}">
<style>
text {{ font: 14px Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono", monospace; fill: #1f2328; white-space: pre }}
.bold {{ font-weight: bold }} .dim {{ fill-opacity: .62 }} .italic {{ font-style: italic }}
{colours}
</style>
<rect x=".5" y=".5" width="{inner:g}" height="{tall:g}" rx="8" fill="#fff" stroke="#d0d7de"/>
<g fill="#d0d7de"><circle cx="20" cy="18" r="5"/><circle cx="37" cy="18" r="5"/><circle cx="54" cy="18" r="5"/></g>
<text x="76" y="23" class="dim">$ {title}</text>
"""


def renderings() -> dict[str, str]:
    """The name of each picture, and what it shows: text with its colours, or HTML."""
    with tempfile.TemporaryDirectory() as name, prepare(Path(name), NOW) as demo:
        config = load_config(demo.config)
        with open_database(config) as store:
            import_files(store, [demo.archive], now=datetime.now(UTC))
            sync_account(store, config.account[0], config, clock=lambda: NOW, progress=Silence())
            question = Question(config.judging, NOW)
            overview = make_overview(store, config, question)
            story = tell_story(store, config, SHOWN, question)
    view = View(width=WIDTH, colour=True, per_group=PER_GROUP, now=NOW)
    return {
        "report": "".join(report_format("table").render(overview.report, view)),
        "show": "".join(story_format("table").render_story(story, view)),
        "page": "".join(report_format("html").render_overview(overview, view)),
    }


def drawn(name: str, text: str) -> str:
    """The picture of `text`, in a window with the command that prints it."""
    lines = text.splitlines()
    width, height = 2 * MARGIN + WIDTH * CELL, TOP + len(lines) * LINE + MARGIN
    colours = " ".join(f".{colour} {{ fill: {code} }}" for colour, code in _COLOURS.values())
    title = html.escape(TITLES[name], quote=True)
    head = _HEAD.format(width=width, height=height, inner=width - 1, tall=height - 1, title=title, colours=colours)
    body = [element for number, line in enumerate(lines) for element in _elements(line, TOP + LINE * (number + 0.7))]
    return head + "\n".join([*body, "</svg>", ""])


def _elements(line: str, y: float) -> Iterator[str]:
    """One element for each run of words without a gap: whatever font a reader has, columns stand where they are."""
    cells = 0
    for segment in Text.from_ansi(line).render(Console(width=WIDTH)):
        style = segment.style if isinstance(segment.style, Style) else Style.null()
        for piece in re.split(r"(\s{2,}|^\s+|\s+$)", segment.text):
            if piece.strip():
                yield _element(piece, MARGIN + cells * CELL, y, style)
            cells += cell_len(piece)


def _element(piece: str, x: float, y: float, style: Style) -> str:
    colour = _COLOURS.get(style.color.number or 0) if style.color is not None else None
    named = [colour[0]] if colour is not None else []
    faces = [face for face in ("bold", "dim", "italic") if getattr(style, face)]
    classes = f' class="{" ".join([*named, *faces])}"' if named or faces else ""
    shown = piece.translate({0x2068: None, 0x2069: None})  # an element of its own needs no isolates
    fits = len(shown) == cell_len(shown) and not any(unicodedata.bidirectional(char) in {"R", "AL"} for char in shown)
    length = f' textLength="{cell_len(shown) * CELL:.5g}"' if fits else ""
    return f'<text x="{x:.5g}" y="{y:.5g}"{length}{classes}>{html.escape(shown, quote=False)}</text>'


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    made = renderings()
    for each, picture in shots(made.pop("page")):
        PICTURES.joinpath(f"{each}.png").write_bytes(picture)
    for each, rendering in made.items():
        PICTURES.joinpath(f"{each}.svg").write_text(drawn(each, rendering), encoding="utf-8")
