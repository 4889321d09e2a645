"""What mail programs note about a message in its own header: Gmail's labels and threads, Mozilla's flags."""

from __future__ import annotations

import re
import unicodedata
from email.header import decode_header, make_header

from tracker.domain.message import FolderRole
from tracker.sources._files._header import field
from tracker.sources._folder_names import DRAFT_NAMES, ROLE_NAMES

_MOZILLA_STATUS = re.compile(rb"^X-Mozilla-Status:[ \t]*([0-9a-f]{4})\b", re.IGNORECASE | re.MULTILINE)
_EMPTY_LINE = re.compile(rb"(?:\A|\n)\r?\n")
_EXPUNGED = 0x0008  # nsMsgMessageFlags::Expunged: gone for its user, still in the file until that is compacted
_MARKED = re.compile(rb"^X-(?:GM-THRID|Gmail-Labels)", re.IGNORECASE | re.MULTILINE)


def is_expunged(text: bytes) -> bool:
    """Whether Thunderbird has deleted the message whose header block begins `text`."""
    end = _EMPTY_LINE.search(text)
    match = _MOZILLA_STATUS.search(text, 0, end.start() + 1 if end else len(text))
    return match is not None and bool(int(match[1], 16) & _EXPUNGED)


def gmail_thread(block: bytes, account: str) -> str:
    """The thread's name as Takeout writes it, spelled like one from the server; empty without one."""
    number = field(block, b"x-gm-thrid") if _MARKED.search(block) else None
    return f"{account} gm {number.decode('ascii')}" if number is not None and number.isdigit() else ""


def is_labelled_draft(block: bytes) -> bool:
    """Whether Gmail's labels call a message a draft. What was sent is none, whatever label its user put on it."""
    text = field(block, b"x-gmail-labels") if _MARKED.search(block) else None
    if text is None:
        return False
    labels = {unicodedata.normalize("NFC", label).casefold().strip(' "') for label in _decoded(text).split(",")}
    return not labels.isdisjoint(DRAFT_NAMES) and labels.isdisjoint(ROLE_NAMES[FolderRole.SENT])


def _decoded(text: bytes) -> str:
    """Encoded-words (RFC 2047) as text; what is none of them as it stands."""
    plain = text.decode("utf-8", "replace")
    try:
        return str(make_header(decode_header(plain)))
    except (ValueError, LookupError):
        return plain
