"""The commands that may go over the wire, and a look at everything that a server was sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.machine.mail_program import Account, MailServer

_FOLDER = r'"(?:[^"\\]|\\.)+"'
_STATUS = r"\(MESSAGES UIDNEXT UIDVALIDITY( HIGHESTMODSEQ)?\)"
ALLOWED = re.compile(
    r"CAPABILITY$|ID \(\"name\" \"tracker\"\)$|NOOP$|LOGOUT$|IDLE$|DONE$"
    rf'|LIST "" "\*"( RETURN \((SPECIAL-USE ?)?(STATUS {_STATUS})?\))?$'
    rf"|STATUS {_FOLDER} {_STATUS}$|EXAMINE {_FOLDER}$"
    r"|UID SEARCH UID \d+:\d+( SINCE \S+| YOUNGER \d+)?$"
    r"|UID FETCH [\d:,]+ \(UID FLAGS INTERNALDATE RFC822\.SIZE (X-GM-THRID X-GM-LABELS |THREADID )?"
    r"BODY\.PEEK\[HEADER\.FIELDS \([\w -]+\)\]\)$"
    r"|UID FETCH [\d:,]+ \(UID BODY\.PEEK\[HEADER\.FIELDS \(Received\)\]\)$"
    r"|UID FETCH \d+ \(UID BODY\.PEEK\[\]<0\.65536>\)$"
)
"""None of these changes anything in a mailbox: EXAMINE opens for reading, and PEEK leaves \\Seen alone."""


def forbidden(server: MailServer, users: Sequence[Account] | None = None) -> list[str]:
    """What was sent and should not have been, by whom; of all users of the server, or of these."""
    return [
        f"{user.name}: {command}"
        for user in (server.users if users is None else users)
        for command in server.commands(user)
        if not ALLOWED.match(command)
    ]
