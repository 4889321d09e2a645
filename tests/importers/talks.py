"""Archives of invented people who write to each other on LinkedIn, in every layout, with what must come of each row."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

ME = "Ann Example, MBA"
PEOPLE = (
    ("Jane Doe", "jane"),
    ("John Roe, PhD", "john"),
    ("Sam Poe", "sam-1"),
    ("Sam Poe", "sam-2"),
    ("Zoë B.", "zoë"),
)
START = datetime(2024, 3, 4, 10, 0, tzinfo=UTC)
SECRET = "what was written\nto nobody else"

HEADERS = {
    "2018": "From,To,Date,Subject,Content,Direction,Folder",
    "2021": "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,DATE,SUBJECT,CONTENT,FOLDER",
    "2024": "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,SUBJECT,CONTENT,"
    "FOLDER,ATTACHMENTS,IS MESSAGE DRAFT,IS CONVERSATION ARCHIVED",
}
KINDS = ("", "", "", "", "draft", "sponsored", "closed", "undated")
SAID = {
    "draft": "drafts",
    "sponsored": "sponsored",
    "closed": "without a sender (a closed account, or LinkedIn itself)",
    "undated": "without a date",
    "several": "to someone whose name several people have",
    "from several": "from someone whose name several people have",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A message between the user and one or two of `PEOPLE`, so many minutes after the start."""

    people: tuple[int, ...]
    is_mine: bool
    minute: int
    subject: str
    kind: str

    @property
    def at(self) -> datetime:
        return START + timedelta(minutes=self.minute)


@dataclass(frozen=True, slots=True)
class Told:
    """What a message says of a row: who wrote it, to whom, when, about what, in which conversation."""

    author: str
    to: tuple[str, ...]
    at: datetime
    subject: str
    thread: str


def _line(people: tuple[int, ...], minute: int, subject: str, kind: str, *, is_mine: bool) -> Line:
    """A row as it may come: nobody sees the drafts of others."""
    return Line(people, is_mine or kind == "draft", minute, subject, kind)


FIRST = Line(people=(0,), is_mine=True, minute=0, subject="Hello", kind="")
lines = st.lists(
    st.builds(
        _line,
        st.sampled_from([(0,), (1,), (2,), (2,), (3,), (3,), (4,), (0, 1), (1, 3)]),
        st.integers(0, 3),
        st.sampled_from(["", "Hello", "=cmd()"]),
        st.sampled_from(KINDS),
        is_mine=st.booleans(),
    ),
    min_size=2,
    max_size=14,
).map(lambda drawn: [FIRST, *drawn])


NETWORK = "First Name,Last Name,URL,Connected On\n" + "".join(
    f'"{name}",,https://www.linkedin.com/in/{slug},04 Mar 2021\n' for name, slug in PEOPLE
)


def archive(path: Path, lines: Iterable[Line], layout: str) -> Path:
    """The ZIP of these messages, with everyone's connection."""
    return archived(path, messages_csv(lines, layout))


def archived(path: Path, messages: str | bytes) -> Path:
    """The ZIP of a messages.csv, with everyone's connection."""
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("Basic_LinkedInDataExport_03-09-2026/Connections.csv", NETWORK)
        target.writestr("Basic_LinkedInDataExport_03-09-2026/messages.csv", messages)
    return path


def messages_csv(lines: Iterable[Line], layout: str) -> str:
    """The file of these messages."""
    names = HEADERS[layout].split(",")
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, extrasaction="ignore")
    writer.writeheader()
    for line in lines:
        row = _row(line, layout)
        writer.writerow({name: row.get(name.upper(), "") for name in names})
    return text.getvalue()


def url(slug: str) -> str:
    """The URL of a profile."""
    return f"https://www.linkedin.com/in/{slug}"


def _row(line: Line, layout: str) -> dict[str, str]:
    mine, others = (ME, "ann"), [PEOPLE[number] for number in line.people]
    sender, to = (mine, others) if line.is_mine else (others[0], [mine, *others[1:]])
    if line.kind == "closed":
        sender, to = ("LinkedIn Member", ""), [mine]
    at = f"{line.at:%m/%d/%y, %I:%M %p}" if layout == "2018" else f"{line.at:%Y-%m-%d %H:%M:%S} UTC"
    return {
        "CONVERSATION ID": f"2-{line.people}",
        "FROM": sender[0],
        "SENDER PROFILE URL": url(sender[1]) if sender[1] else "",
        "TO": ", ".join(name for name, _ in to),
        "RECIPIENT PROFILE URLS": ",".join(url(slug.upper()) for _, slug in to),
        "DATE": "soon" if line.kind == "undated" else at,
        "SUBJECT": line.subject,
        "CONTENT": SECRET,
        "DIRECTION": "OUTGOING" if line.is_mine and line.kind != "closed" else "INCOMING",
        "FOLDER": "SPONSORED" if line.kind == "sponsored" else "INBOX",
        "IS MESSAGE DRAFT": "Yes" if line.kind == "draft" else "No",
    }


def fate(line: Line, layout: str, all_lines: Sequence[Line]) -> Told | str:
    """What comes of a row: what is told of it, or the kind of the reason why it is skipped."""
    if line.kind and not (line.kind == "draft" and layout != "2024"):
        return line.kind
    me = "me" if layout == "2018" else "ann"
    slugs = [PEOPLE[number][1] for number in line.people]
    known = [slug for slug in slugs if not slug.startswith("sam") or _is_told(slug, line, layout, all_lines)]
    if line.is_mine and known != slugs:
        return "several"
    if not line.is_mine and slugs[0] not in known and layout == "2018":
        return "from several"
    to = tuple(known) if line.is_mine else (me, *(slug for slug in known if slug != slugs[0]))
    pair = " ".join(sorted(known if line.is_mine else {slugs[0], *known}))
    thread = pair if layout == "2018" else f"2-{line.people}"
    return Told(me if line.is_mine else slugs[0], to, line.at, line.subject, f"linkedin {thread}")


def _is_told(slug: str, line: Line, layout: str, all_lines: Sequence[Line]) -> bool:
    """Whether it is told which of two namesakes is meant: by the profile, or because one wrote in the conversation."""
    if layout == "2024":
        return True
    if layout == "2018":
        return False
    return any(
        other.people == line.people and not other.is_mine and other.kind in {"", "draft"}
        for other in all_lines
        if PEOPLE[other.people[0]][1] == slug
    )
