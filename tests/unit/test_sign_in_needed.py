"""A sign-in that has ended is told by the journal and by the metrics as what it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families

from tracker.config import load_config
from tracker.daemon._events import LOGIN_REFUSED, SIGN_IN_NEEDED, event_of
from tracker.daemon._metrics import text
from tracker.errors import LoginRejected, SignInNeeded
from tracker.storage import open_store

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

ACCOUNTS = """
[[account]]
name = "signed-out"
host = "outlook.office365.com"
user = "ann@example.org"
auth = "oauth2"
oauth2 = "microsoft"
client_id = "1b2c"

[[account]]
name = "plain"
host = "imap.example.org"
user = "ann@example.org"
password_file = "/nowhere"
"""


def test_it_is_another_event_than_a_refused_login() -> None:
    assert event_of(SignInNeeded("work", "the grant has ended")) is SIGN_IN_NEEDED
    assert event_of(LoginRejected("no", hint="no")) is LOGIN_REFUSED


def test_the_metric_names_the_account_without_a_token_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_STATE", str(tmp_path))
    (tmp_path / "config.toml").write_text(ACCOUNTS, encoding="utf-8")
    config = load_config(tmp_path / "config.toml")
    with open_store(f"sqlite:///{tmp_path}/tracker.db") as store:
        for account in config.account:
            store.begin_pass(account.name, datetime(2026, 1, 1, tzinfo=UTC))
        families = text_string_to_metric_families(text(store, config, {}).decode())
    found = {family.name: family for family in families}["tracker_sign_in_needed"]
    assert {sample.labels["account"]: sample.value for sample in found.samples} == {"signed-out": 1.0, "plain": 0.0}
