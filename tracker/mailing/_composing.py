"""A letter of the user's to themselves as a message (RFC 5322): plain text first, then HTML (RFC 2046, 5.1.4)."""

from __future__ import annotations

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import blake2b
from typing import TYPE_CHECKING

from tracker.addresses import normalise

if TYPE_CHECKING:
    from datetime import date, datetime

_NAME = "tracker"

# RFC 2919, 2: a list that nobody administers has a name below "localhost".
_LIST = "tracker digest <digest.tracker.localhost>"


@dataclass(frozen=True, slots=True)
class Letter:
    """What is said to the one of the user's addresses `to`, of the `day` (where the user lives), written `at`."""

    to: str
    subject: str
    text: str
    html: str
    day: date
    at: datetime


def compose(letter: Letter) -> EmailMessage:
    """The message. One day has one msg-id, so that a repeat is the same message and a mailbox may drop it.

    Auto-Submitted (RFC 3834, 5) and List-Id keep absence notes away, and let a filter know it by either.
    """
    name = blake2b(letter.to.encode(), digest_size=6).hexdigest()
    _, _, domain = str(normalise(letter.to)).rpartition("@")
    host = domain if domain.isascii() and domain[:1] != "[" else "localhost"
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(letter.to, _NAME)
    message["To"] = _address(letter.to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = f"<tracker-digest.{letter.day:%Y%m%d}.{name}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message["List-Id"] = _LIST
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    for part in message.iter_parts():
        del part["MIME-Version"]  # it belongs to the whole (RFC 2045, 4), and the library repeats it
    message.set_boundary(f"=_{letter.day:%Y%m%d}{name}")
    return message


def _address(addr: str, name: str = "") -> Address:
    """An address as configured; one in other letters with the domain as DNS knows it."""
    spelled = addr if addr.isascii() else normalise(addr) or addr
    local, _, domain = spelled.rpartition("@")
    return Address(name, local, domain)
