"""The digest: what there is to tell, as text or as a mail, and sending it to the user."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.config import recipient
from tracker.domain.digest import build_digest
from tracker.errors import ConfigError
from tracker.service.granting import password_of
from tracker.service.judging import Question, judged_now

if TYPE_CHECKING:
    from email.message import EmailMessage

    from tracker.config import Config, SmtpConfig
    from tracker.domain.digest import Digest
    from tracker.mailing import MailServer
    from tracker.storage import AccountState, Store

CHORE = "digest"
"""The name under which the database remembers when a digest was last told, or found to have nothing to tell."""

SINCE = timedelta(days=7)
"""What a digest looks back on, unless another time is asked for."""

CATCH_UP = timedelta(days=2)
"""So long after its time a digest that could not be sent is still sent; later, the next one tells enough."""

_FRESH = timedelta(hours=1)


def make_digest(store: Store, config: Config, *, now: datetime, since: timedelta = SINCE) -> Digest:
    """What there is to tell at `now`."""
    report, known = judged_now(store, config, Question(config.judging, now))
    return build_digest(report, known, now=now, since=since)


def compose_digest(digest: Digest, config: Config) -> EmailMessage:
    """The digest as a mail of the user's to themselves. Raises `ConfigError` if they gave no address."""
    # Late, so that a daemon at rest does not hold what draws and sends.
    from tracker.formats import View, digest_format
    from tracker.formats._digest import headline
    from tracker.mailing import Letter, compose

    view = View(zone=config.reply.zone, now=digest.now)
    text, html = ("".join(digest_format(name).render_digest(digest, view)) for name in ("text", "html"))
    letter = Letter(
        to=_recipient(config),
        subject=headline(digest),
        text=text,
        html=html,
        day=digest.now.astimezone(config.reply.zone).date(),
        at=digest.now,
    )
    return compose(letter)


def send_digest(store: Store, config: Config, digest: Digest) -> EmailMessage | None:
    """Send the digest if it has anything to tell, and remember that it is told; the mail, None if there is none.

    Raises `Unreachable`, `LoginRejected`, `ConfigError`.
    """
    smtp = config.digest.smtp
    if not smtp.host:
        raise ConfigError(
            "no server is configured that would send the digest",
            hint="name it in [digest.smtp]; config.example.toml shows how",
        )
    if not digest.has_news:
        return None
    from tracker.mailing import send

    message = compose_digest(digest, config)
    send(_server(smtp), message, message["To"].addresses[0].addr_spec)
    store.note_chore(CHORE, digest.now)
    return message


def next_digest(config: Config, now: datetime, last: datetime | None) -> datetime | None:
    """When the next digest is due: its time of the week, once a day at most; None if none is wanted. Pure.

    `last` is when one was last told; on a day that has not come yet it was by a clock that was ahead, and counts for
    nothing. A machine that slept at that time catches up for `CATCH_UP`.
    """
    weekly, zone = config.digest.weekly, config.reply.zone
    if weekly is None:
        return None
    local = now.astimezone(zone)
    first = local.date() - timedelta(days=(local.weekday() - weekly.weekday) % 7)
    slots = (
        datetime.combine(day, weekly.at, zone).astimezone(UTC)
        for day in (first - timedelta(days=7), first, first + timedelta(days=7))
    )
    told_on = None if last is None else last.astimezone(zone).date()

    def is_told(slot: datetime) -> bool:
        return told_on is not None and slot.astimezone(zone).date() <= told_on <= local.date()

    return next(slot for slot in slots if slot > now or (now < slot + CATCH_UP and not is_told(slot)))


def is_reading(store: Store, config: Config, *, now: datetime) -> bool:
    """Whether a pass is about to make the picture fresher: a machine that just woke up reads before it tells.

    An account whose passes fail is not waited for; what it holds back is told as a doubt.
    """
    states = {state.name: state for state in store.accounts()}
    fresh_from = now - max(_FRESH, 3 * config.sync.every)

    def is_awaited(state: AccountState | None) -> bool:
        return state is None or (not state.failures and (state.synced_at is None or state.synced_at < fresh_from))

    return any(is_awaited(states.get(account.name)) for account in config.account)


def _recipient(config: Config) -> str:
    try:
        return recipient(config.digest, config.me.addresses)
    except ValueError as error:
        raise ConfigError(str(error), hint="the digest is a mail from you to you") from None


def _server(smtp: SmtpConfig) -> MailServer:
    from tracker.mailing import MailServer

    return MailServer(
        host=smtp.host,
        port=smtp.port,
        tls=smtp.tls,
        ca_file=Path(smtp.ca_file).expanduser() if smtp.ca_file else None,
        user=smtp.user,
        password=password_of(smtp),
    )
