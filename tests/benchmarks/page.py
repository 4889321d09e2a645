"""How quickly the HTML page of a large network is made, and how quickly it obeys in a browser."""

from __future__ import annotations

import gc
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.benchmarks.finding import Finding, clock
from tests.golden.sample_reports import overview_of
from tests.page.crowd import crowd
from tests.page.visiting import FLAGS
from tracker.cli.main import _COLLECTING
from tracker.formats import View, report_format

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.benchmarks.shelf import Shelf
    from tracker.domain.report import Report

PEOPLE = 30_000
_TIMES = 5

# Click each heading, let the browser lay the table out, and take the slowest; then the same with a search.
_SORT = """() => Math.max(...[...document.querySelectorAll('#people thead button')].reverse().map(button => {
  const started = performance.now();
  button.click();
  document.body.getBoundingClientRect();
  return performance.now() - started;
}))"""
_FIND = """() => {
  const find = document.getElementById('find'), started = performance.now();
  find.value = 'orchard cfo';
  find.dispatchEvent(new Event('input'));
  document.body.getBoundingClientRect();
  return performance.now() - started;
}"""
_READY = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"


def html_page(_shelf: Shelf, _size: int) -> list[Finding]:
    """Make the page, open it, sort it."""
    report = crowd(PEOPLE).report
    before = gc.get_threshold()
    gc.set_threshold(*_COLLECTING)  # as the program does
    made = [_made(report) for _ in range(_TIMES)]
    gc.set_threshold(*before)
    seconds, text = statistics.median(each for each, _ in made), made[0][1]
    size = len(text.encode()) / 1_000_000
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        path = Path(name) / "report.html"
        path.write_text(text, encoding="utf-8")
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        ready, sort, find = _obeyed(browser, path.as_uri())
        of = f"page of {PEOPLE:,} people, Chromium {browser.version.partition('.')[0]}"
        browser.close()
    return [
        Finding(f"page of {PEOPLE:,} people, made", "≤ 1.5 s", clock(seconds), met=seconds <= 1.5),
        Finding("its size", "≤ 3 MB", f"{size:.2f} MB", met=size <= 3),
        Finding(f"{of}: usable", "≤ 1 s", clock(ready), met=ready <= 1),
        Finding("sorted, the slowest column", "< 100 ms", clock(sort), met=sort < 0.1),
        Finding("searched", "for the record", clock(find)),
    ]


def _made(report: Report) -> tuple[float, str]:
    started = time.perf_counter()
    told = overview_of(report)
    text = "".join(report_format("html").render_overview(told, View()))
    return time.perf_counter() - started, text


def _obeyed(browser: Browser, url: str) -> tuple[float, float, float]:
    """Seconds until it is usable, of a sort and of a search: medians over fresh windows."""
    found = []
    for _ in range(_TIMES):
        page = browser.new_page()
        page.goto(url)
        found.append(tuple(float(page.evaluate(each)) / 1000 for each in (_READY, _SORT, _FIND)))
        page.close()
    ready, sort, find = (statistics.median(each) for each in zip(*found, strict=True))
    return ready, sort, find
