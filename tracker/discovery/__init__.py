"""Which server an address belongs to: by a table, by what its provider and others publish, by guess."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.discovery._autoconfig import by_ispdb, by_provider
from tracker.discovery._dns import NoAnswer, NoSuchDomain, by_service, exchangers
from tracker.discovery._guess import by_guess
from tracker.discovery._limits import within
from tracker.discovery._values import Found, NothingFound, Query, Search, Server, SignIn
from tracker.discovery.providers import by_domain, by_exchanger, provider_at

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Found", "Search", "Server", "SignIn", "provider_at", "search", "within"]

_ISPDB = "the ISPDB"

_STEPS: tuple[tuple[str, Callable[[Query], Found]], ...] = (
    ("the built-in table", by_exchanger),
    ("the provider's autoconfig", by_provider),
    (_ISPDB, by_ispdb),
    ("SRV records", by_service),
    ("a guess", by_guess),
)
"""In this order, after the table of domains; each is asked only if those before it gave nothing."""


def search(address: str, domain: str, *, ispdb: bool = True) -> Search:
    """Look for the server of an address; `domain` is its domain in lower-case A-labels.

    Each source has a few seconds; where no server for names answers, nothing else is tried. `ispdb` says whether
    Mozilla may be told the domain.
    """
    query = Query(address, domain)
    try:
        return Search(by_domain(query))
    except NothingFound:
        pass
    try:
        query = Query(address, domain, exchangers(domain))
    except NoSuchDomain:
        return Search(None, (("DNS", f"knows no domain {domain}"),))
    except NoAnswer:
        return Search(None, (("DNS", "does not answer; is there a network?"),))
    tried: list[tuple[str, str]] = []
    for name, step in _STEPS:
        if step is by_ispdb and not ispdb:
            continue
        try:
            return Search(step(query), tuple(tried))
        except NothingFound as reason:
            tried.append((name, str(reason)))
    return Search(None, tuple(tried))
