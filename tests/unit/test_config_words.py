"""What is wrong with a setting is said in the words of somebody who writes TOML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from pydantic import BaseModel

from tracker.config import Config, parse_config
from tracker.config._account import AccountConfig
from tracker.config._digest import SmtpConfig
from tracker.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

ODD = (
    "5",
    "-5",
    "99999999",
    "0.5",
    "nan",
    "true",
    '"two words /"',
    '""',
    f'"{"x" * 300}"',
    "[]",
    "[5]",
    "{ a = 1 }",
    "2024-01-31",
    "2024-01-31T09:00:00",
)
OF_THE_LIBRARY = re.compile(r"Input |String |Value error|Assertion|pattern|instance of|dictionary|\{|Config\b")


def told(text: str) -> tuple[str, ...]:
    """The problems of a configuration; none if it can be used."""
    try:
        parse_config(text, "config.toml")
    except ConfigError as error:
        return error.problems
    return ()


def settings() -> Iterator[tuple[str, str]]:
    """Every table as TOML heads it, with each of its settings."""
    for table, field in Config.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from ((f"[{table}]", name) for name in kind.model_fields)
    yield from (("[digest.smtp]", name) for name in SmtpConfig.model_fields)
    yield from (("[[account]]", name) for name in AccountConfig.model_fields)


@pytest.mark.parametrize(("heading", "name"), list(settings()))
def test_no_odd_value_is_answered_in_the_words_of_the_library(heading: str, name: str) -> None:
    said = [problem for value in ODD for problem in told(f"{heading}\n{name} = {value}\n")]
    assert len(said) >= len(ODD) / 2, "most of these values are no good for any setting"
    assert [problem for problem in said if OF_THE_LIBRARY.search(problem)] == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("reply = 5", "reply: write a table, its settings below its name in brackets"),
        ("[account]\nname = 'x'", "account: write [[account]], once for each account"),
        ("[reply]\nclock = 'work'", 'reply.clock: write "elapsed" or "working"'),
        ("[reply]\nmax_recipients = '1'", "reply.max_recipients: write a whole number, without quotes"),
        ("[reply]\nmax_recipients = 0", "reply.max_recipients: must be at least 1"),
        ("[reply]\nweekend = ['saturday']", 'reply.weekend.0: write "mon", "tue", "wed", "thu", "fri", "sat" or "sun"'),
        ("[verdict]\ncut = 0", "verdict.cut: must be more than 0.0"),
        ("[verdict]\nconfidence = 'high'", "verdict.confidence: write a number, without quotes"),
        ("[verdict]\nconfidence = 1", "verdict.confidence: must be less than 1.0"),
        ("[sync]\nidle = 'yes'", "sync.idle: write true or false, without quotes"),
        ("[me]\naddresses = 'ann@example.org'", "me.addresses: write a list, in square brackets"),
        ("[me]\naddresses = [5]", "me.addresses.0: write a text in quotes"),
        ("[backup]\ndaily = 5000", "backup.daily: must be at most 1000"),
        ("[[account]]\nname = ''", "account.0.name: must not be empty"),
        (
            "[[account]]\nname = 'my work'",
            "account.0.name: may hold letters, digits (at least one of these) and . _ @ + -",
        ),
        (f"[[account]]\nname = '{'x' * 65}'", "account.0.name: must not be longer than 64 characters"),
    ],
)
def test_what_to_write_is_said(text: str, problem: str) -> None:
    assert told(text)[0] == problem
