"""Specifies how the frame and the table look at both sizes that count."""

from __future__ import annotations

from typing import Any

import pytest
from demo_screens import demo_app


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_frame_and_table(snap_compare: Any, size: tuple[int, int]) -> None:
    app = demo_app()
    assert snap_compare(app, press=("j", "j", "space", "A"), terminal_size=size)


def test_help(snap_compare: Any) -> None:
    assert snap_compare(demo_app(), press=("question_mark",), terminal_size=(80, 24))


def test_too_small(snap_compare: Any) -> None:
    assert snap_compare(demo_app(), terminal_size=(40, 10))
