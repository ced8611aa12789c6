"""Specifies the form of a new restore: what its changes keep, how it is kept as JSON, and what it still lacks."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backup_tui.errors import LocalError
from backup_tui.models.services import Destination, Service
from backup_tui.restore.drafts.form import Express, FormUnit, RestoreForm
from backup_tui.restore.drafts.form_check import Field, FieldProblem, FormContext, problems
from backup_tui.restore.names.names import NameKind, WrittenName, parse_unit_list, written
from backup_tui.restore.names.resolve import Found, NameProblem, Reason, Resolution

NOW = datetime(2026, 11, 22, 14, 32, tzinfo=UTC)
CONTEXT = FormContext(NOW)
ADELE = FormUnit("u1", "adele@contoso.com", "Adele@contoso.com")
MEGAN = FormUnit("u2", "megan@contoso.com")
TYPO = WrittenName(14, "meganb@contso.com", NameKind.ADDRESS)
PROBLEM = NameProblem(TYPO, Reason.NO_SUCH, "u2", "megan@contoso.com", ("u2",))
READY = RestoreForm(units=(ADELE, MEGAN), moment="2026-11-20 14:10", zone="Europe/Berlin")


def found_in(form: RestoreForm, context: FormContext = CONTEXT) -> dict[Field, FieldProblem]:
    return {problem.field: problem for problem in problems(form, context)}


def test_a_filled_form_lacks_nothing_and_goes_to_a_new_location() -> None:
    assert found_in(READY) == {}
    assert READY.destination is Destination.NEW
    assert found_in(READY, FormContext(NOW, without_point=frozenset())) == {}


def test_an_empty_form_lacks_units_and_a_point() -> None:
    assert RestoreForm().is_empty
    lacking = found_in(RestoreForm())
    assert set(lacking) == {Field.UNITS, Field.POINT}
    assert lacking[Field.UNITS].message == "No OneDrive account is chosen."
    assert "@file" in lacking[Field.UNITS].hint


def test_names_that_are_not_found_keep_the_draft_from_being_made() -> None:
    form = READY.with_resolution(Resolution(problems=(PROBLEM, NameProblem(ADELE_LINE, Reason.GONE))))
    assert found_in(form)[Field.UNITS].line == "Fix 2 names or leave them out."
    one = READY.with_resolution(Resolution(problems=(PROBLEM,)))
    assert found_in(one)[Field.UNITS].line == "Fix 1 name or leave it out."
    assert found_in(one)[Field.UNITS].value == "meganb@contso.com"


ADELE_LINE = WrittenName(3, "adele.gone@contoso.com", NameKind.ADDRESS)


def test_names_that_are_still_looked_up_keep_it_too() -> None:
    form = READY.with_names(parse_unit_list("lee.gu@contoso.com"))
    assert "not looked up yet" in found_in(form)[Field.UNITS].message
    assert found_in(form, FormContext(NOW, looking=True))[Field.UNITS].hint == "Looking up."


def test_text_that_was_typed_and_not_taken_is_not_forgotten() -> None:
    assert "typed but not taken" in found_in(READY.with_pending(" lee.gu "))[Field.UNITS].message
    assert READY.with_pending("lee.gu").with_names(parse_unit_list("lee.gu")).pending == ""


@pytest.mark.parametrize(
    ("moment", "message", "hint"),
    [
        ("", "A time is missing", "latest"),
        ("2026-12-01 10:00", "is in the future", "latest"),
        ("2024-01-01", "Older than 366 days.", "oldest possible"),
        ("2026-10-25 02:30", "happened twice", "Add +02 or +01."),
    ],
)
def test_a_point_that_cannot_be_meant(moment: str, message: str, hint: str) -> None:
    problem = found_in(READY.with_moment(moment))[Field.POINT]
    assert message in problem.message
    assert hint in problem.hint
    assert problem.value == moment


def test_a_time_of_one_unit_alone_is_checked_too() -> None:
    problem = found_in(READY.with_own_time("u2", "2027-01-01"))[Field.POINT]
    assert problem.message.startswith("megan@contoso.com: ")
    assert found_in(READY.with_own_time("u2", "2027-01-01").with_own_time("u2", " ")) == {}
    assert found_in(READY.with_own_time("u2", "2027-01-01").without_units(("u2",))) == {}


def test_units_without_a_point() -> None:
    some = found_in(READY, FormContext(NOW, without_point=frozenset({"u2", "other"})))[Field.POINT]
    assert some.line == ("1 has no point at or before that time. t takes another time for it, x leaves it out.")
    every = found_in(READY, FormContext(NOW, without_point=frozenset({"u1", "u2"})))[Field.POINT]
    assert "before the first backup" in every.message


def test_mailboxes_have_no_express_points() -> None:
    form = READY.with_express(Express.PREFER, timedelta(hours=2))
    assert found_in(form) == {}
    assert form.express_within == timedelta(hours=2)
    mail = RestoreForm(Service.EXCHANGE, (ADELE,), moment="latest", express=Express.PREFER)
    assert found_in(mail)[Field.EXPRESS].line == "Mailboxes have no express points. Choose ignore."
    assert form.with_service(Service.EXCHANGE).express is Express.IGNORE


def test_one_restore_takes_one_destination() -> None:
    mixed = RestoreForm(
        units=(ADELE,), moment="latest", destination=None, copied_destinations=(Destination.NEW, Destination.IN_PLACE)
    )
    assert "new and in place" in found_in(mixed)[Field.DESTINATION].message
    assert found_in(mixed.with_destination(Destination.IN_PLACE)) == {}
    none = RestoreForm(units=(ADELE,), moment="latest", destination=None)
    assert found_in(none)[Field.DESTINATION].message == "No destination is chosen."


def test_more_units_than_one_draft_holds_are_a_plan_for_a_new_form_and_refused_for_a_draft() -> None:
    many = tuple(FormUnit(f"u{number}", f"user{number}@contoso.com") for number in range(1001))
    assert found_in(RestoreForm(units=many, moment="latest")) == {}
    problem = found_in(RestoreForm(units=many, moment="latest", draft_id="d1"))[Field.UNITS]
    assert problem.message == "1,001 OneDrive accounts; one draft holds at most 1,000."
    assert problem.hint == "Leave 1 out; a new restore takes them."


def test_what_became_of_a_list_is_taken_in_once() -> None:
    form = RestoreForm().with_names(parse_unit_list("Adele@contoso.com\nmeganb@contso.com"))
    assert len(form.waiting) == 2
    found = Found(form.waiting[0], "u1", "adele@contoso.com")
    resolution = Resolution((found,), (PROBLEM,))
    once = form.with_resolution(resolution)
    assert (once.units, once.problems, once.waiting) == ((ADELE,), (PROBLEM,), ())
    assert once.with_resolution(resolution) == once


def test_a_name_is_put_right_by_the_nearest_by_typing_or_by_leaving_it_out() -> None:
    form = RestoreForm(problems=(PROBLEM,))
    taken = form.with_all_nearest()
    assert (taken.units, taken.problems) == ((FormUnit("u2", "megan@contoso.com", "meganb@contso.com"),), ())
    again = written("megan@contoso.com")
    assert again is not None
    typed = form.with_corrected(PROBLEM, again)
    assert [(name.line, name.text) for name in typed.waiting] == [(14, "megan@contoso.com")]
    left = form.with_left_out(PROBLEM)
    assert (left.left_out, left.problems) == (("meganb@contso.com",), ())
    assert left.with_left_out(PROBLEM) == left
    unsure = NameProblem(TYPO, Reason.SEVERAL)
    assert RestoreForm(problems=(unsure,)).with_all_nearest().problems == (unsure,)


def test_a_unit_taken_out_is_named_among_those_left_out() -> None:
    form = READY.with_own_time("u1", "2h ago").without_units(("u1",))
    assert (form.unit_ids, form.left_out, form.own_times) == (("u2",), ("adele@contoso.com",), {})
    assert form.without_units(("u1",)) is form


def test_another_service_keeps_the_names_and_looks_them_up_again() -> None:
    form = READY.with_resolution(Resolution(problems=(PROBLEM,))).with_service(Service.EXCHANGE)
    assert [name.text for name in form.waiting] == ["Adele@contoso.com", "megan@contoso.com", "meganb@contso.com"]
    assert (form.units, form.problems) == ((), ())
    assert READY.with_service(READY.service) is READY


def test_a_time_that_counts_from_when_it_was_typed_is_kept_with_that_moment() -> None:
    form = READY.with_moment("yesterday 14:00", NOW)
    assert form.asked_at == NOW
    assert found_in(form, FormContext(NOW + timedelta(days=400)))[Field.POINT].message == "Older than 366 days."
    assert form.with_moment("latest", NOW).asked_at is None
    assert form.with_moment("2026-11-20 14:10", NOW).asked_at is None


def test_a_form_of_an_earlier_version_has_no_such_moment() -> None:
    kept = json.loads(READY.to_json())
    del kept["askedAt"]
    assert RestoreForm.from_json(json.dumps(kept)) == READY


TEXTS = st.text(st.characters(exclude_categories=[]), max_size=12)
NAMES = st.builds(
    WrittenName, st.integers(0, 99), TEXTS, st.sampled_from(NameKind), st.lists(TEXTS, max_size=2).map(tuple)
)
FORMS = st.builds(
    RestoreForm,
    service=st.sampled_from(Service),
    units=st.lists(st.builds(FormUnit, TEXTS, TEXTS, TEXTS), max_size=3).map(tuple),
    waiting=st.lists(NAMES, max_size=2).map(tuple),
    pending=TEXTS,
    problems=st.lists(
        st.builds(NameProblem, NAMES, st.sampled_from(Reason), st.none() | TEXTS, TEXTS, st.lists(TEXTS).map(tuple)),
        max_size=2,
    ).map(tuple),
    left_out=st.lists(TEXTS, max_size=2).map(tuple),
    moment=TEXTS,
    asked_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    zone=st.just("Europe/Berlin"),
    express=st.sampled_from(Express),
    express_within=st.integers(0, 9999).map(lambda minutes: timedelta(minutes=minutes)),
    destination=st.none() | st.sampled_from(Destination),
    copied_destinations=st.lists(st.sampled_from(Destination), max_size=2).map(tuple),
    own_times=st.dictionaries(TEXTS, TEXTS, max_size=2),
    source=TEXTS,
    draft_id=st.none() | st.text(min_size=1, max_size=5),
)


@given(FORMS)
def test_a_form_comes_back_from_the_journal_as_it_was(form: RestoreForm) -> None:
    kept = form.to_json()
    kept.encode("utf-8")
    assert RestoreForm.from_json(kept) == form
    problems(form, CONTEXT)


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"version": 2}',
        '{"version": 1}',
        READY.to_json().replace("onedrive", "teams"),
        READY.to_json().replace('"askedAt": null', '"askedAt": "2026-11-22T14:32:00"'),
        READY.to_json().replace('"askedAt": null', '"askedAt": 5'),
    ],
)
def test_a_form_that_cannot_be_read_says_so(kept: str) -> None:
    with pytest.raises(LocalError, match="cannot be read"):
        RestoreForm.from_json(kept)
