"""What `tracker doctor` says of the service, and of whose state it is, where a real systemd runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.system.daemon import until
from tests.system.machine import UNIT

if TYPE_CHECKING:
    from tests.system.service import Service

pytestmark = pytest.mark.xdist_group("systemd")


def found(service: Service, check: str, *, expect: int = 0, user: str = "tracker") -> dict[str, Any]:
    """What the doctor finds by one of its checks."""
    said = service.run("doctor", "--format", "json", expect=expect, user=user)
    document = json.loads(said[: said.rindex("}") + 1])
    return dict({finding["check"]: finding for finding in document["findings"]}[check])


def told(service: Service, *, expect: int = 0) -> tuple[str, str, str]:
    """How the service stands: grade, words, remedy."""
    finding = found(service, "service", expect=expect)
    return finding["grade"], finding["words"], finding["remedy"]


def test_how_the_service_stands_is_told_from_its_installation_to_its_failure(service: Service) -> None:
    machine, unit = service.machine, service.machine.root / "etc/systemd/system" / UNIT
    whole = unit.read_text("utf-8")
    service.start()
    assert told(service) == ("warn", f"{UNIT} runs, but not after the next boot", f"systemctl enable {UNIT}")
    machine.run("systemctl", "enable", UNIT)
    assert told(service) == ("ok", f"{UNIT} runs, running; restarted 0 times", "")
    pid = machine.pid()
    machine.run("sh", "-c", f"kill -9 {pid}")
    until(lambda: machine.show("SubState")["SubState"] == "running" and machine.pid() not in {0, pid})
    assert told(service)[:2] == ("ok", f"{UNIT} runs, running; restarted 1 times")
    machine.run("systemctl", "disable", UNIT)
    service.stop()
    assert told(service) == ("warn", f"{UNIT} does not run", f"systemctl enable --now {UNIT}")
    machine.write("/etc/tracker/mail.password", "\n")
    service.start(expect=1)
    failed = ("fail", f"{UNIT} failed: exit-code", f"journalctl -u {UNIT} -n 50 tells why")
    assert told(service, expect=1) == failed
    assert "hint: " in machine.run("journalctl", "-u", UNIT, "-n", "50").stdout, "it does tell why"
    try:
        machine.write(str(unit.relative_to(machine.root)), "[Service]\nType=notify\n")
        machine.run("systemctl", "daemon-reload")
        assert told(service, expect=1)[:2] == ("fail", f"{UNIT} cannot be started: bad-setting")
        unit.unlink()
        machine.run("systemctl", "reset-failed", UNIT, expect=None)
        machine.run("systemctl", "daemon-reload")
        assert told(service)[:2] == ("ok", f"{UNIT} is not installed here: tracker sync reads when you say so")
    finally:
        machine.write(str(unit.relative_to(machine.root)), whole)
        machine.run("systemctl", "daemon-reload")


def test_whose_the_state_is_is_told_to_everybody_else(service: Service) -> None:
    """Who forgets `runuser`, or uses it for somebody else; root may look, since that changes nothing."""
    service.machine.write("/etc/tracker/config.toml", service.machine.text("/etc/tracker/config.toml"), 0o644)
    service.start()
    words = "/var/lib/tracker belongs to tracker, and this is nobody"  # the file in it, nobody can see
    remedy = "run it as its owner: runuser -u tracker -- tracker ..., with the same TRACKER_STATE"
    database = found(service, "database", expect=1, user="nobody")
    masked = words.replace("/var/lib/tracker", "~")
    assert (database["grade"], database["words"], database["remedy"]) == ("fail", masked, remedy)
    assert service.run("status", expect=78, user="nobody") == f"tracker: {words}\nhint: {remedy}\n"
    assert found(service, "database", user="root")["grade"] == "ok"
