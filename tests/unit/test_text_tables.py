"""Specifies the tables of texts that ship with the program: each is read whole, and a wrong row is told by its line."""

from __future__ import annotations

from pathlib import Path

import pytest

import backup_tui
from backup_tui.graph.error_catalogue import all_rows
from backup_tui.restore.errors_of_units import Remedy, explain
from backup_tui.signin.error_catalogue import catalogue
from backup_tui.text_tables import read_table

ROOT = Path(backup_tui.__file__).parent
TABLES = sorted(ROOT.rglob("*.txt"))


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_every_row_of_a_table_has_its_texts(path: Path) -> None:
    rows = read_table(path)
    assert len(rows) > 5
    for row in rows:
        assert row.get("hint", "told")
        assert row.get("to do", "told")
        for text in (text for text in row.values() if text.endswith(".")):
            assert text.split()[0] in ("f", "enter") or not text[0].islower(), text  # a key may begin a sentence
            assert "  " not in text


def test_the_tables_are_used_whole() -> None:
    by_name = {path.name: read_table(path) for path in TABLES}
    assert {row.code for row in all_rows()} == {
        code for row in by_name["error_codes.txt"] for code in row["codes"].split()
    }
    assert set(catalogue().meanings) == {row["name"] for row in by_name["authority_errors.txt"]}
    for room, name in (("signin", "local_errors.txt"), ("simulator/authority", "refusals.txt")):
        source = "".join(path.read_text() for path in (ROOT / room).rglob("*.py"))
        assert [row["name"] for row in by_name[name] if f'"{row["name"]}"' not in source] == []
    for row in by_name["unit_errors.txt"]:
        for code in row["codes"].split():
            assert explain(code, None).remedy in Remedy


def test_a_row_with_a_cell_too_few_is_told_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("# a comment\n\none | two\na | b\n\nc\n")
    with pytest.raises(ValueError, match=r"words\.txt, line 6: 1 cells under 2 columns"):
        read_table(path)
    path.write_text("one | two\n a |\n")
    assert read_table(path) == [{"one": "a", "two": ""}]
