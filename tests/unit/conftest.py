from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sync_world import World


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Background reading with a manual clock; stopped at the end."""
    made = World()
    try:
        yield made
    finally:
        await made.sync.stop()
