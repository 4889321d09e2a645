"""`tracker report --format html` and `--open`, `tracker tune --format html`, as processes."""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_main_job import NETWORK, fill

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.world import World


@pytest.fixture
def read_world(world: World) -> World:
    """Mail of some people, read and paired."""
    fill(world)
    world.run("import", str(world.export(*NETWORK)))
    world.run("sync")
    return world


def test_the_page_tells_what_the_report_tells(read_world: World, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    read_world.run("report", "--format", "html", "--output", str(page), "--verdict", "unresponsive")
    text = page.read_text("utf-8")
    told = read_world.run("report").out
    headline = re.search(r"<h1>(.*)</h1>", text)
    assert headline is not None
    assert headline[1] in told
    silent = [name for name, verdict in read_world.verdicts().items() if verdict == "unresponsive"]
    assert silent
    assert sorted(re.findall(r'<th scope="row" class="who">.*?<bdi>(.*?)</bdi>', text)) == sorted(silent)
    assert text.count("<figure") == 3
    assert read_world.run("report", "--format", "html", "--company", "nowhere").out.count("No one to list") == 1
    assert "html" in read_world.run("report", "--format", "nothing", expect=2).err


def test_the_thresholds_as_a_page(read_world: World, tmp_path: Path) -> None:
    page = tmp_path / "tune.html"
    read_world.run("tune", "--format", "html", "--output", str(page), "--threshold", "24h")
    text = page.read_text("utf-8")
    assert "answered within 24 h</h1>" in text
    assert text.count("<figure") == 1
    assert read_world.run("tune", "--format", "html", "--threshold", "24h").out == text


def test_open_writes_for_the_user_alone_and_starts_the_browser(read_world: World, tmp_path: Path) -> None:
    browser, seen = tmp_path / "browser", tmp_path / "seen"
    browser.write_text(f'#!/bin/sh\necho "$1" > {seen}\n', encoding="utf-8")
    browser.chmod(0o700)
    page = read_world.folder / "report.html"
    page.write_text("an older page", encoding="utf-8")
    page.chmod(0o644)
    result = read_world.run("report", "--open", BROWSER=f"{browser} %s")
    assert result.out == ""
    assert result.err == f"opened {page}\n"
    assert seen.read_text("utf-8") == f"{page.as_uri()}\n"
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert not list(read_world.folder.glob(".*.part"))


def test_without_a_browser_the_place_of_the_page_is_told(read_world: World, tmp_path: Path) -> None:
    def told(*words: str) -> str:
        return read_world.run("report", *words, BROWSER="", DISPLAY="", WAYLAND_DISPLAY="", PATH=str(tmp_path)).err

    page = read_world.folder / "report.html"
    assert told("--open") == f"no browser was found; the page is {page}\n"
    elsewhere = tmp_path / "mine.html"
    words = ("--format", "html", "--open", "--output", str(elsewhere))
    assert told(*words) == f"no browser was found; the page is {elsewhere}\n"
    assert elsewhere.exists()
    refused = read_world.run("report", "--open", "--format", "csv", expect=2)
    assert refused.is_one_line_and_a_hint("--open shows a page, not csv")
