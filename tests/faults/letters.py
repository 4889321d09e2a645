"""A small mailbox with one of every kind of thing that a sync treats in its own way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tracker.domain.connection import Profile
from tracker.domain.message import AddrSpec

if TYPE_CHECKING:
    from tests.machine.dovecot import User

ME = "ann@example.org"
NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
MESSAGES = 8
"""How many of them are facts: the draft is none, one header is beyond reading, and one message lies there twice."""

_REPORT = """\
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"
Auto-Submitted: auto-replied
MIME-Version: 1.0

--b1
Content-Type: text/plain

It could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; gone@acme.example
Action: failed
Status: 5.1.1

--b1
Content-Type: message/rfc822

Message-ID: <ask-gone@example.org>
From: ann@example.org
To: gone@acme.example

--b1--
"""

PEOPLE = tuple(
    Profile(name, name.title(), addresses=(AddrSpec(f"{name}@acme.example"),)) for name in ("bob", "gone", "carl")
)


def _text(name: str, days: float, sender: str, to: str, rest: str = "") -> bytes:
    at = NOW - timedelta(days=days)
    return (
        f"From: {sender}\nTo: {to}\nSubject: About {name}\nDate: {at:%a, %d %b %Y %H:%M:%S} +0000\n"
        f"Message-ID: <{name}@example.org>\n{rest or chr(10)}"
    ).encode()


def fill(user: User) -> None:
    """Deliver it all: INBOX and Sent, the last messages of INBOX being the plainest."""
    box = user.mailbox

    def lay(folder: str, days: float, content: bytes, *flags: str) -> None:
        box.deliver(folder, content, NOW - timedelta(days=days), flags)

    lay("Sent", 30, _text("ask-bob", 30, ME, "bob@acme.example"), "\\Seen")
    lay("Sent", 29, _text("ask-gone", 29, ME, "gone@acme.example", "Cc: carl@acme.example\n\nx\n"), "\\Seen")
    lay("Sent", 28, _text("draft", 28, ME, "carl@acme.example"), "\\Draft")
    lay("Sent", 27, _text("both", 27, ME, ME))
    lay("INBOX", 27, _text("both", 27, ME, ME))
    lay("INBOX", 26, _text("report", 26, "mailer-daemon@mx.example.org", ME, _REPORT))
    hop = f"Received: by mx.example.org; {NOW - timedelta(days=25):%d %b %Y %H:%M:%S} +0000\n"
    lay("INBOX", 5, hop.encode() + _text("moved", 25, "bob@acme.example", ME, "In-Reply-To: <ask-bob@example.org>\n\n"))
    lay("INBOX", 24, b"From: carl@acme.example\nTo: ann@example.org\nSubject: no name\n\nx\n")
    lay("INBOX", 23, b"\xff\xfe: \x00\x01\nFrom: <<@@,\nDate: never\nTo: =?utf-8?b?%%?=\nMessage-ID: <\n\n")
    lay("INBOX", 22, b"To: " + b"x" * 270_000 + b"\nFrom: bob@acme.example\n\n")
    lay("INBOX", 21, _text("last", 21, "news@shop.example", ME, "List-Id: <shop>\n\nx\n"))
