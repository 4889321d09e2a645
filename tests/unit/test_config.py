"""The configuration: every key, all problems at once."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.config import (
    Config,
    config_path,
    format_duration,
    load_config,
    masked,
    parse_config,
    parse_duration,
    parse_moment,
    state_directory,
)
from tracker.domain.asks import Rules
from tracker.domain.outcome import Judging
from tracker.errors import ConfigError

EXAMPLE = Path("config.example.toml")

ACCOUNT = """
[[account]]
name = "work"
host = "imap.example.org"
user = "ann@example.org"
password_file = "/secret"
"""


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "config.toml")
    return sorted(caught.value.problems)


def test_the_example_loads_and_shows_every_setting() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    load_config(EXAMPLE)
    shown = tomllib.loads(text)
    commented = {"password_file", "credential", "keyring", "path", "oauth2", "client_id", "tenant", "token_command"}
    for section, fields in Config.model_json_schema()["$defs"].items():
        name = section.removesuffix("Config").lower()
        content = shown["digest"][name] if name == "smtp" else shown[name][0] if name == "account" else shown[name]
        assert set(fields["properties"]) - commented == set(content), name
    assert all(f"# {key} = " in text for key in commented)


def test_an_empty_configuration_has_the_documented_defaults() -> None:
    config = parse_config("", "config.toml")
    judging = config.judging
    assert (judging.threshold, judging.window) == (timedelta(hours=48), timedelta(days=730))
    assert (judging.cut, judging.confidence, judging.clock.name) == (0.5, 0.9, "elapsed")
    assert (judging, config.rules) == (Judging(), Rules()), "the rules by themselves have the same"
    assert (config.sync.every, config.sync.since) == (timedelta(minutes=10), timedelta(days=730))
    assert config.rules.max_recipients == 1


def test_all_problems_are_told_at_once_with_their_dotted_key() -> None:
    found = problems("""
        [me]
        addresses = ["not an address"]
        [reply]
        threshold = "48 hours"
        timezone = "Mars/Olympus"
        holidays = "XX"
        weekend = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        max_recipients = 0
        [verdict]
        cut = 2
        [sync]
        since = 730
        every = "0m"
        [database]
        url = "mysql://x"
        [surprise]
        [[account]]
        name = "work"
        tls = "none"
        type = "carrier-pigeon"
    """)
    assert [line.partition(":")[0] for line in found] == [
        "account.0.host",
        "account.0.type",
        "account.0.user",
        "database.url",
        "me.addresses",
        "reply.holidays",
        "reply.max_recipients",
        "reply.threshold",
        "reply.timezone",
        "reply.weekend",
        "surprise",
        "sync.every",
        "sync.since",
        "verdict.cut",
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("", "name exactly one of password_command, password_file, credential, keyring"),
        (
            'password_file = "/a"\nkeyring = true',
            "name exactly one of password_command, password_file, credential, keyring",
        ),
        ('keyring = true\ntls = "none"', 'tls = "none" is accepted for this machine itself only'),
        ('keyring = true\npassword = "secret-word"', "there is no such setting"),
    ],
)
def test_an_account_says_where_its_password_comes_from_and_never_the_password(change: str, words: str) -> None:
    (problem,) = problems(ACCOUNT.replace('password_file = "/secret"', change))
    assert words in problem
    assert "secret-word" not in problem


MICROSOFT = 'oauth2 = "microsoft"\nclient_id = "id"\n'


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ('auth = "oauth2"', 'wants either oauth2 = "microsoft", oauth2 = "google" or token_command'),
        (MICROSOFT + 'token_command = ["t"]', 'wants either oauth2 = "microsoft"'),
        ('oauth2 = "microsoft"', "client_id is missing"),
        ('oauth2 = "elsewhere"\nclient_id = "id"', 'write "", "microsoft" or "google"'),
        (MICROSOFT + 'auth = "password"', 'oauth2 and token_command are for auth = "oauth2"'),
        (MICROSOFT + 'auth = "xoauth2"', 'oauth2 and token_command are for auth = "oauth2"'),
        (MICROSOFT + "keyring = true", "microsoft wants no other secret"),
        (MICROSOFT + 'tenant = "../x"', "may hold letters, digits, -"),
        ('oauth2 = "microsoft"\nclient_id = "two words"', "may hold ASCII letters"),
        ('token_command = ["t"]\nkeyring = true', "token_command wants no other secret"),
        ('oauth2 = "google"\nclient_id = "id"', "Google gives a client secret, too; name exactly one of"),
        (
            'oauth2 = "google"\nclient_id = "id"\nkeyring = true\ncredential = "c"',
            "Google gives a client secret, too; name exactly one of",
        ),
        ('oauth2 = "google"\nclient_id = "id"\nclient_secret = "secret-word"', "there is no such setting"),
    ],
)
def test_an_account_with_tokens_says_where_they_come_from(change: str, words: str) -> None:
    (problem, *_) = problems(ACCOUNT.replace('password_file = "/secret"', change))
    assert words in problem
    assert "secret-word" not in problem


@pytest.mark.parametrize(
    "settings", [MICROSOFT, 'oauth2 = "google"\nclient_id = "id"\nkeyring = true', 'token_command = ["t"]']
)
def test_who_names_a_provider_need_not_say_oauth2_twice(settings: str) -> None:
    for text in (settings, f'{settings}\nauth = "oauth2"'):
        account = parse_config(ACCOUNT.replace('password_file = "/secret"', text), "config.toml").account[0]
        assert account.auth == "oauth2"
        assert account.tenant == "common"


def test_plain_text_is_accepted_on_this_machine_only() -> None:
    for host in ("127.0.0.1", "::1", "localhost"):
        text = ACCOUNT.replace("imap.example.org", host) + 'tls = "none"\n'
        assert parse_config(text, "config.toml").account[0].tls == "none"


ARCHIVE = """
[[account]]
name = "old"
type = "mbox"
path = "~/Takeout.mbox"
"""


def test_an_archive_has_a_path_and_nothing_of_a_server() -> None:
    config = parse_config(ACCOUNT + ARCHIVE + ARCHIVE.replace("mbox", "maildir").replace("old", "older"), "config.toml")
    assert [account.path for account in config.account] == ["", "~/Takeout.mbox", "~/Takeout.maildir"]
    assert config.users == {"ann@example.org"}
    assert [set(account) & {"path", "host", "password_file"} for account in masked(config)["account"]] == [
        {"host", "password_file"},
        {"path"},
        {"path"},
    ]
    of_a_server = 'host = "x"\nport = 1\ntls = "none"\nuser = "ann"\nauth = "xoauth2"\nkeyring = true\nca_file = "/x"\n'
    assert problems(ARCHIVE.replace('path = "~/Takeout.mbox"\n', "") + of_a_server) == sorted(
        [
            *(
                f"account.0.{key}: an archive has none"
                for key in ("host", "port", "tls", "user", "auth", "keyring", "ca_file")
            ),
            "account.0.path: is missing",
        ]
    )


def test_a_path_is_of_an_archive_and_does_not_depend_on_where_one_stands() -> None:
    (problem,) = problems(ACCOUNT + 'path = "/mail"\n')
    assert problem.startswith("account.0.path: an account of type 'imap' has none")
    assert problems(ARCHIVE.replace("~/", "")) == ["account.0.path: begin it with / or ~"]
    assert problems(ARCHIVE.replace("old", "..")) != []  # its name is that of a folder


def test_two_accounts_cannot_share_a_name() -> None:
    assert problems(ACCOUNT * 2) == ["account: two accounts are called work"]


def test_no_toml_and_no_file_are_configuration_errors(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is no TOML"):
        parse_config("[me", "config.toml")
    with pytest.raises(ConfigError, match="cannot read"):
        load_config(tmp_path / "missing.toml")
    (tmp_path / "latin.toml").write_bytes(b"# \xff")
    with pytest.raises(ConfigError, match="no UTF-8"):
        load_config(tmp_path / "latin.toml")


def test_the_configuration_is_looked_up_in_the_documented_order(tmp_path: Path) -> None:
    own = tmp_path / "tracker" / "config.toml"
    environment = {"XDG_CONFIG_HOME": str(tmp_path), "TRACKER_CONFIG": "/named.toml"}
    assert config_path(Path("/chosen.toml"), environment) == Path("/chosen.toml")
    assert config_path(None, environment) == Path("/named.toml")
    own.parent.mkdir()
    own.touch()
    assert config_path(None, {"XDG_CONFIG_HOME": str(tmp_path)}) == own


def test_the_state_directory_is_looked_up_in_the_documented_order() -> None:
    environment = {"TRACKER_STATE": "/a", "STATE_DIRECTORY": "/b:/c", "XDG_STATE_HOME": "/d"}
    assert state_directory(environment) == Path("/a")
    del environment["TRACKER_STATE"]
    assert state_directory(environment) == Path("/b")
    del environment["STATE_DIRECTORY"]
    assert state_directory(environment) == Path("/d/tracker")


@given(st.integers(1, 500), st.sampled_from("mhdw"))
def test_durations_survive_a_round_trip(count: int, unit: str) -> None:
    duration = parse_duration(f"{count}{unit}")
    assert parse_duration(format_duration(duration)) == duration


def test_durations_are_written_as_people_say_them() -> None:
    assert [format_duration(parse_duration(text)) for text in ("90m", "48h", "2d", "2w", "730d")] == [
        "90m",
        "48h",
        "48h",
        "14d",
        "730d",
    ]
    for text in ("", "48", "h", "0h", "-1h", "1.5h", "99999999d"):
        with pytest.raises(ValueError, match="no duration"):
            parse_duration(text)


def test_moments_without_a_zone_are_the_users_and_a_bare_date_means_its_end() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert parse_moment("2026-11-20T09:00", berlin) == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert parse_moment("2026-11-20T09:00:00Z", berlin) == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert parse_moment("2026-11-20", berlin) == datetime(2026, 11, 20, 22, 59, 59, 999999, tzinfo=UTC)
    for text in ("yesterday", "2026-13-01", "9999-12-31"):
        with pytest.raises(ValueError, match="no timestamp"):
            parse_moment(text, berlin)
    for text in ("0001-01-01", "1969-12-31", "1900-01-01T09:00Z"):
        with pytest.raises(ValueError, match="before 1970"):
            parse_moment(text, berlin)


def test_the_first_day_to_read_may_be_a_date() -> None:
    for text in ('"2024-01-31"', "2024-01-31"):
        assert parse_config(f"[sync]\nsince = {text}", "c").sync.since == date(2024, 1, 31)
    for text in ('"0001-01-01"', "0001-01-01", '"1969-12-31"'):
        assert problems(f"[sync]\nsince = {text}") == ["sync.since: lies before 1970; there is no such mail"]


@pytest.mark.parametrize("name", ["utils", "__class__", "country_holidays"])
def test_what_is_a_word_of_the_package_is_no_calendar(name: str) -> None:
    [problem] = problems(f'[reply]\nholidays = "{name}"\n')
    assert problem.startswith(f"reply.holidays: there is no holiday calendar '{name}'")


def test_the_working_clock_knows_the_holidays_of_the_region() -> None:
    clock = parse_config(
        '[reply]\nclock = "working"\nholidays = "DE-BE"\ntimezone = "Europe/Berlin"', "c"
    ).judging.clock
    friday = datetime(2026, 3, 6, 11, tzinfo=UTC)  # 8 March is a holiday in Berlin alone, and a Sunday in 2026
    assert clock.between(friday, friday + timedelta(days=3)) == timedelta(hours=24)
    may_day = datetime(2026, 5, 1, 0, tzinfo=UTC)
    assert clock.between(may_day, may_day + timedelta(hours=12)) == timedelta(0)
