"""Access tokens at a real server: asked about at the provider or checked by their signature, by either mechanism."""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.machine import provider as oauth2_provider
from tests.machine.dovecot import Kind
from tests.machine.dovecot import running as dovecot_running
from tests.machine.provider import Fault, Provider, write_oauth2_settings
from tests.machine.wire import forbidden
from tracker.config import AccountConfig, parse_config
from tracker.errors import LoginRejected, Unreachable
from tracker.service.access import open_account

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.machine.dovecot import Dovecot

USER = "ann@example.org"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with oauth2_provider.running() as found:
        yield found


@pytest.fixture(
    scope="module", params=["introspection xoauth2 oauthbearer", "introspection oauthbearer", "jwt xoauth2"]
)
def server(request: pytest.FixtureRequest, provider: Provider) -> Iterator[Dovecot]:
    check, _, mechanisms = request.param.partition(" ")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        settings = write_oauth2_settings(Path(folder), provider, is_local=check == "jwt")
        with dovecot_running(Kind(mechanisms=f"plain {mechanisms}", oauth2=settings)) as found:
            found.user(USER)
            yield found
            assert forbidden(found) == []


def account(server: Dovecot, command: list[str]) -> AccountConfig:
    text = (
        f'[[account]]\nname = "work"\nhost = "localhost"\nport = {server.tls_port}\nca_file = "{server.ca_file}"\n'
        f'user = "{USER}"\ntoken_command = {json.dumps(command)}\n'
    )
    return parse_config(text, "test").account[0]


def printing(words: str) -> list[str]:
    return [sys.executable, "-c", f"print({words!r})"]


def test_a_token_lets_us_in(server: Dovecot, provider: Provider) -> None:
    for printed in (provider.token(), json.dumps({"access_token": provider.token(), "expires_in": 3599})):
        with contextlib.closing(open_account(account(server, printing(printed)))) as source:
            assert source.folders()[0].name == "INBOX"


@pytest.mark.parametrize("claims", [{"exp": 1_700_000_000}, {"email": "bob@example.org"}])
def test_a_token_that_has_ended_or_is_for_another_is_rejected_and_not_shown(
    server: Dovecot, provider: Provider, claims: dict[str, object]
) -> None:
    token = provider.token(**claims)
    with pytest.raises(LoginRejected, match="refuses to let") as caught:
        open_account(account(server, printing(token)))
    assert caught.value.retry_after is not None
    assert token not in f"{caught.value!r} {caught.value.hint} {caught.value.__cause__!r}"
    assert "token_command" in caught.value.hint


def test_a_provider_that_the_server_cannot_ask_is_a_bad_moment_and_no_refusal(
    server: Dovecot, provider: Provider
) -> None:
    assert server.kind.oauth2 is not None
    asks_nobody = "local" in server.kind.oauth2.read_text()
    provider.faults["introspect"] = Fault(500)
    try:
        with contextlib.nullcontext() if asks_nobody else pytest.raises(Unreachable, match="UNAVAILABLE"):
            open_account(account(server, printing(provider.token()))).close()
    finally:
        provider.faults.clear()


def test_a_command_is_asked_once_more_after_a_refusal(server: Dovecot, provider: Provider, tmp_path: Path) -> None:
    """It may have handed out a token that was revoked meanwhile."""
    bad, good = tmp_path / "bad", tmp_path / "good"
    bad.write_text(provider.token(exp=1_700_000_000))
    good.write_text(provider.token())
    turn = ["/bin/sh", "-c", f"if [ -e {bad} ]; then cat {bad}; rm {bad}; else cat {good}; fi"]
    open_account(account(server, turn)).close()
    assert not bad.exists()
