"""A sample of every layout of LinkedIn's connections since 2012, of invented people, byte for byte as they come."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import cast

import pytest

from tests.importers.test_address_books import BOOKS
from tracker.domain.connection import Profile
from tracker.importers import Imported, Importer, Remark, read
from tracker.registry import choices, load

SAMPLES = Path(__file__).parent / "samples"
ZOE = Profile(
    key="zoë dubois 2018-03-04",
    name="Zoë Dubois",
    company="Acme Sàrl",
    position="Florist",
    connected_on=date(2018, 3, 4),
    addresses=("zoe@acme.example",),  # type: ignore[arg-type]  # spelt as it must be
)
MAX = Profile(key="max müller, phd 2017-12-31", name="Max Müller, PhD", connected_on=date(2017, 12, 31))
TODAY = (
    replace(ZOE, key="/in/zoë-dubois", profile_url="https://www.linkedin.com/in/zo%C3%AB-dubois"),
    replace(MAX, key="/in/maxm", profile_url="https://www.linkedin.com/in/maxm"),
)
OF_2012 = (
    replace(ZOE, key="zoë dubois", connected_on=None),
    Profile(
        "max m. müller, phd",
        "Max M. Müller, PhD",
        addresses=("max@borealis.example", "mm@home.example"),  # type: ignore[arg-type]  # spelt as it must be
    ),
)
CLOSED = "no name (a closed account)"
EXPECTED = {
    "linkedin-2012": Imported(OF_2012),
    "linkedin-2018": Imported((ZOE, MAX)),
    "linkedin-2020": Imported((ZOE, MAX)),
    "linkedin-2021": Imported((ZOE, MAX)),
    "linkedin-2023": Imported((ZOE, MAX)),
    "linkedin-2024": Imported(TODAY, skipped=(Remark(7, CLOSED),)),
    "linkedin-2024-spreadsheet": Imported(TODAY, skipped=(Remark(6, CLOSED),)),
}


@pytest.mark.parametrize("sample", sorted(path.stem for path in SAMPLES.iterdir()))
def test_a_sample_gives_the_people_in_it(sample: str) -> None:
    assert read(SAMPLES / f"{sample}.csv") == EXPECTED[sample]


@pytest.mark.parametrize("sample", [*sorted(path.stem for path in SAMPLES.iterdir()), *BOOKS])
def test_a_file_is_recognised_by_one_importer_only(sample: str, tmp_path: Path) -> None:
    path = SAMPLES / f"{sample}.csv"
    if sample in BOOKS:
        path = tmp_path / "any name"
        path.write_bytes(BOOKS[sample])
    names = choices("tracker.importers")
    recognised = [name for name in names if cast("Importer", load("tracker.importers", name)).recognises(path)]
    assert recognised == [re.split(r"[-, ]", sample.lower())[0]]
