"""Every way in which a connection can fail, translated into the program's own errors."""

from __future__ import annotations

import re
import socket
import ssl
from contextlib import contextmanager
from datetime import timedelta
from imaplib import IMAP4
from typing import TYPE_CHECKING

from tracker.errors import BadServerReply, Unreachable
from tracker.sanitizer import one_line
from tracker.sources.imap._connecting import NoGreeting, NotInTls
from tracker.sources.imap._line import TooMuch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.errors import TrackerError

_LONGEST_QUOTE = 200
_LATER = "nothing is lost; the next sync tries again"
_CODE = re.compile(r"\[([A-Z][A-Z0-9-]*)")

# RFC 5530, 3, and what large providers say instead: the account is fine, this moment is not. SERVERBUG is not among
# them: Yahoo and Dovecot say it of one broken message, for ever.
_PASSING_CODES = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "THROTTLED", "OVERQUOTA"})
_PASSING_WORDS = re.compile(
    r"too many|try again|temporar|rate.?limit|throttl|not connected|server busy|backoff", re.IGNORECASE
)

# Exchange's own words, and those of others who say when: "try again in 5 minutes", "retry after 30 s".
_BACK_OFF = re.compile(
    r"(?:backoff time:?|try again in|retry[ -]after:?|retry in)\s*(\d{1,12})\s*(milliseconds|ms|minutes?|min|hours?)?",
    re.IGNORECASE,
)
_UNIT_WORDS = (
    ("mil", timedelta(milliseconds=1)),
    ("ms", timedelta(milliseconds=1)),
    ("mi", timedelta(minutes=1)),
    ("h", timedelta(hours=1)),
)
_LONGEST_BACK_OFF = timedelta(hours=24)
_THROTTLED = re.compile(r"\[(?:LIMIT|THROTTLED)\]", re.IGNORECASE)
_THROTTLED_FOR = timedelta(minutes=15)  # they do not say how long; Gmail's own limits are for a quarter of an hour

# OpenSSL's X509_V_ERR numbers, of which the words depend on its version.
_CERTIFICATE_FAULTS = {
    7: "its certificate was signed with another key than that of the authority known here",
    9: "its certificate is not yet valid",
    10: "its certificate has expired",
    18: "its certificate is signed by itself",
    19: "its certificate leads to an authority that is not known here",
    20: "its certificate comes from an authority that is not known here",
    21: "its certificate comes from an authority that is not known here",
    23: "its certificate was revoked",
    62: "its certificate is for another host",
    64: "its certificate is for another address",
}
_UNKNOWN_AUTHORITY = frozenset({7, 18, 19, 20, 21})
_OUT_OF_DATE = frozenset({9, 10})
_WRONG_NAME = frozenset({62, 64})


def quoted(text: object) -> str:
    """Words of a server or a library as one harmless, short line."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return one_line(str(text)[: 10 * _LONGEST_QUOTE])[:_LONGEST_QUOTE]


def is_passing(reply: str) -> bool:
    """Whether a server's NO means this moment rather than this user or this command."""
    codes = {code.upper() for code in _CODE.findall(reply)}
    return not codes.isdisjoint(_PASSING_CODES) or bool(_PASSING_WORDS.search(reply))


def retry_after(reply: str) -> timedelta | None:
    """How long a server asks us to stay away, at most a day; None if it does not say."""
    told = _BACK_OFF.search(reply)
    if told is not None:
        return min(int(told[1]) * _unit(told[2] or ""), _LONGEST_BACK_OFF)
    return _THROTTLED_FOR if _THROTTLED.search(reply) else None


def _unit(word: str) -> timedelta:
    return next((length for begin, length in _UNIT_WORDS if word.lower().startswith(begin)), timedelta(seconds=1))


@contextmanager
def translated(server: str) -> Iterator[None]:
    """Raise `Unreachable` or `BadServerReply` for whatever sockets, TLS, imaplib and imapclient raise within."""
    try:
        yield
    except (OSError, EOFError) as error:
        raise _of_socket(error, server) from error
    except IMAP4.abort as error:
        raise _of_abort(error, server) from error
    except IMAP4.error as error:
        # Exchange says BAD where it means this moment.
        raise (_not_now if is_passing(str(error)) else bad_reply)(server, error) from error
    except TooMuch as error:
        raise bad_reply(server, error) from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        # The libraries raise these on replies that they cannot make sense of, and on a line that was cut meanwhile.
        raise bad_reply(server, f"{type(error).__name__}: {error}") from error


def bad_reply(server: str, words: object) -> TrackerError:
    """The error for a reply that cannot be relied on."""
    return BadServerReply(f"{server} gave a reply that makes no sense: {quoted(words)}", hint=_LATER)


def refused(server: str, what: str, words: object) -> TrackerError:
    """The error for a command (`what`) that the server answered with NO."""
    if is_passing(str(words)):
        return _not_now(server, words)
    return BadServerReply(f"{server} refused {what}: {quoted(words)}", hint=_LATER)


def _not_now(server: str, words: object) -> TrackerError:
    return Unreachable(
        f"{server} cannot serve us now: {quoted(words)}", hint=_LATER, retry_after=retry_after(str(words))
    )


def _of_abort(error: IMAP4.abort, server: str) -> TrackerError:
    # imaplib wraps some errors of sockets into its own.
    return Unreachable(f"{server} hung up: {quoted(error)}", hint=_LATER, retry_after=retry_after(str(error)))


def _of_socket(error: OSError | EOFError, server: str) -> TrackerError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _of_certificate(error, server)
    if isinstance(error, NotInTls):
        return Unreachable(
            f"{server} answers, but not in TLS",
            hint='set tls = "starttls", or the port that speaks TLS from the start (993 is usual)',
        )
    if isinstance(error, NoGreeting):
        return Unreachable(
            f"{server} sends no greeting",
            hint='if this port speaks TLS from the start, as 993 does, set tls = "implicit"; the next sync tries again',
        )
    if isinstance(error, ssl.SSLError):
        reason = quoted(error.reason or error)
        return Unreachable(
            f"{server} and we found no common TLS: {reason}",
            hint='check port and tls: "implicit" is usual on port 993, "starttls" on port 143; TLS 1.2 is the least',
        )
    if isinstance(error, socket.gaierror):
        return Unreachable(f"{server} cannot be found: {quoted(error.strerror)}", hint="check host and the network")
    if isinstance(error, TimeoutError):
        return Unreachable(f"{server} does not answer in time", hint="check host, port and the network")
    if isinstance(error, ConnectionRefusedError):
        return Unreachable(f"{server} refuses connections", hint="check host and port, and whether the server runs")
    if isinstance(error, OSError) and error.strerror:
        return Unreachable(f"{server} cannot be reached: {quoted(error.strerror)}", hint="check host and the network")
    return Unreachable(f"{server} hung up: {quoted(error)}", hint=_LATER)


def _of_certificate(error: ssl.SSLCertVerificationError, server: str) -> TrackerError:
    code = error.verify_code
    fault = _CERTIFICATE_FAULTS.get(code, f"its certificate is not valid: {quoted(error.verify_message)}")
    if code in _UNKNOWN_AUTHORITY:
        hint = "if this server is meant to have one of its own, save that certificate and name it as ca_file"
    elif code in _OUT_OF_DATE:
        hint = "check this machine's clock; if it is right, the server's administrator has to renew the certificate"
    elif code in _WRONG_NAME:
        hint = "set host to a name that the certificate is made out for"
    else:
        hint = "tell the server's administrator"
    return Unreachable(f"{server} cannot be trusted: {fault}", hint=hint)
