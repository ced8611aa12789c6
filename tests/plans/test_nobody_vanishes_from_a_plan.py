"""Specifies that every name of a list ends in exactly one of found, twice, to fix and left out, whatever its row says.

The lists are generated: names of three services, misspelt ones, ids, rows again, and cells that cannot be read.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from backup_tui.models.services import Destination, Service
from backup_tui.plans.answers import leave_out_rest, leave_out_units, take_nearest
from backup_tui.plans.matching import TenantUnits
from backup_tui.plans.plan import Plan, Scope, Source, Wave
from backup_tui.plans.rows import ScopeResult
from backup_tui.plans.scope import leftovers_csv
from backup_tui.plans.sorting import Sorting
from backup_tui.plans.waves import WaveNames
from backup_tui.restore.names.names import UnitList, parse_unit_list, written
from backup_tui.restore.names.services import service_of_cell
from backup_tui.restore.names.unit_index import UnitIndex
from backup_tui.store.rows import UnitRow

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PEOPLE = ("adele", "megan", "lee", "kim", "sato")
SITES = ("finance", "hr")


def _units() -> Iterator[UnitRow]:
    for number, person in enumerate(PEOPLE):
        for service in (Service.EXCHANGE, Service.ONEDRIVE):
            unit_id = f"{service.value[0]}{number}000000-0000-4000-8000-000000000000".replace("o", "d")
            address = f"{person}@contoso.com"
            yield UnitRow(unit_id, service, address, person.title(), "protected", "p", "", "manual", NOW)
    for number, site in enumerate(SITES):
        url = f"https://contoso.sharepoint.com/sites/{site}"
        unit_id = f"f{number}000000-0000-4000-8000-000000000000"
        yield UnitRow(unit_id, Service.SHAREPOINT, url, site.title(), "protected", "p", "", "manual", NOW)


UNITS = tuple(_units())
PLAN = Plan(
    "night",
    Scope(Source.LIST, ("names.csv",)),
    "2h",
    "UTC",
    Destination.NEW,
    (Wave("directors", ("adele@contoso.com",), ("adele@contoso.com", "megan@contoso.com")), Wave("sales", ("wave=S",))),
)
NAMES = st.sampled_from(
    [
        *(f"{person}@contoso.com" for person in PEOPLE),
        *(f"{person}@contos.com" for person in PEOPLE),
        *(unit.id for unit in UNITS),
        *(unit.address for unit in UNITS if unit.service is Service.SHAREPOINT),
        "/sites/hr", "Finance", "Adele", "nobody at all", "=1+1@contoso.com", "ghost@fabrikam.com",
    ]
)  # fmt: skip
CELLS = {
    "time": st.sampled_from(["", "", "2h", "20 Nov 14:10", "31 Feb", "2099-01-01"]),
    "to": st.sampled_from(["", "", "new", "in place", "the moon"]),
    "wave": st.sampled_from(["", "", "s", "directors", "7"]),
    "service": st.sampled_from(["", "", "mailbox", "OneDrive", "site", "fax"]),
}
ROWS = st.lists(st.tuples(NAMES, *CELLS.values()), min_size=1, max_size=14)


def listed(rows: list[tuple[str, ...]], heading: bool) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([("unit", *CELLS), *rows] if heading else [row[:1] for row in rows])
    return out.getvalue()


def sort(text: str, plan: Plan) -> tuple[UnitList, ScopeResult]:
    names = parse_unit_list(text)
    waves = [
        WaveNames(
            frozenset(member.removeprefix("wave=").casefold() for member in wave.members if "=" in member),
            tuple(name for name in map(written, wave.members) if name and "=" not in name.text),
            tuple(name for name in map(written, wave.first) if name),
        )
        for wave in plan.waves
    ]
    indexes = {service: UnitIndex(unit for unit in UNITS if unit.service is service) for service in Service}
    sorting = Sorting(plan, TenantUnits(indexes, "contoso.com"), waves, NOW, {})
    sorting.take_list(names)
    return names, sorting.result((), names.line_count)


def places(names: UnitList, result: ScopeResult) -> Counter[tuple[int, str]]:
    """Where each name went, by its line and text; a name that was left out is known by its text alone."""
    told = Counter((row.line, row.written) for row in result.rows)
    told += Counter((one.line, one.text) for one in result.twice)
    told += Counter((one.problem.written.line, one.problem.written.text) for one in result.problems)
    left = Counter(result.left_out)
    for name in names.lines:
        if left[name.text] and not told[name.line, name.text]:
            left[name.text] -= 1
            told[name.line, name.text] += 1
    assert not +left
    return told


@given(ROWS, st.booleans(), st.lists(NAMES, max_size=2), st.booleans(), st.sampled_from([None, *Service]))
def test_every_name_ends_in_exactly_one_place(
    rows: list[tuple[str, ...]], heading: bool, left_out: list[str], rest: bool, service: Service | None
) -> None:
    waves = (*PLAN.waves, Wave("the rest")) if rest else PLAN.waves
    scope = replace(PLAN.scope, left_out=tuple(left_out))
    names, result = sort(listed(rows, heading), replace(PLAN, scope=scope, waves=waves, service=service))

    every = [(name.line, name.text) for name in names.lines] + [(one.line, one.text) for one in names.duplicates]
    assert places(names, result) == Counter(every)
    assert result.sums["names"] == names.count == sum(count for key, count in result.sums.items() if key != "names")
    ids = [row.unit.id for row in result.rows]
    assert len(ids) == len(set(ids))


@given(ROWS)
def test_what_a_row_says_counts_for_its_unit_or_is_to_fix(rows: list[tuple[str, ...]]) -> None:
    names, result = sort(listed(rows, heading=True), replace(PLAN, waves=(*PLAN.waves, Wave("the rest"))))

    by_line = {name.line: name.cells for name in names.lines}
    for row in result.rows:
        cells = by_line[row.line]
        assert row.before == (cells.before or "2h")
        assert row.destination is (Destination.IN_PLACE if cells.destination == "in place" else Destination.NEW)
        assert cells.before not in ("31 Feb", "2099-01-01")
        assert cells.destination != "the moon"
        assert cells.wave != "7"
        assert not cells.wave or row.wave == {"s": 1, "directors": 0}[cells.wave]
        assert cells.service in (
            "",
            {"exchange": "mailbox", "onedrive": "OneDrive", "sharepoint": "site"}[row.unit.service],
        )
    for one in result.problems:
        assert one.words


@given(ROWS, st.sampled_from([None, *Service]))
def test_answers_for_all_names_keep_every_unit_that_was_found(
    rows: list[tuple[str, ...]], service: Service | None
) -> None:
    text, plan = listed(rows, heading=True), replace(PLAN, waves=(Wave("all"),), service=service)
    _, first = sort(text, plan)

    near, taken = take_nearest(plan, first)
    names, second = sort(text, near)
    rest, left = leave_out_rest(near, second)
    _, third = sort(text, rest)
    some = {row.unit.id for row in third.rows[::2]}
    _, fourth = sort(text, leave_out_units(rest, third, some)[0])

    assert {row.unit.id for row in fourth.rows} == {row.unit.id for row in third.rows} - some
    assert fourth.sums["names"] == names.count
    assert second.sums["names"] == third.sums["names"] == names.count
    found = {row.unit.id for row in first.rows}
    assert found <= {row.unit.id for row in second.rows} == {row.unit.id for row in third.rows}
    assert bool(taken) == (near != plan)
    assert bool(left) == (rest != near)


def test_units_that_are_left_out_are_expected_no_longer() -> None:
    plan = replace(PLAN, waves=(Wave("all"),), service=Service.EXCHANGE, expected={Service.EXCHANGE: 1})
    _, result = sort("adele@contoso.com\n", plan)

    none, left = leave_out_units(plan, result, set())
    assert (none, left) == (plan, 0)
    without, left = leave_out_units(plan, result, {row.unit.id for row in result.rows})
    assert left == 1
    assert not without.expected


def test_a_name_that_is_to_fix_twice_is_left_out() -> None:
    plan = replace(PLAN, waves=(Wave("all"),), service=Service.EXCHANGE)
    text = "adele@contoso.com\nnobody at all\nadele@contoso.com\nnobody at all\n"

    _, result = sort(text, plan)
    rest, left = leave_out_rest(plan, result)
    _, after = sort(text, rest)

    assert (left, rest.scope.left_out) == (1, ("nobody at all",))
    assert after.sums == {"names": 4, "found": 1, "twice": 2, "toFix": 0, "leftOut": 1}


@given(ROWS)
def test_leftovers_are_a_list_of_the_same_names_with_what_their_rows_said(rows: list[tuple[str, ...]]) -> None:
    _, result = sort(listed(rows, heading=True), replace(PLAN, waves=(Wave("all"),)))
    text = leftovers_csv(result)

    assert not any(line.startswith(("=", "+", "@", "-")) for line in text.splitlines())
    wrong = Counter((one.problem.written.text, one.problem.written.cells) for one in result.problems)
    again = parse_unit_list(text)
    read = Counter((name.text, name.cells) for name in (*again.lines,))
    read += Counter((name.text, name.cells) for name in again.duplicates)
    assert read == wrong


def test_words_of_services_are_known() -> None:
    words = {"OneDrive for Business": Service.ONEDRIVE, "EXO": Service.EXCHANGE, "SPO": Service.SHAREPOINT, "fax": None}
    assert {word: service_of_cell(word) for word in words} == words
