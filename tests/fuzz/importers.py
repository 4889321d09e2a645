"""Every importer under atheris, which looks for bytes that lead it where it has not been.

Run by hand, for atheris is no dependency: `pip install atheris`, then
`python -m tests.fuzz.importers FOLDER -max_total_time=300`, where FOLDER keeps what was found, seeds first. Anything
but a result or an `ImportRejected` is a crash, and so is what takes 10 seconds; the bytes are left in a file.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["tracker"]):
    from tracker.errors import ImportRejected
    from tracker.importers import google, linkedin, outlook, read, vcard

from tests.importers.talks import archive, archived
from tests.importers.test_hostile_files import SEEDS, TALK

LOADED = (google, linkedin, outlook, vcard)
"""Imported above, so that they are watched."""


def main() -> None:
    """Write the seeds, then look on until told to stop."""
    folder = Path(tempfile.mkdtemp(prefix="tracker-fuzz-"))
    corpus = Path(sys.argv[1])
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS.values()):
        (corpus / f"seed-{number}").write_bytes(seed)
    archive(corpus / "seed.zip", TALK, "2024")
    path = folder / "export"

    def import_bytes(content: bytes) -> None:
        # Alone, and as the messages of people who are known: damage alone would stop most bytes inside an archive.
        for write in (path.write_bytes, lambda messages: archived(path, messages)):
            write(content)
            with suppress(ImportRejected):
                read(path)

    atheris.Setup([*sys.argv, "-timeout=10"], import_bytes)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
