"""The chore that mails the digest. It is retried unless the login was refused, which locks people out if repeated."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from tracker.daemon._chore import Chore
from tracker.errors import LoginRejected
from tracker.service.digesting import CHORE, is_reading, make_digest, next_digest, send_digest

if TYPE_CHECKING:
    from tracker.daemon._chore import Errand

logger = logging.getLogger(__name__)


def _send(errand: Errand) -> str | None:
    """Send what there is to tell, once what is about to be read is read."""
    store, config, now = errand.store, errand.config, errand.now
    if is_reading(store, config, now=now):
        return None
    try:
        message = send_digest(store, config, make_digest(store, config, now=now))
    except LoginRejected as error:
        logger.warning(
            "digest: %s; %s; the same password is not tried again before the next one is due", error.message, error.hint
        )
        return ""
    return "nothing to tell" if message is None else f"sent to {message['To']}"


DIGEST = Chore(CHORE, next_digest, _send)
