"""A provider of OAuth2 on this machine: Microsoft's and Google's paths, one rotating refresh token a sign-in, faults.

It is stricter than the real ones: a refresh token that was exchanged is void, which shows who used one twice.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import ssl
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.machine.certificates import Certificate

CLIENT = "client-of-the-tests"
CLIENT_SECRET = "secret-of-the-client"
MICROSOFT = "login.microsoftonline.com"
GOOGLE = ("accounts.google.com", "oauth2.googleapis.com")


@dataclass(frozen=True, slots=True)
class Fault:
    """What to say in place of an answer."""

    status: int
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()


def said(error: str, status: int = 400) -> Fault:
    """An error of RFC 6749, 5.2."""
    return Fault(status, json.dumps({"error": error, "error_description": "as the test wants"}))


def called(path: str, asked: dict[str, str]) -> str:
    """The name of a request: its grant type, else the end of its path."""
    return asked.get("grant_type", "").rpartition(":")[2] or path.rpartition("/")[2]


@dataclass
class Provider:
    """What was granted and asked. `faults` by grant type or path: what is said instead, for as long as it is there.

    user         for whom tokens are
    life         seconds that an access token lives
    scope        what was granted, as its answers say
    is_strict    whether an exchanged refresh token is void
    rotates      whether an exchange brings another refresh token
    delays       seconds by grant type or path that an answer, once it is decided, is kept back
    paths        every path that was asked for
    calls        how often each grant type and path was asked for
    told         every token, code and verifier that went over a line
    """

    user: str = "ann@example.org"
    life: int = 3600
    scope: str = "https://mail.google.com/"
    is_strict: bool = True
    rotates: bool = True
    paths: set[str] = field(default_factory=set)
    faults: dict[str, Fault] = field(default_factory=dict)
    delays: dict[str, float] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)
    ports: tuple[int, ...] = ()
    _challenges: dict[str, str] = field(default_factory=dict)
    _refresh: set[str] = field(default_factory=set)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def public_key(self) -> bytes:
        """The key of its signatures, in PEM format."""
        kind = serialization.PublicFormat.SubjectPublicKeyInfo
        return self._key.public_key().public_bytes(serialization.Encoding.PEM, kind)

    def respond(self, path: str, asked: dict[str, str]) -> tuple[int, str, dict[str, str]]:
        """Status, body and header fields of the answer to a request."""
        name = called(path, asked)
        with self._lock:
            self.calls[name] += 1
            self.paths.add(path)
            if fault := self.faults.get(name):
                return fault.status, fault.body, dict(fault.headers)
            if name in {"authorize", "auth"}:
                return 302, "", {"Location": self._redirect(asked)}
            answer = getattr(self, f"_answer_{name.replace('-', '_')}", lambda _: {"error": "not_found"})(asked)
        return 400 if "error" in answer else 200, json.dumps(answer), {"Content-Type": "application/json"}

    def token(self, **claims: Any) -> str:  # noqa: ANN401 # claims are of any kind
        """A signed access token."""
        now = int(time.time())
        about = {"sub": "1", "email": self.user, "iss": f"https://{MICROSOFT}", "aud": CLIENT, "iat": now - 1}
        about |= {"nbf": now - 1, "exp": now + max(self.life, 60), "jti": secrets.token_urlsafe(8)}
        return self._noted(jwt.encode(about | claims, self._key, "RS256"))

    def _noted(self, word: str) -> str:
        self.told.append(word)
        return word

    def granted(self) -> dict[str, Any]:
        """What the token endpoint answers."""
        refresh = self._noted(secrets.token_urlsafe(24))
        self._refresh.add(refresh)
        return {
            "access_token": self.token(),
            "expires_in": self.life,
            "refresh_token": refresh,
            "token_type": "Bearer",
            "scope": self.scope,
        }

    def _redirect(self, asked: dict[str, str]) -> str:
        code = self._noted(secrets.token_urlsafe(12))
        self._challenges[code] = asked["code_challenge"] if asked["code_challenge_method"] == "S256" else ""
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def _answer_openid_configuration(self, _asked: dict[str, str]) -> dict[str, Any]:
        base = f"https://{MICROSOFT}/common/oauth2/v2.0"
        names = ("token", "authorize", "devicecode")
        token, authorize, device = (f"{base}/{name}" for name in names)
        return {
            "issuer": f"https://{MICROSOFT}/common/v2.0",
            "token_endpoint": token,
            "authorization_endpoint": authorize,
            "device_authorization_endpoint": device,
        }

    def _answer_devicecode(self, _asked: dict[str, str]) -> dict[str, Any]:
        code = self._noted(secrets.token_urlsafe(12))
        message = "To sign in, open https://microsoft.com/devicelogin and enter the code ABCD-EFGH\x1b[31m"
        return {"device_code": code, "user_code": "ABCD-EFGH", "interval": 1, "expires_in": 60, "message": message}

    def _answer_device_code(self, _asked: dict[str, str]) -> dict[str, Any]:
        """Nobody has typed the code in when it is asked for the first time."""
        return {"error": "authorization_pending"} if self.calls["device_code"] % 2 else self.granted()

    def _answer_authorization_code(self, asked: dict[str, str]) -> dict[str, Any]:
        digest = hashlib.sha256(self._noted(asked["code_verifier"]).encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        good = self._challenges.pop(asked["code"], None) == challenge
        return self.granted() if good else {"error": "invalid_grant"}

    def _answer_refresh_token(self, asked: dict[str, str]) -> dict[str, Any]:
        if asked["refresh_token"] not in self._refresh or asked["client_id"] != CLIENT:
            return {"error": "invalid_grant", "error_description": "it was exchanged before"}
        if self.is_strict and self.rotates:
            self._refresh.remove(asked["refresh_token"])
        kept = set() if self.rotates else {"refresh_token"}
        return {name: value for name, value in self.granted().items() if name not in kept}

    def _answer_introspect(self, asked: dict[str, str]) -> dict[str, Any]:
        """RFC 7662."""
        try:
            claims = jwt.decode(asked["token"], self._key.public_key(), ["RS256"], audience=CLIENT)
        except jwt.InvalidTokenError:
            return {"active": False}
        return {"active": True, "email": claims["email"]}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    provider: Provider

    def do_GET(self) -> None:  # the name that http.server calls
        self._answer(dict(parse_qsl(urlsplit(self.path).query)))

    def do_POST(self) -> None:  # the name that http.server calls
        self._answer(dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode())))

    def _answer(self, asked: dict[str, str]) -> None:
        path = urlsplit(self.path).path
        status, body, fields = self.provider.respond(path, asked)
        time.sleep(self.provider.delays.get(called(path, asked), 0))
        self.send_response(status)
        for name, value in {**fields, "Content-Length": str(len(body.encode()))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # the parent's name
        pass


@contextlib.contextmanager
def running(certificate: Certificate | None = None, *, port: int = 0) -> Iterator[Provider]:
    """A provider in the clear on a port of its own, and with a certificate over TLS on `port`, too."""
    provider = Provider()
    handler = type("Handler", (_Handler,), {"provider": provider})
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), handler)]
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.certificate, certificate.key)
        secure = ThreadingHTTPServer(("127.0.0.1", port), handler)
        secure.socket = context.wrap_socket(secure.socket, server_side=True)
        servers.append(secure)
    provider.ports = tuple(int(server.server_address[1]) for server in servers)
    threads = [threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    try:
        yield provider
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def write_oauth2_settings(directory: Path, provider: Provider, *, is_local: bool) -> Path:
    """Dovecot's settings: it asks the provider about each token, or checks the signature itself."""
    if is_local:
        key = directory / "keys" / "default" / "RS256" / "default"
        key.parent.mkdir(parents=True)
        key.write_bytes(provider.public_key())
        text = f"introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={directory}/keys/\n"
    else:
        text = (
            f"introspection_mode = post\nintrospection_url = http://127.0.0.1:{provider.ports[0]}/introspect\n"
            "active_attribute = active\nactive_value = true\n"
        )
    settings = directory / "oauth2.conf"
    settings.write_text(f"{text}username_attribute = email\n")
    return settings
