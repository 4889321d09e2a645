"""The pages that are visited: a network made by chance, one whose people mean harm, an empty one, and thresholds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.golden.sample_lists import tuning
from tests.golden.sample_reports import AS_OF, asks_of, network, overview_of, report_of, row
from tests.page.crowd import crowd
from tracker.domain.verdict import Verdict
from tracker.formats import View, report_format, tuning_format

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.domain.report import Report
    from tracker.domain.rhythm import Overview

SIZE = 800

HARMFUL = (
    "</script><script>window.harmed = 1</script>",
    "<img src=x onerror='window.harmed = 1'>",
    "\"quoted\" & 'quoted' <b>bold</b>",
    "{{ 7 * 7 }}{% raw %}",
    "<!-- <script>",
    "line\u2028separated\u2029twice",
    "\u202egnp.exe\u202c",
    "محمد الأحمد",
    "נועה לוי (2)",
    "👩‍💻 Ada 🚀",
    "W" * 200,
    "",
)


def harmful() -> Report:
    """The golden network, and a person for each harmful name, who has it for company and position, too."""
    people = [
        row(200 + number, name, Verdict.RESPONSIVE, asks_of("oo~x"), company=name, position=name)
        for number, name in enumerate(HARMFUL)
    ]
    profiles = ["javascript:window.harmed=1//", "https://evil.example/in/x", "https://www.linkedin.com/in/a%22b<c>%2Fd"]
    linked = [
        replace(one, connection=replace(one.connection, profile_url=url))
        for url, one in zip(profiles, people, strict=False)
    ]
    return report_of(*network().rows, *linked, *people[len(profiles) :])


def page(it: Overview) -> str:
    return "".join(report_format("html").render_overview(it, View(now=AS_OF)))


def write_pages(folder: Path) -> dict[str, str]:
    """The address of each page by its name."""
    made = crowd(SIZE)
    curve = made.rhythm.curve
    texts = {
        "crowd": page(made),
        "harmful": page(overview_of(harmful())),
        "empty": page(overview_of(report_of())),
        "tune": "".join(tuning_format("html").render_tuning(replace(tuning(), curve=curve), View(now=AS_OF))),
    }
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in texts}
