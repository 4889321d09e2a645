"""Setting up: a configuration file for one account, written so that only its owner can read it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person said about their mailbox. `secret` is the setting that says where the password comes from."""

    address: str
    host: str
    port: int
    tls: str
    user: str
    secret: tuple[str, object]


def config_text(answers: Answers) -> str:
    """A configuration for these answers; every other setting keeps its default."""
    key, value = answers.secret
    settings = {
        "name": "mail",
        "type": "imap",
        "host": answers.host,
        "port": answers.port,
        "tls": answers.tls,
        "user": answers.user,
        key: value,
    }
    lines = [
        "# Written by `tracker init`; config.example.toml shows every setting.",
        "",
        "[me]",
        f"addresses = {_toml([answers.address])}",
        "",
        "[reply]",
        'threshold = "48h"',
        "",
        "[[account]]",
        *(f"{name} = {_toml(setting)}" for name, setting in settings.items()),
    ]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    """Strings, numbers, booleans and lists of them are written alike in JSON and TOML."""
    return json.dumps(value, ensure_ascii=False)


def write_private(path: Path, text: str) -> None:
    """Write a new file that only its owner can read, or none at all. Raises `ConfigError` if there is one already."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigError(f"{path} is there already", hint="change it by hand, or move it away first") from None
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}", hint="name another file with --config") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
