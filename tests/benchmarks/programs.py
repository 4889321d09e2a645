"""What mail programs and mass mailers leave of themselves in the header fields that tracker asks for."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Token = Callable[[int], str]
    """So many hexadecimal digits, drawn."""


@dataclass(frozen=True, slots=True)
class Program:
    """What a message was written with at a domain: `gmail`, `outlook`, `mass`, `report` (a relay's own), or `other`."""

    domain: str
    kind: str = "other"

    def msg_id(self, token: Token) -> str:
        """A Message-ID as long as theirs are."""
        if self.kind == "gmail":
            return f"<CA{token(40)}_{token(11)}@mail.gmail.com>"
        if self.kind == "outlook":
            server = f"AM9PR04MB{token(4).upper()}"
            return f"<{server}{token(24).upper()}@{server}.eurprd04.prod.outlook.com>"
        if self.kind == "mass":
            return f"<{token(8)}-{token(4)}-{token(4)}-{token(4)}-{token(12)}-000000@eu-west-1.{self.domain}>"
        return f"<{token(8)}-{token(4)}-{token(4)}-{token(4)}-{token(12)}@{self.domain}>"

    def return_path(self, token: Token) -> str:
        """Where failed deliveries go; mass mailers tell their readers apart by it."""
        if self.kind == "report":
            return ""  # its own is part of what it is
        local = f"bounces+{token(7)}-{token(4)}-ann=example.org" if self.kind == "mass" else f"p{token(4)}"
        return f"Return-Path: <{local}@{self.domain}>\n"

    def marks(self, token: Token) -> str:
        """Outlook's name of the conversation, and what the body is made of."""
        if self.kind == "report":
            return ""
        index = base64.b64encode(bytes.fromhex(f"01d9{token(40)}")).decode()
        lines = f"Thread-Index: {index}\n" if self.kind == "outlook" else ""
        return (
            f'{lines}Content-Type: multipart/alternative;\n boundary="----=_Part_{token(6)}_{token(10)}.{token(13)}"\n'
        )


def mass(domain: str, token: Token) -> str:
    """The fields of a mass mailing but for those that every message has (RFC 2369, RFC 2919).

    Few tell what is answered by the address for answers, as forums do.
    """
    answers = f"reply+{token(40)}" if domain.startswith("forum") else "the-editors-of-the-newsletter"
    return (
        f"From: News of {domain} <news@{domain}>\nReply-To: News of {domain} <{answers}@answers.{domain}>\n"
        f"Sender: {domain} <news@{domain}>\nList-Id: News of {domain} <news-{token(6)}.{domain}>\nPrecedence: bulk\n"
        f"List-Unsubscribe: <mailto:unsubscribe-{token(64)}@answers.{domain}?subject=unsubscribe>,\n"
        f" <https://{domain}/u/unsubscribe?list={token(24)}&reader={token(64)}&mailing={token(24)}&source=header>"
    )
