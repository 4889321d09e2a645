"""A real SMTP server on loopback, with TLS of either kind and a login, that keeps what it is given."""

from __future__ import annotations

import contextlib
import email.policy
import ssl
import warnings
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import TYPE_CHECKING

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.machine.daemons import HOST, free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from aiosmtpd.smtp import SMTP, Envelope, Session

    from tests.machine.certificates import Certificate

USER = "ann@example.org"
PASSWORD = "s3cret-päss wörd"


@dataclass
class PostOffice:
    """The server as a test sees it: where it is, what it took, who was refused; `refusal` makes it refuse mail."""

    port: int
    envelopes: list[Envelope] = field(default_factory=list)
    logins: list[bool] = field(default_factory=list)
    hellos: list[str] = field(default_factory=list)
    refusal: str = ""

    @property
    def mail(self) -> list[EmailMessage]:
        """What was taken, parsed."""
        return [parsed(envelope) for envelope in self.envelopes]

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a message."""
        self.hellos.append(str(session.host_name))
        if self.refusal:
            return self.refusal
        self.envelopes.append(envelope)
        return "250 OK"

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, told: LoginPassword
    ) -> AuthResult:
        """Compare user and password."""
        is_right = (told.login, told.password) == (USER.encode(), PASSWORD.encode())
        self.logins.append(is_right)
        return AuthResult(success=is_right, handled=False)


def parsed(envelope: Envelope) -> EmailMessage:
    """A message as it came."""
    content = envelope.content
    assert isinstance(content, bytes)
    return message_from_bytes(content, policy=email.policy.default)


class _Controller(Controller):
    """Its server warns of logins without TLS, not knowing of the TLS around it, nor that nobody listens on loopback."""

    def factory(self) -> object:
        with warnings.catch_warnings(action="ignore", category=UserWarning):
            return super().factory()  # type: ignore[no-untyped-call] # the library says no type


@contextlib.contextmanager
def running(
    certificate: Certificate | None = None, *, tls: str = "none", login: bool = False, port: int = 0
) -> Iterator[PostOffice]:
    """The server for the time being; `tls` is implicit, starttls or none, `login` demands one."""
    office = PostOffice(port or free_ports()[0])
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.certificate, certificate.key)
    controller = _Controller(
        office,
        hostname=HOST,
        port=office.port,
        ssl_context=context if tls == "implicit" else None,
        tls_context=context if tls == "starttls" else None,
        require_starttls=tls == "starttls",
        authenticator=office.authenticate,
        auth_required=login,
        auth_require_tls=tls == "starttls",
    )
    controller.start()
    try:
        yield office
    finally:
        controller.stop()
