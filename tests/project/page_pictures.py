"""docs/pictures/page-*.png: the page of the sample in a browser, drawn by `make pictures`.

Fonts differ from machine to machine, and so do these pictures; what a test can hold is which page one shows. That
stands in the picture itself, as text.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PIL import Image, PngImagePlugin
from playwright.sync_api import sync_playwright

from tests.page.visiting import FLAGS

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN = "Page"
"""The name of the text in a picture that tells which page it shows."""

_COLOURS = 256


@dataclass(frozen=True, slots=True)
class Shot:
    """A window on the page."""

    width: int
    height: int
    scheme: Literal["light", "dark"]


SHOTS = {
    "page-light": Shot(1280, 1000, "light"),
    "page-dark": Shot(1280, 1000, "dark"),
    "page-phone": Shot(390, 844, "light"),
}


def digest(page: str) -> str:
    """What a picture says of the page that it shows."""
    return hashlib.sha256(page.encode()).hexdigest()


def page_in(picture: Path) -> str:
    """The digest of the page that a picture shows."""
    with Image.open(picture) as image:
        return str(image.info.get(SHOWN))


def shots(page: str) -> Iterator[tuple[str, bytes]]:
    """Each picture of the page: its name and its file."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        path = Path(name) / "report.html"
        path.write_text(page, encoding="utf-8")
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        for title, shot in SHOTS.items():
            window = browser.new_page(
                viewport={"width": shot.width, "height": shot.height}, color_scheme=shot.scheme, device_scale_factor=1
            )
            window.goto(path.as_uri())
            yield title, _small(window.screenshot(), digest(page))
        browser.close()


def _small(picture: bytes, shown: str) -> bytes:
    """The same in fewer colours, which nobody sees."""
    said, out = PngImagePlugin.PngInfo(), io.BytesIO()
    said.add_text(SHOWN, shown)
    with Image.open(io.BytesIO(picture)) as image:
        few = image.convert("RGB").quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(out, "PNG", optimize=True, pnginfo=said)
    return out.getvalue()
