"""One Chromium for the tests of the pages, and pages to visit in it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from tests.page.visiting import FLAGS, Site
from tests.page.writing import write_pages

if TYPE_CHECKING:
    from collections.abc import Iterator


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them in one process, so that one browser is enough."""
    for item in items:
        if item.path.parent.name == "page":
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pages, and a browser that only this module uses: its event loop must not outlast it."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("NO CHROMIUM: the pages are not tested in a browser; `tests/install-servers` installs it")
    pages = write_pages(tmp_path_factory.mktemp("pages"))
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=list(FLAGS))
        yield Site(browser, pages)
        browser.close()
