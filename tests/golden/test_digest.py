"""The digest as it is read: text, HTML and the whole mail, of the sample mailbox and of one that is hard to set.

The expected text lies in `digest/` beside this file. After a change that is meant, write it anew with
``UPDATE_GOLDEN=1 pytest tests/golden/test_digest.py`` and read the difference before committing it.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.golden.sample_digests import NOW, WEEK, demo_digest, full_digest
from tests.golden.widths import widest
from tracker.config import parse_config
from tracker.domain.coverage import Coverage
from tracker.domain.verdict import Verdict
from tracker.errors import UnknownChoice
from tracker.formats import View, digest_format
from tracker.service.digesting import compose_digest

if TYPE_CHECKING:
    from tracker.domain.digest import Digest

CONFIG = parse_config('[me]\naddresses = ["ann@example.org"]\n', "config.toml")


def compare(name: str, text: str) -> None:
    path = Path(__file__).parent / "digest" / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    assert text == path.read_bytes().decode("utf-8")


def told(digest: Digest, form: str, view: View | None = None) -> str:
    return "".join(digest_format(form).render_digest(digest, view or View()))


@pytest.mark.parametrize("form", ["text", "html"])
def test_the_digest_of_the_sample_looks_as_agreed(form: str) -> None:
    compare(f"sample.{form}", told(demo_digest(), form))
    compare(f"full.{form}", told(full_digest(), form))


def test_the_mail_of_the_sample_is_as_agreed() -> None:
    compare("sample.eml", compose_digest(demo_digest(), CONFIG).as_bytes().decode("ascii"))


def test_the_mail_says_both_times_the_same_and_plain_text_comes_first() -> None:
    digest = full_digest()
    message = message_from_bytes(compose_digest(digest, CONFIG).as_bytes().replace(b"\r\n", b"\n"), policy=default)
    text, html = message.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content() == told(digest, "text")
    assert html.get_content() == told(digest, "html")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Id"] == "tracker digest <digest.tracker.localhost>"
    assert message["Subject"] == told(digest, "text").partition("\n\n")[2].partition("\n")[0]


def test_the_subject_names_nobody() -> None:
    subject = str(compose_digest(full_digest(), CONFIG)["Subject"])
    assert subject == "This week: 8 answers, 8 asks due, 8 past 48 h"


def test_a_repeat_on_the_same_day_is_the_same_message_and_nobody_elses() -> None:
    def msg_id(digest: Digest, config: str = "ann@example.org", zone: str = "UTC") -> str:
        text = f'[me]\naddresses = ["{config}"]\n[reply]\ntimezone = "{zone}"\n'
        return str(compose_digest(digest, parse_config(text, "c"))["Message-ID"])

    first = msg_id(demo_digest())
    assert first == msg_id(replace(full_digest(), now=NOW + timedelta(hours=14)))
    assert first != msg_id(replace(demo_digest(), now=NOW + timedelta(hours=15)))
    assert first != msg_id(demo_digest(), "bob@example.org")
    assert first != msg_id(replace(demo_digest(), now=NOW + timedelta(hours=14)), zone="Asia/Tokyo")
    assert re.fullmatch(r"<[\w.-]+@example\.org>", first)


def test_no_word_of_a_verdict_and_no_advice_is_in_a_digest() -> None:
    words = {verdict.value for verdict in Verdict} - {Verdict.WAITING.value}  # `tracker waiting` is a command
    for digest in (demo_digest(), full_digest()):
        for form in ("text", "html"):
            said = told(digest, form).lower()
            assert not [word for word in (*words, "remove", "should", "best", "worst", "rate") if word in said]


def test_five_of_each_are_told_and_the_command_that_shows_the_others() -> None:
    for form in ("text", "html"):
        said = told(full_digest(), form)
        assert said.count("3 more: ") == 3
        assert said.count("Ivo 🚀 Varga") == 3
        assert "Featherstonehaugh" not in said


def test_a_doubt_about_what_was_read_stands_above_everything() -> None:
    doubt = "home was last read 17 Nov; nothing after that is judged."
    assert told(full_digest(), "text").startswith(f"{doubt}\n\n")
    html = told(full_digest(), "html")
    assert 0 < html.index(doubt) < html.index("<h1")
    assert "last read" not in told(demo_digest(), "text")


def test_a_week_of_silence_is_no_news_unless_the_mailbox_was_not_read() -> None:
    quiet = replace(demo_digest(), due=(), passed=(), answered=())
    assert demo_digest().has_news
    assert not quiet.has_news
    late = replace(quiet, now=NOW + timedelta(days=2))
    assert late.has_news
    assert told(late, "text").splitlines()[2] == "This week: the mail was not read"
    unread = replace(late, coverage=Coverage(complete=False, accounts=late.coverage.accounts))
    assert not unread.has_news, "before everything was read once there is nothing to compare with"
    archive = replace(late.coverage.accounts[0], is_archive=True, newest_at=NOW)
    assert not replace(late, coverage=Coverage(complete=True, accounts=(archive,))).has_news, "an archive ends"


@pytest.mark.parametrize("unicode", [True, False], ids=["unicode", "ascii"])
def test_no_line_of_the_text_is_too_wide_and_every_column_stays_in_its_cell(unicode: bool) -> None:
    text = told(full_digest(), "text", View(unicode=unicode))
    assert max(map(widest, text.splitlines())) <= 76
    people = [line for line in text.splitlines() if line.endswith((" left", " ago", " h", " days"))]
    assert len(people) >= 15
    assert {widest(line) for line in people if "  " in line[2:]} == {76}


def test_names_that_run_from_right_to_left_are_kept_apart() -> None:
    assert "\u2068محمد الأحمد\u2069" in told(full_digest(), "text")
    assert "<bdi>محمد الأحمد</bdi>" in told(full_digest(), "html")


def test_nothing_hostile_reaches_the_reader() -> None:
    digest = full_digest()
    hostile = tuple(replace(one, connection=digest.due[6].connection) for one in digest.due[:5])
    for form in ("text", "html"):
        said = told(replace(digest, due=hostile), form)
        assert "Bobby" in said
        assert not {char for char in said if ord(char) < 32} - {"\n"}
        assert not set(said) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\x7f\x9b")
    assert "&lt;b&gt;Bobby&lt;/b&gt; &amp; Sons" in told(replace(digest, due=hostile), "html")


class Elements(HTMLParser):
    """The elements and attributes of a document."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.extend(attrs)
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_html_fetches_nothing_runs_nothing_and_is_styled_in_nine_places_at_most() -> None:
    html = told(full_digest(), "html")
    found = Elements(html)
    assert found.open == []
    assert {"style", "script", "img", "link", "a", "iframe", "form"}.isdisjoint(found.tags)
    assert {"src", "href", "background"}.isdisjoint(name for name, _ in found.attributes)
    assert "://" not in html
    assert "url(" not in html
    styles = [value for name, value in found.attributes if name == "style"]
    assert 0 < len(styles) <= 9


def test_another_time_than_a_week_is_named() -> None:
    assert told(demo_digest(timedelta(days=14)), "text").startswith("In the last 14 days: ")
    assert told(replace(full_digest(), since=timedelta(hours=12)), "html").count("in the last 12 h") == 2
    assert len(demo_digest(timedelta(days=60)).answered) > len(demo_digest(WEEK).answered)


def test_a_form_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownChoice) as caught:
        digest_format("_words")
    assert caught.value.hint == "choose one of: html, text"
