"""What the benchmarks measure with: the made-up mailbox, and the arithmetic of their tables."""

from __future__ import annotations

import re
import statistics
from datetime import UTC, datetime

import pytest

from tests.benchmarks.bench import DOCUMENT, EXTRAS, write
from tests.benchmarks.finding import at_least, at_most, table
from tests.benchmarks.growth import Line
from tests.benchmarks.letters import Letter, letters
from tracker.domain.fields import HEADER_FIELDS
from tracker.domain.kind import DELIVERY_REPORTS
from tracker.domain.message import FolderRole, Message, RawMessage
from tracker.parsing import parse

SIZE = 1000


@pytest.fixture(scope="module")
def mailbox() -> list[Letter]:
    return list(letters(SIZE))


def test_the_made_up_mailbox_is_the_same_for_everybody(mailbox: list[Letter]) -> None:
    assert len(mailbox) == SIZE
    assert list(letters(SIZE)) == mailbox
    assert [letter.at for letter in mailbox] == sorted(letter.at for letter in mailbox)


def test_its_headers_are_as_long_as_those_of_real_mail(mailbox: list[Letter]) -> None:
    sizes = [len(letter.content.partition(b"\n\n")[0]) for letter in mailbox if letter.folder == "INBOX"]
    tenths = statistics.quantiles(sizes, n=10)
    assert 4_000 < tenths[0] < tenths[8] < 8_192


def test_what_is_asked_of_them_is_as_long_as_in_real_mail(mailbox: list[Letter]) -> None:
    """660 bytes in a real mailbox whose ids and addresses were made short, 740 in another."""
    wanted = "|".join(HEADER_FIELDS)
    field = re.compile(rf"^(?:{wanted}):.*(?:\n[ \t].*)*\n", re.MULTILINE | re.IGNORECASE)
    heads = [letter.content.partition(b"\n\n")[0].decode() + "\n" for letter in mailbox]
    sizes = [sum(len(found.replace("\n", "\r\n")) for found in field.findall(head)) for head in heads]
    assert 650 < statistics.mean(sizes) < 800


def test_it_holds_what_a_mailbox_holds(mailbox: list[Letter]) -> None:
    facts = [parse(_raw(letter), role=FolderRole.OTHER, now=datetime.now(UTC)) for letter in mailbox]
    messages = [fact for fact in facts if isinstance(fact, Message)]
    assert len(messages) == SIZE
    ids = {message.message_id for message in messages}
    assert len(ids) == SIZE
    answers = [message for message in messages if message.in_reply_to]
    assert len(answers) > SIZE // 20
    assert all(message.in_reply_to[0] in ids for message in answers)
    assert any(len(message.references) > 1 for message in answers)
    assert any(message.signals & DELIVERY_REPORTS for message in messages)
    assert sum(b"List-Id" in letter.content for letter in mailbox) > SIZE // 4
    assert sum(b"=?UTF-8?B?" in letter.content for letter in mailbox) > SIZE // 4


def _raw(letter: Letter) -> RawMessage:
    header = letter.content.partition(b"\n\n")[0].replace(b"\n", b"\r\n") + b"\r\n\r\n"
    return RawMessage(1, header, datetime.fromtimestamp(letter.at, UTC), len(header))


@pytest.mark.parametrize("exponent", [0.0, 1.0, 1.5])
def test_the_exponent_is_that_of_the_growth(exponent: float) -> None:
    line = Line("what", tuple((size, 0.002 * size**exponent) for size in (100, 1000, 10_000)))
    assert line.exponent == pytest.approx(exponent)
    assert line.last_exponent == pytest.approx(exponent)


def test_a_target_is_met_on_its_own_side_of_the_reference() -> None:
    found = [at_least("rate", target=0.75, rates=(80, 100), unit="x"), at_most("time", target=1.5, seconds=(3.2, 2))]
    assert [finding.met for finding in found] == [True, False]
    assert table(found).splitlines()[2:] == [
        "| rate | ≥ 0.75 × reference | 80 x | 100 x | 0.80 | yes |",
        "| time | ≤ 1.5 × reference | 3.20 s | 2.00 s | 1.60 | **no** |",
    ]


def test_the_page_has_a_place_for_every_table() -> None:
    page = DOCUMENT.read_text(encoding="utf-8")
    for name in ("measured", *EXTRAS):
        assert page.count(f"<!-- {name}: begin -->\n") == page.count(f"<!-- {name}: end -->\n") == 1
    with pytest.raises(ValueError, match="has no place"):
        write("nothing", "")
