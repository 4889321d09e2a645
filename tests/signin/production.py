"""The program under the production names of providers, on a network of its own with nobody else on it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import ssl
import subprocess
import sys
import tempfile
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.machine import provider as oauth2_provider
from tests.machine.dovecot import Dovecot, Kind
from tests.machine.provider import CLIENT, CLIENT_SECRET, GOOGLE, MICROSOFT, write_oauth2_settings
from tracker.config import parse_config
from tracker.service.granting import demand_grant
from tracker.signin._tokens import TokenFile, Tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.machine.provider import Provider
    from tracker.config import AccountConfig

MAILBOXES = {"microsoft": "outlook.office365.com", "google": "imap.gmail.com"}
WITH_APP_PASSWORD = ("imap.mail.me.com", "imap.fastmail.com", "imap.mail.yahoo.com")
HOSTS = (MICROSOFT, *GOOGLE, *MAILBOXES.values(), *WITH_APP_PASSWORD)
USER = "ann@example.org"


@contextlib.contextmanager
def served() -> Iterator[tuple[Dovecot, Provider]]:
    """The provider at its production names, and a mail server that asks it about tokens."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        settings = Path(folder) / "oauth2.conf"
        kind = Kind(hosts=HOSTS, ports=(143, 993), mechanisms="plain xoauth2 oauthbearer", oauth2=settings)
        server = Dovecot(kind)
        try:
            with oauth2_provider.running(server.authority.issue("provider", hosts=HOSTS), port=443) as provider:
                write_oauth2_settings(Path(folder), provider, is_local=False)
                server.start()
                server.user(USER)
                yield server, provider
        finally:
            server.stop()


@dataclass(frozen=True)
class Home:
    """A configuration with one account at a provider, and a folder for what the program keeps."""

    folder: Path
    kind: str
    ca_file: Path

    def __post_init__(self) -> None:
        secret = self.folder / "client-secret"
        secret.write_text(CLIENT_SECRET)
        secret.chmod(0o600)
        lines = {"name": "work", "host": MAILBOXES[self.kind], "user": USER, "oauth2": self.kind, "client_id": CLIENT}
        lines |= {"password_file": str(secret)} if self.kind == "google" else {}
        text = "[[account]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in lines.items())
        self.config.write_text(f'[sync]\nevery = "1m"\n{text}')

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def add_account(self, mail_server: Dovecot) -> None:
        """One more account, `other`, with a password."""
        user = mail_server.user()
        secret = self.folder / "password"
        secret.write_text(user.password)
        secret.chmod(0o600)
        with self.config.open("a") as config:
            config.write(
                f'[[account]]\nname = "other"\nhost = "imap.gmail.com"\nuser = "{user.name}"\n'
                f'password_file = "{secret}"\n'
            )

    @property
    def tokens(self) -> Path:
        return self.folder / "tokens" / "work.json"

    @property
    def account(self) -> AccountConfig:
        return parse_config(self.config.read_text(), "test").account[0]

    @property
    def environment(self) -> dict[str, str]:
        """Our authority in place of the world's; all else is as everywhere."""
        trusted = {"REQUESTS_CA_BUNDLE": str(self.ca_file), "SSL_CERT_FILE": str(self.ca_file)}
        plain = {key: value for key, value in os.environ.items() if key not in {"DISPLAY", "WAYLAND_DISPLAY"}}
        return plain | trusted | {"TRACKER_STATE": str(self.folder), "NO_PROXY": "*"}

    def words(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "tracker", "--config", str(self.config), *words]

    def run(self, *words: str, expect: int | None = 0) -> str:
        """Run `tracker WORDS`; all that it said. None expects no exit code in particular."""
        done = subprocess.run(self.words(*words), env=self.environment, capture_output=True, text=True, timeout=60)
        assert expect is None or done.returncode == expect, done
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    def change(self, **changes: object) -> None:
        """Change the token file as a test wants."""
        content = json.loads(self.tokens.read_text()) | changes
        self.tokens.write_text(json.dumps(content))

    def sign_in(self, provider: Provider) -> None:
        """What a sign-in leaves behind, without one."""
        grant = demand_grant(self.account)
        answer = provider.granted()
        words = {name: answer[name] for name in ("access_token", "refresh_token")}
        expires_at = datetime.now(UTC) + timedelta(seconds=provider.life)
        file = TokenFile(self.tokens)
        with file.locked():
            file.write(Tokens(grant.registration.holder, **words, expires_at=expires_at))

    def age(self) -> None:
        """Let the access token be about to end."""
        self.change(expires_at=(datetime.now(UTC) + timedelta(minutes=4)).isoformat())


@contextlib.contextmanager
def signing_in(home: Home, *words: str, expect: int = 0) -> Iterator[subprocess.Popen[str]]:
    """`tracker auth login work`, running; it must end with `expect`."""
    process = subprocess.Popen(
        home.words("-v", "auth", "login", "work", *words),
        env=home.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        try:
            yield process
            assert process.wait(30) == expect
        finally:
            process.kill()


def page(process: subprocess.Popen[str]) -> str:
    """The address that the program shows."""
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.match(r"https://\S+", line):
            return found[0]
    raise AssertionError("no address was shown")


def redirected(address: str, ca_file: Path) -> str:
    """What a browser is sent to after a person has consented."""
    parts = urlsplit(address)
    line = http.client.HTTPSConnection(str(parts.hostname), context=ssl.create_default_context(cafile=str(ca_file)))
    with contextlib.closing(line):
        line.request("GET", f"{parts.path}?{parts.query}")
        answer = line.getresponse()
        assert answer.status == 302
        return str(answer.headers["Location"])


def visit(address: str) -> str:
    """What a browser shows of a page on this machine."""
    with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 # an address of our own
        return str(answer.read().decode())
