"""`tracker doctor`: what it says, to whom, and how."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

from tests.cli.examining import PER_ACCOUNT, found

if TYPE_CHECKING:
    from tests.cli.world import World


def test_where_all_is_well_everything_is_said_to_be(healthy: World) -> None:
    findings = found(healthy)
    assert list(findings) == ["config", "database", "disk", "service", *PER_ACCOUNT]
    assert {check for check, finding in findings.items() if finding["grade"] != "ok"} <= {"service"}
    assert findings["tls"]["facts"] == {
        "protocol": "TLSv1.3", "names": ["localhost", "127.0.0.1", "0:0:0:0:0:0:0:1"], "issuer": "Test Authority",
        "days_left": 89,
    }  # fmt: skip
    assert findings["folders"]["facts"] == {
        "inbox": ["INBOX"], "sent": ["Sent"], "junk": ["Junk"], "trash": ["Trash"], "all": [], "others": 0,
    }  # fmt: skip
    assert abs(findings["clock"]["facts"]["skew_seconds"]) <= 120


def test_nothing_is_made_or_changed_by_looking(healthy: World) -> None:
    before = sorted(path.name for path in healthy.folder.rglob("*"))
    found(healthy)
    assert sorted(path.name for path in healthy.folder.rglob("*")) == before


def test_the_terminal_shows_a_line_for_each_check_with_the_remedy_below_and_ascii_where_it_must(healthy: World) -> None:
    healthy.write_config(sent="Gone")
    shown = healthy.run("doctor", expect=1, PYTHONIOENCODING="utf-8", COLUMNS="80").out
    assert shown.splitlines()[0].startswith("1 thing is broken.")
    assert re.search(r"^  ✓ sign-in       signed in as user\d+$", shown, re.MULTILINE)
    assert re.search(r"^  ✗ folders       there is no folder called 'Gone'$", shown, re.MULTILINE)
    assert re.search(r"^ {18}correct `sent` \(there is: ", shown, re.MULTILINE)
    assert "  · clock         not checked, because of folders" in shown
    assert max(map(len, shown.splitlines())) < 80
    plain = healthy.run("doctor", expect=1, PYTHONIOENCODING="ascii").out
    assert "  + sign-in " in plain
    assert "  x folders " in plain


def test_what_is_for_a_report_about_a_bug_holds_no_password_and_nobodys_address(healthy: World) -> None:
    healthy.write_config(name="ann.lee@example.org")
    out = healthy.run("doctor", "--format", "json").out
    assert healthy.user.password not in out
    assert healthy.user.name not in out
    assert "ann.lee" not in out
    assert json.loads(out)["findings"][-1]["account"] == "USER@example.org"
    assert str(os.environ["HOME"]) + "/" not in out
    result = healthy.run("doctor", "--format", "json", expect=0, HOME=str(healthy.folder))
    assert "~/config.toml: 1 account" in result.out


def test_one_account_can_be_looked_at_alone(healthy: World) -> None:
    broken = '[[account]]\nname = "old"\nhost = "localhost"\nport = 1\nuser = "x"\npassword_file = "/nowhere"\n'
    healthy.config.write_text(healthy.config.read_text("utf-8") + broken, "utf-8")
    assert found(healthy, "work")["sign-in"]["grade"] == "ok"
    assert found(healthy, "old", expect=1)["tcp"]["grade"] == "fail"
    assert healthy.run("doctor", "nobody", expect=2).is_one_line_and_a_hint("there is no account called 'nobody'")


def test_an_archive_that_is_not_there_is_a_fault(healthy: World) -> None:
    archive = f'[[account]]\nname = "old"\ntype = "mbox"\npath = "{healthy.folder / "gone.mbox"}"\n'
    healthy.config.write_text(archive, "utf-8")
    findings = found(healthy, "old", expect=1)
    assert findings["archive"]["grade"] == "fail"
    assert "dns" not in findings
