"""Runs the tests of `inside_*.py` where the providers' names lead to this machine: on a network of its own, as root."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tests.signin.production import HOSTS

HERE = Path(__file__).parent
INSIDE = sorted(HERE.glob("inside_*.py"))
NAMES = [
    node.name
    for path in INSIDE
    for node in ast.parse(path.read_text(encoding="utf-8")).body
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
]
_ENTER = 'ip link set lo up && mount --bind "$1" /etc/hosts && shift && exec "$@"'


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What became of each test inside, by name: the words of its failures."""
    folder = tmp_path_factory.mktemp("production")
    missing = [program for program in ("unshare", "ip", "mount") if shutil.which(program) is None]
    if os.geteuid() != 0 or missing:
        pytest.skip(
            "NOT TESTED: signing in under the production names of providers needs root, unshare, ip and mount; "
            f"missing: {', '.join(missing) or 'root'}"
        )
    hosts, results = folder / "hosts", folder / "results.xml"
    hosts.write_text("".join(f"127.0.0.1 {name}\n" for name in ("localhost", *HOSTS)))
    pytest_words = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", "-s"]
    done = subprocess.run(
        ["unshare", "-mn", "sh", "-c", _ENTER, "sh", str(hosts), *pytest_words, f"--junitxml={results}", *INSIDE],
        env={**os.environ, "TRACKER_OWN_NETWORK": "yes"},
        capture_output=True,
        text=True,
        timeout=500,
        cwd=HERE.parents[1],
    )
    assert results.exists(), done.stdout + done.stderr
    found: dict[str, list[str]] = {}
    for case in ElementTree.parse(results).iter("testcase"):  # noqa: S314 # a file of our own
        failures = found.setdefault(str(case.get("name")).partition("[")[0], [])
        failures += [f"{case.get('name')}: {child.get('message')}\n{child.text}" for child in case]
    return found


@pytest.mark.xdist_group("own_network")
@pytest.mark.parametrize("name", NAMES)
def test_under_production_names(name: str, outcomes: dict[str, list[str]]) -> None:
    assert name in outcomes, "it was not run"
    assert outcomes[name] == [], "\n".join(outcomes[name])
