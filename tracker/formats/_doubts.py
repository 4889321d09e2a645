"""What is said in place of a verdict: what was not read, why an ask does not count, why it cannot be told."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tracker.domain.coverage import STALE
from tracker.domain.outcome import Outcome, Reason
from tracker.formats._words import near_words
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from tracker.domain.coverage import Coverage
    from tracker.domain.outcome import JudgedAsk, Judging
    from tracker.domain.report import Row
    from tracker.formats import View
    from tracker.formats._lines import Line

_SHORT: dict[str, str] = {
    Reason.MARKED: "marked",
    Reason.UNDELIVERABLE: "bounced",
    Reason.RETIRED_ADDRESS: "retired",
    Reason.AWAY: "away",
    Reason.GROUP: "group",
    Reason.LAST_WORD: "last word",
    Reason.ANSWERED_BY_OTHER: "by other",
    Reason.NOT_SYNCED: "not read",
    Reason.GAP: "inbox gap",
    Reason.DELIVERY_DELAYED: "delayed",
    Reason.MAYBE_UNDELIVERABLE: "bounced?",
    Reason.UNCERTAIN_SENDER: "machine?",
}

_LONG: dict[str, str] = {
    Reason.MARKED: "you said that no reply was expected",
    Reason.UNDELIVERABLE: "the message came back",
    Reason.RETIRED_ADDRESS: "a note came that nobody reads the address any more",
    Reason.AWAY: "an absence note came",
    Reason.GROUP: "it went to several people, or to this one only in copy",
    Reason.LAST_WORD: "it answers their own last word, so that no answer is owed",
    Reason.ANSWERED_BY_OTHER: "somebody else answered",
    Reason.NOT_SYNCED: "the mailbox is not read that far, or what came before is not kept",
    Reason.GAP: "around then nothing came in at all, or parts of the thread are missing",
    Reason.DELIVERY_DELAYED: "a server warned that the delivery is late",
    Reason.MAYBE_UNDELIVERABLE: "a bounce may be about it",
    Reason.UNCERTAIN_SENDER: "an answer came that may be a machine's",
}


def short_reason(reason: str) -> str:
    """One word for a reason, at most ten cells for those that are listed here."""
    return _SHORT.get(reason, reason.replace("_", " "))


def legend(asks: Iterable[JudgedAsk]) -> Iterator[str]:
    """What each one-word reason among `asks` means, each once, with the rules that said so."""
    rules: dict[str, dict[str, None]] = {}
    for judged in asks:
        if judged.reason is not None:
            rules.setdefault(judged.reason, {}).update({judged.rule: None} if judged.rule else {})
    for reason, names in rules.items():
        if reason in _LONG:
            by = f" ({'; '.join(map(one_line, names))})" if names else ""
            yield f"{short_reason(reason)}: {_LONG[reason]}{by}."


def why_nothing_counts(row: Row) -> str:
    """One word for a person without a sign: what became of the latest ask."""
    if row.judged:
        latest = row.judged[-1]
        return "heard" if latest.outcome is Outcome.HEARD else short_reason(latest.reason or latest.outcome)
    if not row.connection.addresses:
        return "no address"
    return "long ago" if row.older_asks else ""


def not_counted(row: Row) -> str:
    """Everything that does not count, with numbers: "2 heard, 1 away"; empty if all of it counts."""
    words = Counter(
        "heard" if judged.outcome is Outcome.HEARD else short_reason(judged.reason or judged.outcome)
        for judged in row.judged
        if judged.outcome in {Outcome.HEARD, Outcome.EXCLUDED, Outcome.UNKNOWN}
    )
    return ", ".join(f"{number} {word}" for word, number in words.most_common())


def coverage_doubts(coverage: Coverage, as_of: datetime, view: View, judging: Judging) -> Iterator[str]:
    """What was not read or is not kept, one sentence each; nothing if everything is there."""
    unread = [one_line(account.name) for account in coverage.accounts if account.synced_at is None]
    for name in unread:
        yield f"{name} has not been read completely yet; nobody is judged unresponsive until it is."
    if not coverage.complete and not unread:
        yield "No mailbox has been read completely yet; nobody is judged unresponsive until one is."
    moments = [account.synced_at for account in coverage.accounts if account.synced_at is not None]
    newest = max([as_of, *moments, *([view.now] if view.now else [])])
    for account in coverage.accounts:
        if account.is_archive:
            continue  # what it does not tell of is a doubt about its own mail only
        if account.synced_at is not None and account.synced_at <= min(as_of, newest - STALE):
            day = near_words(account.synced_at, newest, view.zone, minutes=False)
            yield f"{one_line(account.name)} was last read {day}; nothing after that is judged."
    for account in coverage.accounts:
        if account.shown_from is not None and as_of - judging.window < account.shown_from:
            day = near_words(account.shown_from, as_of, view.zone, minutes=False)
            name = one_line(account.name)
            yield f"{name} shows its newest mail only, back to {day}; silence before that counts against nobody."
    if coverage.kept_from is not None and as_of - judging.window < coverage.kept_from:
        day = near_words(coverage.kept_from, as_of, view.zone, minutes=False)
        yield f"Mail from before {day} is not kept, and more is to be judged; so nobody is judged unresponsive."


def doubts(coverage: Coverage, as_of: datetime, view: View, judging: Judging) -> Iterator[Line]:
    """What was not read or is not kept, above everything that was concluded without it."""
    from tracker.formats._lines import ASCII, UNICODE, sentences  # what is no terminal needs the words alone

    signs, width = UNICODE if view.unicode else ASCII, max(view.width, 80) - 1
    found = list(coverage_doubts(coverage, as_of, view, judging))
    for doubt in found:
        yield from sentences([doubt], width, "bold yellow", signs)
    if found:
        yield []
