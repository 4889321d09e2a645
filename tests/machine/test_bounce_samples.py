"""The bounces that flufl.bounce collected from real servers, read as the program reads them."""

from __future__ import annotations

import ast
import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path

import pytest

from tracker.addresses import normalise
from tracker.domain.message import Delivery, Message
from tracker.parsing import with_report

VERSION = version("flufl.bounce")
SAMPLES = 117

UNREAD = Message(identity="00", message_id=None, author=None, dated_at=None, received_at=None)


@pytest.fixture(scope="session")
def samples(pytestconfig: pytest.Config) -> Path:
    """The tests of the installed version; its source distribution holds them, and is fetched once."""
    cache = pytestconfig.cache
    assert cache is not None
    place = cache.mkdir("bounces") / VERSION
    if not place.exists():
        with tempfile.TemporaryDirectory(dir=place.parent) as folder:
            _unpack(_downloaded(Path(folder)), Path(folder) / "unpacked")
            (found,) = (Path(folder) / "unpacked").glob("*/tests")
            try:
                found.rename(place)
            except OSError:
                assert place.exists(), "another worker was quicker"
    return place


def _downloaded(folder: Path) -> Path:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "flufl.bounce"]
    done = subprocess.run([*pip, "--dest", str(folder), f"flufl.bounce=={VERSION}"], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.fail(
            f"the samples of flufl.bounce {VERSION} cannot be fetched; this test needs the package index once, "
            f"afterwards they lie in pytest's cache:\n{done.stderr.strip()}",
            pytrace=False,
        )
    return next(folder.glob("*.tar.gz"))


def _unpack(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as packed:
        for member in packed:  # not `extractall`, whose filter against paths that lead out is not in Debian 12's Python
            content = packed.extractfile(member) if member.isfile() else None
            target = (folder / member.name).resolve()
            if content is not None and target.is_relative_to(folder.resolve()):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.read())


def _expected(samples: Path) -> dict[str, tuple[set[str], bool]]:
    """By the package's own table: whom a sample is about, and whether it failed for a time only."""
    tree = ast.parse((samples / "test_detectors.py").read_text("utf-8"))
    assigned = {ast.unparse(node.targets[0]): node.value for node in tree.body if isinstance(node, ast.Assign)}
    rows = ast.literal_eval(assigned["DETECTORS"])
    return {
        name: ({str(normalise(addr.decode())) for addr in addresses}, is_temporary)
        for _, name, addresses, is_temporary in rows
        if addresses  # else it says of one detector alone that it finds nothing
    }


def test_every_sample_tells_what_the_package_expects_of_it(samples: Path) -> None:
    expected = _expected(samples)
    paths = sorted((samples / "data").glob("*.txt"))
    assert len(paths) == SAMPLES
    found: dict[str, tuple[set[str], set[str]]] = {}
    for path in paths:
        report = with_report(UNREAD, path.read_bytes()[:65_536])
        by = {delivery: {told.addr for told in report.reported if told.delivery is delivery} for delivery in Delivery}
        found[path.name] = (set(by[Delivery.FAILED]), set(by[Delivery.DELAYED]))
    wanted = {name: (set(), about) if passing else (about, set()) for name, (about, passing) in expected.items()}
    assert len(wanted) > 100
    assert {name: found[name] for name in wanted} == wanted


def test_every_sample_is_harmless_wherever_it_is_cut(samples: Path) -> None:
    names = []
    for path in sorted((samples / "data").glob("*.txt")):
        body = path.read_bytes()
        for length in range(0, len(body), max(1, len(body) // 7)):
            with_report(UNREAD, body[:length])
            with_report(UNREAD, body[length:])
        names.append(path.name)
    assert len(names) == SAMPLES


def test_nothing_of_a_sample_is_written_anywhere(samples: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    here = set(Path.cwd().iterdir())
    for path in sorted((samples / "data").glob("*.txt")):
        with_report(UNREAD, path.read_bytes())
    assert not [record for record in caplog.records if record.name.startswith(("mailparser", "flufl"))]
    assert set(Path.cwd().iterdir()) == here
