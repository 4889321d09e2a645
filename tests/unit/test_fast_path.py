"""What the strict grammar takes, mail-parser reads in the same way; and it takes nearly all of a mailbox."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.golden.mailboxes import RULES
from tests.properties.census import Census, examples
from tests.unit.realistic_headers import blocks
from tests.unit.test_hostile_headers import BLOCKS, BODIES, PIECES
from tracker.parsing._fast import simple
from tracker.parsing._fields import plain_fields, split_patiently
from tracker.parsing._parsed import by_mail_parser

if TYPE_CHECKING:
    from collections.abc import Sequence

REALISTIC = tuple(blocks(400, seed=7))


def is_simple(header: bytes) -> bool:
    """Whether the strict grammar takes the block; then mail-parser has to say the same."""
    fields = split_patiently(header)
    plain = plain_fields(header)
    assert plain is None or list(plain.items()) == list(fields.items())
    found = simple(fields)
    if found is None:
        return False
    assert found == by_mail_parser(fields)
    return True


def test_nearly_all_of_a_mailbox_is_simple_and_read_the_same() -> None:
    taken = sum(map(is_simple, REALISTIC))
    assert 0.9 * len(REALISTIC) <= taken < len(REALISTIC)
    assert sum(plain_fields(block) is not None for block in REALISTIC) >= 0.9 * len(REALISTIC)


def test_the_golden_mailboxes_are_read_the_same() -> None:
    texts = [path.read_text(encoding="utf-8") for path in RULES.glob("*.mailbox")]
    letters = [letter for text in texts for letter in re.split(r"^--- .*\n", text, flags=re.MULTILINE)[1:]]
    taken = [is_simple(letter.partition("\n\n")[0].encode()) for letter in letters]
    assert 0.8 < sum(taken) / len(taken) < 1


ATOMS = st.sampled_from(["Jane", "J.", "O'Neil", "a", "A-1", "x.y", "_", "=", "?", "=?", "?=", ".", "..", "-"])
ENCODED = st.builds(
    "=?{}?{}?{}?=".format,
    st.sampled_from(["utf-8", "UTF-8", "iso-8859-1", "iso-8859-15", "windows-1252", "us-ascii", "utf-8*de", "nix"]),
    st.sampled_from("bBqQ"),
    st.sampled_from(
        [
            "w7xiZXI=",
            "w7xiZXI",
            "G1sx",
            "=1B",
            "A",
            "AA",
            "IA==",
            "YUBi",
            "ZcyB",
            "IGEKIA==",
            "=C3=BC_b",
            "=FC",
            "a_b",
            "x@y",
            "=",
            "=3D",
            "<",
            "",
        ]
    ),
)
WHOLE = st.builds(
    "=?{}?b?{}?=".format,
    st.sampled_from(["utf-8", "UTF-8"]),
    st.sampled_from(["w7xiZXI=", "ZcyB", "IGEKIA==", "w7xiZXI", "w7w", "w7w=", "YWJj", "AGEA", "w7xi/w==", "7aCA"]),
)
LOCALS = st.sampled_from(["a", "a.b", "A+tag", "o'neil", "a=b", "a..b", ".a", "a.", "x" * 70, "=?a?="])
DOMAINS = st.sampled_from(
    ["b.example", "B.EXAMPLE", "localhost", "gmail.com", "a_b.example", "b..c", "-x.example", "b."]
)
ADDR_SPECS = st.builds("{}@{}".format, LOCALS, DOMAINS)
BLANKS = st.sampled_from(["", " ", " ", " ", "  ", "\t"])
QUOTED = st.lists(ATOMS | ADDR_SPECS | ENCODED | st.sampled_from([",", ";", "(", "\\", "<", " "]), max_size=3).map(
    lambda inside: f'"{" ".join(inside)}"'
)
PHRASES = st.lists(ATOMS | ENCODED | QUOTED, max_size=4).flatmap(
    lambda words: BLANKS.map(lambda blank: (blank or " ").join(words))
)
MAILBOXES = st.builds("{}{}<{}>{}".format, PHRASES | QUOTED, BLANKS, ADDR_SPECS, BLANKS) | ADDR_SPECS
LISTS = st.lists(MAILBOXES, min_size=1, max_size=3).flatmap(
    lambda found: st.sampled_from([",", ", ", ", ", " ,", ",,", "; ", '"', '","']).map(lambda comma: comma.join(found))
)


def test_lists_of_mailboxes_are_read_the_same() -> None:
    census = Census()

    @examples(600)
    @given(LISTS)
    def lists(body: str) -> None:
        taken = is_simple(f"To: {body}\r\n".encode())
        census.count(taken=taken, left=not taken, named=taken and "<" in body, encoded=taken and "=?" in body)

    lists()
    census.require(taken=0.1, left=0.2, named=0.05, encoded=0.01)


GROUPS = st.builds(
    "{}{}{}".format,
    st.sampled_from(
        ["undisclosed-recipients", "Undisclosed recipients", "a \t b", "-", "a.b", "ü", "=?utf-8?b?A?=", ""]
    ),
    st.sampled_from([":;", ": ;", " :\t;", ":", ";", ":;;", ":,;", ":;,", "::;", ":a@b.example;"]),
    st.sampled_from(["", "", "", ", a@b.example", " (none)", ":;"]),
)


def test_groups_are_read_the_same() -> None:
    census = Census()

    @examples(300)
    @given(st.sampled_from(["From", "Reply-To", "To", "Cc"]), GROUPS)
    def groups(name: str, body: str) -> None:
        taken = is_simple(f"{name}: {body}\r\n".encode())
        census.count(taken=taken, left=not taken)

    groups()
    census.require(taken=0.05, left=0.5)


def test_subjects_are_read_the_same() -> None:
    census = Census()

    @examples(200)
    @given(WHOLE | st.lists(ATOMS | ENCODED | st.sampled_from([" ", "\t", "ü", "Re:"]), max_size=5).map(" ".join))
    def subjects(body: str) -> None:
        taken = is_simple(f"Subject: {body}\r\n".encode())
        whole = taken and body.lower().startswith("=?utf-8?b?") and " " not in body
        census.count(taken=taken, left=not taken, encoded=taken and "=?" in body, whole=whole)

    subjects()
    census.require(taken=0.3, left=0.1, encoded=0.1, whole=0.1)


def mostly(usual: Sequence[str], odd: Sequence[str]) -> st.SearchStrategy[str]:
    """One of the usual ones three times out of four, so that all parts of a whole are usual often enough."""
    return st.integers(0, 3).flatmap(lambda turn: st.sampled_from(usual if turn else odd))


DATES = st.builds(
    "{}{} {} {} {} {}{}".format,
    mostly(["", "Mon, ", "Tue,  "], ["Tue,", "tue, ", "Montag, "]),
    mostly(["1", "01", "09", "12", "28"], ["00", "29", "30", "31", "32"]),
    mostly(["Jan", "Feb", "Dec"], ["feb", "13"]),
    mostly(["2026", "2024", "1969"], ["26", "1899", "2100", "126"]),
    mostly(["00:00:00", "09:05", "12:59:59"], ["9:00:00", "23:59:60", "24:00:00", "12:60:00", "12.00.00"]),
    mostly(
        ["+0000", "-0000", "+0530", "-1259", "+1359", "GMT"],
        ["+1400", "+1401", "+9900", "+0060", "EST", "X", "", "+02:00"],
    ),
    mostly(["", "", " (CET)", " (GMT+02:00)"], [" (a (b))", "(x)", " ()", " x"]),
)


def test_dates_are_read_the_same() -> None:
    census = Census()

    @examples(800)
    @given(DATES)
    def dates(body: str) -> None:
        taken = is_simple(f"Date: {body}\r\n".encode())
        census.count(taken=taken, left=not taken)

    dates()
    census.require(taken=0.05, left=0.5)


def test_what_became_of_a_block_by_a_few_strange_bytes_is_read_the_same() -> None:
    census = Census()

    @examples(400)
    @given(st.sampled_from(REALISTIC), st.lists(st.tuples(st.floats(0, 1), PIECES, st.integers(0, 3)), max_size=3))
    def mutated(block: bytes, changes: list[tuple[float, bytes, int]]) -> None:
        for share, piece, dropped in changes:
            at = int(share * len(block))
            block = block[:at] + piece + block[at + dropped :]
        taken = is_simple(block)
        census.count(taken=taken, left=not taken, changed=taken and bool(changes))

    mutated()
    census.require(taken=0.3, left=0.2, changed=0.1)


LINES = mostly(
    ["To: a", "subject:b", "CC: c ", "References: <d>", " folded", "\tfolded"],
    ["To", "To : a", "Subject:", "X-Other: y", " ", "", "\t \t", " folded ", "lone\rCR", "\x0b", "ü", ":", " To: a"],
)


def test_lines_of_any_kind_are_fields_to_both_or_to_neither() -> None:
    census = Census()

    @examples(600)
    @given(st.lists(LINES, min_size=1, max_size=6), st.sampled_from(["\r\n", "\n"]), st.sampled_from(["", "\n", "\r"]))
    def lines(found: list[str], end: str, last: str) -> None:
        block = (end.join(found) + end + last).encode()
        plain = plain_fields(block)
        assert plain is None or list(plain.items()) == list(split_patiently(block).items())
        census.count(plain=bool(plain), left=plain is None, folded=bool(plain) and "folded" in "".join(found))

    lines()
    census.require(plain=0.1, left=0.3, folded=0.03)


@given(st.sampled_from(["From", "Reply-To", "To", "Cc", "Bcc", "Subject", "Date"]), BODIES)
def test_any_body_is_read_the_same(name: str, body: bytes) -> None:
    is_simple(name.encode() + b": " + body)


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_hostile_blocks_are_read_the_same(block: bytes) -> None:
    is_simple(block[:20_000])
