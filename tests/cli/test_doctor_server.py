"""What can be wrong on the way into a mailbox: one test for each thing, against real servers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.cli.examining import found, held_up, the_one_fault
from tests.machine.certificates import Authority
from tests.machine.scripted import scripted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.world import World


def test_a_secret_that_cannot_be_had_is_a_fault_and_nobody_signs_in(healthy: World) -> None:
    (healthy.folder / "password").chmod(0o644)
    findings = found(healthy, expect=1)
    fault = the_one_fault(findings)
    assert (fault["check"], fault["facts"]) == ("secret", {"source": "password_file", "state": "unavailable"})
    assert fault["remedy"].startswith("chmod 600")
    assert held_up(findings, "secret") == ["sign-in"]
    assert findings["tls"]["grade"] == "ok"


def test_what_systemd_gives_to_the_service_alone_is_no_fault(healthy: World) -> None:
    text = healthy.config.read_text("utf-8").replace(
        f'password_file = "{healthy.folder / "password"}"', 'credential = "x"'
    )
    healthy.config.write_text(text, "utf-8")
    findings = found(healthy)
    assert findings["secret"]["grade"] == "unchecked"
    assert held_up(findings, "secret") == ["sign-in"]
    assert findings["capabilities"]["grade"] == "ok"


def test_a_sign_in_by_browser_that_is_due_is_told_with_its_command(healthy: World) -> None:
    lines = [line for line in healthy.config.read_text("utf-8").splitlines() if not line.startswith("password_file")]
    healthy.config.write_text("\n".join([*lines, 'oauth2 = "microsoft"', 'client_id = "x"']), "utf-8")
    fault = found(healthy, expect=1)["secret"]
    assert (fault["facts"]["state"], fault["remedy"]) == ("sign-in needed", "run: tracker auth login work")


def test_a_host_that_does_not_exist_is_a_fault_of_dns(healthy: World) -> None:
    healthy.write_config(host="nowhere..invalid")
    findings = found(healthy, expect=1)
    assert the_one_fault(findings)["check"] == "dns"
    assert held_up(findings, "dns") == ["tcp"]


def test_a_port_that_nobody_listens_on_is_a_fault_of_tcp(healthy: World) -> None:
    healthy.write_config(port=1)
    fault = the_one_fault(found(healthy, expect=1))
    assert fault["check"] == "tcp"
    assert "Connection refused" in fault["words"]


def test_a_certificate_that_has_ended_is_a_fault_with_its_date(certified: Callable[..., World]) -> None:
    fault = the_one_fault(found(certified(expires_in=timedelta(days=-3)), expect=1))
    assert fault["words"].endswith("its certificate has expired")
    assert fault["facts"]["days_left"] == -4
    assert f"until {datetime.now(UTC) - timedelta(days=3):%Y-%m-%d}" in fault["remedy"]


def test_a_certificate_for_another_host_is_a_fault_with_the_names_it_has(certified: Callable[..., World]) -> None:
    fault = the_one_fault(found(certified(hosts=("imap.example.org",)), expect=1))
    assert fault["words"].endswith("its certificate is for another host")
    assert fault["facts"]["names"] == ["imap.example.org"]


def test_a_certificate_that_ends_soon_is_a_warning(certified: Callable[..., World]) -> None:
    findings = found(certified(expires_in=timedelta(days=5)))
    assert findings["tls"]["grade"] == "warn"
    assert "4 days left" in findings["tls"]["words"]
    assert findings["sign-in"]["grade"] == "ok"


def test_an_unknown_authority_is_a_fault(healthy: World) -> None:
    healthy.write_config(ca_file="")
    fault = the_one_fault(found(healthy, expect=1))
    assert fault["check"] == "tls"
    assert "ca_file" in fault["remedy"]


def test_another_authority_of_the_same_name_is_a_fault_of_ca_file_and_not_of_host(
    healthy: World, tmp_path: Path
) -> None:
    """As after a new installation of what makes its own certificates, such as Proton Mail Bridge."""
    (tmp_path / "other").mkdir()
    healthy.write_config(ca_file=str(Authority(tmp_path / "other").certificate))
    fault = the_one_fault(found(healthy, expect=1))
    assert fault["words"].endswith("its certificate was signed with another key than that of the authority known here")
    assert "name it as ca_file" in fault["remedy"]


def test_tls_where_there_is_none_is_a_fault(healthy: World) -> None:
    healthy.write_config(port=healthy.server.port)
    fault = the_one_fault(found(healthy, expect=1))
    assert fault["words"] == f"localhost port {healthy.server.port} answers, but not in TLS"
    assert fault["remedy"].startswith('set tls = "starttls"')


def test_a_server_that_takes_no_tokens_or_no_passwords_is_a_fault_before_anyone_signs_in(healthy: World) -> None:
    healthy.write_config(auth="xoauth2")
    findings = found(healthy, expect=1)
    assert the_one_fault(findings)["check"] == "capabilities"
    assert held_up(findings, "capabilities") == ["sign-in"]
    offers = b"* CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2\r\nTAG OK done\r\n"
    with scripted(CAPABILITY=offers) as server:
        healthy.write_config(port=server.port, tls="none", ca_file="")
        fault = the_one_fault(found(healthy, expect=1))
    assert fault["words"] == "the server takes no passwords, only XOAUTH2"


def test_a_password_that_is_refused_is_a_fault(healthy: World) -> None:
    (healthy.folder / "password").write_text("wrong\n", "utf-8")
    findings = found(healthy, expect=1)
    assert the_one_fault(findings)["check"] == "sign-in"
    assert held_up(findings, "sign-in") == ["extensions", "folders"]


def test_an_error_names_its_account_once(healthy: World) -> None:
    """Below whose heading it stands, or behind whose name."""
    healthy.write_config(user="ann\tlee")
    words = "the user or the password holds a control character"
    assert the_one_fault(found(healthy, expect=1))["words"] == words
    assert healthy.run("sync", expect=78).err.splitlines()[0] == f"tracker: work: {words}"
    assert f"in a row): {words}\n" in healthy.run("status", expect=1).out
