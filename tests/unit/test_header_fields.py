"""Every header field that the program reads is among those that it asks a server for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tracker.domain.fields import HEADER_FIELDS
from tracker.domain.kind import SIGNALS

ROOT = Path(__file__).parents[2] / "tracker"
ASKED = frozenset(name.lower() for name in HEADER_FIELDS)


class Consulted(dict[str, list[str]]):
    """A header block in which every field seems to be, and which remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return False

    def get(self, name: str, default: object = None) -> list[str]:
        assert default is not None
        self.names.add(name)
        return ["mailer-daemon@example.org", "<>"]


def test_every_field_that_a_signal_consults_is_asked_for() -> None:
    headers = Consulted()
    for signal in SIGNALS:
        signal.mark.is_in(headers)
    assert len(headers.names) > 15
    assert headers.names - ASKED == set()


def test_no_signal_is_there_without_one_of_the_fields_by_which_it_is_looked_for() -> None:
    for signal in SIGNALS:
        elsewhere = {name: ["mailer-daemon@example.org", "<>", "yes"] for name in ASKED - set(signal.mark.fields)}
        assert signal.mark.fields
        assert not signal.mark.is_in(elsewhere), signal.name


@pytest.mark.parametrize("module", ["parsing/__init__.py", "parsing/_ids.py", "domain/kind.py"])
def test_every_field_that_a_module_names_is_asked_for(module: str) -> None:
    text = (ROOT / module).read_text("utf-8")
    named = set(re.findall(r'"((?:x|list|content|auto|in)-[a-z-]+[a-z])"', text))
    named |= set(re.findall(r'fields(?:\.get\(|\[)"([a-z-]+)"', text))
    assert named
    assert named - ASKED == set()


def test_no_field_is_asked_for_twice_and_none_can_break_a_command() -> None:
    assert len(ASKED) == len(HEADER_FIELDS)
    assert all(re.fullmatch(r"[A-Za-z-]+", name) for name in HEADER_FIELDS)
