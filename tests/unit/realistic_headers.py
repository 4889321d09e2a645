"""Header blocks as large mailboxes hold them, reduced to the fields that are asked for, drawn from a seed."""

from __future__ import annotations

import random
from base64 import b64encode
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ME = "Ann Doe <ann.doe@example.org>"

_GIVEN = ("John", "Maria", "Jürgen", "Wei", "Olga", "Peter", "Zoë", "Ahmed", "Anne-Marie", "Luís", "Kim", "J. R.")
_FAMILY = ("Smith", "O'Neil", "Müller", "Chen", "Nowak", "de Vries", "Sørensen", "Garcia", "Иванов", "Brown", "Ng")
_DOMAINS = ("gmail.com", "acme.example", "mail.uni.example", "outlook.com", "team.b.example", "web.de", "x.example")
_WORDS = (
    "offer",
    "meeting",
    "Q3",
    "invoice",
    "lunch",
    "the",
    "on",
    "friday",
    "plan",
    "für",
    "report",
    "[team]",
    "über",
)
_ZONES = (0, 60, 120, -300, -480, 330)
_ODD = (
    "To: undisclosed-recipients:;",
    "To: jane@a.example (Jane Roe)",
    "Cc: Team: a@b.example, c@d.example;",
    "Cc: Jörg Raw <joerg@raw.example>",
    "Cc: jane@localhost, , bob",
    "Subject: raw Grüße",
)


def written_at(number: int) -> datetime:
    """When the letter of this number, counted from 0, was written."""
    return datetime(2019, 1, 1, tzinfo=UTC) + timedelta(minutes=17 * number)


def blocks(count: int, seed: int = 1) -> Iterator[bytes]:
    """So many header blocks: letters, some from lists and programs, and a few of odd form."""
    draw = random.Random(seed)  # noqa: S311 - no secret is drawn, but the same blocks each time
    people = [_person(draw, number) for number in range(300)]
    known = ["first@mail.example"]
    for number in range(count):
        lines = _letter(draw, people, known, number)
        kind = draw.random()
        if kind < 0.25:
            lines += _of_a_list(draw)
        elif kind < 0.4:
            lines += ["Auto-Submitted: auto-generated", "Return-Path: <>", "X-Auto-Response-Suppress: All"]
        elif kind < 0.44:
            odd = draw.choice(_ODD)
            lines = [line for line in lines if line.partition(":")[0] != odd.partition(":")[0]] + [odd]
        yield "\r\n".join([*lines, "", ""]).encode()


def _person(draw: random.Random, number: int) -> str:
    given, family = draw.choice(_GIVEN), draw.choice(_FAMILY)
    local = f"{given[0]}.{family}{number}".lower() if (given + family).isascii() else f"person{number}"
    addr = f"{local.replace(' ', '')}@{draw.choice(_DOMAINS)}"
    name = f"{given} {family}"
    if not name.isascii():
        return f"{_encoded(draw, name)} <{addr}>"
    forms = (f"{name} <{addr}>", f'"{name}" <{addr}>', f'"{family}, {given}" <{addr}>', addr, f"<{addr}>")
    return draw.choices(forms, (4, 3, 2, 1, 1))[0]


def _encoded(draw: random.Random, text: str) -> str:
    """The text as an encoded-word (RFC 2047) in one of the usual charsets."""
    charset = "iso-8859-1" if draw.random() < 0.2 and all(char < "\u0100" for char in text) else "utf-8"
    octets = text.encode(charset)
    if draw.random() < 0.5:
        return f"=?{charset.upper()}?B?{b64encode(octets).decode()}?="
    quoted = "".join(
        chr(octet) if chr(octet).isalnum() and octet < 128 else "_" if octet == 32 else f"={octet:02X}"
        for octet in octets
    )
    return f"=?{charset}?Q?{quoted}?="


def _letter(draw: random.Random, people: list[str], known: list[str], number: int) -> list[str]:
    zone = timezone(timedelta(minutes=draw.choice(_ZONES)))
    at = written_at(number).astimezone(zone)
    subject = ("Re: " if draw.random() < 0.5 else "") + " ".join(draw.choices(_WORDS, k=draw.randint(1, 7)))
    msg_id = f"{draw.getrandbits(80):x}@mail.example"
    me, other = draw.sample((ME, draw.choice(people)), 2)
    lines = [
        f"From: {me}",
        f"To: {other}",
        f"Subject: {subject if subject.isascii() else _encoded(draw, subject)}",
        f"Date: {format_datetime(at)}" + (" (UTC)" if not zone.utcoffset(None) else ""),
        f"Message-ID: <{msg_id}>",
        'Content-Type: multipart/alternative;\r\n\tboundary="000000000000a1b2c3"',
        "Return-Path: <sender@acme.example>",
        "Delivered-To: ann.doe@example.org",
    ]
    if draw.random() < 0.3:
        lines.append("Cc: " + ",\r\n\t".join(draw.sample(people, draw.randint(1, 6))))
    if draw.random() < 0.6:
        named = draw.sample(known, min(len(known), draw.randint(1, 8)))
        lines += [f"In-Reply-To: <{named[-1]}>", "References: " + "\r\n ".join(f"<{name}>" for name in named)]
    if draw.random() < 0.2:
        lines.append("Thread-Index: " + b64encode(draw.randbytes(22)).decode())
    known[:] = [*known[-50:], msg_id]
    return lines


def _of_a_list(draw: random.Random) -> list[str]:
    name = draw.choice(("dev", "news", "users"))
    return [
        "Precedence: list",
        f"List-Id: {name} <{name}.lists.example>",
        f"List-Post: <mailto:{name}@lists.example>",
        f"List-Unsubscribe: <https://lists.example/{draw.getrandbits(64):x}>,\r\n <mailto:{name}-leave@lists.example>",
        f"Sender: {name}-bounces@lists.example",
        f"Reply-To: {name}@lists.example",
    ]
