"""What the tests of signing in share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.machine.wire import forbidden
from tests.signin.production import Home, served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.machine.dovecot import Dovecot
    from tests.machine.provider import Provider


@pytest.fixture(scope="session")
def served_names() -> Iterator[tuple[Dovecot, Provider]]:
    """Only on a network of its own, where the names of providers lead to this machine."""
    assert os.environ["TRACKER_OWN_NETWORK"]
    with served() as names:
        yield names
        assert forbidden(names[0]) == []


@pytest.fixture
def provider(served_names: tuple[Dovecot, Provider]) -> Iterator[Provider]:
    """The provider, peaceful again afterwards."""
    found = served_names[1]
    found.calls.clear()
    yield found
    found.faults.clear()
    found.delays.clear()
    found.user, found.scope, found.life = "ann@example.org", "https://mail.google.com/", 3600
    found.is_strict = found.rotates = True


@pytest.fixture
def mail_server(served_names: tuple[Dovecot, Provider]) -> Dovecot:
    return served_names[0]


@pytest.fixture
def home(served_names: tuple[Dovecot, Provider], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An account at Microsoft; what the test itself calls of the program trusts the same authority."""
    found = Home(tmp_path, "microsoft", served_names[0].ca_file)
    for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "TRACKER_STATE"):
        monkeypatch.setenv(name, found.environment[name])
    return found


@pytest.fixture
def at_google(home: Home) -> Home:
    return Home(home.folder, "google", home.ca_file)


@pytest.fixture
def signed_in(home: Home, provider: Provider) -> Home:
    """An account to which somebody has signed in."""
    home.sign_in(provider)
    return home
