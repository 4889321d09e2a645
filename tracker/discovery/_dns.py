"""What DNS tells of a domain: its mail exchangers, and the servers that it announces; the only home of dnspython."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import dns.exception
import dns.resolver

from tracker.discovery._values import Found, NothingFound, Query, Server

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

SECONDS = 3.0
"""For one question, all servers and repetitions together."""

_SERVICES = (("_imaps._tcp", "implicit"), ("_imap._tcp", "starttls"))
"""RFC 6186, 3.2; TLS from the start comes first (RFC 8314, 3)."""


class NoSuchDomain(Exception):
    """DNS says that there is no such domain, and so nothing below it either (RFC 8020)."""


class NoAnswer(Exception):
    """No server for names answers."""


def exchangers(domain: str) -> tuple[str, ...]:
    """The names of the mail exchangers of a domain, the preferred first. Raises `NoSuchDomain`, `NoAnswer`."""
    records = sorted(_records(domain, "MX"), key=lambda record: (record.preference, record.exchange))
    return tuple(filter(None, (_name(record.exchange) for record in records)))


def by_service(query: Query) -> Found:
    """The server that the domain announces (RFC 6186). Raises `NothingFound`."""
    for service, tls in _SERVICES:
        try:
            records = _records(f"{service}.{query.domain}", "SRV")
        except NoSuchDomain:
            continue
        except NoAnswer:
            raise NothingFound("get no answer") from None
        for record in sorted(records, key=_rank):
            host = _name(record.target)
            if host:  # "." is a service that is decidedly not offered
                is_inside = host == query.domain or host.endswith(f".{query.domain}")
                server = Server(host, record.port, tls, query.address)
                return Found(server, f"an SRV record of {query.domain}", is_vouched=is_inside)
    raise NothingFound("are not there")


def _rank(record: Any) -> tuple[int, float]:  # noqa: ANN401 # dnspython's records have no common type that tells
    """Lowest priority first, and among equals at random by weight (RFC 2782)."""
    return record.priority, -((secrets.randbelow(1000) / 1000) ** (1 / (record.weight or 0.01)))


def _records(name: str, kind: str) -> Iterable[Any]:
    try:
        resolver = dns.resolver.Resolver()
        resolver.timeout = SECONDS / 2
        return list(resolver.resolve(name, kind, lifetime=SECONDS, search=False))
    except dns.resolver.NoAnswer:
        return []
    except dns.resolver.NXDOMAIN:
        raise NoSuchDomain from None
    except (dns.exception.DNSException, OSError, ValueError):
        raise NoAnswer from None


def _name(name: Any) -> str:  # noqa: ANN401 # dnspython has many types of names
    return str(name).rstrip(".").lower()
