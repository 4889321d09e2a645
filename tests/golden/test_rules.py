"""Every rule on header blocks as programs write them: what a message is, what an ask is, what became of it.

Names and addresses are invented. A new rule, or a case from the wild, is a new file in the folder `rules`;
`mailboxes` says how they are written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.golden.mailboxes import RULES, judged, read
from tracker.domain import kind
from tracker.domain.asks import Rung
from tracker.domain.kind import MessageKind
from tracker.domain.outcome import Outcome, Reason

if TYPE_CHECKING:
    from enum import StrEnum
    from pathlib import Path

FILES = sorted(RULES.glob("*.mailbox"))

NOT_IN_A_MAILBOX = {Reason.MARKED: "only the user says so"}


def files() -> list[object]:
    return [
        pytest.param(path, id=path.stem, marks=[pytest.mark.xfail(reason=why)] if why else [])
        for path in FILES
        for why in [read(path).head.get("not-yet", "")]
    ]


@pytest.mark.parametrize("path", files())
def test_the_rules_say_what_the_file_expects(path: Path) -> None:
    mailbox = read(path)
    assert sorted(judged(mailbox)) == sorted(mailbox.expected), mailbox.head["rule"]


def expected_words() -> set[str]:
    """Every word of every expectation that a rule of today comes to."""
    boxes = [box for path in FILES if "not-yet" not in (box := read(path)).head]
    return {word.rstrip(",:") for box in boxes for line in box.expected for word in line.split()}


@pytest.mark.parametrize("words", [MessageKind, Outcome, Reason, Rung])
def test_every_word_occurs_in_some_file(words: type[StrEnum]) -> None:
    missing = set(words) - NOT_IN_A_MAILBOX.keys() - expected_words()
    assert not missing


def test_every_decisive_mark_decides_in_some_file() -> None:
    assert not {name for name, _ in kind._DECISIVE} - expected_words()


def test_no_exception_is_longer_needed() -> None:
    assert not {word for word in NOT_IN_A_MAILBOX if word in expected_words()}
