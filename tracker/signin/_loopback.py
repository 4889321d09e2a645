"""The end of a sign-in by browser: a page on this machine, or an address that the person pastes (RFC 8252, 7.3)."""

from __future__ import annotations

import os
import select
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from tracker.errors import LoginRejected

if TYPE_CHECKING:
    from tracker.signin._registration import Person

_PATIENCE = 600.0
_REQUEST_TIMEOUT = 5.0
_LONGEST_ADDRESS = 16 * 1024
_GOOD = b"<!doctype html><title>tracker</title><p>That was all. You can close this page and go back to tracker."
_BAD = b"<!doctype html><title>tracker</title><p>Nothing was expected here."


class _Page(BaseHTTPRequestHandler):
    """Keeps the parameters of the one request that is ours, and tells the browser's others nothing."""

    server: _Server
    timeout = _REQUEST_TIMEOUT

    def do_GET(self) -> None:  # the name that http.server calls
        """A favicon, a scanner or the redirect."""
        is_ours = self.server.take(self.path)
        self.send_response(200 if is_ours else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(_GOOD if is_ours else _BAD)

    def log_message(self, format: str, *args: object) -> None:  # the parent's name
        """Say nothing: the line holds the code."""


class _Server(HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.timeout = _REQUEST_TIMEOUT
        self.state = ""
        self.found: dict[str, str] = {}

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 # as its parent
        """Say nothing of a browser that hangs up on the way, nor of whoever else may connect."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def take(self, address: str) -> bool:
        """Keep the parameters of an address if they answer our question."""
        parameters = dict(parse_qsl(urlsplit(address).query))
        is_ours = (
            bool(self.state)
            and parameters.get("state") == self.state
            and not parameters.keys().isdisjoint({"code", "error"})
        )
        if is_ours and not self.found:
            self.found = parameters
        return is_ours


class Browsing:
    """A sign-in by browser: it listens from the moment it is made until `close`. Patience in seconds."""

    def __init__(self, person: Person, account: str, *, patience: float = _PATIENCE) -> None:
        self._person = person
        self._account = account
        self._patience = patience
        self._server = _Server()

    @property
    def port(self) -> int:
        """Where the browser is to be sent."""
        return int(self._server.server_address[1])

    def answer(self, url: str, state: str) -> dict[str, str]:
        """Show the page, wait for the redirect; its parameters. Raises `LoginRejected` if none comes in time."""
        self._server.state = state
        self._person.show("open this page in a browser and sign in:")
        self._person.show(url)
        typed = self._person.pasted()
        if typed is not None:
            self._person.show(
                "if that browser is on another machine, it ends on a page that does not load: paste that page's address"
            )
        self._person.browse(url)
        deadline = time.monotonic() + self._patience
        while not self._server.found and (left := deadline - time.monotonic()) > 0:
            waited = [self._server.fileno()] + ([] if typed is None else [typed])
            ready = select.select(waited, [], [], left)[0]
            if self._server.fileno() in ready:
                self._server.handle_request()
            elif ready and not self._typed(ready[0]):
                typed = None
        if not self._server.found:
            raise LoginRejected(
                "nobody signed in within ten minutes", hint=f"try again: tracker auth login {self._account}"
            )
        return self._server.found

    def _typed(self, descriptor: int) -> bool:
        """Look at a line that was typed; whether more can follow."""
        line = os.read(descriptor, _LONGEST_ADDRESS)
        address = line.decode("utf-8", "replace").strip()
        if address and not self._server.take(address):
            self._person.show("that is not the address on which this sign-in ends; it begins with http://")
        return bool(line)

    def close(self) -> None:
        """Listen no longer."""
        self._server.server_close()
