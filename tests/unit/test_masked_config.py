"""Secrets in the configuration are never shown, wherever they may stand."""

from __future__ import annotations

import pytest

from tracker.config import masked, parse_config

ACCOUNT = '[[account]]\nname = "work"\nhost = "imap.example.org"\nuser = "ann@example.org"\n'


@pytest.mark.parametrize("source", ["password_command", "token_command"])
def test_of_a_command_only_the_program_is_shown(source: str) -> None:
    shown = masked(parse_config(f'{ACCOUNT}{source} = ["echo", "hunter2"]\n', "config.toml"))
    assert shown["account"][0][source] == ["echo", "***"]
    assert "hunter2" not in repr(shown)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("//ann:hunter2@db/tracker", "//ann:***@db/tracker"),
        ("//ann:hun/ter2@db:5432/tracker", "//ann:***@db:5432/tracker"),
        ("//ann:hun@ter2@db/tracker", "//ann:***@db/tracker"),
        ("//:hunter2@db/tracker", "//:***@db/tracker"),
        ("//ann@db/tracker?password=hunter2&connect_timeout=3", "//ann@db/tracker?password=***&connect_timeout=3"),
        ("///tracker?host=/run&sslpassword=hun%20ter2", "///tracker?host=/run&sslpassword=***"),
        ("//ann@db/tracker?password=hunt&er2&connect_timeout=3", "//ann@db/tracker?password=***&connect_timeout=3"),
        ("//db/tracker?user=ann&Password=hunter2", "//db/tracker?user=ann&Password=***"),
        ("//ann@db/tracker?oauth_client_secret=hunter2", "//ann@db/tracker?oauth_client_secret=***"),
        ("//ann:hunter2/tracker", "***"),
        ("//ann@db:5432/tracker?sslmode=verify-full", "//ann@db:5432/tracker?sslmode=verify-full"),
    ],
)
def test_a_password_is_masked_wherever_the_url_of_a_database_may_hold_it(url: str, shown: str) -> None:
    config = parse_config(f'[database]\nurl = "postgresql+psycopg:{url}"\n', "config.toml")
    assert masked(config)["database"]["url"] == f"postgresql+psycopg:{shown}"
