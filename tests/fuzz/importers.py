"""Every importer under atheris, which looks for bytes that lead it where it has not been.

Run by hand, for atheris is no dependency: `pip install atheris`, then
`python -m tests.fuzz.importers FOLDER -max_total_time=300`, where FOLDER keeps what was found, seeds first. Anything
but a result or an `ImportRejected` is a crash, and so is what takes 10 seconds; the bytes are left in a file.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["tracker"]):
    from tracker.errors import ImportRejected
    from tracker.importers import google, linkedin, outlook, read, vcard

from tests.importers.talks import FIRST, archive
from tests.importers.test_hostile_files import SEEDS

LOADED = (google, linkedin, outlook, vcard)
"""Imported above, so that they are watched."""


def main() -> None:
    """Write the seeds, then look on until told to stop."""
    folder = Path(tempfile.mkdtemp(prefix="tracker-fuzz-"))
    corpus = Path(sys.argv[1])
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS.values()):
        (corpus / f"seed-{number}").write_bytes(seed)
    for layout in ("2018", "2021", "2024"):
        archive(corpus / f"seed-{layout}.zip", [FIRST] * 3, layout)
    path = folder / "export"

    def import_bytes(content: bytes) -> None:
        path.write_bytes(content)
        try:
            read(path)
        except ImportRejected:
            return

    atheris.Setup([*sys.argv, "-timeout=10"], import_bytes)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
