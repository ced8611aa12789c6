"""Specifies which columns of a list say how the unit of a row is restored; plans use them, a single draft does not."""

from __future__ import annotations

import pytest

from backup_tui.restore.names.columns import NO_CELLS, RowCells
from backup_tui.restore.names.names import parse_unit_list

ONE = "a@contoso.com"


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("time", RowCells(before="x")),
        ("Restore Point", RowCells(before="x")),
        ("Zeitpunkt", RowCells(before="x")),
        ("TimeZone", RowCells(zone="x")),
        ("To", RowCells(destination="x")),
        ("destination", RowCells(destination="x")),
        ("Wave", RowCells(wave="x")),
        ("Priorität", RowCells(wave="x")),
        ("group", RowCells(wave="x")),
        ("Workload", RowCells(service="x")),
        ("Department", NO_CELLS),
        ("created time", NO_CELLS),
    ],
)
def test_a_column_is_known_by_its_heading(heading: str, cells: RowCells) -> None:
    names = parse_unit_list(f"mail;{heading}\n{ONE};x\n")

    assert [name.cells for name in names.lines] == [cells]
    assert names.ignored_columns == (heading,)
    assert [own for _, own in names.own_columns] == ([heading] if cells is not NO_CELLS else [])


@pytest.mark.parametrize("heading", ["To", "Target", "Group"])
def test_a_column_of_addresses_is_none_of_them_where_its_heading_means_other_things_too(heading: str) -> None:
    names = parse_unit_list(f"mail;{heading}\n{ONE};b@contoso.com\nc@contoso.com;d@contoso.com\n")

    assert [name.cells for name in names.lines] == [NO_CELLS, NO_CELLS]
    assert {aside.text for aside in names.asides} == {"b@contoso.com", "d@contoso.com"}


def test_a_wave_comes_before_a_priority_and_a_priority_before_a_group() -> None:
    names = parse_unit_list(f"mail,group,priority,wave\n{ONE},g,p,w\n")
    other = parse_unit_list(f"mail,group,priority\n{ONE},g,p\n")

    assert names.lines[0].cells == RowCells(wave="w")
    assert other.lines[0].cells == RowCells(wave="p")
    assert dict(other.own_columns) == {"wave": "priority"}


def test_cells_that_say_nothing_and_rows_that_are_short_are_empty() -> None:
    names = parse_unit_list(f"mail,time,wave\n{ONE},n/a,\nb@contoso.com\nc@contoso.com, 2h \u202e,\n")

    assert [name.cells for name in names.lines] == [NO_CELLS, NO_CELLS, RowCells(before="2h")]


def test_all_names_of_a_row_have_its_cells_and_records_have_them_too() -> None:
    several = parse_unit_list("mail;time\na@contoso.com, b@contoso.com;2h\nc@contoso.com;3h\n")
    record = parse_unit_list('[{"mail": "a@contoso.com", "time": "2h", "service": "mailbox"}]')

    assert [name.cells.before for name in several.lines] == ["2h", "2h", "3h"]
    assert record.lines[0].cells == RowCells(before="2h", service="mailbox")


def test_the_same_name_for_two_services_is_two_names() -> None:
    names = parse_unit_list(f"mail,service,time\n{ONE},mailbox,\n{ONE},onedrive,\n{ONE},Mailbox,2h\n")

    assert [name.line for name in names.lines] == [2, 3]
    assert [(again.line, again.first_line, again.cells.before) for again in names.duplicates] == [(4, 2, "2h")]
