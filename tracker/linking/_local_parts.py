"""Local parts of addresses: whether they are built from somebody's name, or name a role."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from tracker.linking._scripts import letters, sound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.linking._names import Name

_SEPARATORS = re.compile(r"[^a-z]+")

# RFC 2142 and what organisations use beside it.
_ROLES = frozenset(
    {
        "abuse", "accounting", "accounts", "admin", "administrator", "alerts", "announce", "announcements",
        "assistant", "billing", "board", "booking", "bookings", "bounce", "bounces", "buero", "careers",
        "compliance", "contact", "contacto", "contato", "customercare", "customerservice", "donotreply",
        "editor", "enquiries", "events", "feedback", "finance", "hello", "help", "helpdesk", "hostmaster", "hr",
        "info", "information", "inmailhitreply", "inquiries", "invitations", "invoices", "it", "jobs",
        "kontakt", "legal", "list", "lists", "mail", "mailerdaemon", "marketing", "media", "messagesnoreply",
        "news", "newsletter", "newsletters", "noc", "noreply", "notification", "notifications", "notify",
        "office", "orders", "payroll", "postmaster", "press", "presse", "privacy", "recruiting", "recruitment",
        "reply", "reservations", "root", "sales", "secretary", "security", "service", "services", "shop",
        "staff", "subscribe", "subscriptions", "support", "team", "unsubscribe", "updates", "users", "vertrieb",
        "verwaltung", "webmaster", "welcome",
    }
)  # fmt: skip
_MACHINE = re.compile(r"no-?_?\.?reply|do-?not-?reply|mailer-daemon|bounces?\b|notifications?\b|newsletter|unsubscribe")
_LIST = re.compile(r"(?:^|[-.])(?:lists?|groups?|googlegroups|yahoogroups|mailman|listserv)(?:[-.]|$)")


class Build(StrEnum):
    """How a local part is built from a name, the surest first."""

    FULL = "full"
    INITIAL = "initial"
    GIVEN = "given"
    FAMILY = "family"
    NOTHING = "nothing"
    ANOTHER = "another"
    """It spells a given and a family name, and they are not these."""


_ORDER = {build: place for place, build in enumerate(Build)}


@lru_cache(maxsize=131_072)
def pieces(local: str) -> tuple[str, ...]:
    """The runs of letters in a local part: `jane.doe42` has two."""
    return tuple(piece for piece in _SEPARATORS.split(_plain(local)) if piece)


def _plain(local: str) -> str:
    return local if local.isascii() else " ".join(letters(word) for word in re.split(r"[\W\d_]+", local))


def squeezed(local: str) -> str:
    """A local part without anything but its letters."""
    return "".join(pieces(local))


@lru_cache(maxsize=131_072)
def is_role(local: str, domain: str) -> bool:
    """Whether an address is a role's, a machine's or a list's rather than a person's."""
    words = pieces(local)
    return bool(
        (words and (words[0] in _ROLES or words[-1] in _ROLES or "".join(words) in _ROLES))
        or _MACHINE.search(local)
        or _LIST.search(domain)
    )


def is_linkedin(domain: str) -> bool:
    """Whether LinkedIn writes from this domain: notifications, and messages that members send through it."""
    return f".{domain}".endswith(".linkedin.com")


def forms(name: Name) -> Iterator[tuple[str, Build]]:
    """The squeezed local parts that this name gives."""
    for given, family in _spellings(name):
        yield given + family, Build.FULL
        yield family + given, Build.FULL
        yield given[0] + family, Build.INITIAL
        yield family + given[0], Build.INITIAL
        yield given + family[0], Build.INITIAL
    if len(name.words) > 2:
        yield "".join(name.words), Build.FULL


def _spellings(name: Name) -> Iterator[tuple[str, str]]:
    if not name.is_full:
        return
    families = dict.fromkeys((name.family, *(word for word in name.words[1:] if word != name.given)))
    for given in dict.fromkeys((name.given, name.short)):
        for family in families:
            if given and family:
                yield given, family


def build(local: str, name: Name) -> Build:
    """How this local part is built from the name."""
    parts = pieces(local)
    if not parts or not name.is_full:
        return Build.NOTHING
    joined = sound("".join(parts))
    found = [kind for form, kind in forms(name) if sound(form) == joined]
    found += [_by_parts(parts, name)]
    return min(found, key=_ORDER.__getitem__)


def _by_parts(parts: tuple[str, ...], name: Name) -> Build:
    sounds = {sound(part) for part in parts}
    given = sound(name.given) in sounds or bool(name.short and sound(name.short) in sounds)
    family = any(sound(word) in sounds for word in (name.family, *name.words[1:]))
    if given and family:
        return Build.FULL
    if len(parts) == 1:
        return Build.GIVEN if given else Build.FAMILY if family else Build.NOTHING
    initials = {part for part in parts if len(part) == 1}
    if family:
        if initials:
            return Build.INITIAL if name.given[0] in initials else Build.ANOTHER
        return Build.ANOTHER if _is_long(parts) else Build.FAMILY
    if given:
        return Build.INITIAL if name.family[0] in initials else Build.GIVEN if not _is_long(parts) else Build.ANOTHER
    return Build.ANOTHER if _is_long(parts) else Build.NOTHING


def _is_long(parts: tuple[str, ...]) -> bool:
    return sum(len(part) > 2 for part in parts) > 1
