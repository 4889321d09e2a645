"""Handing a message to a server for sending (message submission, RFC 6409): TLS, login, and what failures mean."""

from __future__ import annotations

import base64
import re
import smtplib
import socket
import ssl
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.policy import SMTP, SMTPUTF8
from typing import TYPE_CHECKING

from tracker.errors import BadServerReply, ConfigError, LoginRejected, Unreachable
from tracker.sanitizer import one_line
from tracker.tls import verifying_context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from email.message import EmailMessage
    from pathlib import Path

    from tracker.errors import TrackerError

_TIMEOUT = 30.0
_LONGEST_QUOTE = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

# What a machine calls itself is nobody's business (RFC 5321, 4.1.3: an address literal is as good).
_HELLO = "[127.0.0.1]"

_FINAL = 500
"""Replies from here on are permanent (RFC 5321, 4.2.1)."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """How a server is reached. `tls` is implicit, starttls or none; without a `user` there is no login."""

    host: str
    port: int
    tls: str
    ca_file: Path | None
    user: str
    password: Callable[[], str]


def send(server: MailServer, message: EmailMessage, addr: str) -> None:
    """Send `message` from `addr` to `addr`. Raises `Unreachable`, `LoginRejected`, `ConfigError`.

    The password is asked for only now and not kept; no error quotes it.
    """
    context = verifying_context(server.ca_file) if server.tls != "none" else None
    secret = server.password() if server.user else ""
    if _CONTROL.search(server.user) or _CONTROL.search(secret):
        raise ConfigError(
            "digest.smtp: the user or the password holds a control character",
            hint="look for a line end or a tab in `user` and in what the password source gives",
        )
    with _translated(server, secret), _connected(server, context) as line:
        if server.user:
            _log_in(line, server, secret)
        _hand_over(line, message, addr)


@contextmanager
def _connected(server: MailServer, context: ssl.SSLContext | None) -> Iterator[smtplib.SMTP]:
    """A line to the server, protected as it should be."""
    if server.tls == "implicit":
        line: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, local_hostname=_HELLO, timeout=_TIMEOUT, context=context
        )
    else:
        line = smtplib.SMTP(server.host, server.port, local_hostname=_HELLO, timeout=_TIMEOUT)
    try:
        if server.tls == "starttls":
            line.starttls(context=context)
        yield line
    finally:
        # What was taken is taken, however the server says good-bye.
        with suppress(OSError, smtplib.SMTPException):
            line.quit()
        line.close()


def _log_in(line: smtplib.SMTP, server: MailServer, secret: str) -> None:
    """AUTH PLAIN (RFC 4616), which alone carries every letter; where it is not offered, what smtplib knows."""
    line.ehlo_or_helo_if_needed()
    if "PLAIN" in str(line.esmtp_features.get("auth", "")).upper().split():
        code, words = line.docmd("AUTH", f"PLAIN {_plain(server, secret)}")
        if code not in {235, 503}:  # 503: already signed in
            raise smtplib.SMTPAuthenticationError(code, words)
    elif server.user.isascii() and secret.isascii():
        line.login(server.user, secret)
    else:
        raise smtplib.SMTPNotSupportedError("AUTH PLAIN is not offered, which other than ASCII letters need")


def _hand_over(line: smtplib.SMTP, message: EmailMessage, addr: str) -> None:
    """The message in bytes of our making: smtplib's own put a sign before lines that begin with "From "."""
    if addr.isascii():
        line.sendmail(addr, [addr], message.as_bytes(policy=SMTP))
        return
    line.ehlo_or_helo_if_needed()
    if not line.has_extn("smtputf8"):
        raise smtplib.SMTPNotSupportedError(
            "SMTPUTF8 is not offered, which other than ASCII letters in an address need"
        )
    line.sendmail(addr, [addr], message.as_bytes(policy=SMTPUTF8), ["SMTPUTF8", "BODY=8BITMIME"])


def _plain(server: MailServer, secret: str) -> str:
    return _base64(f"\0{server.user}\0{secret}")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@contextmanager
def _translated(server: MailServer, secret: str) -> Iterator[None]:
    """Raise the program's own errors for whatever sockets, TLS and smtplib raise within, never with the cause.

    A server may repeat in its words what it was told.
    """
    try:
        yield
    except smtplib.SMTPException as error:
        raise _of_smtp(error, server, secret) from None
    except OSError as error:
        raise _of_socket(error, server) from None
    except (UnicodeError, ValueError) as error:
        raise BadServerReply(
            f"{server.host} gave a reply that makes no sense ({type(error).__name__})", hint="check host and port"
        ) from None


def _of_smtp(error: smtplib.SMTPException, server: MailServer, secret: str) -> TrackerError:
    host = server.host
    code, words = _reply(error, (_plain(server, secret), _base64(secret), secret) if secret else ())
    if isinstance(error, smtplib.SMTPAuthenticationError) and code >= _FINAL:
        return LoginRejected(
            f"{host} refuses to let {one_line(server.user)} in: {words}",
            hint="check digest.smtp.user and the password; many providers want an app password here",
        )
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return BadServerReply(f"{host} cannot do what is needed: {words}", hint="check digest.smtp: port, tls and user")
    if isinstance(error, smtplib.SMTPServerDisconnected | smtplib.SMTPConnectError):
        return Unreachable(
            f"{host} hung up: {words}", hint='check port and tls: "implicit" is usual on 465, "starttls" on 587'
        )
    if code >= _FINAL:
        return BadServerReply(f"{host} refuses the mail: {words}", hint="ask the provider what its words mean")
    return Unreachable(f"{host} does not take the mail now: {words}", hint="try again later")


def _reply(error: smtplib.SMTPException, secrets: Sequence[str]) -> tuple[int, str]:
    """The code of a refusal, 0 where there is none, and its words as one harmless, short line without the secrets."""
    code, said = getattr(error, "smtp_code", 0), getattr(error, "smtp_error", str(error))
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()), (0, b""))
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    for secret in secrets:
        text = text.replace(secret, "***")
    return int(code), f"{code} {one_line(text)[:_LONGEST_QUOTE]}".removeprefix("0 ")


def _of_socket(error: OSError, server: MailServer) -> TrackerError:
    host = server.host
    if isinstance(error, ssl.SSLCertVerificationError):
        return Unreachable(
            f"{host} cannot be trusted: {one_line(error.verify_message)}",
            hint="set host to a name that its certificate is made out for; a private authority goes into ca_file",
        )
    if isinstance(error, ssl.SSLError):
        return Unreachable(
            f"{host} and we found no common TLS: {one_line(str(error.reason))}",
            hint='check port and tls: "implicit" is usual on 465, "starttls" on 587',
        )
    if isinstance(error, socket.gaierror):
        return Unreachable(f"{host} cannot be found", hint="check digest.smtp.host and the network")
    if isinstance(error, TimeoutError):
        return Unreachable(f"{host} does not answer in time", hint="check host, port and the network")
    return Unreachable(
        f"{host} cannot be reached: {one_line(error.strerror or type(error).__name__)}",
        hint="check host and port, and whether the server runs",
    )
