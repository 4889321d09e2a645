"""Whose the state is: what another user may not write is told before it is tried."""

from __future__ import annotations

import os
import pwd
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tracker.config import config_path, parse_config
from tracker.errors import ConfigError, WrongUser
from tracker.service.copying import put_back
from tracker.service.granting import demand_grant
from tracker.service.owning import demand_owner

if TYPE_CHECKING:
    from collections.abc import Iterator

OAUTH2 = """
[[account]]
name = "work"
host = "outlook.office365.com"
user = "ann@example.org"
oauth2 = "microsoft"
client_id = "id"
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of root's that everybody can see, while we are nobody."""
    if os.geteuid() != 0:
        pytest.skip("NOT TESTED HERE: being another user needs root")
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o755)
        for place, mode in (("open", 0o755), ("closed", 0o700)):
            (path / place).mkdir(mode=mode)
            (path / place / "file").touch()
        os.chown(path / "open", pwd.getpwnam("daemon").pw_uid, -1)
        os.seteuid(pwd.getpwnam("nobody").pw_uid)
        try:
            yield path
        finally:
            os.seteuid(0)


@pytest.mark.parametrize(
    ("file", "owner"),
    [
        ("open/file", "open/file belongs to root"),
        ("open/not-there", "open belongs to daemon"),
        ("closed/file", "closed belongs to root"),
        ("closed/not/there", "closed belongs to root"),
    ],
)
def test_what_is_another_users_is_told_with_its_owner_seen_or_not(folder: Path, file: str, owner: str) -> None:
    with pytest.raises(WrongUser) as caught:
        demand_owner(folder / file)
    assert caught.value.message == f"{folder}/{owner}, and this is nobody"
    assert f"runuser -u {owner.rpartition(' ')[2]} -- tracker" in caught.value.hint


def test_a_folder_that_is_not_there_yet_and_one_of_everybodys_are_no_matter(folder: Path) -> None:
    demand_owner(folder / "new" / "folder" / "file")
    demand_owner(folder.parent / "file-of-this-test-that-is-not-there")


def test_nobody_signs_in_or_out_for_another_user(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service could not read the token."""
    (account,) = parse_config(OAUTH2, "test").account
    for place in ("open", "closed"):
        monkeypatch.setenv("TRACKER_STATE", str(folder / place))
        with pytest.raises(WrongUser, match=f"{place} belongs to"):
            demand_grant(account)


def test_nothing_is_put_back_into_another_users_database(folder: Path) -> None:
    """The service could not open what root has put there."""
    os.seteuid(0)
    config = parse_config(f'[database]\nurl = "sqlite:///{folder}/open/tracker.db"\n', "test")
    with pytest.raises(WrongUser, match="open belongs to daemon, and this is root"):
        put_back(config, folder / "backup.db", datetime.now(UTC))


def test_a_configuration_in_a_home_that_is_closed_to_us_is_not_ours(folder: Path) -> None:
    """As with `sudo -u`, which may leave HOME as it was."""
    with pytest.raises(ConfigError, match="there is no configuration at"):
        config_path(None, {"XDG_CONFIG_HOME": str(folder / "closed")})
