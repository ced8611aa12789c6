"""Specifies what is whole at every size: where a draft goes, how many more there are, ids, names, the phrase."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from restores import drafted, program
from support import screen_text, simulated, until
from test_session_detail import detail, ended, shown
from textual.widgets import Input

from backup_tui.models.services import Destination, Service
from backup_tui.store.summary import Need, NeedKind
from backup_tui.ui.overview.screen import OverviewScreen
from backup_tui.ui.overview.text import need_cells
from backup_tui.ui.routes import OpenReview
from backup_tui.ui.widgets.chained_table import ChainedTable

SIZES = [(60, 16), (80, 24), (100, 30), (120, 40)]


@pytest.mark.parametrize("destination", [*Destination, None])
@pytest.mark.parametrize("by", ["Lidia Holloway", "a.name.that.is.longer.than.all.others@contoso.com", ""])
def test_where_a_draft_goes_comes_before_what_may_be_cut(destination: Destination | None, by: str) -> None:
    one = simulated([], Path())
    now = one.clock.now()
    need = Need(
        NeedKind.DRAFT, "6168009d", Service.SHAREPOINT, count=1_000, since=now - timedelta(days=3), by=by,
        destination=destination,
    )  # fmt: skip
    for width in (30, 45, 65):
        text, count, _key = need_cells(need, now, width=width)
        to = {Destination.IN_PLACE: "IN PLACE", Destination.NEW: "new", None: "unknown"}[destination]
        assert to in text.text[:width]
        assert count.text == "1,000"


@pytest.mark.parametrize("size", SIZES)
async def test_the_overview_counts_what_is_out_of_sight(tmp_path: Path, size: tuple[int, int]) -> None:
    one = simulated([("Overview", OverviewScreen)], tmp_path)
    async with one.app.run_test(size=size) as pilot:
        await until(pilot, lambda: "Needs you 1" in shown(one) or "Needs you 9" in shown(one), "it is read")
        await pilot.pause()
        needs = one.app.screen.query_one("#needs", ChainedTable)
        text = "\n".join(screen_text(one.app))
        assert f"▌Needs you {needs.row_count}" in text
        out_of_sight = max(0, needs.row_count - needs.size.height)
        assert re.findall(r"(\d+) more below", text) == ([str(out_of_sight)] if out_of_sight else [])


@pytest.mark.parametrize("size", SIZES)
async def test_counts_and_ids_of_a_session_are_whole(tmp_path: Path, size: tuple[int, int]) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=size) as pilot:
        session_id = await ended(pilot, one, *["ArtifactNotFound"] * 12, count=40)
        await detail(pilot, one, session_id, 40)
        assert all(words in "\n".join(screen_text(one.app)) for words in ("12 failed", "28 restored"))
        assert f"OneDrive {session_id[:8]}   IN PLACE" in "\n".join(screen_text(one.app))


@pytest.mark.parametrize("size", SIZES)
async def test_a_review_of_five_names_all_five_and_has_its_phrase_whole(tmp_path: Path, size: tuple[int, int]) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=size) as pilot:
        draft = await drafted(pilot, one, count=5)
        one.app.open(OpenReview(draft))
        await until(pilot, lambda: "Type overwrite 5 contoso" in shown(one), "the phrase is asked for")
        text = "\n".join(screen_text(one.app))
        names = {row.unit_name for row in one.workspace.store.artifacts(draft).values()}
        assert len(names) == 5
        assert all(name and name.removesuffix("@contoso.com") in text for name in names)
        assert "IN PLACE" in text
        assert "Once started, it cannot be stopped" in text
        assert not one.app.screen.query(Input)
