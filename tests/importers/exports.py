"""Exports of connections in every layout, of rows whose fate is known, as LinkedIn or a spreadsheet writes them."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tracker.domain.connection import Profile
from tracker.importers import Remark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SENTENCE = (
    "When exporting your connection data, you may notice that some addresses are missing, since people, for reasons of "
    "privacy, may choose to show theirs to nobody."
)

_OUTLOOK = (
    "Title|First Name|Middle Name|Last Name|Suffix|E-mail Address|E-mail 2 Address|E-mail 3 Address|Business Street|"
    "Business Street 2|Business Street 3|Business City|Business State|Business Postal Code|Business Country|"
    "Home Street|Home Street 2|Home Street 3|Home City|Home State|Home Postal Code|Home Country|Other Street|"
    "Other Street 2|Other Street 3|Other City|Other State|Other Postal Code|Other Country|Company|Department|Job Title|"
    "Assistant's Phone|Business Fax|Business Phone|Business Phone 2|Callback|Car Phone|Company Main Phone|Home Fax|"
    "Home Phone|Home Phone 2|ISDN|Mobile Phone|Other Fax|Other Phone|Pager|Primary Phone|Radio Phone|TTY/TDD Phone|"
    "Telex|Assistant's Name|Birthday|Manager's Name|Notes|Other Address PO Box|Spouse|Web Page|Personal Web Page"
)
HEADERS = {
    "2012": tuple(_OUTLOOK.split("|")),
    "2018": ("First Name", "Last Name", "Email Address", "Company", "Position", "Connected On"),
    "2020": (
        "First Name", "Last Name", "Address", "Email Address", "Company", "Position", "Connected On", "Websites",
        "Instant Messengers",
    ),
    "2024": ("First Name", "Last Name", "URL", "Email Address", "Company", "Position", "Connected On"),
    "re-saved": ("First Name", "Last Name", "URL", "Company", "Position", "Connected On"),
}  # fmt: skip
PREAMBLES: dict[str, tuple[tuple[str, ...], ...]] = {
    "none": (),
    "notes": (("Notes:",), (SENTENCE,), ()),
    "cut": ((SENTENCE,), ()),
    "blank": ((), ()),
    "padded": (("Notes:", "", ""), ("", "", "")),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A person as an export may have them; what is wrong with a cell is told by `flaw`."""

    number: int
    first: str
    last: str
    company: str
    day: date
    flaw: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How an export is written."""

    version: str
    preamble: str
    encoding: str
    end: str
    delimiter: str
    order: int
    shouts: bool
    extra: bool

    def dated(self, day: date) -> str:
        """A day, as it is written in this layout."""
        if self.version == "2018":
            return f"{day.month}/{day.day}/{day:%y}, 5:06 PM"
        if self.version == "2020":
            return f"{day:%m/%d/%y}, 05:06 PM"
        month = MONTHS[day.month - 1]
        return f"{day.day}-{month}-{day:%y}" if self.version == "re-saved" else f"{day.day:02} {month} {day.year}"

    @property
    def columns(self) -> list[str]:
        """The header's cells, moved as a spreadsheet may have; that of 2012 is known by its order alone."""
        names = list(HEADERS[self.version])
        if self.version == "2012":
            return names
        names += ["Tags"] if self.extra else []
        turn = self.order % len(names)
        return names[turn:] + names[:turn]


FLAWS = ("", "", "", "", "nameless", "no address", "look-alike", "script", "formula", "undated", "twice", "short")
CELLS = {
    "no address": ("Email Address", "not-an-email", "is no e-mail address; left out"),
    "look-alike": ("URL", "https://linkedin.com.evil.example/in/x", "is no LinkedIn profile; left out"),
    "script": ("URL", "javascript:alert(1)//linkedin.com/in/x", "is no LinkedIn profile; left out"),
    "undated": ("Connected On", "31 Feb 2021", "is no date; left out"),
}
"""The column, what stands in it, and what is said of it."""

words = st.text(st.sampled_from("abcXYZ éüñß€’.-'&"), min_size=1, max_size=8).map(str.strip).filter(bool)
names = st.one_of(words, words.map(lambda word: f"{word}, PhD"), words.map(lambda word: f"{word} 🚀"))
rows = st.lists(
    st.builds(
        Row, st.just(0), words, names, words, st.dates(date(2003, 5, 5), date(2030, 1, 1)), st.sampled_from(FLAWS)
    ),
    max_size=12,
).map(lambda drawn: [Row(n, r.first, r.last, r.company, r.day, r.flaw) for n, r in enumerate(drawn)])
layouts = st.builds(
    Layout,
    version=st.sampled_from(sorted(HEADERS)),
    preamble=st.sampled_from(sorted(PREAMBLES)),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    end=st.sampled_from(["\n", "\r\n"]),
    delimiter=st.sampled_from(",;\t"),
    order=st.integers(0, 8),
    shouts=st.booleans(),
    extra=st.booleans(),
)


@dataclass(frozen=True, slots=True)
class Export:
    """The bytes of a file, and what it says."""

    content: bytes
    profiles: tuple[Profile, ...]
    skipped: tuple[Remark, ...]
    notes: tuple[Remark, ...]
    flaws: frozenset[str]


def export_of(rows: Sequence[Row], layout: Layout) -> Export:
    """The file of these rows, and what must come of each."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=layout.delimiter, lineterminator=layout.end)
    columns, preamble = layout.columns, PREAMBLES[layout.preamble]
    writer.writerows(preamble)
    writer.writerow([f" {name.upper()} " if layout.shouts else name for name in columns])
    people: dict[str, Profile] = {}
    skipped: list[Remark] = []
    notes: list[Remark] = []
    line = len(preamble) + 2
    for row in rows:
        for cells in [_cells(row, layout)] * (2 if row.flaw == "twice" else 1):
            written = [cells.get(name, "") for name in columns]
            while row.flaw == "short" and written and not written[-1]:
                written.pop()
            writer.writerow(written)
            flaw, flawed, said = row.flaw, *CELLS.get(row.flaw, ("", "", ""))[1:]
            profile = _profile(row, layout)
            if flaw == "nameless":
                skipped.append(Remark(line, "no name (a closed account)"))
            elif profile.key in people:
                skipped.append(Remark(line, f"{profile.name} stands in the file twice"))
            if flaw in CELLS and CELLS[flaw][0] in columns:
                notes.append(Remark(line, f"{flawed} {said}"))
            if flaw != "nameless":
                people[profile.key] = profile
            line += 1
    content = text.getvalue().encode(layout.encoding, "replace")
    return Export(content, tuple(people.values()), tuple(skipped), tuple(notes), frozenset(row.flaw for row in rows))


def _cells(row: Row, layout: Layout) -> Mapping[str, str]:
    cells = {
        "First Name": row.first,
        "Last Name": row.last,
        "URL": f"https://www.linkedin.com/in/P%C3%A9{row.number}",
        "Email Address": f"P{row.number}@X.example",
        "E-mail Address": f"P{row.number}@X.example",
        "Company": "=cmd()" if row.flaw == "formula" else row.company,
        "Connected On": layout.dated(row.day),
    }
    if row.flaw == "nameless":
        cells = {"Company": row.company, "Connected On": layout.dated(row.day)}
    if row.flaw in CELLS:
        column, cell, _ = CELLS[row.flaw]
        cells[column] = cell
    return {column: _as_written(cell, layout) for column, cell in cells.items()}


def _as_written(text: str, layout: Layout) -> str:
    """What Windows cannot write becomes a question mark."""
    return text.encode(layout.encoding, "replace").decode(layout.encoding)


def _profile(row: Row, layout: Layout) -> Profile:
    columns = layout.columns
    name = " ".join(f"{_as_written(row.first, layout)} {_as_written(row.last, layout)}".split())
    day = None if row.flaw == "undated" or "Connected On" not in columns else row.day
    has_url = "URL" in columns and row.flaw not in {"look-alike", "script"}
    has_address = ("Email Address" in columns or "E-mail Address" in columns) and row.flaw != "no address"
    if row.flaw == "no address" and layout.version == "2012":
        has_address = True
    return Profile(
        key=f"/in/pé{row.number}" if has_url else f"{name.casefold()} {day or ''}".strip(),
        name=name,
        company="=cmd()" if row.flaw == "formula" else " ".join(_as_written(row.company, layout).split()),
        profile_url=f"https://www.linkedin.com/in/P%C3%A9{row.number}" if has_url else None,
        connected_on=day,
        addresses=(f"p{row.number}@x.example",) if has_address else (),  # type: ignore[arg-type]  # spelt as it must be
    )
