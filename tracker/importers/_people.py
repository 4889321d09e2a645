"""The cells that describe a person, in whatever kind of file: names, addresses, LinkedIn profiles."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from tracker.addresses import normalise
from tracker.sanitizer import one_line, storable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker.domain.connection import Profile
    from tracker.domain.message import AddrSpec

_HOSTS = re.compile(r"(?:[a-z]{2,3}\.)?linkedin\.com")
_PATH = re.compile(r"/(?:in|pub)/([^/]+)(?:/.*)?", re.DOTALL)


def joined(*words: str) -> str:
    """The words that are there, with blanks between them."""
    return " ".join(word for word in words if word)


def slug_of(text: str) -> str | None:
    """What names a profile in its URL (`janedoe`), decoded; None for what is no LinkedIn profile."""
    try:
        parts = urlsplit(text if "//" in text else f"https://{text}")
        host = (parts.hostname or "").lower().removeprefix("www.")
    except ValueError:
        return None
    match = _PATH.fullmatch(unquote(parts.path))
    if match is None or parts.scheme not in {"http", "https"} or not _HOSTS.fullmatch(host):
        return None
    slug = match[1]
    return slug if slug == one_line(storable(slug)) else None


def profile_url(slug: str) -> str:
    """The URL of a profile, made anew from its slug, so that nothing but a LinkedIn profile is ever opened."""
    return f"https://www.linkedin.com/in/{quote(slug, safe='')}"


def profile_key(slug: str) -> str:
    """What tells that two files mean the person with this profile."""
    return f"/in/{slug}".lower()


def addresses_of(cells: Iterable[str], remarks: list[str]) -> tuple[AddrSpec, ...]:
    """The addresses in these cells, each once; what is none is told in `remarks`."""
    found: dict[AddrSpec, None] = {}
    for cell in filter(None, cells):
        addr = normalise(cell)
        if addr is None:
            remarks.append(f"{cell[:100]} is no e-mail address; left out")
        else:
            found[addr] = None
    return tuple(found)


def merged(one: Profile, other: Profile) -> Profile:
    """Two rows of one person: the later row's words, the addresses of both."""
    return replace(other, addresses=tuple(dict.fromkeys((*one.addresses, *other.addresses))))
