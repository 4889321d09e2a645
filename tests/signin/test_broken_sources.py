"""Every way in which a secret cannot be had, as a person meets it: one line, a hint, and never the secret."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.cli.world import World
from tracker.config import parse_config
from tracker.service.granting import secret_condition
from tracker.signin import State

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine.dovecot import Dovecot

SECRET = "hunter-two-and-a-half"


@dataclass(frozen=True)
class Case:
    """A source as the configuration names it (F is the folder), and what is said of it."""

    setting: str
    words: str
    state: State = State.UNAVAILABLE


OAUTH2 = 'oauth2 = "microsoft"\nclient_id = "id"'
CASES = {
    "no_program": Case('password_command = ["/no/such/program"]', "cannot be run: No such file"),
    "fails": Case(
        f'password_command = ["sh", "-c", "echo {SECRET}; echo {SECRET} >&2; exit 3"]', "ended with status 3"
    ),
    "hangs": Case(f'password_command = ["sh", "-c", "echo {SECRET}; sleep 60"]', "did not end within 10 seconds"),
    "silent": Case('password_command = ["true"]', "empty first line"),
    "no_text": Case("""password_command = ["printf", '\\377\\n']""", "not UTF-8"),
    "no_file": Case('password_file = "F/nothing"', "No such file"),
    "group": Case('password_file = "F/group"', "can be read by others"),
    "link": Case('password_file = "F/link"', "is a symbolic link"),
    "folder": Case('password_file = "F"', "is no regular file"),
    "empty": Case('password_file = "F/empty"', "empty first line"),
    "nowhere": Case('credential = "mail"', "systemd passes none to this process"),
    "path": Case('credential = "../mail"', "is no name of a credential"),
    "no_ring": Case("keyring = true", "no keyring here that keeps secrets encrypted"),
    "token_fails": Case('token_command = ["false"]', "token_command 'false' ended with status 1"),
    "token_less": Case(f"""token_command = ["echo", '{{"token": "{SECRET}"}}']""", "JSON without an access_token"),
    "token_list": Case(f"""token_command = ["echo", '{{"{SECRET}"']""", "JSON without an access_token"),
    "token_over": Case(
        f"""token_command = ["echo", '{{"access_token": "{SECRET}", "expires_in": 0}}']""", "has ended already"
    ),
    "unsigned": Case(OAUTH2, "nobody has signed in yet", State.SIGN_IN_NEEDED),
    "lapsed": Case(OAUTH2, "microsoft says invalid_grant", State.SIGN_IN_NEEDED),
    "changed": Case(OAUTH2, "is another one than at the last", State.SIGN_IN_NEEDED),
    "secretless": Case('oauth2 = "google"\nclient_id = "id"\npassword_file = "F/nothing"', "No such file"),
    "torn": Case(OAUTH2, "cannot be understood"),
    "shared": Case(OAUTH2, "can be read by others"),
}


def lay(folder: Path) -> None:
    """The files that the sources name."""
    files = {"group": 0o640, "good": 0o600, "empty": 0o600}
    for name, mode in files.items():
        (folder / name).write_text("\n" if name == "empty" else f"{SECRET}\n")
        (folder / name).chmod(mode)
    (folder / "link").symlink_to(folder / "good")
    (folder / "tokens").mkdir(mode=0o700)
    whole: dict[str, object] = {
        "access_token": SECRET,
        "refresh_token": SECRET,
        "expires_at": "2100-01-01T00:00:00+00:00",
        "lapsed": "",
    }
    whole |= {"holder": "microsoft common id ann", "is_refused": False}
    contents = {
        "lapsed": json.dumps(whole | {"lapsed": "microsoft says invalid_grant"}),
        "changed": json.dumps(whole | {"holder": "microsoft common other-id ann"}),
        "secretless": json.dumps(whole | {"holder": "google  id ann"}),
        "torn": json.dumps(whole)[:-30],
        "shared": json.dumps(whole),
    }
    for name, content in contents.items():
        path = folder / "tokens" / f"{name}.json"
        path.write_text(content)
        path.chmod(0o644 if name == "shared" else 0o600)


def block(name: str, setting: str, folder: Path) -> str:
    here = setting.replace("F", str(folder))
    return f'[[account]]\nname = "{name}"\nhost = "127.0.0.1"\nport = 9\nuser = "ann"\n{here}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lay(tmp_path)
    return tmp_path


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    hidden = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere", "TRACKER_STATE": str(folder)}
    environment = {key: value for key, value in os.environ.items() if key != "CREDENTIALS_DIRECTORY"}
    command = [sys.executable, "-m", "tracker", "--config", str(folder / "config.toml"), *words]
    return subprocess.run(command, env=environment | hidden, capture_output=True, text=True, timeout=120)


def test_each_broken_source_is_told_with_a_hint_and_never_with_the_secret(folder: Path) -> None:
    blocks = [block(name, case.setting, folder) for name, case in CASES.items()]
    (folder / "config.toml").write_text("\n".join(blocks))
    status = run(folder, "-vv", "auth", "status")
    assert status.returncode == 1
    told = dict(line.split(": ", 1) for line in status.stdout.splitlines())
    assert told.keys() == CASES.keys()
    for name, case in CASES.items():
        assert told[name].startswith(f"{case.state}: ")
        assert case.words in told[name], name
        assert "; " in told[name], "and what to do about it"
    del blocks[list(CASES).index("hangs")]
    (folder / "config.toml").write_text("\n".join(blocks))
    sync = run(folder, "sync")
    assert sync.returncode == 78
    assert all(f"{name}: " in sync.stderr for name in CASES if name != "hangs")
    assert sync.stderr.count("hint: ") == len(CASES) - 1
    said = status.stdout + status.stderr + sync.stdout + sync.stderr
    assert SECRET not in said
    assert SECRET.encode() not in (folder / "tracker.db").read_bytes()


def test_only_an_account_with_a_provider_can_be_signed_in_to(folder: Path) -> None:
    (folder / "config.toml").write_text(block("work", 'password_file = "F/good"', folder))
    for name, words in (("work", "has no provider to sign in at"), ("other", "there is no account called 'other'")):
        for command in ("login", "logout"):
            done = run(folder, "auth", command, name)
            assert (done.returncode, words in done.stderr) == (2, True), done
    assert run(folder, "auth", "status").stdout == "work: ok: password\n"


def test_a_source_that_gives_its_secret_is_in_order(folder: Path) -> None:
    for setting in (
        'password_file = "F/good"',
        f'password_command = ["echo", "{SECRET}"]',
        f'token_command = ["echo", "{SECRET}"]',
        f"""token_command = ["echo", '{{"access_token": "{SECRET}", "expires_in": 3600}}']""",
    ):
        (account,) = parse_config(block("work", setting, folder), "test").account
        condition = secret_condition(account)
        assert condition.is_ok
        assert SECRET not in repr(condition)


@pytest.mark.parametrize("extra", ["microsoft", "google"])
def test_a_provider_whose_extra_is_not_installed_is_a_matter_of_configuration(folder: Path, extra: str) -> None:
    """As if it were not: the name of the package leads nowhere."""
    package = {"microsoft": "msal", "google": "google_auth_oauthlib"}[extra]
    secret = 'password_file = "F/good"' if extra == "google" else ""
    (folder / "config.toml").write_text(block("work", f'oauth2 = "{extra}"\nclient_id = "id"\n{secret}', folder))
    (folder / "tokens" / "work.json").write_text("{}")
    for words in (["auth", "login", "work"], ["auth", "status"]):
        program = (
            f"import sys; sys.modules[{package!r}] = None\n"
            f"sys.argv = ['tracker', '--config', {str(folder / 'config.toml')!r}, *{words!r}]\n"
            "from tracker.cli.main import main; main()"
        )
        environment = {**os.environ, "TRACKER_STATE": str(folder)}
        done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
        assert done.returncode == (78 if "login" in words else 1), done
        install = f"{sys.executable} -m pip install 'responsiveness-tracker[{extra}]'"  # into where it is missing
        assert install in done.stdout + done.stderr
        assert "missing extra" in done.stdout or "login" in words


def test_nobody_is_sent_to_sign_in_for_a_token_that_cannot_be_kept(folder: Path) -> None:
    (folder / "config.toml").write_text(block("work", OAUTH2, folder))
    (folder / "state").touch()
    words = [sys.executable, "-m", "tracker", "--config", str(folder / "config.toml"), "auth", "login", "work"]
    environment = {**os.environ, "TRACKER_STATE": str(folder / "state")}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 78, done
    assert done.stderr.startswith(
        f"tracker: the tokens in {folder}/state/tokens/work.json cannot be written: Not a dir"
    )


def test_while_a_sign_in_is_needed_nobody_becomes_silent(dovecot: Dovecot, tmp_path: Path) -> None:
    """The last complete pass was twenty hours ago; the ask was forty hours old then, and nothing was read since."""
    world = World(dovecot, dovecot.user(), tmp_path / "home", settings='[reply]\nthreshold = "48h"')
    world.noise()
    world.mail("ask", world.ago(hours=60), "ann@example.org", "jane@acme.example")
    world.run(
        "import", str(world.export("Jane,Doe,https://www.linkedin.com/in/jane,jane@acme.example,Acme,,04 Mar 2021"))
    )
    world.run("sync")
    assert [ask["outcome"] for ask in world.story("Jane")] == ["overdue"]
    then = int(world.ago(hours=20).timestamp() * 1_000_000)
    with contextlib.closing(sqlite3.connect(world.folder / "tracker.db")) as db, db:
        db.execute("UPDATE account SET synced_at = ?, begun_at = ?", (then, then))
    secret = f'password_file = "{world.folder / "password"}"'
    world.config.write_text(world.config.read_text().replace(secret, OAUTH2))
    before = world.report()
    run_ = world.run("sync", expect=77)
    assert run_.err.endswith("hint: run: tracker auth login work\n")
    after = world.report()
    assert after["as_of"] == before["as_of"] == world.ago(hours=20).isoformat().replace("+00:00", "Z")
    assert [ask["outcome"] for ask in world.story("Jane")] == ["waiting"]
    status = world.run("status", expect=0).out
    assert "resting until you sign in: tracker auth login work" in status
