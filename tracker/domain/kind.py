"""Person or machine? Header fields to named signals, signals to a kind of message.

A message is human until strong evidence says machine: one decisive mark, or two weaker ones of different families. What
is stored is the set of matched signals; the kind follows from it, so that a changed rule needs no mailbox.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from tracker.domain.message import Delivery

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    Headers = Mapping[str, Sequence[str]]
    """Field names in lower case to their unfolded bodies without blanks around them, in the order of the block."""


class MessageKind(StrEnum):
    """What a message is, as far as an ask is concerned."""

    HUMAN = "human"
    AUTO_REPLY = "auto_reply"
    AUTO_OTHER = "auto_other"
    BOUNCE_HARD = "bounce_hard"
    BOUNCE_SOFT = "bounce_soft"
    BOUNCE_LIKE = "bounce_like"
    DSN_OK = "dsn_ok"
    RECEIPT = "receipt"
    CALENDAR = "calendar"
    UNCERTAIN = "uncertain"


FROM_A_PERSON = frozenset({MessageKind.HUMAN, MessageKind.CALENDAR})
"""Kinds that answer or clear an ask."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something in a header block that a body of one of these `fields` shows.

    pattern        how such a body begins, whatever the case; empty if any shows it
    is_borne_out   whether the block as a whole agrees; None if no other field has a say
    """

    fields: tuple[str, ...]
    pattern: str = ""
    is_borne_out: Callable[[Headers], bool] | None = None

    def is_in(self, headers: Headers) -> bool:
        """Whether it is in a header block."""
        shows = _matcher(self.pattern)
        is_shown = any(shows(body) for name in self.fields for body in headers.get(name, ()))
        return is_shown and (self.is_borne_out is None or self.is_borne_out(headers))


@dataclass(frozen=True, slots=True)
class Signal:
    """A mark in a header block by its name. `source` says where the mark is defined."""

    name: str
    source: str
    mark: Mark


def _matcher(*patterns: str) -> Callable[[str], object]:
    """Whether a body matches any of these."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE).match


def _present(*names: str) -> Mark:
    return Mark(names)


def _matches(name: str, pattern: str) -> Mark:
    return Mark((name,), pattern)


def _report(report_type: str) -> Mark:
    return _matches("content-type", rf'multipart/report\s*;(?:.*;)?\s*report-type\s*=\s*"?{report_type}\b')


def _auto_submitted(token: str) -> Mark:
    """The first token of Auto-Submitted; comments may stand before it (RFC 3834, 5)."""
    return _matches("auto-submitted", rf"(?:\([^()]*\)\s*)*{token}(?!-)")


_FROM_POSTMASTER = _matches("from", r'(?:.*<|"?)\s*(?:mailer-daemon|postmaster)"?(?:@|\s*(?:$|[>(]))')
_FROM_DAEMON = _matches("from", r'(?:.*<|"?)\s*mailer-daemon"?(?:@|\s*(?:$|[>(]))')
_NULL_RETURN_PATH = _matches("return-path", r"<\s*>\s*$")
_DELIVERY_STATUS = _report("delivery-status")


def _is_returned(headers: Headers) -> bool:
    """A postmaster may be a person, a daemon is none: where the server keeps no Return-Path its name is enough."""
    is_daemon = "return-path" not in headers and _FROM_DAEMON.is_in(headers)
    return is_daemon or _NULL_RETURN_PATH.is_in(headers) or "x-failed-recipients" in headers


def _is_of_a_machine(headers: Headers) -> bool:
    """A person who sends a bounce on, header and all, writes no bounce."""
    return _FROM_POSTMASTER.is_in(headers) or _DELIVERY_STATUS.is_in(headers)


# How vacation programs begin a subject, in the languages of the great mail programs. Nothing may stand before it: an
# answer to such a note ("AW: Automatische Antwort: ...") is a person's. Single words such as "vacation" are no prefix.
_ABSENCE_PREFIXES = (
    "auto|automatic reply|out of office|auto response|autosvar|automatisk svar|automatiskt svar|automatisch antwoord|"
    "automatische antwort|abwesenheitsnotiz|risposta automatica|fuori sede|respuesta automática|resposta automática|"
    "réponse automatique|frånvaro|automaattinen vastaus|自動返信|自動応答|자동 응답|부재중|"
    "автоответ|автоматический ответ|otomatik yanıt|automatyczna odpowiedź|automatická odpověď|automatikus válasz|"
    "răspuns automat|αυτόματη απάντηση|رد تلقائي|תשובה אוטומטית|trả lời tự động|ตอบกลับอัตโนมัติ|स्वचालित उत्तर|"
    "balasan otomatis|自动回复|自动答复"
)
_NO_REPLY = r'(?:.*<|"?)\s*(?:no[._-]?reply|do[._-]?not[._-]?reply)(?:[+._-][^@]*)?@'

SIGNALS: tuple[Signal, ...] = (
    Signal("report_delivery_status", "RFC 3464", _DELIVERY_STATUS),
    Signal("report_disposition_notification", "RFC 8098", _report("disposition-notification")),
    Signal("report_feedback", "RFC 5965", _report("feedback-report")),
    Signal(
        "postmaster_bounce",
        "sendmail, Postfix, Exim: the daemon's own address and no way back",
        replace(_FROM_POSTMASTER, is_borne_out=_is_returned),
    ),
    Signal(
        "failed_recipients",
        "Exim, Gmail: X-Failed-Recipients",
        Mark(("x-failed-recipients",), is_borne_out=_is_of_a_machine),
    ),
    Signal("auto_submitted_replied", "RFC 3834, 5.1", _auto_submitted(r"auto-replied\b")),
    Signal("auto_submitted_notified", "RFC 5436, 2.7.1", _auto_submitted(r"auto-notified\b")),
    Signal("auto_submitted_generated", "RFC 3834, 5.1", _auto_submitted(r"auto-generated\b")),
    Signal("auto_submitted_no", "RFC 3834, 5.1", _auto_submitted(r"no\b")),
    Signal("x_autoreply", "many vacation programs", _matches("x-autoreply", r"yes\b")),
    Signal(
        "x_autorespond",
        "cPanel, Plesk, Lotus and others",
        _present("x-autorespond", "x-autoresponder", "x-autoresponse", "x-autoreply-from", "x-mail-autoreply"),
    ),
    Signal("precedence_auto_reply", "FreshDesk, older vacation programs", _matches("precedence", r"auto[_-]reply\b")),
    Signal("x_precedence_auto_reply", "as before", _matches("x-precedence", r"auto[_-]reply\b")),
    Signal("x_autogenerated_reply", "Communigate", _matches("x-autogenerated", r"reply\b")),
    Signal("x_fc_machinegenerated", "FirstClass", _matches("x-fc-machinegenerated", r"true\b")),
    Signal("x_post_messageclass", "9; Autoresponder", _matches("x-post-messageclass", r"9;\s*autoresponder")),
    Signal("x_apple_action", "iCloud", _matches("x-apple-action", r"vacation\b")),
    Signal("delivered_to_autoresponder", "PowerMTA", _matches("delivered-to", r"autoresponder\b")),
    Signal("x_amazon_auto_reply", "Amazon WorkMail", _present("x-amazon-auto-reply")),
    Signal(
        "absence_subject",
        "the vacation programs of the great mail programs",
        _matches("subject", rf"(?:{_ABSENCE_PREFIXES})\s?[:：]"),
    ),
    Signal(
        "retired_subject",
        "Exchange, Google: somebody who left",
        _matches("subject", r".*\bno longer (?:with|works? (?:at|for|with))\b"),
    ),
    Signal("null_return_path", "RFC 5321, 4.5.5", _NULL_RETURN_PATH),
    Signal("inbox_rules_loop", "Exchange: X-MS-Exchange-Inbox-Rules-Loop", _present("x-ms-exchange-inbox-rules-loop")),
    Signal("generated_message_source", "Exchange", _present("x-ms-exchange-generated-message-source")),
    Signal("auto_response_suppress", "Exchange: MS-OXCMAIL, 2.2.3.2.14", _present("x-auto-response-suppress")),
    Signal("no_reply_sender", "local part no-reply", _matches("from", _NO_REPLY)),
    Signal("calendar", "RFC 6047; Exchange", _matches("content-type", r"text/calendar\b")),
    Signal("calendar_class", "Exchange", _matches("content-class", r".*calendarmessage")),
    Signal("list", "RFC 2369, RFC 2919", _present("list-id", "list-post")),
    Signal("list_unsubscribe", "RFC 2369, 3.2", _present("list-unsubscribe")),
    Signal("bulk", "Precedence: bulk, list or junk", _matches("precedence", r"(?:bulk|list|junk)\b")),
)

# By field what tells whether its body shows anything, which most do not, and then each of its signals.
_BY_FIELD = {
    field: (
        _matcher(*(one.mark.pattern for one in SIGNALS if field in one.mark.fields)),
        [(one.name, _matcher(one.mark.pattern)) for one in SIGNALS if field in one.mark.fields],
    )
    for field in {name for signal in SIGNALS for name in signal.mark.fields}
}
_DOUBTFUL = [(one.name, one.mark.is_borne_out) for one in SIGNALS if one.mark.is_borne_out is not None]

DELIVERY_REPORTS = frozenset({"failed_recipients", "report_delivery_status", "postmaster_bounce"})
"""Signals of a message whose body tells what became of another."""

# The first whose signal is there decides. Bounces stand before vacation notes: 380 of 857 real bounces also carry
# `Auto-Submitted: auto-*`.
_DECISIVE: tuple[tuple[str, MessageKind], ...] = (
    ("failed_recipients", MessageKind.BOUNCE_HARD),
    ("report_delivery_status", MessageKind.BOUNCE_LIKE),
    ("report_disposition_notification", MessageKind.RECEIPT),
    ("report_feedback", MessageKind.AUTO_OTHER),
    ("postmaster_bounce", MessageKind.BOUNCE_LIKE),
    ("auto_submitted_replied", MessageKind.AUTO_REPLY),
    ("auto_submitted_notified", MessageKind.AUTO_OTHER),
    ("x_autoreply", MessageKind.AUTO_REPLY),
    ("x_autorespond", MessageKind.AUTO_REPLY),
    ("precedence_auto_reply", MessageKind.AUTO_REPLY),
    ("x_precedence_auto_reply", MessageKind.AUTO_REPLY),
    ("x_autogenerated_reply", MessageKind.AUTO_REPLY),
    ("x_fc_machinegenerated", MessageKind.AUTO_REPLY),
    ("x_post_messageclass", MessageKind.AUTO_REPLY),
    ("x_apple_action", MessageKind.AUTO_REPLY),
    ("delivered_to_autoresponder", MessageKind.AUTO_REPLY),
    ("x_amazon_auto_reply", MessageKind.AUTO_REPLY),
    ("calendar", MessageKind.CALENDAR),
    ("calendar_class", MessageKind.CALENDAR),
)

# What a delivery report is by its body: one failed recipient makes a bounce of it (RFC 3464, 2.3.3).
_REPORTED: tuple[tuple[Delivery, MessageKind], ...] = (
    (Delivery.FAILED, MessageKind.BOUNCE_HARD),
    (Delivery.DELAYED, MessageKind.BOUNCE_SOFT),
    (Delivery.DELIVERED, MessageKind.DSN_OK),
)

AT_ONCE = timedelta(minutes=10)
"""A note about an absence that names the user's message comes within this time."""

INSTANTLY = timedelta(seconds=60)
"""So soon after the user's message, one with marks of transport was written by nobody."""

_TRANSPORT = frozenset({"auto_submitted_generated", "null_return_path", "inbox_rules_loop", "generated_message_source"})


def signals_of(headers: Headers) -> frozenset[str]:
    """The names of the `SIGNALS` that a header block carries."""
    found: list[str] = []
    for field, bodies in headers.items():
        if field in _BY_FIELD:
            shows_any, signals = _BY_FIELD[field]
            for body in bodies:
                if shows_any(body):
                    for name, shows in signals:
                        if shows(body):
                            found.append(name)
    for name, is_borne_out in _DOUBTFUL:
        if name in found and not is_borne_out(headers):
            found = [other for other in found if other != name]
    return frozenset(found)


def kind_of(
    signals: Collection[str], answered_within: timedelta | None = None, reported: Collection[Delivery] = ()
) -> tuple[MessageKind, str]:
    """The kind of a message with these signals, and the name of the rule that decided.

    `answered_within` is how soon it came after the message of the user's that it names, None if it names none;
    `reported` is what became of each recipient by a delivery report's own words.
    """
    for name, kind in _DECISIVE:
        if name in signals:
            if kind is MessageKind.BOUNCE_LIKE:
                return next((told for delivery, told in _REPORTED if delivery in reported), kind), name
            return _unless_denied(kind, name, signals)
    families = _families(signals, answered_within)
    if "absence_subject" in families and len(families) > 1:
        return _unless_denied(MessageKind.AUTO_REPLY, " and ".join(families), signals)
    if "transport" in families and len(families) > 1:
        return MessageKind.AUTO_OTHER, " and ".join(families)
    if families:
        return MessageKind.UNCERTAIN, f"{families[0]} alone"
    return MessageKind.HUMAN, "no mark of a machine"


def _families(signals: Collection[str], answered_within: timedelta | None) -> list[str]:
    """The families of weak marks that a message bears; a quick answer is one only beside a stronger."""
    families = ["absence_subject"] if "absence_subject" in signals else []
    if not _TRANSPORT.isdisjoint(signals):
        families.append("transport")
    if families and answered_within is not None:
        limit = AT_ONCE if families[0] == "absence_subject" else INSTANTLY
        if timedelta(0) <= answered_within <= limit:
            families.append("quick answer")
    if "no_reply_sender" in signals:
        families.append("no_reply_sender")
    return families


def _unless_denied(kind: MessageKind, rule: str, signals: Collection[str]) -> tuple[MessageKind, str]:
    """`Auto-Submitted: no` against a mark of an automatic reply is a contradiction, and a contradiction is doubt."""
    if kind is MessageKind.AUTO_REPLY and "auto_submitted_no" in signals:
        return MessageKind.UNCERTAIN, f"{rule} against auto_submitted_no"
    return kind, rule


def is_list_mail(signals: Collection[str]) -> bool:
    """Whether it came to many at once: through a mailing list, or as bulk mail."""
    return not {"list", "list_unsubscribe", "bulk"}.isdisjoint(signals)


def is_automatic(signals: Collection[str]) -> bool:
    """Whether a message of the user's own was sent by a program of theirs rather than to a person by hand."""
    return (
        kind_of(signals)[0] is not MessageKind.HUMAN or is_list_mail(signals) or "auto_submitted_generated" in signals
    )
