"""One row of Connections.csv to one person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Self
from urllib.parse import quote, unquote, urlsplit

from tracker.addresses import normalise
from tracker.domain.connection import Profile
from tracker.sanitizer import one_line, storable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.domain.message import AddrSpec

MAX_CELL = 1_000
"""Characters kept of a name, a company or a position."""

# Month names in exports are English whatever the account's language.
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_DATE = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3})[a-z]*[ -](\d{4}|\d{2})")
_DATE_UNTIL_2020 = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2}), \d{1,2}:\d{2} [AP]M")
_HOSTS = re.compile(r"(?:[a-z]{2,3}\.)?linkedin\.com")


class Nobody(Exception):
    """A row that names no person."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands, found by the header's cells and never by their number; -1 where it is missing."""

    first: int
    last: int
    url: int
    address: int
    company: int
    position: int
    connected_on: int

    @classmethod
    def of(cls, cells: Sequence[str]) -> Self | None:
        """The columns if these cells are a header row, else None.

        Address books have names as well; the day on which two people were connected stands in LinkedIn's file alone.
        """
        names = [cell.strip().strip('"\ufeff').casefold() for cell in cells[:100]]
        if not {"first name", "last name", "connected on"}.issubset(names):
            return None
        wanted = ("first name", "last name", "url", "email address", "company", "position", "connected on")
        return cls(*(names.index(name) if name in names else -1 for name in wanted))


def profile_of(columns: Columns, cells: Sequence[str]) -> tuple[Profile, list[str]]:
    """The person of a row, and what was left out of it. Raises `Nobody`."""

    def cell(index: int) -> str:
        return one_line(storable(cells[index]))[:MAX_CELL] if 0 <= index < len(cells) else ""

    name = " ".join(part for part in (cell(columns.first), cell(columns.last)) if part)
    if not name:
        raise Nobody("no name (a closed account)")
    remarks: list[str] = []
    url = _profile_url(cell(columns.url), remarks)
    connected_on = _date(cell(columns.connected_on), remarks)
    profile = Profile(
        key=_key(url, name, connected_on),
        name=name,
        company=cell(columns.company),
        position=cell(columns.position),
        profile_url=url,
        connected_on=connected_on,
        addresses=_addresses(cell(columns.address), remarks),
    )
    return profile, remarks


def _key(url: str | None, name: str, connected_on: date | None) -> str:
    """What tells that two exports mean one person: the profile, else the name with the day."""
    if url is not None:
        return unquote(urlsplit(url).path).lower().rstrip("/")
    return f"{name.casefold()} {connected_on.isoformat() if connected_on else ''}".strip()


def _profile_url(text: str, remarks: list[str]) -> str | None:
    """The profile's address, rebuilt from its slug, so that nothing but a LinkedIn profile is ever opened."""
    if not text:
        return None
    try:
        parts = urlsplit(text if "//" in text else f"https://{text}")
        host = (parts.hostname or "").lower().removeprefix("www.")
        slug = re.fullmatch(r"/(?:in|pub)/([^/]+)(?:/.*)?", unquote(parts.path))
    except ValueError:
        slug, host, parts = None, "", None
    if parts is None or parts.scheme not in {"http", "https"} or not _HOSTS.fullmatch(host) or slug is None:
        remarks.append(f"{text[:100]} is no LinkedIn profile; left out")
        return None
    return f"https://www.linkedin.com/in/{quote(slug[1], safe='')}"


def _date(text: str, remarks: list[str]) -> date | None:
    """`04 Mar 2021`; `4-Mar-21` after a spreadsheet; `3/4/21, 5:06 PM` until 2020, the month first."""
    if not text:
        return None
    try:
        if match := _DATE.fullmatch(text):
            return date(_year(match[3]), _MONTHS[match[2].lower()], int(match[1]))
        if match := _DATE_UNTIL_2020.fullmatch(text):
            return date(_year(match[3]), int(match[1]), int(match[2]))
        return datetime.fromisoformat(text).date()
    except (ValueError, KeyError):
        remarks.append(f"{text[:40]} is no date; left out")
        return None


def _year(digits: str) -> int:
    """LinkedIn began in 2003, so that two digits mean this century."""
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _addresses(text: str, remarks: list[str]) -> tuple[AddrSpec, ...]:
    if not text:
        return ()
    addr = normalise(text)
    if addr is None:
        remarks.append(f"{text[:100]} is no e-mail address; left out")
        return ()
    return (addr,)
