"""What goes wrong is one line, a hint and the documented exit code; nothing is lost."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.world import ME, Run
from tracker.cli._output import write
from tracker.storage import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.world import World

ROW = "Rita,Responsive,https://www.linkedin.com/in/rita,rita@acme.example,Acme,CTO,04 Mar 2021"


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_bad_configuration_names_every_problem(world: World) -> None:
    world.config.write_text('[reply]\nthreshold = "soon"\n[nonsense]\n', encoding="utf-8")
    result = world.run("report", expect=78)
    assert result.is_one_line_and_a_hint("reply.threshold", "nonsense")
    checked = world.run("config", "check", expect=78)
    assert checked.err.splitlines() == [
        "reply.threshold: 'soon' is no duration; write 30m, 48h, 14d, 2w or 5y",
        "nonsense: there is no such setting",
        f"tracker: {world.config} has 2 problems",
        "hint: config.example.toml shows every setting",
    ]


def test_a_missing_configuration_says_where_it_was_looked_for(world: World) -> None:
    world.config.unlink()
    assert world.run("report", expect=78).is_one_line_and_a_hint("config.toml")


def test_files_that_may_not_be_read_have_the_exit_code_of_what_they_are_for(world: World) -> None:
    closed = world.export(ROW)
    closed.chmod(0)
    # Root reads them all the same, unless it gives up what makes it root.
    as_anybody = (
        ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"] if not os.geteuid() else []
    )
    for words, code in (
        (["--config", str(closed), "report"], 78),
        (["--config", str(world.config), "import", str(closed)], 65),
        (["--config", str(world.config), "restore", str(closed)], 65),
    ):
        done = subprocess.run(
            [*as_anybody, sys.executable, "-m", "tracker", *words],
            capture_output=True,
            text=True,
            env={**os.environ, "TRACKER_STATE": str(world.folder)},
        )
        assert done.returncode == code, done
        assert Run(code, done.stdout, done.stderr).is_one_line_and_a_hint("Permission denied")


def test_an_unknown_folder(world: World) -> None:
    world.config.write_text(world.config.read_text(encoding="utf-8") + 'folders = ["Nowhere"]\n', encoding="utf-8")
    result = world.run("sync", expect=78)
    assert result.is_one_line_and_a_hint("tracker: work: there is no folder called 'Nowhere'")


def test_a_refused_login(world: World) -> None:
    (world.folder / "password").write_text("wrong\n", encoding="utf-8")
    result = world.run("sync", expect=77)
    assert result.is_one_line_and_a_hint("work")
    assert "wrong" not in result.err + world.run("status", expect=1).out


def test_an_unreachable_server(world: World) -> None:
    world.write_config(port=closed_port())
    assert world.run("sync", expect=69).is_one_line_and_a_hint("work")
    assert "failed" in world.run("status", expect=1).out


def test_a_certificate_that_is_not_trusted(world: World) -> None:
    world.write_config(ca_file="")
    assert world.run("sync", expect=69).is_one_line_and_a_hint("certificate")


def test_a_password_file_that_others_can_read(world: World) -> None:
    (world.folder / "password").chmod(0o644)
    assert world.run("sync", expect=78).is_one_line_and_a_hint("password")


def test_an_unreadable_import_changes_nothing(world: World) -> None:
    world.run("import", str(world.export(ROW)))
    (world.folder / "photo.csv").write_bytes(bytes(range(256)) * 40)
    for name in ("photo.csv", "missing.csv"):
        assert world.run("import", str(world.folder / name), expect=65).is_one_line_and_a_hint(name)
    both = world.run(
        "import",
        str(world.export(ROW.replace("Rita", "Rob"), name="b.csv")),
        str(world.folder / "photo.csv"),
        expect=65,
    )
    assert both.is_one_line_and_a_hint("photo.csv")
    assert list(world.verdicts()) == ["Rita Responsive"], "a file beside a bad one was imported"


def test_where_there_is_no_account_none_is_to_be_chosen_from(world: World) -> None:
    world.config.write_text("", encoding="utf-8")
    for words in (["auth", "login", "work"], ["doctor", "work"], ["sync", "--account", "work"]):
        assert world.run(*words, expect=78).is_one_line_and_a_hint("no account"), words


def test_a_folder_is_no_file_to_import_by_whatever_name(world: World) -> None:
    for name, told in ((".", str(Path.cwd())), ("/", "/"), (str(world.folder), world.folder.name)):
        assert world.run("import", name, expect=65).is_one_line_and_a_hint(f"tracker: {told} is a folder")


def test_wrong_words_on_the_command_line(world: World) -> None:
    world.run("import", str(world.export(ROW, ROW.replace("rita", "rita2"))))
    for words in (
        ["report", "--format", "pdf"],
        ["report", "--verdict", "nice"],
        ["report", "--sort", "luck"],
        ["report", "--threshold", "soon"],
        ["report", "--as-of", "2999-01-01"],
        ["report", "--as-of", "yesterday"],
        ["report", "--as-of", "0001-01-05"],
        ["tune", "--as-of", "1969-12-30T23:59Z"],
        ["init", "ann@example.org", "--host", "imap.example.org", "--port", "99999"],
        ["report", "--no-such-option"],
        ["report", "--output", "/nowhere/at/all.txt"],
        ["report", "--output", "/dev/null/all.txt"],
        ["report", "--open", "--output", f"/tmp/{300 * 'a'}"],
        ["show", "nobody at all"],
        ["show", "rita"],
        ["show", 5_000 * "1"],
        ["show", "1", "--format", "csv"],
        ["sync", "--account", "home"],
        ["dance"],
    ):
        assert world.run(*words, expect=2).is_one_line_and_a_hint(), words


def test_an_ambiguous_name_lists_the_candidates(world: World) -> None:
    world.run("import", str(world.export(ROW, ROW.replace("rita", "rita2").replace("Acme", "Borealis"))))
    result = world.run("show", "rita", expect=2)
    assert result.is_one_line_and_a_hint("1 Rita Responsive (Acme)", "2 Rita Responsive (Borealis)")
    assert "Borealis" in world.run("show", "2").out


def test_a_database_that_cannot_be_opened(world: World) -> None:
    world.database = "sqlite:////proc/nowhere/tracker.db"
    world.write_config()
    assert world.run("report", expect=69).is_one_line_and_a_hint()
    world.database = f"postgresql+psycopg://ann:hunter2@127.0.0.1:{closed_port()}/tracker"
    world.write_config()
    result = world.run("report", expect=69)
    assert result.is_one_line_and_a_hint()
    assert "hunter2" not in result.err


def test_one_account_in_trouble_keeps_nobody_waiting(world: World) -> None:
    text = world.config.read_text(encoding="utf-8")
    account = text[text.index("[[account]]") :]
    broken = account.replace('"work"', '"broken"').replace(f"port = {world.server.tls_port}", f"port = {closed_port()}")
    refused = account.replace('"work"', '"refused"').replace(world.user.name, "nobody")
    world.config.write_text(text + broken + refused, encoding="utf-8")
    world.mail("q", world.ago(days=3), ME, "rita@acme.example")
    world.run("import", str(world.export(ROW)))
    result = world.run("sync", expect=77)
    assert "work: 1 new message\n" in result.err
    assert "broken" in result.err
    assert world.verdicts()["Rita Responsive"] == "unproven"
    assert world.report()["coverage"]["complete"] is False


def test_quiet_says_nothing_but_errors(world: World) -> None:
    assert world.run("-q", "import", str(world.export(ROW))).err == ""
    assert world.run("-q", "sync").err == ""
    assert world.run("-q", "dance", expect=2).err


def test_a_bug_is_one_line_and_with_vv_a_traceback(world: World) -> None:
    """A database whose tables are gone is nothing that any error of ours describes."""
    world.run("report")
    import sqlite3

    with sqlite3.connect(world.folder / "tracker.db") as connection:
        for (table,) in connection.execute("select name from sqlite_master where type = 'table'").fetchall():
            if "alembic" not in table and "sqlite" not in table:
                connection.execute(f'drop table "{table}"')
    connection.close()
    result = world.run("report", expect=None)
    assert result.code in {69, 70}
    assert result.is_one_line_and_a_hint()
    assert "Traceback" in world.run("-vv", "report", expect=result.code).err


@pytest.mark.parametrize("words", [["-vv"], ["-v", "--verbose"], ["-vvv"]], ids=" ".join)
def test_a_traceback_takes_the_place_of_nothing(world: World, words: list[str]) -> None:
    """Line, hint and exit code are for scripts, and 78 keeps systemd from starting the service again for ever."""
    gone = ["--config", str(world.folder / "\x1b[31mgone.toml"), "run"]
    plain, told = (world.run(*some, *gone, expect=78).err for some in ([], words))
    assert told.startswith("Traceback (most recent call last):\n  File ")
    assert told.endswith(f"\n{plain}")
    assert "\x1b" not in told


def test_the_reader_of_a_pipe_may_leave_early(world: World) -> None:
    world.run("import", str(world.export(*(ROW.replace("rita", f"rita{number}") for number in range(3000)))))
    report = f"{sys.executable} -m tracker --config {world.config} report --format json"
    script = f"{report} | head -c 100; exit ${{PIPESTATUS[0]}}"
    result = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=os.environ)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("words", [[], ["--version"], ["--help"], ["config"], ["config", "show"]])
def test_these_need_no_database(world: World, words: list[str]) -> None:
    assert world.run(*words).out
    assert not (world.folder / "tracker.db").exists()


def test_the_shown_configuration_can_be_read_back_and_holds_no_secret(world: World) -> None:
    from tracker.config import parse_config

    shown = world.run("config", "show").out
    assert parse_config(shown, "shown").account[0].name == "work"
    assert world.user.password not in shown


def test_of_a_file_that_is_given_up_nothing_is_left(tmp_path: Path) -> None:
    def interrupted() -> Iterator[str]:
        yield "Jane Doe,"
        raise KeyboardInterrupt

    (tmp_path / "report.csv").write_text("old", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        write(interrupted(), tmp_path / "report.csv")
    assert {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()} == {"report.csv": "old"}


def test_what_is_no_file_is_written_into_and_never_replaced(world: World) -> None:
    """/dev/null, to root, would be gone."""
    pipe = world.folder / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True) as reader:
        world.run("report", "--format", "csv", "--output", str(pipe))
        assert reader.stdout is not None
        assert reader.stdout.read().startswith("id,name")
    assert pipe.is_fifo()
    target, link = world.folder / "target.csv", world.folder / "link.csv"
    target.write_text("old", encoding="utf-8")
    link.symlink_to(target)
    world.run("report", "--format", "csv", "--output", str(link))
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8").startswith("id,name")


def test_status_names_what_the_server_does_not_keep_to(world: World) -> None:
    world.noise(9)
    world.run("sync")
    with open_store(world.database) as store:
        store.note_latches("work", {"OBJECTID": "BAD what\x1b[31m", "IDLE": "hung up"}, world.ago(days=2))
        store.note_latches("work", {"LIST-STATUS": "no STATUS came with LIST"}, world.ago(days=40))
    told = world.run("status").out
    assert re.search(r"OBJECTID switched off 20\d\d-.*: BAD what\[31m\n", told)
    assert "IDLE switched off" in told
    assert "LIST-STATUS" not in told, "after a month it gets another chance"
