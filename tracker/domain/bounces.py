"""Bounces: which sendings came back, which are late, and which may be either (RFC 3464)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from tracker.domain.connection import is_profile
from tracker.domain.kind import MessageKind
from tracker.domain.message import Delivery

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from tracker.domain.asks import Send
    from tracker.domain.letters import Letter
    from tracker.domain.message import AddrSpec, Message, MessageId
    from tracker.domain.openasks import OpenAsk

    Sent = Sequence[tuple[Send, OpenAsk]]
    Told = Mapping[AddrSpec, tuple[Delivery, str]]

BOUNCE_WAIT = timedelta(days=7)
"""A bounce that names no message is about the latest one sent to its failed recipient within this time."""

BOUNCE_NEAR = timedelta(hours=24)
"""A bounce that says nothing at all may be about any message sent within this time before it."""


def bounce(asks: Sequence[OpenAsk], post: Sequence[Letter]) -> None:
    """Tell which sendings came back, and which may have. What went to a profile never does."""
    sent = sorted(
        ((send, ask) for ask in asks for send in ask.sends if not is_profile(send.to)),
        key=lambda pair: (pair[0].at, pair[0].identity, pair[1].connection),
    )
    by_id: dict[MessageId, list[tuple[Send, OpenAsk]]] = defaultdict(list)
    for ask in asks:
        for msg_id, send in ask.names.items():
            by_id[msg_id].append((send, ask))
    mine = {msg_id: letter.message for letter in post if letter.is_mine for msg_id in letter.message.names}
    for letter in post:
        if letter.is_bounce and not letter.is_mine:
            named = [msg_id for msg_id in named_by(letter.message) if msg_id in mine]
            if named:
                written_to = {address.addr for msg_id in named for address in mine[msg_id].recipients}
                _returned(letter, [pair for msg_id in named for pair in by_id.get(msg_id, ())], written_to)
            else:
                _guess(letter, sent)


def named_by(report: Message) -> tuple[MessageId, ...]:
    """The msg-ids of the message that a report is about: returned in its body, else named in its header."""
    return report.returned or (*report.in_reply_to, *report.references)


def may_be_about(report: Message, written_to: Collection[AddrSpec]) -> bool:
    """Whether a report that names no message to these addresses may be about one of them all the same."""
    told = _told(report)
    return not told or any(addr in told for addr in written_to)


def _told(report: Message) -> Told:
    """What a report says of each recipient."""
    return {recipient.addr: (recipient.delivery, recipient.status) for recipient in report.reported}


def _returned(letter: Letter, named: Sent, written_to: Collection[AddrSpec]) -> None:
    """Note a report about sendings that it names, which went to the addresses `written_to`."""
    told = _told(letter.message)
    # It may tell of nobody, or of an address that a recipient forwards to: any of them may be meant.
    is_clear = any(addr in written_to for addr in told)
    for send, ask in named:
        if not is_clear:
            _doubt(ask, letter)
        elif send.to in told:
            _note(send, ask, letter, told[send.to])


def _guess(letter: Letter, sent: Sent) -> None:
    """Note a report that names no message of the user's."""
    told = _told(letter.message)
    if told:
        lately = [(send, ask) for send, ask in _lately(sent, letter.at, BOUNCE_WAIT) if send.to in told]
        for send, ask in _latest_each(lately):
            _note(send, ask, letter, told[send.to])
    else:
        for _, ask in _lately(sent, letter.at, BOUNCE_NEAR):
            _doubt(ask, letter)


def _note(send: Send, ask: OpenAsk, letter: Letter, told: tuple[Delivery, str]) -> None:
    delivery, status = told
    if delivery is Delivery.FAILED:
        ask.bounces.setdefault(send.identity, (letter.at, status))
        ask.rules.setdefault("undeliverable", f"{letter.rule} {status}".rstrip())
    elif delivery is Delivery.DELAYED:
        _delay(ask, letter)


def _delay(ask: OpenAsk, letter: Letter) -> None:
    ask.delayed_at = ask.delayed_at or letter.at
    ask.rules.setdefault("delivery_delayed", letter.rule)


def _doubt(ask: OpenAsk, letter: Letter) -> None:
    if letter.kind is MessageKind.BOUNCE_SOFT:
        _delay(ask, letter)
    else:
        ask.undeliverable_at = ask.undeliverable_at or letter.at
        ask.rules.setdefault("maybe_undeliverable", letter.rule)


def _latest_each(pairs: Sent) -> Iterable[tuple[Send, OpenAsk]]:
    """The latest sending to each address of each connection, whoever else is looked at."""
    return {(send.to, ask.connection): (send, ask) for send, ask in pairs}.values()


def _lately(sent: Sent, at: datetime, within: timedelta) -> Sent:
    first = bisect_left(sent, at - within, key=lambda pair: pair[0].at)
    last = bisect_right(sent, at, key=lambda pair: pair[0].at)
    return sent[first:last]
