"""The largest providers: their servers, and what their users must know. Sources: the providers' own help pages."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.discovery._values import Found, NothingFound, Query, Server, SignIn


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider's server, the domains of its own addresses, and the suffixes of its mail exchangers.

    takes_local  whether users of its own domains sign in with what stands before the @
    """

    name: str
    host: str
    domains: tuple[str, ...]
    exchangers: tuple[str, ...] = ()
    sign_in: tuple[SignIn, ...] = (SignIn.APP_PASSWORD,)
    note: str = ""
    port: int = 993
    tls: str = "implicit"
    oauth2: str = ""
    takes_local: bool = False


_OWN = (SignIn.PASSWORD,)
_ALLOW = "allow IMAP in the settings of the mailbox first"

PROVIDERS = (
    Provider(
        "Gmail",
        "imap.gmail.com",
        ("gmail.com", "googlemail.com"),
        ("google.com", "googlemail.com"),
        (SignIn.APP_PASSWORD, SignIn.OAUTH2),
        "turn on 2-Step Verification, then make an app password at https://myaccount.google.com/apppasswords; "
        "the account's own password is refused",
        oauth2="google",
    ),
    Provider(
        "Microsoft",
        "outlook.office365.com",
        ("outlook.com", "hotmail.com", "live.com", "msn.com", "outlook.de", "hotmail.co.uk", "hotmail.fr"),
        ("mail.protection.outlook.com", "outlook.com", "mx.microsoft"),
        (SignIn.OAUTH2,),
        "Microsoft takes OAuth2 only; outlook.com's own users switch IMAP on in Settings > Mail > Forwarding and IMAP",
        oauth2="microsoft",
    ),
    Provider(
        "iCloud",
        "imap.mail.me.com",
        ("icloud.com", "me.com", "mac.com"),
        ("mail.icloud.com",),
        note="make an app-specific password at https://account.apple.com, Sign-In and Security",
        takes_local=True,
    ),
    Provider(
        "Yahoo",
        "imap.mail.yahoo.com",
        ("yahoo.com", "yahoo.de", "yahoo.co.uk", "yahoo.fr", "yahoo.it", "yahoo.es", "ymail.com", "rocketmail.com"),
        ("yahoodns.net",),
        note="make an app password at https://login.yahoo.com/account/security",
    ),
    Provider(
        "AOL",
        "imap.aol.com",
        ("aol.com", "aim.com"),
        note="make an app password at https://login.aol.com/account/security",
    ),
    Provider(
        "Proton Mail",
        "127.0.0.1",
        ("proton.me", "protonmail.com", "pm.me", "protonmail.ch"),
        ("protonmail.ch",),
        note="start Proton Mail Bridge on this machine first; user and password are those that it shows",
        port=1143,
        tls="starttls",
    ),
    Provider(
        "Fastmail",
        "imap.fastmail.com",
        ("fastmail.com", "fastmail.fm", "sent.com"),
        ("messagingengine.com",),
        note="make an app password for IMAP in Settings > Privacy & Security",
    ),
    Provider("GMX", "imap.gmx.net", ("gmx.de", "gmx.net", "gmx.at", "gmx.ch"), ("gmx.net",), _OWN, _ALLOW),
    Provider("GMX", "imap.gmx.com", ("gmx.com", "gmx.us", "gmx.co.uk"), ("gmx.com",), _OWN, _ALLOW),
    Provider("WEB.DE", "imap.web.de", ("web.de",), ("web.de",), _OWN, _ALLOW),
    Provider(
        "Zoho",
        "imap.zoho.com",
        ("zoho.com", "zohomail.com"),
        note=f"{_ALLOW}; with two-factor sign-in make an app password at https://accounts.zoho.com",
    ),
    Provider("Zoho", "imappro.zoho.com", (), ("zoho.com",), note="with two-factor sign-in make an app password"),
    Provider("Zoho", "imappro.zoho.eu", (), ("zoho.eu",), note="with two-factor sign-in make an app password"),
    Provider(
        "Mail.ru", "imap.mail.ru", ("mail.ru", "inbox.ru", "list.ru", "bk.ru"), ("mail.ru",),
        note="make a password for external programs in the settings of the account",
    ),
    Provider(
        "Yandex", "imap.yandex.com", ("yandex.ru", "yandex.com", "ya.ru"), ("mx.yandex.net",),
        note=f"{_ALLOW}, and make an app password",
    ),
    Provider(
        "QQ Mail", "imap.qq.com", ("qq.com", "foxmail.com"), ("mx3.qq.com",),
        note=f"{_ALLOW}; the password is the authorization code that this gives",
    ),
    Provider(
        "NetEase", "imap.163.com", ("163.com",),
        note=f"{_ALLOW}; the password is the authorization code that this gives",
    ),
    Provider("mailbox.org", "imap.mailbox.org", ("mailbox.org",), ("mailbox.org",), _OWN),
    Provider("Posteo", "posteo.de", ("posteo.de", "posteo.net", "posteo.eu"), ("posteo.de",), _OWN),
)  # fmt: skip

_BY_DOMAIN = {domain: provider for provider in PROVIDERS for domain in provider.domains}
_BY_EXCHANGER = {suffix: provider for provider in PROVIDERS for suffix in provider.exchangers}
# What listens on this machine may be anybody's program.
_BY_HOST = {provider.host: provider for provider in PROVIDERS if provider.host != "127.0.0.1"}


def provider_at(host: str) -> Provider | None:
    """The provider whose server this is."""
    return _BY_HOST.get(host.lower())


def by_domain(query: Query) -> Found:
    """The provider to whom the address's domain belongs. Raises `NothingFound`."""
    provider = _BY_DOMAIN.get(query.domain)
    if provider is None:
        raise NothingFound("does not know the domain")
    user = query.local if provider.takes_local else query.address
    return Found(_server(provider, user), f"the built-in table ({provider.name})")


def by_exchanger(query: Query) -> Found:
    """The provider to whom mail for the domain is delivered. Raises `NothingFound`."""
    for exchanger in query.exchangers:
        for suffix, provider in _BY_EXCHANGER.items():
            if exchanger == suffix or exchanger.endswith(f".{suffix}"):
                source = f"the built-in table ({provider.name}, who receives the domain's mail)"
                return Found(_server(provider, query.address), source)
    raise NothingFound("knows none of the domain's mail exchangers" if query.exchangers else "has no mail exchanger")


def _server(provider: Provider, user: str) -> Server:
    return Server(
        host=provider.host,
        port=provider.port,
        tls=provider.tls,
        user=user,
        sign_in=provider.sign_in,
        oauth2=provider.oauth2,
        note=provider.note,
    )
