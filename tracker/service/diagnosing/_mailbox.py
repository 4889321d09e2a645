"""What can be wrong once we are signed in: extensions, folders, the clock; and what can be with an archive."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tracker.domain.message import FolderRole
from tracker.errors import NoSuchFolder
from tracker.sanitizer import one_line
from tracker.service.diagnosing._checks import Check, fail, ok, unchecked, warn

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.domain.diagnosis import Fact, Finding
    from tracker.service.diagnosing._visit import Visit

_USED = {
    "IDLE": "new mail is seen at the next poll, not at once",
    "SPECIAL-USE": "folders are known by their names alone",
    "LIST-STATUS": "a poll asks for each folder by itself",
    "CONDSTORE": "drafts are looked at again at every poll",
}
"""Extensions that make reading quicker or surer, and what it means that a server lacks one."""

_ROLES = (FolderRole.INBOX, FolderRole.SENT, FolderRole.JUNK, FolderRole.TRASH, FolderRole.ALL)

_RECENT = 200
"""UIDs from the end of a folder among which its newest message is looked for."""

SKEW = timedelta(minutes=2)
"""Clocks may differ by that without harm: thresholds are hours."""

_LONGEST_AGE = 40 * 366 * 24 * 3600


def _sign_in(visit: Visit) -> Finding:
    visit.sign_in()
    return ok(f"signed in as {visit.account.user}", auth=visit.account.auth)


def _extensions(visit: Visit) -> Finding:
    offered = visit.server.capabilities
    missing = [name for name in _USED if name not in offered]
    facts: dict[str, Fact] = {"capabilities": sorted(offered)}
    if missing:
        return ok("without " + "; ".join(f"{name}: {_USED[name]}" for name in missing), **facts)
    return ok(", ".join(_USED), **facts)


def _folders(visit: Visit) -> Finding:
    try:
        visit.folders = visit.source.folders()
    except NoSuchFolder as error:
        remedy, _, names = error.hint.partition("; there is: ")
        return replace(fail(error.message, remedy), aside=f"(there is: {names})")
    by_role = {role: [folder for folder in visit.folders if folder.role is role] for role in _ROLES}
    # Names of the user's own choosing stay out of the facts, which go into reports about bugs.
    facts: dict[str, Fact] = {role.value: [folder.name for folder in by_role[role]] for role in _ROLES}
    facts["others"] = len(visit.folders) - sum(map(len, by_role.values()))
    told = [
        f"{role.value}: {', '.join(one_line(folder.name) for folder in by_role[role])}" if by_role[role] else ""
        for role in _ROLES
    ]
    words = "; ".join(filter(None, told)) + f"; {facts['others']} more"
    written = by_role[FolderRole.SENT] or by_role[FolderRole.ALL]
    if written and not any(visit.source.status(folder).messages for folder in written):
        return warn(
            f"{words}; nothing lies in {one_line(written[0].name)}",
            "let your mail program keep what you send on the server, or name the right folder with `sent`",
            **facts,
        )
    if not by_role[FolderRole.INBOX]:
        return warn(f"{words}; INBOX is not read", "add INBOX to `folders`, or answers are missed", **facts)
    return ok(words, **facts)


def _clock(visit: Visit) -> Finding:
    """RFC 5032's YOUNGER tells a message's age by the server's clock, which is the only way to ask it for the time."""
    inbox = next((folder for folder in visit.folders if folder.role is FolderRole.INBOX), None)
    if inbox is None:
        return unchecked("there is no INBOX to tell the time by")
    last = visit.source.status(inbox).uidnext - 1
    uids = visit.source.uids(inbox, max(1, last - _RECENT), last, None)
    newest = visit.source.fetch(inbox, uids[-1:])
    stamp = newest[0].received_at if newest else None
    if stamp is None:
        return unchecked("INBOX is empty, so that the server cannot be asked for the time")
    uid = newest[0].uid
    now = visit.clock()
    if visit.server.is_younger(inbox, uid, 1) is None:
        if stamp - now > SKEW:
            words = f"the newest mail came in {_words(stamp - now)} from now by the server's clock"
            return warn(words, "set this machine's clock: timedatectl set-ntp true")
        return ok("the server does not tell its time; its newest mail is not from the future")
    skew = _skew(now - stamp, lambda seconds: bool(visit.server.is_younger(inbox, uid, seconds)))
    if abs(skew) <= SKEW:
        return ok("agrees with the server's", skew_seconds=int(skew.total_seconds()))
    direction = "behind" if skew > timedelta(0) else "ahead of"
    return fail(
        f"this machine's clock is {_words(abs(skew))} {direction} the server's",
        "set it: timedatectl set-ntp true; until then latencies are right, but open asks are judged at the wrong time",
        skew_seconds=int(skew.total_seconds()),
    )


def _skew(age: timedelta, is_younger: Callable[[int], bool]) -> timedelta:
    """How far the server's clock is ahead of ours, by the age of a message by our clock; within `SKEW` it is 0."""
    ours, within = int(age.total_seconds()), int(SKEW.total_seconds())
    if is_younger(max(1, ours + within)) and (ours <= within or not is_younger(ours - within)):
        return timedelta(0)
    low, high = 0, _LONGEST_AGE
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_younger(middle) else (middle, high)
    return timedelta(seconds=high - ours)


def _words(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    return f"{minutes} minutes" if minutes < 120 else f"{round(minutes / 60)} hours"  # two hours


def _archive(visit: Visit) -> Finding:
    visit.sign_in()
    visit.folders = visit.source.folders()
    if not visit.folders:
        return fail(f"nothing to read lies at {visit.account.path}", "correct `path` in [[account]]", folders=0)
    messages = sum(visit.source.status(folder).messages for folder in visit.folders)
    return ok(f"{len(visit.folders)} folders with {messages:,} messages", folders=len(visit.folders))


CHECKS: tuple[Check[Visit], ...] = (
    Check("sign-in", _sign_in, needs=("secret", "capabilities")),
    Check("extensions", _extensions, needs=("sign-in",)),
    Check("folders", _folders, needs=("sign-in",)),
    Check("clock", _clock, needs=("folders",)),
)

ARCHIVE_CHECKS: tuple[Check[Visit], ...] = (Check("archive", _archive),)
