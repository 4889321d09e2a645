"""One row of Connections.csv to one person."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

from tracker.domain.connection import Profile
from tracker.importers._people import addresses_of, joined, profile_key, profile_url, slug_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.importers._tables import Header

# Month names in exports are English whatever the account's language.
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_DATE = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3})[a-z]*[ -](\d{4}|\d{2})")
_DATE_UNTIL_2020 = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2}), \d{1,2}:\d{2} [AP]M")


class Nobody(Exception):
    """A row that names no person."""


def profile_of(header: Header, cells: Sequence[str]) -> tuple[Profile, list[str]]:
    """The person of a row, and what was left out of it. Raises `Nobody`."""
    name = joined(*(header.text(cells, part) for part in ("first name", "middle name", "last name", "suffix")))
    if not name:
        if not (header.has("first name") or header.has("last name")):
            raise Nobody("it names nobody: the file has no column First Name or Last Name")
        raise Nobody("no name (a closed account)")
    remarks: list[str] = []
    slug = _slug(header.text(cells, "url"), remarks)
    connected_on = _date(header.text(cells, "connected on"), remarks)
    addresses = [
        header.text(cells, column)
        for column in ("email address", "e-mail address", "e-mail 2 address", "e-mail 3 address")
    ]
    profile = Profile(
        key=profile_key(slug) if slug else _key(name, connected_on),
        name=name,
        company=header.text(cells, "company"),
        position=header.text(cells, "position", "job title"),
        profile_url=profile_url(slug) if slug else None,
        connected_on=connected_on,
        addresses=addresses_of(addresses, remarks),
    )
    return profile, remarks


def _key(name: str, connected_on: date | None) -> str:
    """Without a profile, the name and the day tell that two exports mean one person."""
    return joined(name.casefold(), connected_on.isoformat() if connected_on else "")


def _slug(text: str, remarks: list[str]) -> str | None:
    slug = slug_of(text) if text else None
    if text and slug is None:
        remarks.append(f"{text[:100]} is no LinkedIn profile; left out")
    return slug


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
