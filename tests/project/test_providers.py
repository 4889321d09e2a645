"""What the page about providers says is what the program knows and does."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.project.cli_reference import help_of
from tests.project.test_docs import slug
from tracker.discovery.providers import PROVIDERS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "providers.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def sections() -> dict[str, str]:
    """The text below each heading."""
    return {part.partition("\n")[0]: part.partition("\n")[2] for part in PAGE.split("\n## ")[1:]}


def test_each_provider_takes_five_lines() -> None:
    numbered = {name: re.findall(r"^(\d)\. ", text, re.MULTILINE) for name, text in sections().items()}
    told = {name: numbers for name, numbers in numbered.items() if numbers}
    named = "Microsoft 365 and Outlook.com|iCloud|Fastmail|Yahoo and AOL|Proton Mail|Your own Dovecot"
    assert list(told) == ["Gmail", "Gmail with OAuth2", *named.split("|")]
    assert all(numbers == list("12345") for numbers in told.values()), told
    assert [name for name in told if f"(docs/providers.md#{slug(name)})" not in README] == []


def test_every_server_of_the_table_is_named_or_found_by_itself() -> None:
    unnamed = {provider.name for provider in PROVIDERS if provider.host not in PAGE}
    assert unnamed <= {"GMX", "Zoho", "Mail.ru", "Yandex", "QQ Mail", "NetEase"}
    assert "Zoho, Yandex, Mail.ru, QQ, 163" in PAGE


def test_every_option_of_init_that_the_page_uses_exists() -> None:
    options = set(re.findall(r"--[a-z-]+", help_of("init")))
    lines = re.findall(r"tracker(?: --config \S+)? init ([^`\n]*)", PAGE)
    used = {word for line in lines for word in shlex.split(line) if word.startswith("--")}
    assert len(used) > 5
    assert used <= options
