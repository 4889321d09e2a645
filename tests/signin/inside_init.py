"""A newcomer at a provider: from an address alone to a first verdict, under the providers' own names."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.newcomer import Newcomer, Recorder, end
from tests.cli.world import World
from tests.machine.provider import CLIENT, CLIENT_SECRET
from tests.signin.production import MAILBOXES, redirected, visit
from tracker.config import load_config

if TYPE_CHECKING:
    from pathlib import Path

    import pexpect

    from tests.machine.dovecot import Dovecot
    from tests.machine.provider import Provider

CONNECTIONS = (
    "Rita,Responsive,https://www.linkedin.com/in/rita,rita@acme.example,Acme,CTO,04 Mar 2021",
    "Sam,Silent,https://www.linkedin.com/in/sam,sam@bolt.example,Bolt,CEO,05 Mar 2021",
    "Nora,Never,https://www.linkedin.com/in/nora,nora@core.example,Core,CFO,06 Mar 2021",
)
VERDICTS = {"Rita Responsive": "responsive", "Sam Silent": "unresponsive", "Nora Never": "untested"}


class Person(Newcomer):
    """A newcomer with a mailbox at a provider, and LinkedIn's file. `seen` is all that the terminal showed."""

    def __init__(self, folder: Path, address: str, server: Dovecot) -> None:
        super().__init__(folder / "home", server.ca_file)
        self.home.mkdir()
        self.address = address
        self.seen = Recorder()
        world = World(server, server.user(address), folder / "exports")
        self.export = world.export(*CONNECTIONS)
        for number, days in enumerate((80, 50, 20)):
            world.mail(f"sam{number}", world.ago(days=days), address, "sam@bolt.example", folder="Sent")
        world.mail("q", world.ago(days=9), address, "rita@acme.example", folder="Sent")
        world.mail("a", world.ago(days=8), "rita@acme.example", address, answers="q")
        for days in range(0, 90, 9):
            world.mail(f"news{days}", world.ago(days=days, hours=1), "news@shop.example", address)

    def python(self, *words: str) -> pexpect.spawn[str]:
        terminal = super().python(*words)
        terminal.logfile_read = self.seen
        return terminal

    def answers(self, terminal: pexpect.spawn[str], *pairs: tuple[str, str | None]) -> None:
        """Answer each question as it comes; None to what only has to be shown."""
        for shown, answer in pairs:
            terminal.expect(shown)
            if answer is not None:
                terminal.sendline(answer)

    def verdicts(self) -> dict[str, str]:
        """Import, sync, report, all of them as a newcomer would; then what the report says of whom."""
        for words, shown in (
            (["import", str(self.export)], "3 new"),
            (["sync"], "15 new messages"),
            (["report"], "1 of the 2 people you asked answers within 48 h"),
        ):
            terminal = self.starts(*words)
            terminal.expect(shown)
            end(terminal, 0)
        words = [sys.executable, "-m", "tracker", "report", "--format", "json"]
        told = subprocess.run(words, env=self.environment, capture_output=True, text=True, check=True).stdout
        return {person["name"]: person["verdict"] for person in json.loads(told)["connections"]}

    def open_files(self) -> list[str]:
        """What another user of this machine could read of it, were the home itself open."""
        kept = [path for path in self.home.rglob("*") if path.is_file()]
        assert len(kept) >= 4, "configuration, tokens and their lock, database"
        return [str(path) for path in kept if path.stat().st_mode & 0o077]


GOOGLE_DIALOGUE = (
    (r"built-in table \(Gmail\):\s+server +imap.gmail.com\s+port +993\s+security +TLS from the start", None),
    (r"Use these settings, and write them to .*config.toml\?", ""),
    (r"Sign in with \(app-password, oauth2\)", "oauth2"),
    ("Client id at google", CLIENT),
    ("Client secret: type it now", ""),
    ("not shown", CLIENT_SECRET),
    ("written: ", None),
    ("Sign in now", ""),
    (r"\r\n(https://accounts\.google\.com/\S+)\r\n", None),
)
"""What is asked and answered from the address to the page at Google."""


@pytest.mark.parametrize(
    ("address", "is_pasted"),
    [("ann@gmail.com", False), ("ann@googlemail.com", True)],
    ids=["browser on this machine", "browser elsewhere"],
)
def test_from_an_address_at_google_to_a_first_verdict(
    mail_server: Dovecot, provider: Provider, tmp_path: Path, address: str, is_pasted: bool
) -> None:
    provider.user = address
    person = Person(tmp_path, address, mail_server)
    terminal = person.starts("init")
    person.answers(
        terminal,
        ("Your e-mail address", address),
        *GOOGLE_DIALOGUE,
    )
    assert person.config.stat().st_mode & 0o777 == 0o600
    assert isinstance(terminal.match, re.Match)
    target = redirected(terminal.match[1], mail_server.ca_file)
    if is_pasted:
        person.answers(terminal, ("paste that page's address", target))
    else:
        assert "go back to tracker" in visit(target)
    person.answers(
        terminal,
        ("mail: signed in; asking imap.gmail.com", None),
        ("it works; 4 folders can be read", None),
        ("secret +OAuth2 with google gives one", None),
        (f"sign-in +signed in as {address}", None),
        ("clock +agrees with the server's", None),
        ("tracker import Connections.csv", None),
    )
    end(terminal, 0)
    (account,) = load_config(person.config).account
    assert (account.host, account.oauth2, account.client_id) == (MAILBOXES["google"], "google", CLIENT)
    assert person.verdicts() == VERDICTS
    assert person.open_files() == []
    typed = target if is_pasted else ""
    assert [word for word in (CLIENT_SECRET, *provider.told) if word in person.seen.text.replace(typed, "")] == []
    assert CLIENT_SECRET not in person.config.read_text("utf-8")


def test_from_an_address_at_microsoft_to_a_first_verdict(
    mail_server: Dovecot, provider: Provider, tmp_path: Path
) -> None:
    provider.user = "ann@outlook.com"
    person = Person(tmp_path, provider.user, mail_server)
    terminal = person.starts("init")
    person.answers(
        terminal,
        ("Your e-mail address", person.address),
        (r"built-in table \(Microsoft\):\s+server +outlook.office365.com\s+port +993", None),
        ("note +Microsoft takes OAuth2 only", None),
        (r"Use these settings, and write them to .*config.toml\?", ""),
        ("Client id at microsoft", CLIENT),
        ("written: ", None),
        ("Sign in now", ""),
        ("https://microsoft.com/devicelogin and enter the code ABCD-EFGH", None),
        ("mail: signed in; asking outlook.office365.com", None),
        ("secret +OAuth2 with microsoft gives one", None),
        (f"sign-in +signed in as {person.address}", None),
        ("clock +agrees with the server's", None),
    )
    end(terminal, 0)
    assert provider.calls["device_code"] >= 1
    (account,) = load_config(person.config).account
    assert (account.host, account.oauth2, account.client_id) == (MAILBOXES["microsoft"], "microsoft", CLIENT)
    assert person.verdicts() == VERDICTS
    assert person.open_files() == []
    assert [word for word in provider.told if word in person.seen.text] == []
