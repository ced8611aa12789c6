"""Specifies what becomes of a list before it is handed to a policy: every row is in exactly one place."""

from __future__ import annotations

from typing import Any

import pytest

from backup_tui.errors import UsageError
from backup_tui.models.policies import ProtectionPolicy, read_policy
from backup_tui.models.services import Service
from backup_tui.models.unit_jobs import NewUnitsJob
from backup_tui.protection.bulk_names import AskedName, Held, RepeatedName, SortedNames, sort_names
from backup_tui.store.rows import UnitRow

GUID = "11111111-2222-4333-8444-{:012d}"


def policy(policy_id: str, name: str) -> ProtectionPolicy:
    return read_policy({"id": policy_id, "displayName": name}, Service.EXCHANGE)


HERE, THERE = policy("here", "All"), policy("there", "Pilot")


def unit(number: int, **members: Any) -> UnitRow:
    given: dict[str, Any] = {
        "id": GUID.format(number),
        "service": Service.EXCHANGE,
        "address": f"user{number}@contoso.com",
        "title": f"User {number}",
        "status": "protected",
        "policy_id": "",
        "object_id": GUID.format(900 + number),
        "sources": "manual",
        "created": None,
    }
    return UnitRow(**(given | members))


def sorted_list(*texts: str, service: Service = Service.EXCHANGE, units: tuple[UnitRow, ...] = ()) -> SortedNames:
    names = [AskedName(line, text) for line, text in enumerate(texts, 1)]
    return sort_names(names, [], service, HERE, units, {"here": HERE, "there": THERE})


def test_names_of_strangers_are_sent_and_known_ones_are_told_apart() -> None:
    units = (
        unit(1, policy_id="here"),
        unit(2, policy_id="there"),
        unit(3),
        unit(4, status="offboardRequested"),
        unit(5, policy_id="here", status="removeRequested"),
    )
    found = sorted_list(
        "user1@contoso.com", "USER2@contoso.com", "user3@contoso.com", "user4@contoso.com", "user5@contoso.com",
        "stranger@contoso.com", units=units,
    )  # fmt: skip
    assert [(name.text, name.known) for name in found.send] == [
        ("user3@contoso.com", True),
        ("stranger@contoso.com", False),
    ]
    assert [name.text for name in found.inside] == ["user1@contoso.com"]
    assert [(one.text, one.reason) for one in found.held] == [
        ("USER2@contoso.com", Held.ELSEWHERE),
        ("user4@contoso.com", Held.OFFBOARDING),
        ("user5@contoso.com", Held.LEAVING),
    ]
    assert 'in the policy "Pilot"' in found.held[0].words
    assert sum(found.sums.values()) == 2 * found.count == 12


def test_one_person_by_two_names_counts_once_and_repetitions_are_kept() -> None:
    found = sort_names(
        [AskedName(1, "a@contoso.com"), AskedName(2, "A@contoso.com")],
        [RepeatedName(3, 1, "a@contoso.com")],
        Service.EXCHANGE,
        HERE,
        (),
        {},
    )
    assert (len(found.send), [(one.line, one.first_line) for one in found.twice]) == (1, [(3, 1), (2, 1)])
    assert found.words(skipped=True) == "3 names: 1 to add, 2 twice"


def test_ids_and_display_names_become_what_the_service_takes() -> None:
    units = (unit(1), unit(2, title="Two"), unit(3, title="Two"), unit(4, address=""))
    found = sorted_list(GUID.format(1), GUID.format(4), GUID.format(777), "User 1", "Two", "Some Body", units=units)
    assert [(name.sent, name.is_id) for name in found.send] == [
        ("user1@contoso.com", False),
        (GUID.format(904), True),
        (GUID.format(777), True),
    ]
    assert [one.text for one in found.twice] == ["User 1"]
    assert [(one.text, one.reason) for one in found.held] == [("Two", Held.SEVERAL), ("Some Body", Held.NO_NAME)]


def test_a_row_is_sent_by_what_else_it_says() -> None:
    names = [AskedName(1, "Some Body", ("Sales", "some.body@contoso.com"))]
    found = sort_names(names, [], Service.EXCHANGE, HERE, (), {})
    assert [name.sent for name in found.send] == ["some.body@contoso.com"]


@pytest.mark.parametrize(
    ("text", "sent", "is_id"),
    [
        ("https://contoso.sharepoint.com/sites/a", "https://contoso.sharepoint.com/sites/a", False),
        ("contoso.sharepoint.com/sites/a", "https://contoso.sharepoint.com/sites/a", False),
        (f"contoso.sharepoint.com,{GUID.format(1)},{GUID.format(2)}", None, True),
    ],
)
def test_sites_go_by_address_or_id(text: str, sent: str | None, is_id: bool) -> None:
    (name,) = sorted_list(text, service=Service.SHAREPOINT).send
    assert (name.sent, name.is_id) == (sent or text, is_id)


@pytest.mark.parametrize("text", ["a@contoso.com", "Finance", "contoso", GUID.format(1)])
def test_what_names_no_site_is_held_back(text: str) -> None:
    (held,) = sorted_list(text, service=Service.SHAREPOINT).held
    assert "address of the site" in held.words


def test_the_mark_follows_from_the_names_alone() -> None:
    one = NewUnitsJob(("a@x.com", "b@x.com"), title="First")
    other = NewUnitsJob(("B@x.com", "a@x.com"), title="Second")
    assert one.mark == other.mark != NewUnitsJob(("a@x.com",)).mark
    assert one.display_name == f"First [{one.mark}]"
    assert NewUnitsJob(("a@x.com",)).display_name.startswith("Addition of 1 name [")
    with pytest.raises(UsageError, match="no names"):
        NewUnitsJob()
