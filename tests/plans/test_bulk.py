"""Specifies what is said of lists of names before they are used: their price, and what they cannot do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from backup_tui.models.services import Destination, Service
from backup_tui.plans.bulk import bulk_price, bulk_refusals, bulk_words, by_name
from backup_tui.plans.parts import PlannedUnit, split
from backup_tui.plans.plan import Plan, PlanLimits, Scope, Source, Wave
from backup_tui.plans.rows import ScopeRow
from backup_tui.restore.points.points import NamedUnit, UnitPoint

WHEN = datetime(2026, 11, 20, 13, 10, 0, 250_000, tzinfo=UTC)
PLAN = Plan("flood", Scope(Source.LIST, ("names.csv",)), "20 Nov 14:10", "UTC", Destination.IN_PLACE, bulk=True)


def planned(count: int, wave: int = 0) -> list[PlannedUnit]:
    points = [UnitPoint(f"u{wave}-{each}", f"u{each}@contoso.com", Service.EXCHANGE, WHEN) for each in range(count)]
    return [PlannedUnit(point, wave, Destination.IN_PLACE) for point in points]


def row(number: int, before: str = "20 Nov 14:10", address: str = "lee.gu@contoso.com") -> ScopeRow:
    unit = NamedUnit(f"u{number}", Service.EXCHANGE, address, "Lee Gu")
    return ScopeRow(unit, 0, Destination.IN_PLACE, before, own=before != PLAN.before)


@pytest.mark.parametrize(("size", "requests", "instead_of"), [(250, 4, 740), (1_000, 4, 710), (40, 4, 500 + 250 + 250)])
def test_ten_thousand_names_cost_four_requests_and_say_what_they_cost_besides(
    size: int, requests: int, instead_of: int
) -> None:
    plan = replace(PLAN, limits=PlanLimits(units_per_session=size))
    parts = [part for part, _ in split(planned(10_000), plan.limits, bulk=True)]
    price = bulk_price(plan, parts)
    assert (price.requests, price.instead_of, price.looked_up, price.waiting) == (requests, instead_of, 500, 9_000)
    words = " ".join(bulk_words(plan, parts))
    for cost in (
        "Nobody is checked at the service",
        "no point is known",
        "one time for all",
        "fail only after it",
        "500 searches",
    ):
        assert cost in words
    assert "9,000 of the largest list wait inside their session" in words


def test_the_price_is_the_same_whichever_way_the_plan_was_split() -> None:
    by_points = [part for part, _ in split(planned(2_600), PLAN.limits)]
    by_names = [part for part, _ in split(planned(2_600), PLAN.limits, bulk=True)]
    assert (len(by_points), len(by_names)) == (11, 1)
    assert bulk_price(PLAN, by_points) == bulk_price(PLAN, by_names)


def test_lists_of_names_are_offered_only_to_large_plans() -> None:
    plan = replace(PLAN, bulk=False)
    small, large = ([part for part, _ in split(planned(count), plan.limits)] for count in (1_000, 1_001))
    assert bulk_words(plan, small) == ()
    (offer,) = bulk_words(plan, large)
    assert "4 requests instead of" in offer
    assert "bulk = true" in offer


def test_a_list_holds_at_most_ten_thousand_names_and_no_unit_is_lost() -> None:
    parts = split([*planned(10_001), *planned(5, wave=1)], PLAN.limits, bulk=True)
    assert [(part.wave, part.units, part.bulk) for part, _ in parts] == [(0, 10_000, True), (0, 1, True), (1, 5, True)]
    assert len({unit.unit_id for _, units in parts for unit in units}) == 10_006


def test_what_lists_cannot_do_is_refused_with_its_reason() -> None:
    rows = [row(1), row(2), row(3, before="19 Nov 9:00")]
    assert bulk_refusals(PLAN, rows[:2]) == ()
    plan = replace(
        PLAN, prefer_express=True, max_gap=timedelta(hours=1), waves=(Wave("all", first=("lee.gu@contoso.com",)),)
    )
    reasons = bulk_refusals(plan, rows)
    assert [reason.split(":")[0].split(";")[0] for reason in reasons] == [
        "1 row has a time of its own",
        "an express point that is near enough cannot be preferred",
        "older points cannot be left out",
        "1 name cannot go first",
    ]


def test_waves_with_times_of_their_own_are_lists_of_their_own() -> None:
    rows = [row(1), replace(row(2), wave=1, before="19 Nov 9:00")]
    assert bulk_refusals(PLAN, rows) == ()


def test_what_is_sent_is_the_address_or_else_the_object_id() -> None:
    assert by_name(row(1), WHEN, {}).name == "lee.gu@contoso.com"
    hidden = row(1, address="")
    point = by_name(hidden, WHEN, {"u1": "87d349ed-44d7-43e1-9a83-5f2406dee5bd"})
    assert (point.name, point.refused) == ("87d349ed-44d7-43e1-9a83-5f2406dee5bd", "")
    assert point.wanted == WHEN.replace(microsecond=0)
    assert point.point_id is None
    assert "neither its address nor its object id" in by_name(hidden, WHEN, {}).refused
