"""A conversation with a provider over HTTPS, bounded in time; the only home of requests."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import requests

from tracker.signin._answers import bad_answer, busy, unanswered

if TYPE_CHECKING:
    from collections.abc import Iterator

_TIMEOUT = 20.0
# What the libraries raise on an answer that is no JSON, or JSON of another shape.
_NONSENSE: tuple[type[Exception], ...] = (ValueError, RuntimeError, TypeError, AttributeError, LookupError)
_LONGEST_WAIT = timedelta(hours=24)

# What these say holds tokens, codes or whole answers.
for _name in ("msal", "requests_oauthlib", "oauthlib", "google.auth", "google_auth_oauthlib"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)
for _name in ("urllib3", "requests"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class Exchange:
    """Remembers of the last answer what the libraries throw away: its status and when to come back."""

    def __init__(self, provider: str) -> None:
        self._provider = provider
        self._status = 0
        self._retry_after: timedelta | None = None
        self.session = Session()
        self.watch(self.session)

    def watch(self, session: requests.Session) -> None:
        """Take note of what comes in over a session that a library made."""
        session.hooks["response"].append(self._note)

    def _note(self, response: requests.Response, **_: Any) -> None:  # noqa: ANN401 # what requests hands to hooks
        self._status = response.status_code
        self._retry_after = _wait(response.headers.get("Retry-After", ""))
        if self._is_busy:
            response.close()
            raise requests.HTTPError  # else google-auth asks twice more within seconds, whatever Retry-After says

    @contextmanager
    def translated(self, *more: type[Exception]) -> Iterator[None]:
        """Raise `Unreachable` or `BadServerReply` for what requests, json and `more` raise, or a bad status says."""
        failures: tuple[type[Exception], ...] = (*_NONSENSE, requests.RequestException, *more)
        try:
            yield
        except failures as error:
            # Without the cause: the libraries quote what was sent and what came back.
            if self._is_busy:
                raise busy(self._provider, self._status, self._retry_after) from None
            if isinstance(error, requests.RequestException) or self._status == 0:
                raise unanswered(self._provider, _reason(error)) from None
            raise bad_answer(self._provider) from None

    @property
    def _is_busy(self) -> bool:
        return self._status == HTTPStatus.TOO_MANY_REQUESTS or self._status >= HTTPStatus.INTERNAL_SERVER_ERROR


class Session(requests.Session):
    """A session in which no request lasts for ever."""

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # noqa: ANN401 # as its parent
        """Send, at most for `_TIMEOUT` seconds between two signs of life."""
        kwargs["timeout"] = kwargs.get("timeout") or _TIMEOUT
        return super().send(request, **kwargs)


def _reason(error: Exception) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not valid, or is not known here"
    if isinstance(error, requests.Timeout):
        return "it does not answer in time"
    return "check the network" if isinstance(error, requests.ConnectionError) else type(error).__name__


def _wait(words: str) -> timedelta | None:
    """Retry-After (RFC 9110, 10.2.3): seconds or a date; None for anything else. At most a day."""
    if words.isascii() and words.isdigit():
        return min(timedelta(seconds=int(words[:9])), _LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(words)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(moment - datetime.now(UTC), timedelta(0)), _LONGEST_WAIT)
