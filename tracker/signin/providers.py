"""Servers of the providers that most people are with, by the domain of their address."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provider:
    """How to reach a provider, and what its users must know about passwords. Sources: the providers' own help pages."""

    host: str
    port: int = 993
    tls: str = "implicit"
    note: str = ""


_APP = "create an app password in the account's security settings; the account's own password is refused"

_GMAIL = Provider("imap.gmail.com", note=_APP)
_ICLOUD = Provider("imap.mail.me.com", note=_APP)
_YAHOO = Provider("imap.mail.yahoo.com", note=_APP)
_GMX = Provider("imap.gmx.net", note="allow IMAP in the settings of the mailbox first")

_PROVIDERS: dict[str, Provider] = {
    "gmail.com": _GMAIL,
    "googlemail.com": _GMAIL,
    "icloud.com": _ICLOUD,
    "me.com": _ICLOUD,
    "mac.com": _ICLOUD,
    "yahoo.com": _YAHOO,
    "yahoo.de": _YAHOO,
    "yahoo.co.uk": _YAHOO,
    "yahoo.fr": _YAHOO,
    "aol.com": Provider("imap.aol.com", note=_APP),
    "fastmail.com": Provider("imap.fastmail.com", note=_APP),
    "fastmail.fm": Provider("imap.fastmail.com", note=_APP),
    "gmx.de": _GMX,
    "gmx.net": _GMX,
    "gmx.at": _GMX,
    "web.de": Provider("imap.web.de", note="allow IMAP in the settings of the mailbox first"),
    "mailbox.org": Provider("imap.mailbox.org"),
    "posteo.de": Provider("posteo.de"),
    "zoho.com": Provider("imap.zoho.com", note=_APP),
}


def provider_of(domain: str) -> Provider | None:
    """The provider of addresses in this domain, if it is one of the known ones."""
    return _PROVIDERS.get(domain.lower())
