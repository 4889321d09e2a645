"""The whole job on a sample mailbox, served on loopback: nothing to configure, nobody real."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.demo._people import PEOPLE, STRANGERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

EXPECTED: dict[str, str] = {person.name: person.verdict for person in PEOPLE}
"""What the report says of each person of the sample, by the rules that it shows."""

_NOTES = (
    "Notes:\n"
    '"When exporting your connection data, you may notice that some of the email addresses are missing.'
    ' You will only see addresses of connections who allow it."\n\n'
)


@dataclass(frozen=True, slots=True)
class Demo:
    """The sample while its server runs: a configuration, a LinkedIn archive, the folder of both."""

    config: Path
    archive: Path
    folder: Path


@contextmanager
def prepare(folder: Path, now: datetime) -> Iterator[Demo]:
    """Write the sample's files into `folder` and serve its mailbox. Raises `MissingExtra`, `Unreachable`."""
    from tracker.demo._letters import letters
    from tracker.demo._server import HOST, PASSWORD, USER, serve

    with serve(letters(now)) as port:
        secret = folder / "password"
        secret.touch(mode=0o600)
        secret.write_text(f"{PASSWORD}\n", encoding="utf-8")
        config = folder / "config.toml"
        config.write_text(_config(folder, HOST, port, USER), encoding="utf-8")
        archive = folder / "LinkedInDataExport.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
            target.writestr("Complete_LinkedInDataExport/Connections.csv", connections_csv())
        yield Demo(config, archive, folder)


def _config(folder: Path, host: str, port: int, user: str) -> str:
    settings = {
        "name": "sample",
        "host": host,
        "port": port,
        "tls": "none",
        "user": user,
        "password_file": str(folder / "password"),
    }
    account = "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())
    url = json.dumps(f"sqlite:///{folder / 'tracker.db'}")
    return f"[me]\naddresses = [{json.dumps(user)}]\n\n[database]\nurl = {url}\n\n[[account]]\n{account}"


def connections_csv() -> str:
    """The sample network as LinkedIn writes it, the closed account without a name included."""
    text = io.StringIO(newline="")
    text.write(_NOTES)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["First Name", "Last Name", "URL", "Email Address", "Company", "Position", "Connected On"])
    for person in PEOPLE:
        url = f"https://www.linkedin.com/in/{person.slug}"
        writer.writerow(
            [person.first, person.last, url, person.address, person.company, person.position, person.connected]
        )
    for number in range(1, STRANGERS + 1):
        url = f"https://www.linkedin.com/in/stranger{number}"
        writer.writerow([f"Sample{number}", "Stranger", url, "", "Northwind Traders", "", "01 Jan 2020"])
    writer.writerow(["", "", "", "", "", "", "01 Jan 2020"])
    return text.getvalue()
