"""LinkedIn's exports in the layouts since 2018: every row arrives, or is told with its true reason."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracker.domain.connection import Profile
from tracker.errors import ImportRejected
from tracker.importers import Imported, Remark, _content, read

if TYPE_CHECKING:
    from pathlib import Path

NOTES = 'Notes:\n"When exporting, you may notice that some addresses are missing, for reasons of privacy, as set."\n\n'
OLD = "First Name,Last Name,Email Address,Company,Position,Connected On\n"
NEW = "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
JANE = Profile(
    key="/in/janedoe",
    name="Jane Doe",
    company="Acme, Inc.",
    position="CTO",
    profile_url="https://www.linkedin.com/in/janedoe",
    connected_on=date(2021, 3, 4),
    addresses=(),
)
ROW = 'Jane,Doe,https://www.linkedin.com/in/janedoe,,"Acme, Inc.",CTO,04 Mar 2021\n'
RESAVED = "Jane;Doe;https://www.linkedin.com/in/janedoe;;Acme, Inc.;CTO;4-Mar-21\n"


def written(folder: Path, content: str | bytes, name: str = "Connections.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


LAYOUTS = {
    "2024": NOTES + NEW + ROW,
    "2024 without its preamble": NEW + ROW,
    "2024 with a byte order mark and CRLF": "\ufeff" + (NOTES + NEW + ROW).replace("\n", "\r\n"),
    "2023 with blank lines": "\ufeff\n\n" + NEW + ROW,
    "re-saved with semicolons": f"Notes:;;;;;;\n{NEW.replace(',', ';')}{RESAVED}",
    "re-saved with padding commas": "Notes:,,,,,,\n,,,,,,\n" + NEW + ROW,
    "odd case and spaces in the header": NOTES + NEW.upper().replace(",", " , ") + ROW,
    "columns in another order": "Connected On,Position,Company,URL,Last Name,First Name\n04 Mar 2021,CTO,\"Acme, Inc.\",https://www.linkedin.com/in/janedoe,Doe,Jane\n",
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_person(layout: str, tmp_path: Path) -> None:
    assert read(written(tmp_path, LAYOUTS[layout])) == Imported((JANE,))


def test_the_layout_of_2021_has_no_profile_but_may_have_an_address(tmp_path: Path) -> None:
    (person,) = read(written(tmp_path, NOTES + OLD + "Jane,Doe,Jane@ACME.example,Acme,CTO,04 Mar 2021\n")).profiles
    assert (person.key, person.addresses, person.profile_url) == ("jane doe 2021-03-04", ("jane@acme.example",), None)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (OLD, 'Jane,Doe,jane@acme.example,Acme,CTO,"3/4/18, 5:06 PM"'),
        (
            "First Name,Last Name,Address,Email Address,Company,Position,Connected On,Websites,Instant Messengers\r\n",
            'Jane,Doe,,jane@acme.example,Acme,CTO,"03/04/2018, 05:06 PM",,',
        ),
    ],
    ids=["2018", "2020"],
)
def test_dates_until_2020_have_the_month_first(header: str, row: str, tmp_path: Path) -> None:
    imported = read(written(tmp_path, f"{header}{row}\n"))
    (person,) = imported.profiles
    assert (person.connected_on, person.addresses, imported.notes) == (date(2018, 3, 4), ("jane@acme.example",), ())


def test_a_windows_encoding_is_read(tmp_path: Path) -> None:
    (person,) = read(written(tmp_path, (NEW + "Zoë,Müller,,,,,\n").encode("cp1252"))).profiles
    assert person.name == "Zoë Müller"


def test_the_archive_is_read_wherever_the_file_lies_in_it(tmp_path: Path) -> None:
    path = tmp_path / "Complete_LinkedInDataExport_11-20-2026.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Complete_LinkedInDataExport/messages.csv", "x")
        archive.writestr("Complete_LinkedInDataExport/nested/CONNECTIONS.CSV", NOTES + NEW + ROW)
    assert read(path).profiles == (JANE,)


def test_rows_without_a_name_are_skipped_with_their_line(tmp_path: Path) -> None:
    imported = read(written(tmp_path, NOTES + NEW + ROW + ",,,,Acme,,04 Mar 2021\n" + "Eve\n"))
    assert imported.skipped == (Remark(6, "no name (a closed account)"),)
    assert [person.name for person in imported.profiles] == ["Jane Doe", "Eve"]


def test_a_cell_that_cannot_be_used_is_told_and_its_person_kept(tmp_path: Path) -> None:
    rows = (
        "A,A,javascript:alert(1),not-an-email,,,04 Mar 2021\n"
        "B,B,https://linkedin.com.evil.example/in/b,,,,yesterday\n"
        "C,C,https://www.linkedin.com/company/c,,,,31 Feb 2021\n"
        "D,D,http://de.linkedin.com/in/D%C3%BCrr/?x=1,=cmd(),,,\n"
    )
    imported = read(written(tmp_path, NEW + rows))
    assert [person.profile_url for person in imported.profiles] == [
        None,
        None,
        None,
        "https://www.linkedin.com/in/D%C3%BCrr",
    ]
    assert imported.profiles[3].key == "/in/dürr"
    assert [note.line for note in imported.notes] == [2, 2, 3, 3, 4, 4, 5]


def test_a_person_who_stands_there_twice_is_one_with_both_addresses(tmp_path: Path) -> None:
    twice = (
        NEW
        + "Jane,Doe,https://www.linkedin.com/in/jane,a@x.example,,,\nJane,Doe,https://www.linkedin.com/in/JANE/,b@x.example,Acme,,\n"
    )
    imported = read(written(tmp_path, twice))
    (person,) = imported.profiles
    assert (person.company, person.addresses) == ("Acme", ("a@x.example", "b@x.example"))
    assert imported.skipped == (Remark(3, "Jane Doe stands in the file twice"),)


def test_names_cannot_carry_escapes(tmp_path: Path) -> None:
    (person,) = read(written(tmp_path, NEW + "\x1b[31mJane\u202e,Doe\x07,,,,,\n")).profiles
    assert person.name == "[31mJane Doe"


REFUSED = {
    "empty": b"",
    "binary": bytes(range(256)) * 100,
    "no csv": b"Dear Jane,\n\nI was wondering whether\n",
    "another csv": b"Name,E-mail\nJane,jane@acme.example\n",
    "a damaged archive": b"PK\x03\x04" + bytes(60),
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=list(REFUSED))
def test_what_is_no_export_is_refused_with_a_hint(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(ImportRejected) as caught:
        read(written(tmp_path, content))
    assert caught.value.hint
    assert caught.value.message.startswith("Connections.csv is ")
    assert "\n" not in caught.value.message


def test_without_any_column_of_names_every_row_is_skipped_and_nobody_has_left(tmp_path: Path) -> None:
    imported = read(written(tmp_path, "Company,Position,Connected On\r\nAcme,CTO,04 Mar 2021\r\nBorealis,,\r\n"))
    reason = "it names nobody: the file has no column First Name or Last Name"
    assert imported == Imported(skipped=(Remark(2, reason), Remark(3, reason)), complete=False)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    problems = {
        tmp_path / "missing.csv": "missing.csv does not exist",
        tmp_path / "file" / "inside.csv": "inside.csv does not exist",
        tmp_path: f"{tmp_path.name[:100]} is a folder",
        tmp_path / "pipe": "pipe is no file",
        tmp_path / ("a" * 300): f"{'a' * 100} cannot be opened: File name too long",
        tmp_path / "a\0b": "a\0b cannot be opened: embedded null byte",
    }
    for path, problem in problems.items():
        with pytest.raises(ImportRejected) as caught:
            read(path)
        assert (caught.value.message, bool(caught.value.hint)) == (problem, True)


COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


def test_a_damaged_archive_is_refused_whatever_its_compression(tmp_path: Path) -> None:
    """One byte at a time, all over the file: zlib, bz2, lzma and zipfile each complain in their own way."""
    refused = set()
    for compression in COMPRESSIONS:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", compression) as archive:
            archive.writestr("Connections.csv", NOTES + NEW + ROW)
        for position in range(4, len(content.getvalue()), 3):
            damaged = bytearray(content.getvalue())
            damaged[position] ^= 0xFF
            try:
                read(written(tmp_path, bytes(damaged)))
            except ImportRejected as error:
                assert error.hint  # noqa: PT017 - either outcome is right, a traceback is not
                refused.add(compression)
    assert refused == set(COMPRESSIONS)


def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Connections.csv", NEW + "Jane,Doe,,,,,\n" * 2_000_000)
    wide = written(tmp_path, NEW + "a," * 100_000 + "\n", "wide.csv")
    long = written(tmp_path, NEW + "a,b,,,,,\n" * 101_000, "long.csv")
    for path in (bomb, wide, long):
        with pytest.raises(ImportRejected, match="more"):
            read(path)
    monkeypatch.setattr(_content, "MEGABYTE", 1)
    with pytest.raises(ImportRejected, match="larger"):
        read(written(tmp_path, NEW + ROW))


words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Zs", "Cn", "Co"]), max_size=12
)
people = st.lists(st.tuples(words, words, words, words, st.dates(date(2003, 5, 5), date(2030, 1, 1))), max_size=20)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people, st.booleans(), st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_every_row_arrives_or_is_told(
    tmp_path: Path, rows: list[tuple[str, str, str, str, date]], bom: bool, notes: bool, end: str
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=end)
    for number, (first, last, company, position, day) in enumerate(rows):
        when = f"{day.day:02d} {MONTHS[day.month - 1]} {day.year}"
        writer.writerow(
            [first, last, f"https://www.linkedin.com/in/p{number}", f"p{number}@x.example", company, position, when]
        )
    content = (NOTES if notes else "").replace("\n", end) + NEW.replace("\n", end) + text.getvalue()
    imported = read(written(tmp_path, content.encode("utf-8-sig" if bom else "utf-8")))
    expected = [
        (f"{first} {last}".strip(), company, position, day)
        for first, last, company, position, day in rows
        if first or last
    ]
    assert [(p.name, p.company, p.position, p.connected_on) for p in imported.profiles] == expected
    assert len(imported.skipped) == len(rows) - len(expected)
    assert not imported.notes


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", NEW.encode(), b"\xff\xfe", (NEW + ROW).encode()]))
def test_no_file_crashes_the_importer(tmp_path: Path, junk: bytes, start: bytes) -> None:
    try:
        imported = read(written(tmp_path, start + junk))
    except ImportRejected as error:
        assert error.hint  # noqa: PT017 - either outcome is right, a traceback is not
    else:
        assert isinstance(imported, Imported)
