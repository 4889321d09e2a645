"""An internet of its own for each test that wants one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.discovery.net import Net, running

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def _net(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Net]:
    with running(tmp_path_factory.mktemp("internet")) as net:
        yield net


@pytest.fixture
def net(_net: Net) -> Net:
    """An internet in which there is nothing yet."""
    _net.write({}, {})
    return _net
