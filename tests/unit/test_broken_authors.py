"""Who wrote a message whose From is written as no grammar allows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tracker.domain.message import FolderRole, Message, RawMessage
from tracker.parsing import parse

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def parsed(header: str) -> Message:
    message = parse(RawMessage(1, f"{header}\r\n".encode(), NOW, 1), role=FolderRole.INBOX, now=NOW)
    assert isinstance(message, Message), message
    return message


@pytest.mark.parametrize(
    "field",
    [
        "jane@acme.example;",
        "Jane Doe <jane@acme.example>;",
        '"Jane Doe <jane@acme.example>',
        "Jane (Acme <jane@acme.example>",
        "Jane <jane@acme.example",
        "Jane: Acme <jane@acme.example>",
        '"Doe, Jane" jane@acme.example',
        "<jane@acme.example> Jane",
        "<mailto:jane@acme.example>",
        "Jane [mailto:jane@acme.example]",
        "'jane@acme.example'",
        "Jane <jane@acme.example.>",
    ],
)
def test_an_author_is_known_by_the_only_address_in_a_field_that_no_grammar_allows(field: str) -> None:
    message = parsed(f"From: {field}")
    assert message.author is not None
    assert message.author.addr == "jane@acme.example"


def test_of_two_addresses_in_such_a_field_neither_is_the_author() -> None:
    assert parsed('From: "Jane <jane@acme.example> omar@acme.example').author is None
    assert parsed('From: "Jane').author is None
