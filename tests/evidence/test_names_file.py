"""Specifies the hand-over file: two machines, one service; names arrive, nothing in the file is believed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from colleague import RYAN, colleague_of
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from backup_tui.errors import ServerFault, UsageError
from backup_tui.evidence.gathering import where_of
from backup_tui.evidence.names_file import LARGEST, NamesFile, file_text, names_file, read_names_file
from backup_tui.evidence.taking_names import Taken, take_names
from backup_tui.models.services import Destination, Service
from backup_tui.plans.parts import Part
from backup_tui.plans.plan import Plan, Scope, Source
from backup_tui.plans.record import PlanRecord, Yes, keep_units, kept_units
from backup_tui.plans.record import kept_record as kept_plan
from backup_tui.restore.drafts.drafts import create_draft
from backup_tui.restore.drafts.failed import failed_by_cause, form_from_failed, form_from_session
from backup_tui.restore.drafts.plan import DraftPlan
from backup_tui.restore.drafts.record import kept_record
from backup_tui.restore.review.activation import Start

if TYPE_CHECKING:
    from office import Office

ADDRESS = "http://127.0.0.1:8365"


async def handed_over(office: Office, *sessions: str, plan: PlanRecord | None = None) -> bytes:
    found = await names_file(office.tools.journal, where_of(office.tools, ADDRESS), sessions, (), plan)
    return file_text(found).encode()


async def taken_by(other: Office, data: bytes) -> Taken:
    return await take_names(other.tools, where_of(other.tools, ADDRESS), read_names_file(data))


def changed(data: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    told = json.loads(data)
    change(told)
    return json.dumps(told).encode()


async def test_a_draft_made_on_one_machine_is_reviewed_started_and_retried_on_another(
    office: Office, tmp_path: Path
) -> None:
    units = await office.units(count=3)
    held = next(unit for unit in office.service.tenant.units["onedrive"] if unit.trait == "held" and unit.address)
    rows = [*units, office.store.units[Service.ONEDRIVE][held.id]]
    session_id = (await office.draft(rows, Destination.IN_PLACE, missing=("nobody@contoso.com",))).session_id
    data = await handed_over(office, session_id)
    async with colleague_of(office, tmp_path / "other") as ryan:
        before = await ryan.review(Start(session_id))
        assert all(name.startswith("not named") for name in before.names)
        taken = await taken_by(ryan, data)
        assert (taken.sessions, taken.named, taken.refused, taken.known) == ((session_id,), 4, (), ())
        assert {row.unit_name for row in ryan.store.artifacts(session_id).values()} == {row.address for row in rows}
        review = await ryan.review(Start(session_id))
        assert set(review.names) == {row.address for row in rows}
        assert review.names_missing == ("nobody@contoso.com",)
        lines = [check.text for check in review.checks]
        assert "unchanged since adele.vance@contoso.com handed it over: 4 accounts, same points" in lines
        assert "Adele Vance created this draft; you would start it" in lines
        await ryan.carry_out(review)
        ryan.advance(6 * 3600)
        (group,) = [one for one in await failed_by_cause(ryan.tools, session_id) if not one.nameless]
        form = form_from_failed(group)
        assert [unit.name for unit in form.units] == [held.address]
        rehearsal = await form_from_session(ryan.tools, session_id, Destination.NEW)
        assert {unit.name for unit in rehearsal.units} == {row.address for row in rows}
        again = await taken_by(ryan, data)
        assert (again.known, again.sessions) == ((session_id,), ())


async def test_only_what_the_service_confirms_is_taken(office: Office, tmp_path: Path) -> None:
    first, second, third = await office.units(count=3)
    session_id = (await office.draft([first, second])).session_id

    def swap_names(told: dict[str, Any]) -> None:
        one, other = told["drafts"][0]["units"]
        one["unit_id"], other["unit_id"] = other["unit_id"], one["unit_id"]

    data = changed(await handed_over(office, session_id), swap_names)
    async with colleague_of(office, tmp_path / "other") as ryan:
        taken = await taken_by(ryan, data)
        assert (taken.named, len(taken.refused)) == (0, 2)
        review = await ryan.review(Start(session_id))
        assert all(name.startswith("not named") for name in review.names)
    assert third.id not in data.decode()


async def test_a_yes_of_somebody_else_is_never_taken_and_a_known_plan_stays(office: Office, tmp_path: Path) -> None:
    units = await office.units(count=2)
    session_id = (await office.draft(units, Destination.NEW)).session_id
    part = Part(1, 0, Service.ONEDRIVE, Destination.NEW, 2)
    plan = Plan("ransom", Scope(Source.LIST, ("names.csv",)), "2h", "UTC", Destination.NEW)
    at = office.clock.now()
    record = PlanRecord(plan, "", "", at, "adele", (part,), {1: session_id}, (Yes("restore 2", "adele", at, {}),))
    await keep_units(office.tools.journal, "ransom", 1, (await office.table(units)).rows)
    data = await handed_over(office, plan=record)
    assert b"restore 2" not in data

    def forge(told: dict[str, Any]) -> None:
        yes = {"phrase": "restore 2", "by": "ceo", "at": at.isoformat(), "drafts": {session_id: "x"}}
        told["plan"]["record"]["yes"] = [yes]

    async with colleague_of(office, tmp_path / "other") as ryan:
        taken = await taken_by(ryan, changed(data, forge))
        kept = await kept_plan(ryan.tools.journal, "ransom")
        assert (taken.plan, taken.plan_known) == ("ransom", False)
        assert kept is not None
        assert (kept.yes, kept.sessions) == ((), {1: session_id})
        assert len(await kept_units(ryan.tools.journal, "ransom", 1)) == 2
        assert (await taken_by(ryan, data)).plan_known


async def handed_plan(office: Office) -> tuple[str, bytes]:
    """A plan of two units, as its hand-over file."""
    units = await office.units(count=2)
    session_id = (await office.draft(units, Destination.NEW)).session_id
    part = Part(1, 0, Service.ONEDRIVE, Destination.NEW, 2)
    plan = Plan("ransom", Scope(Source.LIST, ("names.csv",)), "2h", "UTC", Destination.NEW)
    record = PlanRecord(plan, "", "", office.clock.now(), "adele", (part,), {1: session_id})
    await keep_units(office.tools.journal, "ransom", 1, (await office.table(units)).rows)
    return session_id, await handed_over(office, plan=record)


async def test_a_wrong_unit_is_not_taken_though_the_file_names_the_right_one_elsewhere(
    office: Office, tmp_path: Path
) -> None:
    session_id, data = await handed_plan(office)

    def forge(told: dict[str, Any]) -> None:
        told["drafts"][0]["units"][0] |= {"unit_id": "of-somebody-else", "name": "nobody-important"}
        told["plan"]["units"]["1"][1] |= {"unit_id": "of-a-third", "name": "nobody-important-either"}

    async with colleague_of(office, tmp_path / "other") as ryan:
        taken = await taken_by(ryan, changed(data, forge))
        draft = await kept_record(ryan.tools.journal, session_id)
        planned = await kept_units(ryan.tools.journal, "ransom", 1)
        assert draft is not None
        assert (len(draft.units), len(planned)) == (1, 1)
        assert taken.refused == ("nobody-important", "nobody-important-either")


async def test_a_unit_is_called_what_the_service_calls_it(office: Office, tmp_path: Path) -> None:
    units = await office.units(count=1)
    session_id = (await office.draft(units)).session_id
    data = changed(
        await handed_over(office, session_id), lambda told: told["drafts"][0]["units"][0].update(name="test.account")
    )
    async with colleague_of(office, tmp_path / "other") as ryan:
        await ryan.units(count=1)
        await taken_by(ryan, data)
        assert (await ryan.review(Start(session_id))).names == (units[0].address,)


BROKEN_PLANS: dict[str, Callable[[dict[str, Any]], None]] = {
    "plan.record.parts.wave": lambda record: record["parts"][0].update(wave=3),
    "plan.record.parts": lambda record: record["parts"].append(record["parts"][0]),
    "plan.record.sessions": lambda record: record["sessions"].update({"7": "another"}),
    "plan.record.stop_after": lambda record: record.update(stop_after=9),
    "plan.record.created_at": lambda record: record.update(created_at="2026-11-20T10:00:00"),
    "plan.record.plan": lambda record: record["plan"]["limits"].update(units_per_session=0),
    "plan.record.plan.waves": lambda record: record["plan"].update(waves=[]),
    "plan.record.unusable": lambda record: record.update(unusable={"1": {"\x1b[2J": "code"}}),
}


@pytest.mark.parametrize("field", BROKEN_PLANS)
async def test_a_plan_that_does_not_fit_together_is_refused_with_its_field(office: Office, field: str) -> None:
    _, data = await handed_plan(office)
    assert read_names_file(data).plan is not None
    with pytest.raises(UsageError) as caught:
        read_names_file(changed(data, lambda told: BROKEN_PLANS[field](told["plan"]["record"])))
    assert caught.value.field == field


async def test_nothing_is_kept_when_the_service_cannot_be_asked(office: Office, tmp_path: Path) -> None:
    session_id = (await office.draft(await office.units(count=1))).session_id
    data = await handed_over(office, session_id)
    async with colleague_of(office, tmp_path / "other") as ryan:
        office.faults.add("refuse", method="POST", path="search", status=500, times=None)
        with pytest.raises(ServerFault):
            await taken_by(ryan, data)
        assert await kept_record(ryan.tools.journal, session_id) is None


async def test_express_points_and_two_points_of_one_unit_are_confirmed_too(office: Office, tmp_path: Path) -> None:
    unit = (await office.units(count=1))[0]
    early = await office.table([unit], timedelta(hours=30))
    late = await office.table([unit], timedelta(hours=2))
    ids = [
        (await create_draft(office.tools, DraftPlan(Service.ONEDRIVE, Destination.NEW, table.rows))).session_id
        for table in (early, late)
    ]
    quick = await office.table(
        await office.units(count=5, first=1), prefer_express=True, express_within=timedelta(days=9)
    )
    assert any(row.express for row in quick.rows)
    ids.append((await create_draft(office.tools, DraftPlan(Service.ONEDRIVE, Destination.NEW, quick.rows))).session_id)
    async with colleague_of(office, tmp_path / "other") as ryan:
        taken = await taken_by(ryan, await handed_over(office, *ids))
        assert (taken.named, taken.refused) == (7, ())


@pytest.mark.parametrize("field", ["tenant_id", "address"])
async def test_a_file_of_another_tenant_or_service_is_refused(office: Office, field: str) -> None:
    data = await handed_over(office)
    where = replace(where_of(office.tools, ADDRESS), **{field: "somewhere else"})
    with pytest.raises(UsageError, match="you are signed in to somewhere else") as caught:
        await take_names(office.tools, where, read_names_file(data))
    assert caught.value.value in (RYAN.tenant_id, ADDRESS)


BREAKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "kind": lambda told: told.update(kind="other"),
    "formatVersion": lambda told: told.update(formatVersion=2),
    "drafts[0].session_id": lambda told: told["drafts"][0].update(session_id="a b"),
    "drafts[0].units[0].unit_id": lambda told: told["drafts"][0]["units"][0].update(unit_id="\x1b[2J"),
    "drafts[0].units[0].point_id": lambda told: told["drafts"][0]["units"][0].update(point_id="x" * 600),
    "drafts[0].units[0].name": lambda told: told["drafts"][0]["units"][0].update(name="\u202egpj.exe"),
    "drafts[0].units[0].time": lambda told: told["drafts"][0]["units"][0].update(time="0001-01-01T00:00:00"),
    "drafts[0].units[0].wanted": lambda told: told["drafts"][0]["units"][0].update(wanted="soon"),
    "drafts[0].service": lambda told: told["drafts"][0].update(service="teams"),
    "drafts[0].missing[0]": lambda told: told["drafts"][0].update(missing=["\x07"]),
    "generatedBy": lambda told: told.update(generatedBy="x" * 1000),
}


@pytest.mark.parametrize("field", BREAKS)
async def test_a_value_that_cannot_be_is_refused_with_its_field(office: Office, field: str) -> None:
    session_id = (await office.draft(await office.units(count=1))).session_id
    data = changed(await handed_over(office, session_id), BREAKS[field])
    with pytest.raises(UsageError) as caught:
        read_names_file(data)
    assert caught.value.field == field
    assert caught.value.certainty == "Nothing was taken from it."
    assert "\x1b" not in caught.value.message + caught.value.value


@given(st.binary(max_size=200))
@example(b"[" * 100_000)
@example(b'{"kind": ' * 5_000)
@example(b"\xff\xfe")
def test_bytes_that_are_no_such_file_are_refused(data: bytes) -> None:
    with pytest.raises(UsageError):
        read_names_file(data)


def test_a_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(UsageError, match="at most"):
        read_names_file(b" " * (LARGEST + 1))


async def test_the_file_holds_names_and_no_sign_in(office: Office) -> None:
    session_id = (await office.draft(await office.units(count=1))).session_id
    data = await handed_over(office, session_id)
    assert b"token" not in data.lower()
    assert isinstance(read_names_file(data), NamesFile)
