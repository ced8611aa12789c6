"""A profile's colour fills the first line, beside the tenant's name and not in place of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from demo_screens import FakeWorkspace, demo_app

from backup_tui.config import COLOURS
from backup_tui.ui.widgets.frame import HeaderLines


@pytest.mark.parametrize("colour", COLOURS)
async def test_the_first_line_has_the_colour_of_the_profile(colour: str) -> None:
    plain, coloured = FakeWorkspace(), FakeWorkspace()
    coloured.state = replace(coloured.state, colour=colour, mode="READ-ONLY")
    plain.state = replace(plain.state, mode="READ-ONLY")
    backgrounds = []
    for workspace in (plain, coloured):
        app = demo_app(workspace)
        async with app.run_test(size=(80, 24)):
            header = app.screen.query_one(HeaderLines)
            assert "contoso.com" in header.render_line(0).text
            backgrounds.append(header.get_component_rich_style("header-lines--first").bgcolor)
    assert (backgrounds[0] == backgrounds[1]) is (colour == "cyan")
