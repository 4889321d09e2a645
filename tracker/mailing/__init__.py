"""Mail that the program writes: composed with the standard library and handed to a server; the only home of smtplib."""

from __future__ import annotations

from tracker.mailing._composing import Letter, compose
from tracker.mailing._sending import MailServer, send

__all__ = ["Letter", "MailServer", "compose", "send"]
