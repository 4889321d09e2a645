"""The sample: its server behaves, its people come out as they were made, and it needs nothing but itself."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from tracker.demo import EXPECTED, prepare
from tracker.demo._letters import letters
from tracker.domain.verdict import Verdict
from tracker.sources import SourceSettings
from tracker.sources.imap import open_source


def test_every_verdict_occurs_in_the_sample() -> None:
    assert set(EXPECTED.values()) == set(Verdict)


def test_the_sample_is_the_same_at_every_moment_but_for_its_dates() -> None:
    """Whoever runs the demo, on whatever day, sees the same people."""
    one, other = datetime(2026, 3, 1, tzinfo=UTC), datetime(2031, 10, 26, 1, 30, tzinfo=UTC)
    shifted = [(letter.at - one, letter.message["Message-ID"]) for letter in letters(one)]
    assert shifted == [(letter.at - other, letter.message["Message-ID"]) for letter in letters(other)]


def test_the_sample_server_serves_headers_read_only(tmp_path: Path) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    with prepare(tmp_path, now) as demo:
        port = int(re.search(r"^port = (\d+)$", demo.config.read_text(encoding="utf-8"), re.MULTILINE)[1])  # type: ignore[index]  # it is there
        source = open_source(
            SourceSettings("sample", "127.0.0.1", port, tls="none", user="ann@example.org", password=lambda: "demo")
        )
        folders = {folder.name: folder for folder in source.folders()}
        assert {"INBOX", "Sent"} <= set(folders)
        sent = source.status(folders["Sent"])
        uids = list(source.uids(folders["Sent"], 1, sent.uidnext - 1, now.date() - timedelta(days=30)))
        assert 0 < len(uids) < sent.messages
        raws = source.fetch(folders["Sent"], uids)
        source.close()
    assert [raw.uid for raw in raws] == uids
    stamps = {letter.message["Message-ID"]: letter.at for letter in letters(now)}
    for raw in raws:
        assert raw.received_at is not None
        assert abs(raw.received_at - stamps[message_from_bytes(raw.header)["Message-ID"]]) < timedelta(seconds=2)


@pytest.fixture(scope="module")
def demo_run() -> subprocess.CompletedProcess[str]:
    """`tracker demo`, run once as a process."""
    return subprocess.run(
        [sys.executable, "-m", "tracker", "demo"], capture_output=True, text=True, timeout=60, check=True
    )


def test_the_demo_does_the_whole_job_and_says_what_comes_next(demo_run: subprocess.CompletedProcess[str]) -> None:
    words = demo_run.stderr.splitlines()
    assert words[-1] == "Next, your own mailbox: tracker init"
    for step in ("$ tracker import", "$ tracker sync", "$ tracker report"):
        assert any(line.startswith(step) for line in words)
    assert "11 of the 25 people you asked answer within 48 h" in demo_run.stdout


def test_the_samples_people_are_judged_as_they_were_made(demo_run: subprocess.CompletedProcess[str]) -> None:
    folder = re.search(r"stays in (\S+) until", demo_run.stderr)
    assert folder is not None
    command = [sys.executable, "-m", "tracker", "--config", f"{folder[1]}/config.toml", "report", "--format", "json"]
    report = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    verdicts = {row["name"]: row["verdict"] for row in report["connections"] if "Stranger" not in row["name"]}
    assert verdicts == EXPECTED
    assert all(path.stat().st_mode & 0o077 == 0 for path in (Path(folder[1]), Path(folder[1], "tracker.db")))


def test_without_the_extra_the_demo_says_how_to_get_it_and_leaves_nothing_behind(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['pymap'] = None; sys.argv = ['tracker', 'demo']\n"
        "from tracker.cli.main import main; main()"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment)
    assert result.returncode == 78
    assert "responsiveness-tracker[demo]" in result.stderr
    assert list(tmp_path.iterdir()) == [], "a folder of which nobody was told"
