"""tracker installed as a service of a machine, with an account on a real server."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from tests.cli.world import ME
from tests.system.machine import UNIT

if TYPE_CHECKING:
    from tests.machine.dovecot import Dovecot, User
    from tests.machine.mailbox import Mailbox
    from tests.system.machine import Machine

CONFIG = "/etc/tracker/config.toml"

LETTERS = 30
"""In the mailbox."""


@dataclass
class Service:
    """The service on its machine, and the mailbox that it is to read."""

    machine: Machine
    server: Dovecot
    user: User
    port: int
    settings: str = ""

    def account(self, name: str = "work", **changes: str | int) -> str:
        """The configuration of an account."""
        values: dict[str, str | int] = {
            "name": name,
            "host": "localhost",
            "port": self.port,
            "ca_file": "/etc/tracker/ca.pem",
            "user": self.user.name,
            "credential": "mail",
            **changes,
        }
        return "".join(
            f"{key} = {json.dumps(value)}\n" for key, value in {"[[account]]": "", **values}.items()
        ).replace('[[account]] = ""', "[[account]]")

    def configure(self, *accounts: str) -> None:
        """Write the configuration, by default with the one account."""
        text = f'[me]\naddresses = ["{ME}"]\n{self.settings}\n' + "\n".join(accounts or (self.account(),))
        self.machine.write(CONFIG, text, 0o640)
        self.machine.run("chgrp", "tracker", CONFIG)

    def install(self) -> None:
        """As new: nothing stored, no drop-in, the configuration with the one account."""
        self.machine.run("systemctl", "stop", UNIT)
        for path in ("var/lib/tracker", f"etc/systemd/system/{UNIT}.d"):
            shutil.rmtree(self.machine.root / path, ignore_errors=True)
        self.machine.run("systemctl", "daemon-reload")
        self.machine.run("systemctl", "reset-failed", UNIT, expect=None)
        self.machine.run("journalctl", "--rotate", "--vacuum-time=1s")
        self.machine.write("/etc/tracker/ca.pem", self.server.ca_file.read_text("utf-8"))
        self.machine.write("/etc/tracker/mail.password", f"{self.user.password}\n", 0o600)
        self.configure()

    def drop_in(self, *lines: str) -> None:
        """Change the unit as an admin would."""
        self.machine.write(f"/etc/systemd/system/{UNIT}.d/test.conf", "[Service]\n" + "\n".join(lines) + "\n")
        self.machine.run("systemctl", "daemon-reload")

    def start(self, expect: int = 0) -> None:
        """Start it; `systemctl` returns when it is ready. Where that fails, systemd has no word of the reason."""
        code = self.machine.run("systemctl", "start", UNIT, expect=None).returncode
        assert code == expect, self.machine.said()

    def stop(self) -> None:
        """Stop it; `systemctl` returns when it has ended."""
        self.machine.run("systemctl", "stop", UNIT)

    def run(self, *words: str, expect: int = 0, user: str = "tracker") -> str:
        """Run the program there as a user; what it printed, errors included."""
        environment = ("env", "HOME=/var/lib/tracker", "TRACKER_STATE=/var/lib/tracker", "/opt/tracker/bin/tracker")
        result = self.machine.run("runuser", "-u", user, "--", *environment, *words, expect=expect)
        return result.stdout + result.stderr


def is_read(service: Service) -> bool:
    """Whether all its accounts are read to the end."""
    return " 0 in trouble, read to " in service.machine.status()


def deliver(mailbox: Mailbox) -> None:
    """Lay letters into a mailbox, one an hour."""
    for number in range(LETTERS):
        text = (
            f"From: news@shop.example\nTo: ann@example.org\nSubject: {number}\nMessage-ID: <n{number}@shop.example>\n"
        )
        at = datetime.now(UTC) - timedelta(hours=number + 1)
        mailbox.deliver("INBOX", f"{text}Date: {format_datetime(at)}\n\nx\n".encode(), at)
