"""Specifies which units count as failed so far, whatever failed in which round, and what a retry holds."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from backup_tui.models.services import Destination, Service
from backup_tui.plans.again import (
    AgainUnit,
    Outcome,
    Standing,
    TriedPart,
    latest_attempts,
    parts_again,
    retried,
)
from backup_tui.plans.parts import Part, PlannedUnit, split
from backup_tui.plans.plan import Plan, PlanLimits, Scope, Source, Wave
from backup_tui.plans.record import PlanRecord
from backup_tui.restore.points.points import UnitPoint

WHEN = datetime(2026, 11, 20, 13, 10, tzinfo=UTC)
PLAN = Plan(
    "flood",
    Scope(Source.LIST, ("names.csv",)),
    "2h",
    "UTC",
    Destination.IN_PLACE,
    (Wave("first"), Wave("rest")),
    limits=PlanLimits(units_per_session=3),
)
CODES = ("ArtifactCannotBeRestored", "InvalidRestoreTime", "ArtifactNotFound", "UnknownError", "")
FAILED = Outcome(Standing.FAILED, "UnknownError")


def unit(number: int) -> UnitPoint:
    service = tuple(Service)[number % 3]
    return UnitPoint(f"u{number}", f"u{number}@contoso.com", service, WHEN, f"p{number}", WHEN)


class World:
    """A plan whose sessions end as chance has it."""

    def __init__(self, count: int, seed: int) -> None:
        self.chance = random.Random(seed)
        planned = [PlannedUnit(unit(n), self.chance.randrange(2), Destination.IN_PLACE) for n in range(count)]
        self.parts: list[TriedPart] = []
        self._add(split(planned, PLAN.limits))
        self.units = {f"u{n}" for n in range(count)}

    def _add(self, parts: tuple[tuple[Part, tuple[UnitPoint, ...]], ...]) -> None:
        self.parts += [TriedPart(part, f"s{part.number}", units, {}) for part, units in parts]

    @property
    def record(self) -> PlanRecord:
        parts = tuple(now.part for now in self.parts)
        return PlanRecord(PLAN, "", "", WHEN, "adele", parts, {part.number: f"s{part.number}" for part in parts})

    def move(self) -> None:
        """Some drafts are started, some retries deleted; some units of started ones end."""
        self.parts = [self._ended(self._begun(now)) for now in self.parts]

    def _begun(self, now: TriedPart) -> TriedPart:
        if now.begun or now.gone or self.chance.random() < 0.3:
            return now
        deleted = bool(now.part.again_of) and self.chance.random() < 0.1
        return replace(now, begun=not deleted, gone=deleted)

    def _ended(self, now: TriedPart) -> TriedPart:
        if not now.begun:
            return now
        outcomes = dict(now.outcomes)
        for each in now.units:
            if outcomes.get(each.unit_id, Outcome(Standing.LIVE)).standing is Standing.LIVE:
                standing = self.chance.choice(list(Standing))
                code = self.chance.choice(CODES) if standing is Standing.FAILED else ""
                outcomes[each.unit_id] = Outcome(standing, code)
        return replace(now, outcomes=outcomes)

    def again(self) -> list[AgainUnit]:
        """Drafts a part of what has failed, as a person does who names some causes."""
        ready = [
            AgainUnit(one.unit, one.at.session_id, one.at.part.wave, self.chance.choice(list(Destination)))
            for one in latest_attempts(self.parts).values()
            if one.outcome.standing is Standing.FAILED and self.chance.random() < 0.8
        ]
        self._add(parts_again(ready, self.record, PLAN.limits))
        return ready

    def live_in(self, unit_id: str) -> list[int]:
        """Parts in which a unit waits or is being restored."""
        return [
            now.part.number
            for now in self.parts
            if any(each.unit_id == unit_id for each in now.units)
            and (outcome := now.outcome(unit_id)) is not None
            and outcome.standing is Standing.LIVE
        ]


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 40), st.integers(0, 10**9), st.integers(1, 6))
def test_each_unit_is_in_one_live_attempt_over_all_rounds(count: int, seed: int, rounds: int) -> None:
    world = World(count, seed)
    for _ in range(rounds):
        world.move()
        before = latest_attempts(world.parts)
        ready = world.again()
        taken = {one.unit.unit_id for one in ready}
        assert all(before[unit_id].outcome.standing is Standing.FAILED for unit_id in taken)
        after = latest_attempts(world.parts)
        standing = {unit_id: after[unit_id].outcome.standing for unit_id in world.units}
        assert after.keys() == world.units, "nobody is forgotten"
        for unit_id in world.units:
            live = world.live_in(unit_id)
            assert len(live) == (standing[unit_id] is Standing.LIVE)
            if before[unit_id].outcome.standing is Standing.RESTORED:
                assert standing[unit_id] is Standing.RESTORED, "whoever is restored stays so"
            assert (standing[unit_id] is Standing.LIVE) == (
                unit_id in taken or before[unit_id].outcome.standing is Standing.LIVE
            )


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(0, 10**9))
def test_new_parts_follow_in_number_hold_one_service_and_wave_and_name_their_sources(count: int, seed: int) -> None:
    world = World(count, seed)
    world.move()
    first = len(world.parts)
    failed = {u: one for u, one in latest_attempts(world.parts).items() if one.outcome.standing is Standing.FAILED}
    ready = world.again()
    new = world.parts[first:]
    assert [now.part.number for now in new] == list(range(first + 1, first + 1 + len(new)))
    assert sorted(each.unit_id for now in new for each in now.units) == sorted(one.unit.unit_id for one in ready)
    for now in new:
        assert 1 <= len(now.units) == now.part.units <= 3
        assert {each.service for each in now.units} == {now.part.service}
        assert set(now.part.again_of) == {failed[each.unit_id].at.session_id for each in now.units}
        assert {failed[each.unit_id].at.part.wave for each in now.units} == {now.part.wave}


def one_part(**more: object) -> TriedPart:
    part = Part(1, 0, Service.EXCHANGE, Destination.IN_PLACE, 1)
    return replace(TriedPart(part, "s1", (unit(0),), {}), **more)


@pytest.mark.parametrize(
    ("now", "standing"),
    [
        (one_part(), Standing.LIVE),
        (one_part(begun=True, outcomes={"u0": FAILED}), Standing.FAILED),
        (one_part(gone=True), None),
        (one_part(begun=True, ended=True), None),
        (one_part(begun=True, part=Part(1, 0, Service.EXCHANGE, Destination.NEW, 1, bulk=True)), Standing.LIVE),
    ],
    ids=["draft", "failed", "deleted draft", "not in its session", "names not looked up yet"],
)
def test_how_a_unit_stands_follows_from_its_session(now: TriedPart, standing: Standing | None) -> None:
    found = latest_attempts([now]).get("u0")
    assert (found.outcome.standing if found else None) is standing


def test_a_deleted_retry_leaves_the_unit_failed() -> None:
    first = one_part(begun=True, ended=True, outcomes={"u0": FAILED})
    part = Part(2, 0, Service.EXCHANGE, Destination.IN_PLACE, 1, again_of=("s1",))
    retry = TriedPart(part, "s2", (unit(0),), {})
    assert latest_attempts([first, retry])["u0"].at is retry
    assert latest_attempts([first, replace(retry, gone=True)])["u0"].outcome is FAILED


def test_the_source_says_which_part_repeats_a_unit() -> None:
    world = World(9, 3)
    record = world.record
    again = Part(40, 0, Service.EXCHANGE, Destination.IN_PLACE, 1, again_of=("s1",))
    newer = replace(again, number=41)
    record = replace(record, parts=(*record.parts, again, newer))
    assert retried(record, {40: {"u0"}}, "s1", "u0") == again
    assert retried(record, {40: {"u0"}, 41: {"u0"}}, "s1", "u0") == newer
    assert retried(record, {40: {"u0"}}, "s1", "u1") is None
    assert retried(record, {40: {"u0"}}, "s2", "u0") is None
