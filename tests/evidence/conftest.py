"""A workplace of its own for each test of reports."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from office import Office

from backup_tui.simulator.settings import Settings


@pytest.fixture
def settings() -> Settings:
    return Settings(units=300, history=False)


@pytest.fixture
async def office(settings: Settings, tmp_path: Path) -> AsyncIterator[Office]:
    office = Office(settings, tmp_path / "state")
    async with office.stack:
        yield await office.open()
