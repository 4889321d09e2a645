"""Fetching a small file over HTTPS from somebody who may lie: bounded, and never in the clear."""

from __future__ import annotations

import ssl
from http.client import HTTPException, HTTPSConnection
from urllib.parse import urljoin, urlsplit

from tracker.discovery._values import NothingFound
from tracker.tls import verifying_context

MOST_BYTES = 64 * 1024
SECONDS = 4.0
"""For one step on the line; whoever calls this bounds the whole."""

_MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOUND = 200
_ABSENT = frozenset({404, 410})


def fetch(url: str) -> bytes:
    """What lies at an https address, at most 64 KB. Raises `NothingFound`."""
    for _ in range(_MOST_REDIRECTS + 1):
        try:
            status, location, body = _once(url)
        except ssl.SSLCertVerificationError:
            raise NothingFound("has a certificate that is not valid") from None
        except TimeoutError:
            raise NothingFound("does not answer in time") from None
        except (OSError, HTTPException, ValueError):
            raise NothingFound("cannot be reached") from None
        if status == _FOUND:
            return body
        if status in _ABSENT:
            raise NothingFound("is not there")
        if status not in _REDIRECTS:
            raise NothingFound(f"answers with status {status}")
        url = urljoin(url, location)
        if urlsplit(url).scheme != "https":
            raise NothingFound("sends us to a place without TLS")
    raise NothingFound("sends us from place to place")


def _once(url: str) -> tuple[int, str, bytes]:
    """One GET: status, Location, body. Raises `OSError`, `HTTPException`, `ValueError`, `NothingFound`."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    connection = HTTPSConnection(host, port, timeout=SECONDS, context=verifying_context(None))
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", target, headers={"User-Agent": "tracker", "Accept": "application/xml, text/xml"})
        response = connection.getresponse()
        body = response.read(MOST_BYTES + 1) if response.status == _FOUND else b""
        if len(body) > MOST_BYTES:
            raise NothingFound(f"sends more than {MOST_BYTES // 1024} KB")
        return response.status, response.headers.get("Location", ""), body
    finally:
        connection.close()
