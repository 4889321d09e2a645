"""A real Cyrus IMAP server on loopback, as plain subprocesses with everything in one temporary folder.

It needs no rights and reads nothing of the system's own configuration; it is unpacked and not installed, because
Debian installs one IMAP server at a time. Its processes run as whoever runs the tests, or as nobody if that is root.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import secrets
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.machine.certificates import Authority
from tests.machine.daemons import HOST, ended, free_ports, greets, leash
from tests.machine.mail_program import FIXTURE, MailProgram, argument, demand, wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.machine.mail_program import Account

SPECIAL = ("Drafts", "Sent", "Junk", "Trash")

_ATTEMPTS = 5
_UNPACKED = Path("/usr/local/lib/cyrus-unpacked/usr/lib")
_PROGRAMS = _UNPACKED / "cyrus" / "bin"
_IS_ROOT = os.geteuid() == 0
_OWNER = pwd.getpwnam("nobody") if _IS_ROOT else pwd.getpwuid(os.geteuid())
_LIBRARIES = ":".join(str(path) for path in _UNPACKED.glob("*-linux-*"))
_AS_OWNER: dict[str, Any] = {"env": {**os.environ, "LD_LIBRARY_PATH": _LIBRARIES}}
if _IS_ROOT:
    _AS_OWNER |= {"user": _OWNER.pw_uid, "group": _OWNER.pw_gid, "extra_groups": []}

# Nothing is synced to the disk: what is tested is the client.
_IMAPD = """
configdirectory: {folder}/conf
partition-default: {folder}/spool
defaultpartition: default
proc_path: {folder}/run/proc
mboxname_lockpath: {folder}/run/lock
temp_path: {folder}/run
idlesocket: {folder}/run/idle
cyrus_user: {owner}
admins: nobody-at-all
sasl_pwcheck_method: saslauthd
sasl_saslauthd_path: {folder}/run/mux
sasl_mech_list: PLAIN LOGIN
allowplaintext: yes
tls_server_cert: {certificate}
tls_server_key: {key}
tls_session_timeout: 0
autocreate_quota: 0
specialusealways: yes
specialuse_protect: \\Archive
imapidlepoll: 1
munge8bit: no
expunge_mode: immediate
delete_mode: immediate
skiplist_unsafe: yes
telemetry_bysessionid: yes
"""
_MASTER = """
START {{
}}
SERVICES {{
  imap cmd="{programs}/imapd -C {imapd}" listen="{host}:{port}" prefork=1
  imaps cmd="{programs}/imapd -s -C {imapd}" listen="{host}:{tls_port}" prefork=1
}}
EVENTS {{
}}
"""
_PIECE = re.compile(r"^([<>])\d+\1", re.MULTILINE)
"""Where the log of a connection goes over to the other side's words."""


class CyrusMailbox(MailProgram):
    """The folders of one account. A message can be brought in by APPEND only."""

    def __init__(self, address: tuple[str, int], login: tuple[str, str], rebuild: Callable[[str, str], None]) -> None:
        super().__init__(address, login)
        self._rebuild = rebuild

    def make(self, folder: str) -> None:
        """CREATE a folder, flagged if its name is among `SPECIAL` (RFC 6154)."""
        with self.connection() as imap:
            use = [f"(USE (\\{folder}))"] if folder in SPECIAL else []
            demand(imap.xatom("CREATE", argument(folder), *use))

    def reset_uidvalidity(self, folder: str) -> None:
        """Lose a folder's index and build it anew: the same UIDs stand under another UIDVALIDITY then."""
        before = self.status(folder)["UIDVALIDITY"]
        while self.status(folder)["UIDVALIDITY"] == before:  # it is the time in seconds
            self._rebuild(self._login[0], folder)
            self.renew()


@dataclass(frozen=True, slots=True)
class User:
    """An account on the server: its name and password, and its mailbox."""

    name: str
    password: str
    mailbox: CyrusMailbox


class Cyrus:
    """A running server. `port` offers STARTTLS, `tls_port` speaks TLS from the start; both on `host`."""

    host = HOST

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="cyrus-"))
        self.directory.chmod(0o755)  # its processes run as a user of their own
        self.authority = Authority(self.directory)
        self.certificate = self.authority.issue("server")
        self.port = self.tls_port = 0
        self.users: list[User] = []
        self._passwords: dict[str, str] = {}
        self._words = b""
        self._process: subprocess.Popen[bytes] | None = None
        self._judge = socket.socket(socket.AF_UNIX)

    @property
    def ca_file(self) -> Path:
        """What a client has to trust."""
        return self.authority.certificate

    def start(self) -> None:
        """Come up on two free ports, within about a second."""
        for folder in ("conf/log", "spool", "run/proc", "run/lock"):
            (self.directory / folder).mkdir(parents=True)
        self._own(self.certificate.key, *self.directory.glob("**/"))
        self._judge.bind(str(self.directory / "run" / "mux"))
        (self.directory / "run" / "mux").chmod(0o777)
        self._judge.listen(64)
        threading.Thread(target=self._judge_logins, daemon=True).start()
        for _ in range(_ATTEMPTS):
            self.port, self.tls_port = free_ports()
            self._process = subprocess.Popen(
                [*leash(), _program("master"), *self._configure()],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,  # it ends its whole process group
                **_AS_OWNER,
            )
            if greets(self.port, self._process):
                return
            self._end()
        raise RuntimeError(f"Cyrus does not start; its last words:\n{self.log()}")

    def stop(self) -> None:
        """End every process of the server and remove its folder."""
        self._end()
        self._judge.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def user(self, name: str | None = None, *, password: str | None = None, folders: Sequence[str] = SPECIAL) -> User:
        """A fresh account. Its folders of these names, if among `SPECIAL`, are flagged as such (RFC 6154)."""
        name = name or f"user{len(self.users) + 1}"
        password = password or secrets.token_urlsafe(12)
        log = self.directory / "conf" / "log" / name
        log.mkdir()
        self._own(log)
        self._passwords[name] = password
        mailbox = CyrusMailbox((self.host, self.port), (name, password), self._rebuild)
        with mailbox.held():
            for folder in folders:
                mailbox.make(folder)
        self.users.append(User(name, password, mailbox))
        return self.users[-1]

    def commands(self, user: Account) -> list[str]:
        """What clients of this user have sent since they were signed in, a command a line, without its tag.

        What `user.mailbox` sent is left out.
        """
        lines: list[str] = []
        for path in sorted((self.directory / "conf" / "log" / user.name).iterdir()):
            _, *pieces = _PIECE.split(path.read_text("utf-8", "replace").replace("\r\n", "\n"))
            session = "".join(words for side, words in zip(pieces[::2], pieces[1::2], strict=True) if side == "<")
            if f'"{FIXTURE}"' not in session:
                lines += session.splitlines()
        return [line if line == "DONE" else line.partition(" ")[2] for line in lines]

    def log(self) -> str:
        """What the server's first process said; the others speak to syslog."""
        return self._words.decode("utf-8", "replace")

    def _configure(self) -> list[str]:
        imapd, master = self.directory / "imapd.conf", self.directory / "cyrus.conf"
        key, certificate = self.certificate.key, self.certificate.certificate
        imapd.write_text(_IMAPD.format(folder=self.directory, owner=_OWNER.pw_name, certificate=certificate, key=key))
        master.write_text(
            _MASTER.format(programs=_PROGRAMS, imapd=imapd, host=self.host, port=self.port, tls_port=self.tls_port)
        )
        return ["-C", str(imapd), "-M", str(master), "-p", str(self.directory / "run" / "pid")]

    def _judge_logins(self) -> None:
        """Answer as saslauthd does: user, password, service and realm come, each behind its length."""
        with contextlib.suppress(OSError):  # closed at the end
            while True:
                line, _ = self._judge.accept()
                with line, line.makefile("rb") as words:
                    user, password, *_ = [words.read(*struct.unpack(">H", words.read(2))).decode() for _ in range(4)]
                    verdict = b"OK" if self._passwords.get(user) == password else b"NO"
                    line.sendall(struct.pack(">H", len(verdict)) + verdict)

    def _rebuild(self, user: str, folder: str) -> None:
        name = f"user/{user}" if folder == "INBOX" else f"user/{user}/{wire(folder)}"
        found = self._run("mbpath", name)
        for path in Path(found.strip()).glob("cyrus.*"):
            path.unlink()
        self._run("reconstruct", name)

    def _run(self, program: str, *arguments: str) -> str:
        command = [_program(program), "-C", str(self.directory / "imapd.conf"), *arguments]
        result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, **_AS_OWNER)
        return str(result.stdout)

    def _own(self, *paths: Path) -> None:
        if _IS_ROOT:
            for path in paths:
                if path != self.directory:
                    shutil.chown(path, _OWNER.pw_uid, _OWNER.pw_gid)

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            self._words += ended(process)


@contextlib.contextmanager
def running() -> Iterator[Cyrus]:
    """A server for the time being."""
    server = Cyrus()
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _program(name: str) -> str:
    if not (_PROGRAMS / name).exists():
        raise RuntimeError("these tests need Cyrus, a second real IMAP server: run tests/install-servers")
    return str(_PROGRAMS / name)
