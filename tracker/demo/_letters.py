"""The sample mailbox: every letter that follows from what the sample's people did, dated relative to now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from itertools import cycle
from typing import TYPE_CHECKING

from tracker.demo._people import PEOPLE, DemoAsk, DemoPerson, Reaction

if TYPE_CHECKING:
    from collections.abc import Iterator

ME = ("Ann Example", "ann@example.org")

_SUBJECTS = (
    "Intro to your data team?",
    "Coffee next week?",
    "Quick question about pricing",
    "Reference for a candidate",
    "Would you look at this deck?",
    "Speaking at our meetup",
    "Referral for the open role",
    "Contract draft",
    "Lunch on Thursday?",
    "Following up on the pilot",
)

_NEWSLETTERS = ("Weekly digest", "Your invoice", "Product news", "Conference programme")


@dataclass(frozen=True, slots=True)
class DemoLetter:
    """A message, the folder in which it lies, and when the server received it."""

    folder: str
    at: datetime
    message: EmailMessage


def letters(now: datetime) -> list[DemoLetter]:
    """The whole mailbox as of `now`."""
    found = [letter for person in PEOPLE for letter in _correspondence(person, now)]
    return [*found, *_noise(now)]


def _correspondence(person: DemoPerson, now: datetime) -> Iterator[DemoLetter]:
    subjects = cycle(_SUBJECTS)
    for _ in range(len(person.slug)):
        next(subjects)
    for number, ask in enumerate(sorted(person.asks, key=lambda ask: -ask.days)):
        yield from _ask(person, ask, f"{person.slug}-{number}", next(subjects), now)


def _ask(person: DemoPerson, ask: DemoAsk, name: str, subject: str, now: datetime) -> Iterator[DemoLetter]:
    """An ask, its nudge, and what came back."""
    at = now - timedelta(days=ask.days)
    me, them = formataddr(ME), formataddr((person.name, person.address))
    yield _letter("Sent", at, me, them, subject, name)
    asked = name
    if ask.nudge_days is not None:
        asked = f"{name}-nudge"
        nudged_at = at + timedelta(days=ask.nudge_days)
        yield _letter("Sent", nudged_at, me, them, f"Re: {subject}", asked, thread=(name,))
    came_at = at + timedelta(hours=ask.hours)
    thread = (name,) if asked == name else (name, asked)
    if ask.reaction is Reaction.REPLY:
        yield _letter("INBOX", came_at, them, me, f"Re: {subject}", f"{name}-re", thread=thread)
        thanks = f"{name}-thanks"
        yield _letter(
            "Sent", came_at + timedelta(hours=1), me, them, f"Re: {subject}", thanks, thread=(*thread, f"{name}-re")
        )
    elif ask.reaction is Reaction.OTHER_THREAD:
        yield _letter("INBOX", came_at, them, me, "By the way", f"{name}-other")
    elif ask.reaction is Reaction.COLLEAGUE:
        desk = formataddr(("Front Desk", f"desk@{person.domain}"))
        yield _letter("INBOX", came_at, desk, me, f"Re: {subject}", f"{name}-desk", thread=thread)
    elif ask.reaction is Reaction.ABSENCE:
        away = _letter("INBOX", came_at, them, me, f"Automatic reply: {subject}", f"{name}-away", thread=thread)
        away.message["Auto-Submitted"] = "auto-replied"
        yield away
    elif ask.reaction is Reaction.BOUNCE:
        daemon = formataddr(("Mail Delivery Subsystem", "mailer-daemon@example.org"))
        bounce = _letter(
            "INBOX", came_at, daemon, me, "Undelivered mail returned to sender", f"{name}-bounce", thread=thread
        )
        bounce.message["X-Failed-Recipients"] = person.address
        bounce.message["Auto-Submitted"] = "auto-replied"
        yield bounce


def _noise(now: datetime) -> Iterator[DemoLetter]:
    """Newsletters every other day, and a mail to many that asks nobody in particular."""
    names = cycle(_NEWSLETTERS)
    for day in range(1, 728, 2):
        at = now - timedelta(days=day, hours=3)
        sender = formataddr(("News", "news@shop.example"))
        letter = _letter("INBOX", at, sender, formataddr(ME), next(names), f"news-{day}")
        letter.message["List-Unsubscribe"] = "<mailto:leave@shop.example>"
        yield letter
    everyone = ", ".join(formataddr((person.name, person.address)) for person in PEOPLE[:6])
    yield _letter("Sent", now - timedelta(days=45), formataddr(ME), everyone, "I am moving to a new office", "move")


def _letter(
    folder: str, at: datetime, sender: str, to: str, subject: str, name: str, *, thread: tuple[str, ...] = ()
) -> DemoLetter:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{name}@demo.example>"
    if thread:
        message["In-Reply-To"] = f"<{thread[-1]}@demo.example>"
        message["References"] = " ".join(f"<{one}@demo.example>" for one in thread)
    message.set_content("A letter of the sample mailbox.\n")
    return DemoLetter(folder, at, message)
