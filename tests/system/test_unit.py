"""The systemd unit, judged by systemd's own tools."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "systemd" / "tracker.service"
SYSUSERS = ROOT / "systemd" / "tracker.sysusers"

MAX_EXPOSURE = 1.5


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_the_units_exposure_is_small() -> None:
    result = run("systemd-analyze", "security", "--offline=true", "--no-pager", str(UNIT))
    exposure = re.search(r"Overall exposure level for tracker\.service: ([0-9.]+)", result.stdout)
    assert exposure, result.stdout + result.stderr
    assert float(exposure[1]) <= MAX_EXPOSURE


def test_systemd_finds_nothing_to_complain_about(tmp_path: Path) -> None:
    """The program lies elsewhere here, which is the one thing that is changed."""
    installed = Path(sys.executable).with_name("tracker")
    assert installed.exists(), "the package is not installed"
    text = UNIT.read_text(encoding="utf-8").replace("/opt/tracker/bin/tracker", str(installed))
    copy = tmp_path / "tracker.service"
    copy.write_text(text, encoding="utf-8")
    result = run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(copy))
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_every_group_of_settings_has_its_reason() -> None:
    lines = UNIT.read_text(encoding="utf-8").splitlines()
    service = lines[lines.index("[Service]") + 1 : lines.index("[Install]")]
    explained = False
    for line in service:
        explained = line.startswith("#") or (explained and bool(line))
        assert explained or not line, f"no reason for {line}"


def test_the_user_is_made_by_sysusers(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    result = run("systemd-sysusers", f"--root={tmp_path}", str(SYSUSERS))
    assert result.returncode == 0, result.stderr
    passwd = (tmp_path / "etc" / "passwd").read_text(encoding="utf-8")
    assert re.search(r"^tracker:x:\d+:\d+:.*:/var/lib/tracker:.*nologin$", passwd, re.MULTILINE)
