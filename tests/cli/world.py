"""A person with a mailbox on a real server and a LinkedIn export, and the program run as they would run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine.mail_program import Account, MailServer

ME = "ann@example.org"

NOTES = 'Notes:\n"When exporting your connection data, you may notice that some addresses are missing, as chosen."\n\n'
HEADER = "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"


@dataclass
class World:
    """One account of a real mail server, a folder for configuration and database, and the time at which it happens."""

    server: MailServer
    user: Account
    folder: Path
    database: str = ""
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    settings: str = ""

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        (self.folder / "password").write_text(f"{self.user.password}\n", encoding="utf-8")
        (self.folder / "password").chmod(0o600)
        self.database = self.database or f"sqlite:///{self.folder / 'tracker.db'}"
        self.write_config()

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.folder / "config.toml"

    def write_config(self, **account: str | int) -> None:
        """Write the configuration, with changes to the account."""
        values: dict[str, str | int] = {
            "name": "work",
            "host": "localhost",
            "port": self.server.tls_port,
            "tls": "implicit",
            "ca_file": str(self.server.ca_file),
            "user": self.user.name,
            "password_file": str(self.folder / "password"),
            **account,
        }
        lines = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
        text = f'[me]\naddresses = ["{ME}"]\n{self.settings}\n[database]\nurl = "{self.database}"\n[[account]]\n'
        self.config.write_text(text + "\n".join(lines) + "\n", encoding="utf-8")

    def ago(self, **duration: float) -> datetime:
        """So long before now."""
        return self.now - timedelta(**duration)

    def mail(
        self,
        name: str,
        at: datetime,
        sender: str,
        to: str,
        *,
        answers: str = "",
        references: str = "",
        subject: str = "",
        headers: dict[str, str] | None = None,
        folder: str = "",
    ) -> None:
        """Deliver a message called `name`; what the user sent lies in Sent, all else in INBOX."""
        message = EmailMessage()
        message["From"], message["To"] = sender, to
        message["Subject"] = subject or f"About {name}"
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{name}@test.example>"
        if answers:
            message["In-Reply-To"] = f"<{answers}@test.example>"
            message["References"] = " ".join(f"<{one}@test.example>" for one in (references or answers).split())
        for key, value in (headers or {}).items():
            message[key] = value
        message.set_content("The text is never read.")
        self.user.mailbox.deliver(folder or ("Sent" if ME in sender else "INBOX"), message, at)

    def noise(self, days: int = 90, *, folder: str = "") -> None:
        """Something comes in every third day, so that the inbox is a witness."""
        for day in range(0, days, 3):
            at, headers = self.ago(days=day, hours=1), {"List-Id": "<shop>"}
            self.mail(f"noise{day}", at, "news@shop.example", ME, headers=headers, folder=folder)

    def export(self, *rows: str, name: str = "Connections.csv") -> Path:
        """A LinkedIn export of these rows."""
        path = self.folder / name
        path.write_text(NOTES + HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
        return path

    def run(self, *words: str, expect: int | None = 0, timeout: float = 120, **environment: str) -> Run:
        """Run `tracker WORDS` as a process; its exit code must be `expect`."""
        process = subprocess.run(
            [sys.executable, "-m", "tracker", "--config", str(self.config), *words],
            capture_output=True,
            text=True,
            timeout=timeout,
            env={**os.environ, "TRACKER_STATE": str(self.folder), "COLUMNS": "120", **environment},
        )
        result = Run(process.returncode, process.stdout, process.stderr)
        assert expect is None or result.code == expect, result
        return result

    def report(self, *words: str) -> dict[str, Any]:
        """The report as JSON."""
        return dict(json.loads(self.run("report", "--format", "json", *words).out))

    def verdicts(self, *words: str) -> dict[str, str]:
        """Names to verdicts."""
        return {row["name"]: row["verdict"] for row in self.report(*words)["connections"]}

    def story(self, who: str, *words: str) -> list[dict[str, Any]]:
        """The asks of one person, as `show` tells them."""
        return list(json.loads(self.run("show", who, "--format", "json", *words).out)["asks_detail"])


@dataclass(frozen=True)
class Run:
    """How a process ended and what it said."""

    code: int
    out: str
    err: str

    def is_one_line_and_a_hint(self, *parts: str) -> bool:
        """Whether the error is told as promised: one line of what happened, one of what to do, no traceback."""
        lines = self.err.splitlines()
        return (
            len(lines) >= 2
            and lines[-2].startswith("tracker: ")
            and lines[-1].startswith("hint: ")
            and "Traceback" not in self.err
            and all(part in lines[-2] for part in parts)
        )
