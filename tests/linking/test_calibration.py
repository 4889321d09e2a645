"""On worlds that nothing was fitted to, candidates are right as often as their confidence says."""

from __future__ import annotations

import os

import pytest

from tests.linking.evaluate import BANDS, BEGIN, DOCUMENT, END, SURE, in_band, measured, tables
from tests.linking.samples import HELD_OUT, HELD_OUT_LARGE, TRAINING

HALF = HELD_OUT_LARGE if os.environ.get("TRACKER_SLOW") else HELD_OUT


def test_nothing_that_is_measured_on_was_fitted_to() -> None:
    fitted = {seed for seed, _ in TRAINING}
    assert not fitted & {seed for seed, _ in (*HELD_OUT, *HELD_OUT_LARGE)}


def test_of_the_candidates_at_ninety_five_or_more_at_least_ninety_five_percent_are_right() -> None:
    sure = [one for one in measured(HALF).shown if one.confidence >= SURE]
    assert len(sure) >= 500
    assert sum(one.is_right for one in sure) / len(sure) >= 0.95


@pytest.mark.parametrize("place", range(len(BANDS)))
def test_in_every_band_the_share_that_is_right_is_what_the_confidence_says(place: int) -> None:
    band = in_band(measured(HALF), place)
    assert len(band) >= 100
    right = sum(one.is_right for one in band) / len(band)
    said = sum(one.confidence for one in band) / len(band)
    chance = 3 * (said * (1 - said) / len(band)) ** 0.5
    assert right - said <= chance + 0.10, "too cautious"
    assert said - right <= chance + 0.04, "too sure, which is worse"


def test_most_addresses_that_are_there_are_proposed_as_likelier_than_not() -> None:
    found = measured(HALF)
    right = sum(one.is_right for one in found.shown if one.confidence >= 0.5)
    assert right / found.findable >= 0.7
    assert found.findable / found.people < 0.4, "most people never appear"


def test_names_in_another_script_and_addresses_without_a_name_are_among_the_sure_ones() -> None:
    reasons = {one.because for one in measured(HALF).shown if one.confidence >= SURE and one.is_right}
    assert reasons >= {
        "the same name",
        "the same name in another script",
        "a short form of the name",
        "no name is given",
    }


def test_the_document_shows_what_is_measured() -> None:
    told = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].strip()
    assert told == tables().strip(), "look at the difference, then run `python -m tests.linking.evaluate --write`"
