"""Files that tell a provider's settings (draft-ietf-mailmaint-autoconfig): its own, and those of the ISPDB."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.etree import ElementTree

from tracker.discovery._https import fetch
from tracker.discovery._limits import side_by_side
from tracker.discovery._values import Found, NothingFound, Query, Server, SignIn
from tracker.discovery.providers import provider_at
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from xml.etree.ElementTree import Element

SECONDS = 5.0
"""For all places of one source together."""

ISPDB = "https://autoconfig.thunderbird.net/v1.1/"
"""Mozilla's collection, https://github.com/thunderbird/autoconfig."""

_TLS = {"SSL": "implicit", "STARTTLS": "starttls"}

# Over TLS a password may be sent as it is, also to those who would take it encrypted.
_SIGN_IN = {
    "password-cleartext": SignIn.PASSWORD,
    "plain": SignIn.PASSWORD,
    "password-encrypted": SignIn.PASSWORD,
    "secure": SignIn.PASSWORD,
    "OAuth2": SignIn.OAUTH2,
}
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_LONGEST_PORT = 5


def by_provider(query: Query) -> Found:
    """What the domain itself publishes. Raises `NothingFound`."""
    address = quote(query.address, safe="@")
    urls = (
        f"https://autoconfig.{query.domain}/mail/config-v1.1.xml?emailaddress={address}",
        f"https://{query.domain}/.well-known/autoconfig/mail/config-v1.1.xml",
    )
    names = {query.domain}
    server = _first([partial(_fetched, url, query, names) for url in urls])
    return Found(server, f"the autoconfig of {query.domain}")


def by_ispdb(query: Query) -> Found:
    """What Mozilla collected of the domain, or of whoever receives its mail. Raises `NothingFound`.

    The database is told the domain and the exchanger's, never the address.
    """
    names = list(dict.fromkeys([query.domain, *_hosters(query)]))
    found = side_by_side(SECONDS, [partial(_fetched, ISPDB + name, query, {name}) for name in names])
    reasons = []
    for name, answer in zip(names, found, strict=True):
        try:
            is_own = name == query.domain
            return Found(answer(), "the ISPDB" if is_own else f"the ISPDB, for {name}", is_vouched=is_own)
        except (NothingFound, TimeoutError) as reason:
            reasons.append(_words(reason))
    raise NothingFound(_telling(reasons))


def _hosters(query: Query) -> list[str]:
    """Domains of whoever receives the mail: the exchanger's without its first label, and its last two labels."""
    if not query.exchangers:
        return []
    labels = query.exchangers[0].split(".")
    return [".".join(labels[start:]) for start in sorted({1, max(1, len(labels) - 2)}) if len(labels) - start > 1]


def _first(deeds: Sequence[Callable[[], Server]]) -> Server:
    reasons = []
    for answer in side_by_side(SECONDS, deeds):
        try:
            return answer()
        except (NothingFound, TimeoutError) as reason:
            reasons.append(_words(reason))
    raise NothingFound(_telling(reasons))


def _fetched(url: str, query: Query, names: set[str]) -> Server:
    return _read(fetch(url), query, names)


def _words(reason: Exception) -> str:
    return "does not answer in time" if isinstance(reason, TimeoutError) else str(reason)


def _telling(reasons: Sequence[str]) -> str:
    """The reason that tells most: whoever is there says more than whoever is not."""
    usual = ("cannot be reached", "is not there", "does not answer in time")
    return next((reason for reason in reasons if reason not in usual), reasons[0])


class _NoDoctype(ElementTree.TreeBuilder):
    """A document type may define entities, which grow without bound."""

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        raise NothingFound("has a DOCTYPE, which no such file needs")


def _read(content: bytes, query: Query, names: set[str]) -> Server:
    """The best server in a file that has to be for one of the domains `names`. Raises `NothingFound`."""
    parser = ElementTree.XMLParser(target=_NoDoctype())  # noqa: S314 # 64 KB at most, and no DOCTYPE passes
    try:
        parser.feed(content)
        root = parser.close()
    except (ElementTree.ParseError, ValueError, LookupError):
        raise NothingFound("is no XML") from None
    offered = [
        entry for provider in root.iter("emailProvider") if _is_for(provider, names, query) for entry in provider
    ]
    if not offered:
        raise NothingFound("is for other domains")
    entries = [entry for entry in offered if entry.tag == "incomingServer" and entry.get("type") == "imap"]
    if not entries:
        raise NothingFound("offers no IMAP")
    if all(_text(entry, "socketType") not in _TLS for entry in entries):
        raise NothingFound("offers plain text only, which would show the password to all")
    servers = [server for entry in entries if (server := _server(entry, query)) is not None]
    if not servers:
        raise NothingFound("offers nothing that can be used")
    return min(servers, key=lambda server: server.tls != "implicit")  # RFC 8314, 3: TLS from the start is better


def _is_for(provider: Element, names: set[str], query: Query) -> bool:
    told = {_filled(entry.text or "", query).strip().lower() for entry in provider.iter("domain")}
    return not told.isdisjoint(names)


def _server(entry: Element, query: Query) -> Server | None:
    host = _filled(_text(entry, "hostname"), query).lower().rstrip(".")
    port = _text(entry, "port")
    tls = _TLS.get(_text(entry, "socketType"))
    ways = (_SIGN_IN.get((way.text or "").strip()) for way in entry.iter("authentication"))
    sign_in = tuple(dict.fromkeys(way for way in ways if way is not None))
    is_port = port.isascii() and port.isdigit() and len(port) <= _LONGEST_PORT and 0 < int(port) < 2**16
    if tls is None or not sign_in or not is_port or not _HOST.fullmatch(host):
        return None
    user = one_line(_filled(_text(entry, "username"), query))
    known = provider_at(host)
    return Server(
        host=host,
        port=int(port),
        tls=tls,
        user=query.address if not user or "%" in user else user,
        sign_in=known.sign_in if known else sign_in,
        oauth2=known.oauth2 if known else "",
        note=known.note if known else "",
    )


def _text(entry: Element, name: str) -> str:
    return (entry.findtext(name) or "").strip()


def _filled(text: str, query: Query) -> str:
    for placeholder, value in (
        ("%EMAILADDRESS%", query.address),
        ("%EMAILLOCALPART%", query.local),
        ("%EMAILDOMAIN%", query.domain),
    ):
        text = text.replace(placeholder, value)
    return text
