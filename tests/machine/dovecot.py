"""A real Dovecot on loopback, as a plain subprocess with everything in one temporary folder.

It needs no rights: as root its processes run as the users of the package, else as whoever runs the tests.
"""

from __future__ import annotations

import base64
import contextlib
import grp
import hashlib
import os
import pwd
import re
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.machine.certificates import HERE, Authority
from tests.machine.daemons import HOST, ended, free_ports, greets, leash
from tests.machine.mail_program import FIXTURE
from tests.machine.mailbox import Mailbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.machine.mail_program import Account

SPECIAL = ("Drafts", "Sent", "Junk", "Trash")

_ATTEMPTS = 5
_IS_ROOT = os.geteuid() == 0
_MAIL_USER = "nobody" if _IS_ROOT else pwd.getpwuid(os.geteuid()).pw_name

_CONFIG = """
base_dir = {run}
state_dir = {run}
log_path = {log}
protocols = imap
listen = 127.0.0.1
{users}
auth_username_chars =
auth_username_format = %u
auth_mechanisms = {mechanisms}
auth_failure_delay = 0
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
mail_location = maildir:~/mail:INBOX=~/inbox:LAYOUT=fs
mailbox_list_index = no
first_valid_uid = 1
mail_max_userip_connections = 100
default_vsz_limit = 8G
passdb {{
  driver = passwd-file
  args = username_format=user {passwd}/%Mu
}}
{oauth2}
userdb {{
  driver = passwd-file
  args = username_format=user {passwd}/%Mu
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Drafts {{
    special_use = \\Drafts
  }}
  mailbox Sent {{
    special_use = \\Sent
  }}
  mailbox Junk {{
    special_use = \\Junk
  }}
  mailbox Trash {{
    special_use = \\Trash
  }}
}}
service imap-login {{
  {chroot}
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  {chroot}
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  {chroot}
}}
protocol imap {{
  rawlog_dir = %h/raw
}}
"""
_OAUTH2 = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {settings}
}}
"""
_AS_ONE_USER = """
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a server of ours may differ in: `oauth2` are the settings with which it checks access tokens."""

    hosts: tuple[str, ...] = HERE
    ports: tuple[int, int] | None = None
    mechanisms: str = "plain login"
    oauth2: Path | None = None


@dataclass(frozen=True, slots=True)
class User:
    """An account on the server: its name and password, and its mailbox."""

    name: str
    password: str
    mailbox: Mailbox


class Dovecot:
    """A running server. `port` offers STARTTLS, `tls_port` speaks TLS from the start; both on `host`."""

    host = HOST

    def __init__(self, kind: Kind = Kind()) -> None:  # it never changes
        self.kind = kind
        self.directory = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.directory.chmod(0o755)  # the login process runs as a user of its own
        self.authority = Authority(self.directory)
        self.certificate = self.authority.issue("server", hosts=kind.hosts)
        self.port = self.tls_port = 0
        self._passwd = self.directory / "passwd"
        self._passwd.mkdir()
        self._log = self.directory / "dovecot.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.users: list[User] = []

    @property
    def ca_file(self) -> Path:
        """What a client has to trust."""
        return self.authority.certificate

    def start(self) -> None:
        """Come up on two free ports, within about a second."""
        program = _program()
        for _ in range(_ATTEMPTS):
            self.port, self.tls_port = self.kind.ports or free_ports()
            config = self._configure()
            self._process = subprocess.Popen(
                [*leash(), program, "-F", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            )
            if greets(self.port, self._process):
                return
            self._end()
        raise RuntimeError(f"Dovecot does not start; its log says:\n{self.log()}")

    def restart(self) -> None:
        """Come up again, on other ports."""
        self._end()
        self.start()

    def stop(self) -> None:
        """End every process of the server and remove its folder."""
        self._end()
        shutil.rmtree(self.directory, ignore_errors=True)

    def user(self, name: str | None = None, *, password: str | None = None, folders: Sequence[str] = SPECIAL) -> User:
        """A fresh account. Its folders of these names, if among `SPECIAL`, are flagged as such (RFC 6154)."""
        number = len(self.users) + 1
        name = name or f"user{number}"
        password = password or secrets.token_urlsafe(12)
        home = self.directory / "home" / str(number)
        owner = pwd.getpwnam(_MAIL_USER)
        (home / "raw").mkdir(parents=True)
        encoded = base64.b64encode(password.encode()).decode()
        entry = f"user:{{PLAIN.B64}}{encoded}:{owner.pw_uid}:{owner.pw_gid}::{home}::\n"
        # A file each: Dovecot looks at a file it knows for new users once a second only.
        (self._passwd / _md5(name)).write_text(entry, "utf-8")
        mailbox = Mailbox(home, (self.host, self.port), (name, password), (owner.pw_uid, owner.pw_gid))
        mailbox.own(home, home / "raw")
        for folder in ("INBOX", *folders):
            mailbox.make(folder)
        user = User(name, password, mailbox)
        self.users.append(user)
        return user

    def commands(self, user: Account) -> list[str]:
        """What clients of this user have sent since they were signed in, a command a line, without its tag.

        What `user.mailbox` sent is left out.
        """
        lines: list[str] = []
        (home,) = {known.mailbox.home for known in self.users if known.name == user.name}
        for path in sorted((home / "raw").glob("*.in")):
            session = path.read_text("utf-8", "replace")
            if f'"{FIXTURE}"' not in session:
                whole = session[: session.rfind("\n") + 1]  # a line that was cut carries no command
                lines += (re.sub(r"^\d+\.\d+ ", "", line) for line in whole.splitlines())
        return [line if line == "DONE" else line.partition(" ")[2] for line in lines]

    def log(self) -> str:
        """The server's own log."""
        return self._log.read_text("utf-8", "replace") if self._log.exists() else "(no log)"

    def _configure(self) -> Path:
        own = pwd.getpwuid(os.geteuid())
        one_user = _AS_ONE_USER.format(user=own.pw_name, group=grp.getgrgid(own.pw_gid).gr_name)
        config = self.directory / "dovecot.conf"
        config.write_text(
            _CONFIG.format(
                run=self.directory / "run",
                log=self._log,
                users="" if _IS_ROOT else one_user,
                chroot="" if _IS_ROOT else "chroot =",
                certificate=self.certificate.certificate,
                key=self.certificate.key,
                passwd=self._passwd,
                mechanisms=self.kind.mechanisms,
                oauth2=_OAUTH2.format(settings=self.kind.oauth2) if self.kind.oauth2 else "",
                port=self.port,
                tls_port=self.tls_port,
            )
        )
        return config

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        words = ended(process)
        if words:
            with self._log.open("ab") as log:
                log.write(words)


@contextlib.contextmanager
def running(kind: Kind = Kind()) -> Iterator[Dovecot]:  # it never changes
    """A server for the time being."""
    server = Dovecot(kind)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _md5(user: str) -> str:
    """Dovecot's `%Mu`."""
    return hashlib.md5(user.encode(), usedforsecurity=False).hexdigest()


def _program() -> str:
    found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin")
    if found is None:
        raise RuntimeError("these tests need Dovecot, a real IMAP server: apt install dovecot-imapd")
    return found
