"""One mailbox, one spelling: addr-specs as they are compared everywhere; the only home of idna."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from functools import lru_cache

import idna

from tracker.domain.message import AddrSpec

# Japanese and Korean are written in several scripts at once (UTS 39, 5.1).
_EAST_ASIAN = frozenset({"CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "BOPOMOFO", "HANGUL"})

MAX_LENGTH = 254
"""Octets in an addr-spec (RFC 5321, 4.5.3.1.3)."""

# Mailbox services that document `+tag`: mail to name+tag@ comes to name@.
_TAGGED = frozenset(
    {
        "gmail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "fastmail.com", "fastmail.fm", "icloud.com",
        "me.com", "mac.com", "proton.me", "protonmail.com", "pm.me", "zoho.com", "mailbox.org", "posteo.de",
    }
)  # fmt: skip

# Gmail ignores dots, and its two domains are one ("Getting messages sent to a dotted version of my address").
_DOTLESS = frozenset({"gmail.com"})
_SAME_DOMAIN = {"googlemail.com": "gmail.com"}

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_NEEDS_QUOTES = re.compile(r'[\s<>(),;:\\"\[\]@]')
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_PLAIN_LOCAL = re.compile(r"[!#-'*+\-./0-9=?A-Z^-~]+")  # the ASCII that is neither quoted nor a blank nor invisible
_PLAIN_DOMAIN = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")


@lru_cache(maxsize=1_024)
def normalise(text: str) -> AddrSpec | None:
    """The one spelling of an addr-spec (RFC 5322, 3.4.1); None for what is none.

    The domain becomes a lower-case A-label (UTS 46), the local part NFC and case-folded; tags and dots go where the
    service ignores them.
    """
    local, at, domain = text.strip().rpartition("@")
    local, host = _local(local), _domain(domain)
    if not at or not local or host is None:
        return None
    host = _SAME_DOMAIN.get(host, host)
    if host in _TAGGED and not local.startswith('"'):
        local = local.partition("+")[0] or local
    if host in _DOTLESS and not local.startswith('"'):
        # Without the dot between them, a letter and a mark that follows it become one character.
        local = unicodedata.normalize("NFC", local.replace(".", "") or local)
    spec = f"{local}@{host}"
    return AddrSpec(spec) if len(spec.encode("utf-8", "replace")) <= MAX_LENGTH else None


def display(addr: AddrSpec) -> str:
    """`addr` for people: the domain in its own letters, unless it mixes scripts and so may pass for another domain."""
    local, _, domain = addr.rpartition("@")
    if "xn--" not in domain:
        return addr
    try:
        readable = idna.decode(domain)
    except (idna.IDNAError, UnicodeError):
        return addr
    return f"{local}@{readable}" if len(_scripts(readable)) == 1 else addr


def _scripts(text: str) -> set[str]:
    """The scripts of the letters in `text`, by the first word of their names: Python does not know the property."""
    words = {unicodedata.name(char, char).partition(" ")[0] for char in text if unicodedata.category(char)[0] == "L"}
    return {"EAST ASIAN" if word in _EAST_ASIAN else word for word in words}


def _local(text: str) -> str:
    """The local part, or nothing. Quotes that protect nothing go away."""
    if _PLAIN_LOCAL.fullmatch(text):
        return text.lower()
    quoted = _QUOTED.fullmatch(text)
    content = re.sub(r"\\(.)", r"\1", quoted[1], flags=re.DOTALL) if quoted else text
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", content).casefold())
    if any(unicodedata.category(char) in _INVISIBLE or (char.isspace() and char != " ") for char in folded):
        return ""
    if not _NEEDS_QUOTES.search(folded):
        return folded
    return '"' + re.sub(r'(["\\])', r"\\\1", folded) + '"' if quoted else ""


def _domain(text: str) -> str | None:
    """The domain in lower-case A-labels; an address literal as it is; None for neither."""
    text = text.strip().rstrip(".")
    lowered = text.lower()
    if _PLAIN_DOMAIN.fullmatch(lowered):
        return lowered
    if text.startswith("[") and text.endswith("]"):
        return lowered if _is_literal(text[1:-1]) else None
    try:
        return idna.encode(text, uts46=True, transitional=False).decode("ascii").lower().rstrip(".")
    except (idna.IDNAError, UnicodeError, IndexError):
        return None


def _is_literal(text: str) -> bool:
    try:
        ipaddress.ip_address(text.removeprefix("IPv6:").removeprefix("ipv6:"))
    except ValueError:
        return False
    return True
