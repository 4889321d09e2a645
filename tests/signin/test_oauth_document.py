"""What docs/oauth.md shows is accepted, and what it promises of failures is what the code knows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.machine.provider import CLIENT
from tracker.config import parse_config
from tracker.errors import BadServerReply, ConfigError, LoginRejected, SignInNeeded, TrackerError, Unreachable
from tracker.signin import _google, _microsoft
from tracker.signin._answers import error_of
from tracker.signin._registration import Provider, Registration

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "oauth.md").read_text(encoding="utf-8")
MODULES: list[Provider] = [_google, _microsoft]


def test_every_setting_that_the_document_shows_is_accepted() -> None:
    blocks = re.findall(r"```toml\n(.*?)```", DOCUMENT, re.DOTALL)
    assert len(blocks) == 3
    for block in blocks:
        assert parse_config(block, "docs/oauth.md").account[0].auth == "oauth2"


def test_only_microsoft_has_codes_for_other_devices() -> None:
    assert [module.DEVICE for module in MODULES] == [False, True]


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("invalid_grant", SignInNeeded),
        ("interaction_required", SignInNeeded),
        ("consent_required", SignInNeeded),
        ("temporarily_unavailable", Unreachable),
        ("server_error", Unreachable),
        ("invalid_client", ConfigError),
        ("admin_policy_enforced", ConfigError),
        ("access_denied", LoginRejected),
        ("expired_token", LoginRejected),
        ("", BadServerReply),
        ("who knows", BadServerReply),
    ],
)
def test_the_code_of_an_answer_decides_and_its_words_are_made_harmless(code: str, error: type[TrackerError]) -> None:
    answer = {"error": code, "error_description": "temporarily\x1b[31m\nsecret-word " + "x" * 5000}
    found = error_of(answer, Registration("work", "microsoft", "ann", CLIENT), "secret-word")
    assert type(found) is error
    assert len(found.message) < 500
    assert not [bad for bad in ("\x1b", "\n", "secret-word") if bad in found.message]


@pytest.mark.parametrize(
    ("provider", "hint"),
    [
        ("microsoft", "check client_id and tenant, and that the registration allows public client flows"),
        ("google", "check client_id and the client secret"),
    ],
)
def test_a_registration_that_is_not_accepted_is_told_with_what_to_look_at(provider: str, hint: str) -> None:
    """Microsoft's own words are that a client secret is missing, which this program cannot have."""
    answer = {"error": "invalid_client", "error_description": "AADSTS7000218: the request must contain 'client_secret'"}
    assert error_of(answer, Registration("work", provider, "ann", CLIENT), "").hint.startswith(f"{hint}; docs/oauth.md")
