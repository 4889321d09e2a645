"""A visit to a page: what it says to the console and whom it calls is written down, and must be nothing."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""A browser that calls nobody by itself; without a sandbox it starts as root, too."""

Scheme = Literal["light", "dark"]


@dataclass
class Site:
    """A browser, and the addresses of the pages by name."""

    browser: Browser
    pages: dict[str, str]

    @contextlib.contextmanager
    def visit(
        self, name: str, *, width: int = 1280, scheme: Scheme = "light", script: bool = True, quiet: bool = True
    ) -> Iterator[Page]:
        """The page in a window of its own. At the end nothing was said and, but for the file, nothing asked for."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script
        )
        page, said, asked = context.new_page(), list[str](), list[str]()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(self.pages[name])
        yield page
        context.close()
        assert asked == [self.pages[name]]
        assert said == [] if quiet else said


def names(page: Page) -> list[str]:
    """Who is listed, from the top."""
    return page.locator("tbody .who > a, tbody .who > bdi").all_inner_texts()


def column(page: Page, kind: str) -> list[str]:
    """What stands in a column, from the top."""
    return page.locator(f"#people tbody td.{kind}").all_inner_texts()


def is_too_wide(page: Page) -> bool:
    """Whether the page must be moved sideways to be read."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
