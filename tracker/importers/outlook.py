"""Outlook's contacts as CSV, in English, German and French."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.importers._books import MAX_MEGABYTES, Entry, read_table
from tracker.importers._content import Content
from tracker.importers._people import joined
from tracker.importers._tables import LINKEDIN_2012, has_header

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tracker.importers import Imported
    from tracker.importers._tables import Header

_HINT = "get it from Outlook: File > Open & Export > Import/Export > Export to a file > Comma Separated Values"


@dataclass(frozen=True, slots=True)
class _Language:
    """The names of the columns, in lower case; those of a name in the order in which they are said."""

    name: tuple[str, ...]
    addresses: tuple[str, ...]
    company: str
    position: tuple[str, ...]
    websites: tuple[str, ...]


_LANGUAGES = (
    _Language(
        ("first name", "middle name", "last name", "suffix"),
        ("e-mail address", "e-mail 2 address", "e-mail 3 address"),
        "company",
        ("job title",),
        ("web page", "personal web page"),
    ),
    _Language(
        ("vorname", "weitere vornamen", "nachname", "suffix"),
        ("e-mail-adresse", "e-mail 2: adresse", "e-mail 3: adresse"),
        "firma",
        ("position",),
        ("webseite",),
    ),
    _Language(
        ("prénom", "deuxième prénom", "nom", "suffixe"),
        ("adresse de messagerie", "adresse de messagerie 2", "adresse de messagerie 3"),
        "société",
        (),  # `Titre` twice: the form of address stands first
        ("page web",),
    ),
)


def recognises(path: Path) -> bool:
    """Whether a header row of Outlook's contacts is among the first lines. Raises `OSError`."""
    return has_header(Content.of_file(path, MAX_MEGABYTES), _is_header)


def read(path: Path) -> Imported:
    """The contacts in the file, each once. Raises `ImportRejected`; then nothing of it may be used."""
    return read_table(path, _is_header, _entry, hint=_HINT)


def _entry(line: int, header: Header, cells: Sequence[str]) -> Entry:
    language = _language(header) or _LANGUAGES[0]
    return Entry(
        line,
        name=joined(*(header.text(cells, part) for part in language.name)),
        company=header.text(cells, language.company),
        position=header.text(cells, *language.position),
        addresses=[header.text(cells, column) for column in language.addresses],
        websites=[header.text(cells, column) for column in language.websites],
    )


def _is_header(header: Header) -> bool:
    """Names and addresses as Outlook calls them."""
    return _language(header) is not None and not header.begins(LINKEDIN_2012)


def _language(header: Header) -> _Language | None:
    for language in _LANGUAGES:
        named = header.has(language.name[0]) or header.has(language.name[2])
        if named and header.has(language.addresses[0]):
            return language
    return None
