"""TOML to `Config`: every key of `config.example.toml`, all problems at once, each with its dotted key."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from tracker.config._account import SERVER_SETTINGS, AccountConfig, is_archive
from tracker.config._digest import SmtpConfig, Weekly, recipient
from tracker.config._model import Config
from tracker.config._problems import problem
from tracker.config._values import format_duration, parse_duration, parse_moment
from tracker.errors import ConfigError
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = [
    "AccountConfig",
    "Config",
    "SmtpConfig",
    "Weekly",
    "config_path",
    "format_duration",
    "load_config",
    "masked",
    "parse_config",
    "parse_duration",
    "parse_moment",
    "recipient",
    "state_directory",
    "user_config",
]

SYSTEM_CONFIG = Path("/etc/tracker/config.toml")


def user_config(environment: Mapping[str, str] = os.environ) -> Path:
    """Where a person's own configuration lies."""
    home = environment.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "tracker" / "config.toml"


def config_path(chosen: Path | None, environment: Mapping[str, str] = os.environ) -> Path:
    """The configuration file: the chosen one, $TRACKER_CONFIG, the user's, the system's. Raises `ConfigError`."""
    if chosen is not None:
        return chosen
    if named := environment.get("TRACKER_CONFIG"):
        return Path(named)
    places = (user_config(environment), SYSTEM_CONFIG)
    for place in places:
        if os.path.exists(place):  # noqa: PTH110 # which, other than Path's, is false of what lies in a closed folder
            return place
    raise ConfigError(
        f"there is no configuration at {' or '.join(map(str, places))}",
        hint="write one with `tracker init`, or try the program first with `tracker demo`",
    )


def state_directory(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the program remembers: $TRACKER_STATE, systemd's $STATE_DIRECTORY, the user's state directory."""
    if chosen := environment.get("TRACKER_STATE"):
        return Path(chosen)
    if granted := environment.get("STATE_DIRECTORY"):
        return Path(granted.split(":")[0])
    home = environment.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(home) / "tracker"


def load_config(path: Path) -> Config:
    """Read and check a configuration file. Raises `ConfigError` with all its problems."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is no UTF-8 text", hint="save it as UTF-8") from None
    except OSError as error:
        raise ConfigError(
            f"cannot read the configuration {path}: {error.strerror}",
            hint="name another one with --config, or write one with `tracker init`",
        ) from None
    return parse_config(text, str(path))


def parse_config(text: str, name: str) -> Config:
    """Check the text of a configuration; `name` is how errors call it. Raises `ConfigError` with all its problems."""
    try:
        settings = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"{name} is no TOML: {one_line(str(error))}", hint="compare it with config.example.toml"
        ) from None
    try:
        return Config.model_validate(settings)
    except ValidationError as error:
        problems = [problem(detail) for detail in error.errors(include_url=False, include_input=False)]
        raise ConfigError(
            f"{name} has {len(problems)} problem{'s' if len(problems) > 1 else ''}: {'; '.join(problems)}",
            hint="config.example.toml shows every setting; `tracker config check` lists the problems line by line",
            problems=problems,
        ) from None


def masked(config: Config) -> dict[str, Any]:
    """The settings as plain values for showing; a password in a database's URL or in a command's words is masked.

    What does not concern an account is left out.
    """
    from tracker.storage import masked_url  # few commands show settings

    settings = config.model_dump(mode="json")
    settings["database"]["url"] = masked_url(config.database.url)
    for account in settings["account"]:
        for command in ("password_command", "token_command"):
            account[command] = account[command][:1] + ["***"] * bool(account[command][1:])
        for name in SERVER_SETTINGS if is_archive(account["type"]) else ("path",):
            del account[name]
    smtp = settings["digest"].pop("smtp")
    smtp["password_command"] = smtp["password_command"][:1] + ["***"] * bool(smtp["password_command"][1:])
    # The accounts come last, as in the example.
    accounts = settings.pop("account")
    return {**settings, "digest.smtp": smtp, "account": accounts}
