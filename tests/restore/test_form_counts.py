"""Specifies that no line of a list is lost in the form: found, twice, left out and to fix always add up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from listed_units import listed

from backup_tui.models.services import Service
from backup_tui.restore.drafts.form import RestoreForm
from backup_tui.restore.drafts.form_pieces import PartDraft
from backup_tui.restore.names.names import NameKind, UnitList, WrittenName
from backup_tui.restore.names.resolve import resolve
from backup_tui.restore.names.unit_index import UnitIndex

INDEX = UnitIndex(
    [
        listed("u1", "adele.vance@contoso.com", "Adele Vance"),
        listed("u2", "megan.bowen@contoso.com", "Megan Bowen"),
        listed("u3", "ken.sato@contoso.com", "Sato"),
        listed("u4", "kim.sato@contoso.com", "Sato"),
        listed("u5", "paused@contoso.com", "Paused", status="unprotected", policy_id=""),
    ]
)
TEXTS = [
    "adele.vance@contoso.com",
    "ADELE.VANCE@contoso.com",
    "adel.vance@contoso.com",
    "megan.bowen@contoso.com",
    "Sato",
    "paused@contoso.com",
    "nobody@fabrikam.com",
]
LISTS = st.lists(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=8), min_size=1, max_size=3)
STEPS = st.lists(st.sampled_from(["nearest", "all", "choose", "out", "all out", "unit", "part", "service"]), max_size=6)


def step(form: RestoreForm, what: str) -> RestoreForm:
    """One thing that a person does, where it can be done."""
    problem = next(iter(form.problems), None)
    if what == "all":
        return form.with_all_nearest()
    if what == "all out":
        return form.with_all_left_out()
    if what == "unit" and form.units:
        return form.without_units(form.unit_ids[:1])
    if what == "part" and form.units:
        return form.with_part_made(PartDraft(form.unit_ids[:1], "", "d1"))
    if what == "service" and not form.made:
        return form.with_service(Service.EXCHANGE).with_service(Service.ONEDRIVE)
    if problem is None:
        return form
    if what == "nearest" and problem.nearest is not None:
        return form.with_chosen(problem, problem.nearest, problem.nearest_name)
    if what == "choose" and problem.candidates:
        return form.with_chosen(problem, problem.candidates[0], "chosen")
    return form.with_left_out(problem) if what == "out" else form


@given(LISTS, STEPS)
def test_every_line_is_in_exactly_one_of_the_counts(lists: list[list[str]], steps: list[str]) -> None:
    form, lines = RestoreForm(), 0
    for texts in lists:
        lines += len(texts)
        names = tuple(WrittenName(at, text, NameKind.TITLE) for at, text in enumerate(texts, 1))
        form = form.with_names(UnitList(names))
        assert form.counts.names == lines
        form = form.with_resolution(resolve(UnitList(form.waiting), INDEX, Service.ONEDRIVE))
        assert form.counts.names == lines
    for what in steps:
        form = step(form, what)
        assert form.counts.names == lines
        assert len(set(form.unit_ids)) == len(form.unit_ids)
    assert RestoreForm.from_json(form.to_json()) == form
