"""The fields that name people, subject and date as mail-parser, the parser of record, reads them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import mailparser

from tracker.addresses import normalise
from tracker.domain.message import Address
from tracker.domain.values import value
from tracker.parsing._dates import read_date
from tracker.parsing._fields import parsable
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tracker.parsing._dates import ReadDate

MAX_ADDRESSES = 1_000
"""Recipients kept of one field: a mail to more asks nobody in particular anyway."""

logging.getLogger("mailparser").setLevel(logging.CRITICAL)  # its log would quote the mail


@value(frozen=True, slots=True)
class Parsed:
    """What these fields of a header block say, the addresses in their order."""

    subject: str
    date: ReadDate
    author: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    bcc: tuple[Address, ...]


def by_mail_parser(fields: Mapping[str, Sequence[str]]) -> Parsed:
    """The facts of any header block. Raises what mail-parser and the standard library raise."""
    mail = mailparser.parse_from_string(parsable(fields))
    return Parsed(
        subject=one_line(str(mail.subject or "")),
        date=read_date(next(iter(fields.get("date", ())), ""), mail.date),
        author=_addresses(mail.from_),
        reply_to=_addresses(mail.reply_to),
        to=_addresses(mail.to),
        cc=_addresses(mail.cc),
        bcc=_addresses(mail.bcc),
    )


def _addresses(pairs: Iterable[tuple[str, str]]) -> tuple[Address, ...]:
    found = ((name, normalise(addr)) for name, addr in list(pairs)[:MAX_ADDRESSES])
    return tuple(Address(one_line(name), addr) for name, addr in found if addr is not None)
