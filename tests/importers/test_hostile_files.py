"""Files that are damaged, cut, or made to harm: a rejection in one line and nothing imported, or a whole result."""

from __future__ import annotations

import os
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.importers.talks import FIRST, HEADERS, Line, archive, archived, messages_csv
from tests.importers.test_address_books import BOOKS
from tests.importers.test_archive import CONNECTIONS, INVITATIONS, OWN
from tracker.errors import ImportRejected
from tracker.importers import Imported, read

EXAMPLES = 3_000 if os.environ.get("TRACKER_SLOW") else 250
happened: Counter[str] = Counter()

TALK = [FIRST, *(Line((number,), is_mine=number % 2 == 0, minute=1, subject="", kind="") for number in (1, 2, 3))]
SEEDS = {
    **BOOKS,
    "connections": CONNECTIONS.encode(),
    "connections, UTF-16": CONNECTIONS.encode("utf-16"),
    "invitations": INVITATIONS.encode(),
    "own": OWN.encode(),
    **{f"messages of {layout}": messages_csv(TALK, layout).encode() for layout in HEADERS},
}
HOSTILE = (
    *(b'"', b"\0", b"\r", b"\n", b",", b";", b"=\r\n", b"\xff\xfe", b"\xed\xa0\x80", b"\xe2\x80\xae", b"%00"),
    *(
        b"https://[",
        b"Connected On",
        b"9" * 5_000,
        b"PK\x03\x04",
        b"CHARSET=utf-7",
        b" :::",
        b"END:VCARD",
        b"BEGIN:VCARD\n",
    ),
)


cuts = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 6), st.sampled_from(HOSTILE) | st.binary(max_size=4)),
    min_size=1,
    max_size=4,
)


def mutated(content: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    """The bytes with some replaced, inserted or gone."""
    for place, gone, put in changes:
        at = int(place * len(content))
        content = content[:at] + put + content[at + gone :]
    return content


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([*SEEDS, "archive"]), cuts, st.booleans())
def _no_bytes_crash(tmp_path: Path, seed: str, changes: list[tuple[float, int, bytes]], is_archived: bool) -> None:
    path = tmp_path / "export"
    if seed == "archive":
        path.write_bytes(mutated(archive(path, TALK, "2024").read_bytes(), changes))
    elif is_archived:
        archived(path, mutated(SEEDS[seed], changes))
    else:
        path.write_bytes(mutated(SEEDS[seed], changes))
    try:
        imported = read(path)
    except ImportRejected as error:
        assert error.hint  # noqa: PT017 - either outcome is right, a traceback is not
        assert error.message.isprintable()  # noqa: PT017 - and so one line
        happened[f"{seed} refused"] += 1
    else:
        assert isinstance(imported, Imported)
        everyone = (*imported.profiles, *imported.contacts)
        assert len({profile.key for profile in everyone}) == len(everyone)
        for text in (word for one in everyone for word in (one.key, one.name, one.company, one.position)):
            assert text.isprintable() or "\u200d" in text or "\u200c" in text or "\xa0" in text, ascii(text)
        happened[f"{seed} read"] += 1


def test_whatever_bytes_a_file_holds_it_is_read_or_refused(tmp_path: Path) -> None:
    happened.clear()
    _no_bytes_crash(tmp_path)
    assert sum(count for what, count in happened.items() if what.endswith("refused")) > EXAMPLES // 20, happened
    assert sum(count for what, count in happened.items() if what.endswith("read")) > EXAMPLES // 4, happened


def test_bombs_are_refused_in_any_file_of_an_archive_and_nothing_is_imported(tmp_path: Path) -> None:
    row = "1,,Ann,https://linkedin.com/in/ann,Jane,https://linkedin.com/in/jane,2024-03-04 10:00:00 UTC,,x,,,No,No\n"
    bombs = {
        "messages.csv": f"{HEADERS['2024']}\n" + row * 300_000,
        "Email Addresses.csv": OWN + "a@x.example,No,No,\n" * 1_000_000,
        "Invitations.csv": INVITATIONS + "A,B,,,OUTGOING,,\n" * 1_000_000,
    }
    for name, content in bombs.items():
        path = tmp_path / f"{name}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
            target.writestr("Connections.csv", CONNECTIONS)
            target.writestr(name, content)
        with pytest.raises(ImportRejected, match=f"{name} in it unpacks to more than any export holds"):
            read(path)


def test_a_million_columns_or_a_line_without_end_are_refused(tmp_path: Path) -> None:
    for index, tail in enumerate(("a," * 1_000_000, '"' + "a" * 2_000_000, "a," * 400_000)):
        path = tmp_path / str(index)
        path.write_text(f"{CONNECTIONS}{tail}\n", encoding="utf-8")
        with pytest.raises(ImportRejected, match="more than"):
            read(path)


def test_a_long_message_refuses_nothing_and_a_quotation_mark_too_many_is_told_with_its_line(tmp_path: Path) -> None:
    row = f"1,,Ann,,Jane,,2024-03-04 10:00:00 UTC,,{'a' * 200_000},INBOX,,No,No\n"
    path = tmp_path / "messages"
    path.write_text(f"{HEADERS['2024']}\n{row}", encoding="utf-8")
    assert [note.line for note in read(path).notes] == [2]
    path.write_text(CONNECTIONS + 'John,"Roe,,\n' + "Jane,Doe,,\n" * 98_000, encoding="utf-8")
    with pytest.raises(ImportRejected, match="is no CSV file in line 3: field larger than field limit"):
        read(path)


def test_a_header_of_a_million_columns_is_no_header(tmp_path: Path) -> None:
    path = tmp_path / "wide"
    path.write_text("a," * 1_000_000 + CONNECTIONS, encoding="utf-8")
    with pytest.raises(ImportRejected, match="no known export"):
        read(path)


def test_too_many_files_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as target:
        for number in range(100):
            target.writestr(f"{number}/Connections.csv", CONNECTIONS)
    with pytest.raises(ImportRejected, match="more files of one name"):
        read(path)


def test_a_slug_cannot_carry_what_a_database_or_a_terminal_takes_amiss(tmp_path: Path) -> None:
    path = tmp_path / "slugs"
    slugs = ("a%00b", "a%0Ab", "a%1B%5B31mb", "a%E2%80%AEb")
    rows = "".join(f"P{slug[1:4]},X,https://www.linkedin.com/in/{slug},\n" for slug in slugs)
    path.write_text(CONNECTIONS.splitlines()[0] + "\n" + rows, encoding="utf-8")
    imported = read(path)
    assert [profile.profile_url for profile in imported.profiles] == [None] * 4
    assert len(imported.notes) == 4


def test_a_file_that_cannot_be_read_is_refused() -> None:
    """Not even root reads the memory of a process at the address 0."""
    with pytest.raises(ImportRejected, match="mem cannot be read: Input/output error"):
        read(Path("/proc/self/mem"))
