"""What `tracker doctor` finds, as tests read it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tracker.formats import View, diagnosis_format
from tracker.service.diagnosing import diagnose

if TYPE_CHECKING:
    from tests.cli.world import World

    Found = dict[str, dict[str, Any]]

PER_ACCOUNT = ("secret", "dns", "tcp", "tls", "capabilities", "sign-in", "extensions", "folders", "clock")


def found(world: World, only: str | None = None, *, expect: int = 0) -> Found:
    """What is found, as `--format json` tells it, by check; `expect` is 1 if anything is broken.

    Without a process for each, which would take most of the time of these tests.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRACKER_STATE", str(world.folder))
        diagnosis = diagnose(world.config, only, clock=lambda: datetime.now(UTC))
    document = json.loads("".join(diagnosis_format("json").render_diagnosis(diagnosis, View())))
    assert document["is_broken"] == bool(expect), document
    return {finding["check"]: finding for finding in document["findings"]}


def held_up(findings: Found, by: str) -> list[str]:
    """The checks that were not made because of another one."""
    return [check for check, finding in findings.items() if finding["words"] == f"not checked, because of {by}"]


def the_one_fault(findings: Found) -> dict[str, Any]:
    """What is broken, if it is one thing alone."""
    (fault,) = (finding for finding in findings.values() if finding["grade"] == "fail")
    assert fault["remedy"]
    return fault
