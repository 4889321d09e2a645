"""What can be wrong before anyone signs in: the secret, the name, the line, the certificate, what the server offers."""

from __future__ import annotations

import os
import socket
import ssl
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from tracker.discovery import within
from tracker.errors import Unreachable
from tracker.sanitizer import one_line
from tracker.service.diagnosing._checks import Check, fail, ok, unchecked, warn
from tracker.service.granting import secret_condition
from tracker.sources.imap import ServerLook, look_at, look_past_dates_and_names

if TYPE_CHECKING:
    from tracker.domain.diagnosis import Fact, Finding
    from tracker.service.diagnosing._visit import Visit

_NAME_SECONDS = 5.0
_CONNECT_SECONDS = 5.0

ENDS_SOON = timedelta(days=14)
"""Whoever renews by themselves (Let's Encrypt: 30 days before the end) has done so by then."""

_TOKENS = frozenset({"AUTH=XOAUTH2", "AUTH=OAUTHBEARER"})


def _secret(visit: Visit) -> Finding:
    account = visit.account
    if account.credential and not os.environ.get("CREDENTIALS_DIRECTORY"):
        return unchecked("systemd passes the credential to the service alone; tracker status tells how that fares")
    condition = secret_condition(account)
    kinds = ("token_command", "password_command", "password_file", "credential", "keyring")
    source = next((kind for kind in kinds if getattr(account, kind)), "")
    kind = f"OAuth2 with {account.oauth2}" if account.oauth2 else source
    facts: dict[str, Fact] = {"source": kind, "state": condition.state.value}
    if condition.is_ok:
        return ok(f"{kind} gives one", **facts)
    return fail(condition.message, condition.hint, **facts)


def _name(visit: Visit) -> Finding:
    host = visit.account.host
    try:
        places = within(_NAME_SECONDS, partial(_places, host, visit.account.port))
    except TimeoutError:
        return fail(f"looking {host} up takes too long", "see whether this machine's DNS works: resolvectl status")
    except socket.gaierror as error:
        return fail(f"{host} cannot be found: {one_line(str(error.strerror))}", "check `host` and the network")
    except (OSError, UnicodeError):
        return fail(f"{host} is no name that can be looked up", "check `host`")
    count = len(places)
    return ok(f"{host} has {count} address{'' if count == 1 else 'es'}", addresses=[place for _, place in places])


def _line(visit: Visit) -> Finding:
    host, port = visit.account.host, visit.account.port
    refusals: dict[str, str] = {}
    reached: list[str] = []
    for family, place in _places(host, port):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as line:
                line.settimeout(_CONNECT_SECONDS)
                line.connect((place, port))
            reached.append(place)
        except OSError as error:
            refusals[place] = "no answer" if isinstance(error, TimeoutError) else one_line(str(error.strerror))
    facts: dict[str, Fact] = {"reached": reached, "refused": list(refusals)}
    told = ", ".join(f"{place}: {reason}" for place, reason in refusals.items())
    if not reached:
        return fail(
            f"port {port} of {host} cannot be reached ({told})",
            "check `port` (993 is usual, 143 with starttls), and whether a firewall stands between",
            **facts,
        )
    if refusals:
        return warn(f"port {port} answers, but not at every address ({told})", "see why, or each sync waits", **facts)
    return ok(f"port {port} answers", **facts)


def _tls(visit: Visit) -> Finding:
    if visit.account.tls == "none":
        visit.look = look_at(visit.settings)
        return ok("none, on this machine itself", protocol="")
    try:
        visit.look = look_at(visit.settings)
    except Unreachable as error:
        is_certificate = isinstance(error.__cause__, ssl.SSLCertVerificationError)
        look = _second_look(visit) if is_certificate else None
        return fail(error.message, _with_names(error.hint, look), **_facts(look, visit))
    facts = _facts(visit.look, visit)
    certificate = visit.look.certificate
    if certificate is None:
        return ok(visit.look.protocol, **facts)
    days = (certificate.ends_at - visit.now).days
    words = f"{visit.look.protocol}; {', '.join(certificate.names)}, by {certificate.issuer}, {days} days left"
    if certificate.ends_at - visit.now < ENDS_SOON:
        return warn(words, "the server's administrator has to renew the certificate before it ends", **facts)
    return ok(words, **facts)


def _second_look(visit: Visit) -> ServerLook | None:
    """A certificate that was refused for its dates or its name, if that is all that is wrong with it."""
    try:
        return look_past_dates_and_names(visit.settings)
    except Unreachable:
        return None


def _with_names(hint: str, look: ServerLook | None) -> str:
    if look is None or look.certificate is None:
        return hint
    certificate = look.certificate
    return f"{hint} (it is for {', '.join(certificate.names)}, until {certificate.ends_at:%Y-%m-%d})"


def _facts(look: ServerLook | None, visit: Visit) -> dict[str, Fact]:
    if look is None or look.certificate is None:
        return {}
    certificate = look.certificate
    return {
        "protocol": look.protocol,
        "names": list(certificate.names),
        "issuer": certificate.issuer,
        "days_left": (certificate.ends_at - visit.now).days,
    }


def _offers(visit: Visit) -> Finding:
    assert visit.look is not None  # noqa: S101 # the check before has looked
    offered = visit.look.capabilities
    ways = sorted(name.removeprefix("AUTH=") for name in offered if name.startswith("AUTH="))
    facts: dict[str, Fact] = {"capabilities": sorted(offered)}
    takes_password = "LOGINDISABLED" not in offered or "AUTH=PLAIN" in offered
    if visit.account.auth == "password" and not takes_password:
        return fail(
            f"the server takes no passwords, only {', '.join(ways) or 'nothing that it names'}",
            'the provider wants OAuth2: tracker init, or auth = "oauth2"',
            **facts,
        )
    if visit.account.auth != "password" and offered.isdisjoint(_TOKENS):
        words = f"the server takes no access tokens, only {', '.join(ways) or 'passwords'}"
        return fail(words, 'set auth = "password"', **facts)
    return ok(f"signing in by {', '.join(ways) or 'LOGIN'}", **facts)


def _places(host: str, port: int) -> list[tuple[socket.AddressFamily, str]]:
    told = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys((family, str(place[0])) for family, _, _, _, place in told))


CHECKS: tuple[Check[Visit], ...] = (
    Check("secret", _secret),
    Check("dns", _name),
    Check("tcp", _line, needs=("dns",)),
    Check("tls", _tls, needs=("tcp",)),
    Check("capabilities", _offers, needs=("tls",)),
)
