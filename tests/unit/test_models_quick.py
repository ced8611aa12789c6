"""Specifies that the quick way to read an object comes to what validation comes to, for objects of every type."""

from __future__ import annotations

import sys
from itertools import cycle
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from service_schema import MEMBERS
from test_models_schema import JSON_VALUES, READERS, STAMPS, object_of

from backup_tui.models.base import GraphModel
from backup_tui.models.quick import UNREAD, quickly
from backup_tui.models.services import Service
from backup_tui.models.units import MailboxProtectionUnit, read_unit
from backup_tui.models.validation import twin, validated


def assert_same(read: GraphModel, sent: dict[str, Any]) -> None:
    assert read == validated(type(read), sent)
    assert read.raw() == as_pydantic_writes_it(type(read), sent)


def as_pydantic_writes_it(model: type[GraphModel], sent: dict[str, Any]) -> object:
    def unwrapped(value: object) -> object:
        if isinstance(value, GraphModel):
            return value.raw()
        if isinstance(value, dict):
            aside = value.pop(UNREAD, {})
            return {name: unwrapped(one) for name, one in (value | aside).items()}
        return [unwrapped(one) for one in value] if isinstance(value, list) else value

    # As JSON, except that only points hold objects of our own.
    dumped = (
        twin(model)
        .model_validate(sent)
        .model_dump(mode="json", by_alias=True, exclude_unset=True, fallback=lambda value: value.raw())
    )
    return unwrapped(dumped)


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_objects_of_the_schema_are_read_the_same_both_ways(name: str, data: st.DataObject) -> None:
    sent = data.draw(object_of(name))
    sent["@odata.type"] = f"#microsoft.graph.{name}"
    assert_same(READERS[name](sent), sent)


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_objects_with_members_of_any_shape_are_read_the_same_both_ways(name: str, data: st.DataObject) -> None:
    members = [key for key in MEMBERS[name] if key != "id"]
    one: st.SearchStrategy[Any] = JSON_VALUES | STAMPS | st.text(max_size=600)
    sent = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(members, one)))
    sent |= {"id": "one", "policy_id": "ours", "\x00other": 1} | data.draw(st.dictionaries(st.text(max_size=5), one))
    sent["id"] = "one"
    assert_same(READERS[name](sent), sent)


def a_unit(number: int) -> dict[str, Any]:
    who = {"user": {"id": "u-1", "displayName": "Adele Vance"}}
    return {
        "@odata.type": "#microsoft.graph.mailboxProtectionUnit",
        "id": f"unit-{number}",
        "policyId": "p",
        "status": "protected",
        "createdBy": who,
        "createdDateTime": "2024-06-18T11:13:48.4931741Z",
        "lastModifiedBy": who,
        "lastModifiedDateTime": "2024-06-18T11:13:48Z",
        "error": None,
        "displayName": "Zoë \x1b[31m",
        "email": f"person{number}@contoso.com",
    }


def test_an_ordinary_unit_is_read_quickly_and_its_text_is_safe() -> None:
    (quick,) = quickly(MailboxProtectionUnit, [a_unit(1)])
    assert quick is not None
    assert quick.title == "Zoë ␛[31m"
    assert_same(quick, a_unit(1))
    assert read_unit(a_unit(1), Service.EXCHANGE) == quick


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("createdDateTime", "2024-13-18T11:13:48Z"),
        ("createdDateTime", "0001-01-01T00:00:00Z"),
        ("createdDateTime", "2024-06-18T24:00:00Z"),
        ("createdDateTime", "2024-06-18T11:13:48.49317419Z"),
        ("createdDateTime", 7),
        ("createdBy", "Adele"),
        ("email", 7),
        ("email", "x" * 600),
        ("error", {"code": "X", "details": [{"code": 7}]}),
        ("status", ["protected"]),
        ("\x00unread", {"a": 1}),
        ("tomorrow", {"deep": [[[[]]]]}),
    ],
)
def test_an_extraordinary_member_is_read_the_same_both_ways(member: str, value: object) -> None:
    sent = a_unit(1) | {member: value}
    assert_same(read_unit(sent), sent)


ODD: dict[str, dict[str, Any]] = {
    "a text of another type": {"status": ["protected"]},
    "fewer members": {"displayName": None},
    "more members": {"tomorrow": {"deep": [1]}},
    "another kind": {"@odata.type": "#microsoft.graph.siteProtectionUnit", "siteName": "HR"},
    "a kind that is not known": {"@odata.type": "#microsoft.graph.boxProtectionUnit"},
    "in a wrapper": {"value": [{"id": "within"}]},
    "no text at all": {"email": None, "createdDateTime": None, "createdBy": None},
    "a long text": {"email": "x" * 600},
}


@given(st.lists(st.sampled_from(["", "", "", *ODD]), min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_units_that_are_read_together_are_what_each_is_alone(oddities: list[str]) -> None:
    sent = [a_unit(number) | ODD.get(odd, {}) for number, odd in enumerate(oddities)]
    for number, odd in enumerate(oddities):
        if odd == "fewer members":
            del sent[number]["displayName"]
    together = read_unit.quickly(sent, Service.EXCHANGE)
    alone = [read_unit(one, Service.EXCHANGE) for one in sent]
    assert [one if one is not None else other for one, other in zip(together, alone, strict=True)] == alone
    strange = ("a text of another type", "in a wrapper", "a long text")
    assert all(one is not None or odd in strange for one, odd in zip(together, oddities, strict=True))


NAMES = ("Adele Vance", "Zoë Müller", "Жанна Агузарова", "山田 太郎", "김민준", None)


@pytest.mark.parametrize("odd", ["", "a text of another type"])
def test_a_long_list_takes_few_calls_for_each_of_its_units_even_with_an_odd_one(odd: str) -> None:
    # Calls and not seconds, which depend on the machine; member by member there are more than twenty for a unit.
    sent = [a_unit(number) | {"displayName": name} for number, name in zip(range(2_000), cycle(NAMES), strict=False)]
    sent[700] |= ODD.get(odd, {})
    calls = 0

    def count(_frame: object, event: str, _what: object) -> None:
        nonlocal calls
        calls += event == "call"

    read_unit.quickly(sent, Service.EXCHANGE)  # what is prepared once is prepared
    sys.setprofile(count)
    try:
        made = read_unit.quickly(sent, Service.EXCHANGE)
    finally:
        sys.setprofile(None)
    assert sum(one is None for one in made) == bool(odd)
    assert calls < 8 * len(sent)


def test_units_that_share_a_person_do_not_share_what_is_their_own() -> None:
    one, two = read_unit(a_unit(1)), read_unit(a_unit(2))
    assert one.created_by == two.created_by
    assert (one.id, two.id) == ("unit-1", "unit-2")
    changed = replace(two, status="protectRequested")
    assert (one.status, two.status, changed.status) == ("protected", "protected", "protectRequested")
    assert read_unit(a_unit(1)).given == one.given
