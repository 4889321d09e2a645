"""Domains of addresses: whether one fits a person's company, is somebody's own, or says nothing."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from tracker.linking._scripts import letters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracker.domain.connection import Connection
    from tracker.linking._names import Name

FREE = frozenset(
    {
        "126.com", "163.com", "aol.com", "bk.ru", "bluewin.ch", "btinternet.com", "comcast.net", "daum.net",
        "email.com", "fastmail.com", "fastmail.fm", "free.fr", "freenet.de", "gmail.com", "gmx.at", "gmx.ch",
        "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hanmail.net", "hey.com", "hotmail.co.uk",
        "hotmail.com", "hotmail.de", "hotmail.fr", "hotmail.it", "hushmail.com", "icloud.com", "inbox.lv",
        "inbox.ru", "interia.pl", "laposte.net", "libero.it", "list.ru", "live.co.uk", "live.com", "live.fr",
        "live.nl", "mac.com", "mail.com", "mail.ru", "mailbox.org", "me.com", "msn.com", "naver.com", "o2.pl",
        "orange.fr", "outlook.com", "outlook.de", "outlook.fr", "pm.me", "posteo.de", "proton.me",
        "protonmail.com", "qq.com", "rambler.ru", "rediffmail.com", "rocketmail.com", "sbcglobal.net",
        "seznam.cz", "sfr.fr", "sina.com", "t-online.de", "tutanota.com", "ukr.net", "verizon.net",
        "wanadoo.fr", "web.de", "wp.pl", "ya.ru", "yahoo.co.in", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com",
        "yahoo.de", "yahoo.es", "yahoo.fr", "yahoo.it", "yandex.com", "yandex.ru", "ymail.com", "zoho.com",
    }
)  # fmt: skip
"""Where anybody gets a mailbox: such a domain says nothing of a company."""

_LEGAL = frozenset(
    {
        "ab", "ag", "aps", "as", "asa", "bv", "co", "company", "corp", "corporation", "ev", "gmbh", "group",
        "holding", "holdings", "inc", "incorporated", "international", "kg", "limited", "llc", "llp", "lp",
        "ltd", "mbh", "nv", "ohg", "oy", "plc", "pte", "pty", "sa", "sarl", "sas", "se", "sl", "spa", "srl",
        "sro", "the", "ug",
    }
)  # fmt: skip
# Second-level labels under which names are registered (the common ones of the Public Suffix List).
_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gov", "gob", "go", "ltd", "ne", "net", "or", "org"})
_SHORTEST_SLUG = 4
_FEW_WORDS = 2


class Fit(StrEnum):
    """How the domain of an address fits a person, the surest first."""

    COLLEAGUES = "colleagues"
    COLLEAGUE = "colleague"
    SLUG = "slug"
    WORD = "word"
    INITIALS = "initials"
    OWN = "own"
    FREE = "free"
    UNKNOWN = "unknown"
    ELSEWHERE = "elsewhere"
    """It is the domain of another company of the network."""


@lru_cache(maxsize=65_536)
def label(domain: str) -> str:
    """What was registered, in letters: `mail.acme-labs.co.uk` is `acmelabs`."""
    labels = domain.split(".")[:-1] or [domain]
    if len(labels) > 1 and labels[-1] in _SECOND_LEVEL:
        labels.pop()
    return re.sub(r"[^a-z0-9]", "", labels[-1])


@lru_cache(maxsize=65_536)
def company_words(company: str) -> tuple[str, ...]:
    """The words of a company's name without its legal form."""
    words = [
        letters(word) if not word.isascii() else re.sub(r"[^a-z0-9]", "", word)
        for word in re.split(r"[\s/,&()-]+", company.lower())
    ]
    return tuple(word for word in words if word and word not in _LEGAL)


def company_labels(company: str) -> Iterator[tuple[str, Fit]]:
    """The labels under which a company may be registered."""
    words = company_words(company)
    slug = "".join(words)
    if len(slug) >= _SHORTEST_SLUG:
        yield slug, Fit.SLUG
    if len(words) >= _FEW_WORDS and len(words[0]) >= _SHORTEST_SLUG:
        yield words[0], Fit.WORD
    if len(words) > _FEW_WORDS:
        yield "".join(word[0] for word in words), Fit.INITIALS


class Companies:
    """Which domains are whose: what the addresses of the network say of its companies."""

    def __init__(self, connections: Iterable[Connection]) -> None:
        self._domains: dict[str, Counter[str]] = defaultdict(Counter)
        self._companies: dict[str, set[str]] = defaultdict(set)
        for connection in connections:
            slug = "".join(company_words(connection.company))
            for domain in {addr.rpartition("@")[2] for addr in connection.addresses} - FREE:
                if slug:
                    self._domains[slug][domain] += 1
                    self._companies[domain].add(slug)

    def domains(self, company: str) -> Iterable[str]:
        """The domains that people of this company write from."""
        return self._domains.get("".join(company_words(company)), Counter())

    def fit(self, domain: str, company: str, name: Name) -> Fit:
        """How `domain` fits somebody of this company and name."""
        slug = "".join(company_words(company))
        if domain in FREE:
            return Fit.FREE
        if count := self._domains[slug][domain] if slug in self._domains else 0:
            return Fit.COLLEAGUES if count > 1 else Fit.COLLEAGUE
        here = label(domain)
        for expected, fit in company_labels(company):
            if here == expected or (fit is Fit.WORD and here.startswith(expected)):
                return fit
        if (
            len(slug) >= _SHORTEST_SLUG
            and len(here) >= _SHORTEST_SLUG
            and (here.startswith(slug) or slug.startswith(here))
        ):
            return Fit.WORD
        if name.family and len(name.family) > _FEW_WORDS and name.family in here:
            return Fit.OWN
        return Fit.ELSEWHERE if self._companies.get(domain) else Fit.UNKNOWN
