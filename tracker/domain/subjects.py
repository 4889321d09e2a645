"""Prefixes of answers and forwards before a subject, in the languages of the great mail programs."""

from __future__ import annotations

import re

_ANSWERS = "re|res|sv|antw|ref|aw|απ|השב|vá|r|rif|bls|odp|ynt|atb|رد|回复|回覆|vs"
_FORWARDS = "fwd|fw|rv|enc|doorst|vl|tr|wg|πρθ|הועבר|továbbítás|i|fs|trs|vb|pd|转发|轉寄"
_REST = r"\s*(?:\[\d+\]|\(\d+\))?\s*[:：]"
_ANSWER = re.compile(rf"\s*(?:{_ANSWERS}){_REST}", re.IGNORECASE)
_PREFIX = re.compile(rf"\s*(?:{_ANSWERS}|{_FORWARDS}){_REST}", re.IGNORECASE)


def base_subject(subject: str) -> str:
    """The subject without its prefixes of answers and forwards, case-folded, with single blanks."""
    while match := _PREFIX.match(subject):
        subject = subject[match.end() :]
    return " ".join(subject.split()).casefold()


def is_answer(subject: str) -> bool:
    """Whether the subject begins as that of an answer does."""
    return _ANSWER.match(subject) is not None
