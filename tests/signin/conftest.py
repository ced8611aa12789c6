from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scripted_authority import Authority, authority


@pytest.fixture
def place() -> Iterator[Authority]:
    with authority() as made:
        yield made


@pytest.fixture
def kept(tmp_path: Path, place: Authority) -> Any:
    """Options of a sign-in that is kept in a file."""
    return {"cache": "file", "cache_folder": tmp_path / "state" / "tokens"}
