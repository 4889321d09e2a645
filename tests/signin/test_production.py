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
_ENTER = 'ip link set lo up && mount --bind "$1" /etc/hosts && shift && exec "$@"'


@pytest.mark.parametrize("inside", INSIDE, ids=lambda path: path.stem)
def test_all_is_well_under_production_names(inside: Path, tmp_path: Path) -> None:
    missing = [program for program in ("unshare", "ip", "mount") if shutil.which(program) is None]
    if os.geteuid() != 0 or missing:
        pytest.skip(
            "NOT TESTED: signing in under the production names of providers needs root, unshare, ip and mount; "
            f"missing: {', '.join(missing) or 'root'}"
        )
    hosts, results = tmp_path / "hosts", tmp_path / "results.xml"
    hosts.write_text("".join(f"127.0.0.1 {name}\n" for name in ("localhost", *HOSTS)))
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", str(inside)]
    done = subprocess.run(
        ["unshare", "-mn", "sh", "-c", _ENTER, "sh", str(hosts), *words, f"--junitxml={results}"],
        env={**os.environ, "TRACKER_OWN_NETWORK": "yes"},
        capture_output=True,
        text=True,
        timeout=500,
        cwd=HERE.parents[1],
    )
    assert done.returncode == 0, done.stdout + done.stderr
    cases = list(ElementTree.parse(results).iter("testcase"))  # noqa: S314 # a file of our own
    assert {str(case.get("name")).partition("[")[0] for case in cases} == held_by(inside)
    assert [case.get("name") for case in cases if len(case)] == [], "none was skipped"


def held_by(path: Path) -> set[str]:
    """The tests that a file holds."""
    statements = ast.parse(path.read_text(encoding="utf-8")).body
    names = {statement.name for statement in statements if isinstance(statement, ast.FunctionDef)}
    return {name for name in names if name.startswith("test_")}
