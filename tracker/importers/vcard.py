"""vCards of the versions 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350), several in a file."""

from __future__ import annotations

import quopri
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracker.importers._books import MAX_ENTRIES, Entry, contacts_of
from tracker.importers._content import Content, Unusable
from tracker.importers._people import joined
from tracker.importers._tables import MAX_CELL
from tracker.sanitizer import one_line, storable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tracker.importers import Imported

MAX_MEGABYTES = 256
"""Cards carry photographs, some 20 kB each."""

MAX_PROPERTY = 10_000
"""Characters of a property that is looked at; a photograph is longer."""

_HINT = "export the address book again as vCard (.vcf), such as from contacts.google.com: Export > vCard"
_HEADER_WITHIN = 50

# group.NAME;PARAMETER="a:b";PARAMETER:value (RFC 6350, 3.3); possessive, so that no line takes long.
_PROPERTY = re.compile(r'(?:[\w-]++\.)?+([\w-]++)((?:;[^":;]*+(?:"[^"]*+"[^":;]*+)*+)*+):(.*)', re.DOTALL)
_CHARSET = re.compile(r'CHARSET="?((?:UTF|ISO|WINDOWS|CP|KOI|SHIFT|EUC|GB|BIG|US-ASCII|MAC)[\w.:-]*)')
_MAILTO = re.compile(r"\Amailto:", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SEMICOLON = re.compile(r"(?<!\\);")
_PROPERTIES = frozenset({"FN", "N", "EMAIL", "ORG", "TITLE", "URL"})
_KNOWN = _PROPERTIES | {
    "ADR", "AGENT", "ANNIVERSARY", "BDAY", "BEGIN", "CATEGORIES", "END", "GENDER", "GEO", "IMPP", "KEY", "LABEL",
    "LANG", "LOGO", "MAILER", "MEMBER", "NICKNAME", "NOTE", "PHOTO", "PRODID", "RELATED", "REV", "ROLE", "SORT-STRING",
    "SOUND", "TEL", "TZ", "UID", "VERSION",
}  # fmt: skip
_BEGIN, _END = "BEGIN:VCARD", "END:VCARD"


@dataclass(slots=True)
class _Card:
    """A card: the line on which it begins, and the values of its properties, not yet unescaped."""

    line: int
    values: dict[str, list[str]] = field(default_factory=dict)

    def take(self, text: str) -> None:
        """Keep a property if it is one that is looked at; its name in any case, in any group."""
        match = _PROPERTY.fullmatch(text) if len(text) <= MAX_PROPERTY else None
        if match and match[1].upper() in _PROPERTIES:
            self.values.setdefault(match[1].upper(), []).append(_decoded(match[3], match[2].upper()))

    def first(self, name: str) -> str:
        """The first value of this name that holds anything."""
        return next(filter(None, map(_text, self.values.get(name, ()))), "")

    def parts(self, name: str) -> list[str]:
        """The components of a structured value."""
        return [_text(part) for part in _SEMICOLON.split(self.values.get(name, [""])[0])]


def recognises(path: Path) -> bool:
    """Whether a card begins among the first lines. Raises `OSError`."""
    lines = Content.of_file(path, MAX_MEGABYTES).head().splitlines()[:_HEADER_WITHIN]
    return any(_is(line, _BEGIN) for line in lines)


def read(path: Path) -> Imported:
    """The people of the cards, each once. Raises `ImportRejected`; then nothing of it may be used."""
    lines = Content.of_file(path, MAX_MEGABYTES).lines()
    return contacts_of(path, map(_entry, _cards(_unfolded(lines))), hint=_HINT)


def _entry(card: _Card) -> Entry:
    return Entry(
        card.line,
        name=card.first("FN") or _name(card.parts("N")),
        company=card.parts("ORG")[0],
        position=card.first("TITLE"),
        addresses=[_MAILTO.sub("", _text(value)) for value in card.values.get("EMAIL", ())],
        websites=[_text(value) for value in card.values.get("URL", ())],
    )


def _is(line: str, mark: str) -> bool:
    return line.strip(" \t\r\n\ufeff").upper() == mark


def _unfolded(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Whole properties with the line on which each begins; what is longer than any that is looked at is cut.

    A line that begins with a blank goes on with the one before (RFC 6350, 3.2); so does a line of quoted-printable
    after `=` at the end (RFC 2045, 6.7), unless the next property stands there.
    """
    number, text, is_printable, is_soft = 1, "", False, False
    for count, raw in enumerate(lines, start=1):
        line = raw.rstrip("\r\n")
        if is_soft and not _is_known(line):
            line = line.lstrip(" \t")
        elif line[:1] in {" ", "\t"} and text:
            line = line[1:]
        else:
            yield number, text
            number, text = count, ""
            is_printable = "QUOTED-PRINTABLE" in line.partition(":")[0].upper()
        is_soft = is_printable and line.endswith("=")
        text += line.removesuffix("=") if is_soft else line
        text = text[: MAX_PROPERTY + 1]
    yield number, text


def _is_known(line: str) -> bool:
    """Whether a line is a property by itself, in spite of the `=` before it."""
    match = _PROPERTY.fullmatch(line[:MAX_PROPERTY])
    return match is not None and (match[1].upper() in _KNOWN or match[1].upper().startswith("X-"))


def _cards(properties: Iterable[tuple[int, str]]) -> Iterator[_Card]:
    """The cards. Raises `Unusable` for one that does not end: the file was cut, and others are missing."""
    card: _Card | None = None
    depth = count = 0
    for line, text in properties:
        if _is(text, _BEGIN):
            # A card inside another one (2.1's AGENT) is another person's.
            depth += 1
            card = card or _Card(line)
        elif card is None:
            continue
        elif _is(text, _END):
            depth -= 1
            if depth == 0:
                count += 1
                if count > MAX_ENTRIES:
                    raise Unusable(f"has more than {MAX_ENTRIES:,} cards")
                yield card
                card = None
        elif depth == 1:
            card.take(text)
    if card is not None:
        raise Unusable(f"is cut off: the card in line {card.line} has no {_END}")


def _decoded(value: str, parameters: str) -> str:
    """The value in its characters; `parameters` in capitals tell how 2.1 wrote it."""
    if "QUOTED-PRINTABLE" not in parameters:
        return value
    charset = _CHARSET.search(parameters)
    octets = quopri.decodestring(value.encode("utf-8", "replace"))
    for encoding in (charset[1] if charset else "utf-8", "utf-8"):
        try:
            return octets.decode(encoding)
        except (LookupError, UnicodeError, ValueError):
            continue
    return octets.decode("cp1252", "replace")


def _text(value: str) -> str:
    """A value on one line, without its escapes (RFC 6350, 3.4) and without what harms."""
    plain = _ESCAPE.sub(lambda match: " " if match[1] in {"n", "N"} else match[1], value)
    return one_line(storable(plain))[:MAX_CELL]


def _name(parts: list[str]) -> str:
    """The name of a card without FN: family, given, additional, prefixes, suffixes (RFC 6350, 6.2.2)."""
    family, given, additional, _, suffix = (parts + [""] * 5)[:5]
    return joined(given, additional, family, suffix)
