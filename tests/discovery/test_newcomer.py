"""A newcomer in an internet of their own: from an address alone, by discovery, to a first sync and a report."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pexpect
import pytest

from tests.cli.world import HEADER, ME
from tests.discovery.test_sources import page, server

if TYPE_CHECKING:
    from pathlib import Path

    from tests.discovery.net import Net

HOST = "imap.example.org"


def test_an_address_alone_leads_from_an_empty_folder_to_a_first_report(net: Net, tmp_path: Path) -> None:
    account = net.provider()
    zone = {"example.org": {}, HOST: {"A": ["127.0.0.1"]}}
    own = "autoconfig.example.org/mail/config-v1.1.xml"
    net.write(zone, {own: page(server(HOST), domain="example.org")})
    export = tmp_path / "Connections.csv"
    row = "Rita,Responsive,https://www.linkedin.com/in/rita,rita@acme.example,Acme,CTO,04 Mar 2021\n"
    export.write_text(HEADER + row, encoding="utf-8")

    def starts(*words: str) -> pexpect.spawn[str]:
        command, *rest = net.inside(sys.executable, "-m", "tracker", *words)
        environment = net.environment() | {"HOME": str(tmp_path), "TERM": "xterm"}
        return pexpect.spawn(command, rest, env=environment, encoding="utf-8", timeout=30, dimensions=(40, 100))

    terminal = starts("init")
    for question, reply in (
        ("e-mail address", ME),
        (r"settings from the autoconfig of example.org:\s+server +imap.example.org\s+port +993", None),
        (r"security +TLS from the start\s+user +ann@example.org\s+sign-in +password", None),
        ("Use these settings, and write them to .*config.toml", ""),
        ("Password: type it now", ""),
        ("not shown", account["password"]),
        ("it works; these folders will be read", None),
        ("Everything works|Nothing is broken", None),
        ("clock +agrees with", None),
    ):
        terminal.expect(question)
        if reply is not None:
            terminal.sendline(reply)
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0
    for words, expected in ((["import", str(export)], "1 new"), (["sync"], "2 new"), (["report"], "Rita Responsive")):
        terminal = starts(*words)
        terminal.expect(expected)
        terminal.expect(pexpect.EOF)
        terminal.close()
        assert terminal.exitstatus == 0, words


@pytest.mark.parametrize(
    ("record", "words", "hint"),
    [
        ("0 1 993 imap.hoster.example.", "only DNS says that imap.hoster.example", "--host imap.hoster.example"),
        ("0 0 0 .", "no server was found for ann@firm.example: ", "--host"),
    ],
)
def test_a_script_does_not_follow_dns_out_of_the_domain(
    net: Net, tmp_path: Path, record: str, words: str, hint: str
) -> None:
    net.write({"firm.example": {}, "_imaps._tcp.firm.example": {"SRV": [record]}}, {})
    command = net.inside(
        sys.executable, "-m", "tracker", "init", "ann@firm.example", "--yes", "--password-command", "x"
    )
    environment = net.environment() | {"HOME": str(tmp_path)}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert result.returncode == 2, result
    assert words in result.stderr.splitlines()[-2]
    assert hint in result.stderr.splitlines()[-1]


def test_a_guess_counts_if_a_server_answers_there_under_a_valid_certificate(net: Net) -> None:
    net.provider()
    net.write(
        {"example.org": {"A": ["127.0.0.1"]}, "imap.example.org": {}, "mail.example.org": {"A": ["127.0.0.1"]}}, {}
    )
    (search,) = net.searches(ME, "--no-ispdb")
    assert search["found"]["source"] == "a guess: mail.example.org answers"
    net.write({"strange.example": {"A": ["127.0.0.1"]}}, {})
    (search,) = net.searches("ann@strange.example", "--no-ispdb")
    assert search["found"] is None
    assert search["tried"][-1] == ["a guess", "finds no server that answers under a valid certificate"]
