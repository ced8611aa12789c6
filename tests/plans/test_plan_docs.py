"""Specifies that the page about plan files shows a file that can be read, with every key."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from backup_tui.plans.document import document_of, plan_text
from backup_tui.plans.keys import LIMIT_KEYS, MAIL_KEYS, TABLES, TOP_KEYS, WAVE_KEYS
from backup_tui.restore.mail.halving import MOST_SEARCHES
from backup_tui.restore.mail.history import USUAL_SPAN
from backup_tui.restore.names.names import parse_unit_list

PAGE = (Path(__file__).parents[2] / "docs" / "plan-files.md").read_text(encoding="utf-8")


def test_the_file_on_the_page_is_read_and_has_every_key() -> None:
    example = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    values = tomllib.loads(example[1])
    waves: set[str] = set().union(*values["wave"])

    plan = document_of(example[1], Path("ransom-20nov.toml")).plan

    assert set(values) | {"policies", "failed_of", "mail"} == set(TOP_KEYS)
    assert set(values["limits"]) == set(LIMIT_KEYS)
    assert waves == set(WAVE_KEYS)
    assert set(TABLES) < set(values) | {"mail"}
    assert document_of(plan_text(plan), Path("ransom-20nov.toml")).plan == plan


def test_the_search_for_mails_on_the_page_is_read() -> None:
    (block,) = (part.partition("```")[0] for part in PAGE.split("```toml\n")[1:] if part.startswith("[mail]"))
    head = (
        'version = 1\nname = "a"\nlist = "a.csv"\nbefore = "latest"\nzone = "UTC"\nto = "new"\nservice = "exchange"\n'
    )
    search = document_of(head + block, Path("a.toml")).plan.mail
    assert search is not None
    assert (search.within, search.searches) == (USUAL_SPAN, MOST_SEARCHES)
    assert set(re.findall(r"^(\w+) =", block, re.M)) == set(MAIL_KEYS)


def test_the_columns_on_the_page_count_for_their_row() -> None:
    rows = re.findall(r"^\| (`.*?) \| .* \| .* \|$", PAGE, re.MULTILINE)
    headings = [heading for row in rows for heading in re.findall(r"`(\w+)`", row)]
    assert len(headings) == 12

    for heading in headings:
        assert parse_unit_list(f"mail,{heading}\na@contoso.com,x\n").own_columns, heading
