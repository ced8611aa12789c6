"""Specifies how columns share a width: narrow first, drop then, and what is left over goes to those that grow."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from backup_tui.models.services import Service
from backup_tui.ui.activity.screen import ActivityScreen
from backup_tui.ui.every_screen import every_screen
from backup_tui.ui.frame.listing import ListScreen
from backup_tui.ui.names.screen import NamesScreen
from backup_tui.ui.overview.rows import running_columns
from backup_tui.ui.policies.screen import PoliciesScreen
from backup_tui.ui.review.lost_answer import SettleUnknown
from backup_tui.ui.sessions.detail import columns_for
from backup_tui.ui.sessions.failed_again import FailedAgain
from backup_tui.ui.sessions.screen import SessionsScreen
from backup_tui.ui.sign_in.tenant import TenantScreen
from backup_tui.ui.sign_in.tenants import TenantsScreen
from backup_tui.ui.vocabulary.units import unit_columns
from backup_tui.ui.widgets.columns import Column, arrange, lay_out
from backup_tui.ui.widgets.table_lines import GUTTER

NAME = Column("name", "Name", 20, grow=2, least=10)
STATUS = Column("status", "Status", 10)
NOTE = Column("note", "Note", 10, grow=1, drop=2)
BY = Column("by", "By", 5, drop=1)


def test_spare_cells_go_to_the_growing_columns_by_weight_and_all_are_used() -> None:
    sizes = lay_out([NAME, STATUS, NOTE], 74, 2)
    assert sizes == [40, 10, 20]


def test_a_column_is_narrowed_before_another_is_dropped() -> None:
    assert lay_out([NAME, STATUS, BY], 30, 2) == [11, 10, 5]


def test_the_highest_drop_number_goes_first_and_its_gap_with_it() -> None:
    assert lay_out([NAME, STATUS, NOTE, BY], 30, 2) == [11, 10, 0, 5]
    assert lay_out([NAME, STATUS, NOTE, BY], 23, 2) == [11, 10, 0, 0]


def test_columns_that_must_stay_are_never_below_their_least() -> None:
    assert lay_out([NAME, STATUS], 5, 2) == [10, 10]


def test_columns_are_as_wide_as_the_rows_in_sight_need() -> None:
    assert lay_out([STATUS, BY], 40, 2, {"status": 18}) == [18, 5]
    assert lay_out([STATUS, BY], 40, 2, {"status": 3}) == [10, 5]


def test_a_text_of_any_length_pushes_no_other_column_out_of_sight() -> None:
    assert lay_out([STATUS, NAME, BY], 40, 2, {"status": 512}) == [28, 10, 0]
    assert lay_out([STATUS, Column("count", "Units", 6)], 20, 2, {"status": 512, "count": 9}) == [11, 7]


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ((), ["name", "status", "note", "by"]),
        (("by", "name", "status", "note"), ["by", "name", "status", "note"]),
        (("name", "-by", "status", "-note"), ["name", "status"]),
        (("-name", "-status", "note", "by"), ["name", "note", "by"]),  # what says which row it is always stays
        (("status", "name"), ["status", "note", "by", "name"]),  # the others follow what they follow as delivered
        (("gone", "-left", "note", "note"), ["name", "status", "note", "by"]),
    ],
)
def test_columns_are_arranged_as_they_were_chosen(chosen: tuple[str, ...], shown: list[str]) -> None:
    columns = (replace(NAME, always=True), STATUS, NOTE, BY)
    assert [one.key for one in arrange(columns, chosen) if not one.hidden] == shown


@pytest.mark.parametrize("screen", [one for one in every_screen() if issubclass(one, ListScreen) and one.COLUMNS])
def test_of_every_list_what_tells_rows_and_states_apart_can_neither_be_hidden_nor_dropped(screen: Any) -> None:
    always = {one.key for one in screen.COLUMNS if one.always}
    assert always
    assert {
        one.key for one in screen.COLUMNS if one.key in ("address", "status", "state", "result", "answer")
    } <= always
    assert not [one.key for one in screen.COLUMNS if one.always and one.drop]


def test_a_hidden_column_has_no_width_and_no_gap() -> None:
    assert lay_out([STATUS, replace(NOTE, hidden=True), BY], 40, 2, {"note": 30}) == [10, 0, 5]


TABLES = {
    "activity": ActivityScreen.COLUMNS,
    "policies": PoliciesScreen.COLUMNS,
    "sessions": SessionsScreen.COLUMNS,
    "units of a session": columns_for(Service.ONEDRIVE),
    "failed again": FailedAgain.COLUMNS,
    "names": NamesScreen.COLUMNS,
    "outcome not known": SettleUnknown.COLUMNS,
    "profiles": TenantsScreen.COLUMNS,
    "tenant": TenantScreen.COLUMNS,
    "units": unit_columns(Service.EXCHANGE, ""),
    "units, names hidden": unit_columns(Service.EXCHANGE, "", hidden=True),
}


@pytest.mark.parametrize("terminal", [60, 80])
@pytest.mark.parametrize("table", TABLES)
def test_no_column_runs_over_the_edge_where_its_end_would_be_cut_without_a_sign(table: Any, terminal: int) -> None:
    sizes = [size for size in lay_out(TABLES[table], terminal - GUTTER, 1) if size]
    assert GUTTER + sum(sizes) + len(sizes) - 1 <= terminal


def test_counts_of_thousands_and_what_is_left_are_whole_beside_the_pane_of_the_overview() -> None:
    columns, gap = running_columns(79, more=True)
    seen = {"id": 8, "to": 8, "done": len("1,160/1,084"), "left": len("1.5 to 3.5 h"), "started": 5, "pace": 4}
    widths = dict(zip((column.key for column in columns), lay_out(columns, 79, gap, seen), strict=True))
    assert (widths["done"], widths["left"]) == (11, 12)
    assert widths["started"] == 0, "when it started gives way first; the pane has it"
    assert widths["pace"] > 0
