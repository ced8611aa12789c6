"""The simulated services of the tests around the simulator."""

from collections.abc import AsyncIterator

import pytest
from simulated import Simulated

from backup_tui.simulator.settings import Settings


@pytest.fixture
def settings() -> Settings:
    """The settings of ``sim``; a module overrides it to choose others."""
    return Settings(history=False)


@pytest.fixture
async def sim(settings: Settings) -> AsyncIterator[Simulated]:
    """A service of its own for each test."""
    simulated = Simulated(settings)
    yield simulated
    await simulated.http.aclose()


@pytest.fixture
async def another(settings: Settings) -> AsyncIterator[Simulated]:
    """A second service with the same settings."""
    simulated = Simulated(settings)
    yield simulated
    await simulated.http.aclose()
