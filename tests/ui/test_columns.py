"""Specifies how columns share a width: narrow first, drop then, and what is left over goes to those that grow."""

from __future__ import annotations

from backup_tui.ui.widgets.columns import Column, lay_out

NAME = Column("name", "Name", 20, grow=2, least=10)
STATUS = Column("status", "Status", 10)
NOTE = Column("note", "Note", 10, grow=1, drop=2)
BY = Column("by", "By", 5, drop=1)


def test_spare_cells_go_to_the_growing_columns_by_weight_and_all_are_used():
    sizes = lay_out([NAME, STATUS, NOTE], 74, 2)
    assert sizes == [40, 10, 20]


def test_a_column_is_narrowed_before_another_is_dropped():
    assert lay_out([NAME, STATUS, BY], 30, 2) == [11, 10, 5]


def test_the_highest_drop_number_goes_first_and_its_gap_with_it():
    assert lay_out([NAME, STATUS, NOTE, BY], 30, 2) == [11, 10, 0, 5]
    assert lay_out([NAME, STATUS, NOTE, BY], 23, 2) == [11, 10, 0, 0]


def test_columns_that_must_stay_are_never_below_their_least():
    assert lay_out([NAME, STATUS], 5, 2) == [10, 10]
