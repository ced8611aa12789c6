from __future__ import annotations

from collections.abc import Iterator

import pytest
from scripted_authority import Authority, authority


@pytest.fixture
def place() -> Iterator[Authority]:
    with authority() as made:
        yield made
