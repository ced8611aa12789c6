"""Specifies the review before an activation: what it says, what it checks, and what it admits not to know."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from backup_tui.errors import NotFound, ServerFault
from backup_tui.models.checks import CheckResult
from backup_tui.models.services import Destination, Service
from backup_tui.restore.drafts.drafts import create_draft
from backup_tui.restore.drafts.plan import DraftPlan
from backup_tui.restore.review.activation import Start, Started
from backup_tui.restore.review.review import Review
from backup_tui.simulator.domain.workloads import ONEDRIVE
from backup_tui.simulator.http.callers import RYAN
from backup_tui.simulator.settings import Settings

if TYPE_CHECKING:
    from office import Office


def lines(review: Review, mark: CheckResult) -> list[str]:
    return [check.text for check in review.checks if check.mark is mark]


def has(review: Review, mark: CheckResult, words: str) -> bool:
    return any(words in text for text in lines(review, mark))


async def reviewed(office: Office, destination: Destination = Destination.IN_PLACE, count: int = 3) -> Review:
    result = await office.draft(await office.units(count=count), destination)
    return await office.review(Start(result.session_id))


async def test_an_ordinary_draft_can_be_started(office: Office) -> None:
    review = await reviewed(office)
    assert review.blocked is None
    assert review.phrase == "overwrite 3 contoso"
    assert review.sentence.startswith("IN PLACE: 3 OneDrive accounts are rolled back as a whole to ")
    assert set(review.names) == {unit.address for unit in await office.units()}
    assert has(review, CheckResult.OK, "unchanged since you saw it: 3 accounts, same points")
    assert has(review, CheckResult.OK, "0 of 25 sessions running; 0 of 1,000 accounts in restore")
    assert has(review, CheckResult.OK, "none is in another known restore")
    assert has(review, CheckResult.UNKNOWN, "holds cannot be seen")
    assert not lines(review, CheckResult.BLOCKING)


async def test_checks_stand_worst_first(office: Office) -> None:
    review = await reviewed(office)
    order = [CheckResult.BLOCKING, CheckResult.WARNING, CheckResult.UNKNOWN, CheckResult.OK]
    places = [order.index(check.mark) for check in review.checks]
    assert places == sorted(places)


async def test_a_new_location_needs_the_short_phrase(office: Office) -> None:
    review = await reviewed(office, Destination.NEW)
    assert review.phrase == "restore 3"
    assert review.sentence.startswith("NEW ADDRESS: 3 OneDrive copies")


async def test_names_of_the_list_that_are_not_in_it_are_kept(office: Office) -> None:
    result = await office.draft(await office.units(), missing=("ghost@contoso.com",), left_out=("old@contoso.com",))
    review = await office.review(Start(result.session_id))
    assert review.names_missing == ("ghost@contoso.com",)
    assert review.left_out == ("old@contoso.com",)


async def test_a_draft_of_another_says_so_and_that_its_units_are_not_named(office: Office) -> None:
    session = office.service.create_session(ONEDRIVE, RYAN)
    for unit in office.service.tenant.units["onedrive"][:4]:
        session.add(unit, int(office.service.now()) // 600 * 600 - 7200, False, "inPlace", office.service.now())
    review = await office.review(Start(session.id))
    assert review.made_by == "Ryan"
    assert has(review, CheckResult.WARNING, "Ryan created this draft; you would start it")
    assert has(review, CheckResult.UNKNOWN, "4 of 4 units are not named by the service")
    assert has(review, CheckResult.UNKNOWN, "the time that was asked for is unknown")
    assert all(name.startswith("not named, point ") for name in review.names)
    assert review.blocked is None, "it is doubtful, but it is theirs to start"


@pytest.mark.parametrize("settings", [Settings(units=300, history=False, expand_units=True)])
async def test_units_are_named_where_the_service_tells_them(office: Office) -> None:
    session = office.service.create_session(ONEDRIVE, RYAN)
    units = office.service.tenant.units["onedrive"][:4]
    for unit in units:
        session.add(unit, int(office.service.now()) // 600 * 600 - 7200, False, "inPlace", office.service.now())
    review = await office.review(Start(session.id))
    assert {unit.unit_id for unit in review.units} == {unit.id for unit in units}
    assert not has(review, CheckResult.UNKNOWN, "not named")


async def test_large_gaps_are_told_with_their_unit(office: Office) -> None:
    units = await office.units(count=3)
    table = await office.table(units)
    wanted = table.rows[0].wanted + timedelta(hours=1, minutes=40)
    rows = (replace(table.rows[0], wanted=wanted), *table.rows[1:])
    result = await create_draft(office.tools, DraftPlan(Service.ONEDRIVE, Destination.NEW, rows))
    review = await office.review(Start(result.session_id))
    (text,) = [text for text in lines(review, CheckResult.WARNING) if "earlier than you asked for" in text]
    assert rows[0].name in text


async def test_a_unit_in_a_running_restore_is_pointed_out(office: Office) -> None:
    units = await office.units(count=3)
    first = await office.draft(units[:1])
    running = await office.review(Start(first.session_id))
    assert isinstance(await office.carry_out(running, running.phrase), Started)
    second = await office.draft(units)
    review = await office.review(Start(second.session_id))
    assert has(review, CheckResult.BLOCKING, f"{units[0].address} is already being restored by")
    assert has(review, CheckResult.OK, "1 of 25 sessions running; 1 of 1,000 accounts in restore")


async def test_running_restores_whose_units_are_not_named_leave_a_doubt(office: Office) -> None:
    session = office.service.create_session(ONEDRIVE, RYAN)
    for unit in office.service.tenant.units["onedrive"][60:65]:
        session.add(unit, int(office.service.now()) // 600 * 600 - 7200, False, "inPlace", office.service.now())
    office.service.activate_session(session.id, RYAN)
    review = await reviewed(office)
    assert has(review, CheckResult.UNKNOWN, "5 units in running restores are not named by the service")
    assert not has(review, CheckResult.OK, "another known restore")


async def test_what_cannot_be_read_is_a_doubt_never_a_reassurance(office: Office) -> None:
    result = await office.draft(await office.units())
    office.faults.add("refuse", method="GET", path="(restoreSessions|backupRestore)$", status=403, times=None)
    office.faults.add("refuse", method="GET", path="ProtectionUnits/", status=403, times=None)
    review = await office.review(Start(result.session_id))
    assert has(review, CheckResult.UNKNOWN, "how many restores are running could not be read")
    assert has(review, CheckResult.UNKNOWN, "the running restores could not be read; a unit may be in one of them")
    assert has(review, CheckResult.UNKNOWN, "whether the service allows restores now could not be read")
    assert has(review, CheckResult.UNKNOWN, "whether 3 of the OneDrive accounts still exist")
    assert len(lines(review, CheckResult.OK)) == 1, "only that the draft is as it was made"


async def test_a_draft_that_cannot_be_read_gives_no_review(office: Office) -> None:
    result = await office.draft(await office.units())
    with pytest.raises(NotFound):
        await office.review(Start("00000000-0000-0000-0000-000000000000"))
    office.faults.add("refuse", method="GET", path="Artifacts", status=500, times=None)
    with pytest.raises(ServerFault):
        await office.review(Start(result.session_id))


@pytest.mark.parametrize(
    ("status", "words"),
    [("restoreLocked", "restores are locked"), ("disabled", "Microsoft 365 Backup is off")],
)
async def test_a_locked_service_stops_it(office: Office, status: str, words: str) -> None:
    draft = await office.draft(await office.units())
    office.service.state.tell({"status": status}, RYAN, office.service.now())
    review = await office.review(Start(draft.session_id))
    assert review.blocked is not None
    assert words in review.blocked


@pytest.mark.parametrize(
    ("days", "words"),
    [(3, "restores are allowed until 25 Nov"), (-1, "restores were allowed until 21 Nov")],
)
async def test_an_end_of_restores_that_is_near_or_passed_is_pointed_out(office: Office, days: int, words: str) -> None:
    draft = await office.draft(await office.units())
    until = (office.clock.now() + timedelta(days=days)).isoformat()
    office.service.state.tell({"restoreAllowedTillDateTime": until}, RYAN, office.service.now())
    review = await office.review(Start(draft.session_id))
    assert review.blocked is None, "the state of the service decides, not a date"
    assert has(review, CheckResult.WARNING, words)


async def test_twenty_five_running_restores_stop_it(office: Office) -> None:
    units = office.service.tenant.units["onedrive"]
    for unit in units[40:65]:
        session = office.service.create_session(ONEDRIVE, RYAN)
        session.add(unit, int(office.service.now()) // 600 * 600 - 7200, False, "inPlace", office.service.now())
        office.service.activate_session(session.id, RYAN)
    review = await reviewed(office)
    assert review.blocked == "25 of 25 sessions running: the service allows no more"


async def test_a_session_that_was_started_cannot_be_started_again(office: Office) -> None:
    first = await reviewed(office)
    await office.carry_out(first, first.phrase)
    again = await office.review(Start(first.session.id))
    assert again.blocked is not None
    assert "no longer a draft" in again.blocked


async def test_units_that_leave_or_are_gone_are_pointed_out(office: Office) -> None:
    units = await office.units(count=2)
    leaving = next(row for row in office.store.units[Service.ONEDRIVE].values() if row.status == "offboardRequested")
    result = await office.draft([*units, leaving])
    path = f"ProtectionUnits/{units[0].id}"
    office.faults.add("refuse", method="GET", path=path, status=404, code="ProtectionUnitNotFound", times=None)
    review = await office.review(Start(result.session_id))
    assert has(review, CheckResult.WARNING, f"{units[0].address}: no longer in Backup")
    assert has(review, CheckResult.WARNING, f"{leaving.name} is being offboarded")


async def test_expired_points_are_pointed_out(office: Office) -> None:
    units = await office.units(count=2)
    result = await office.draft(units)
    office.advance(timedelta(days=364).total_seconds())
    review = await office.review(Start(result.session_id))
    assert has(review, CheckResult.WARNING, ": the point expires ")
    office.advance(timedelta(days=3).total_seconds())
    again = await office.review(Start(result.session_id))
    assert has(again, CheckResult.BLOCKING, "the point has expired")


async def test_restored_twice_in_a_month_is_counted_as_far_as_known(office: Office) -> None:
    units = await office.units(count=2)
    for _ in range(2):
        result = await office.draft(units[:1], Destination.NEW)
        review = await office.review(Start(result.session_id))
        assert isinstance(await office.carry_out(review, review.phrase), Started)
        office.advance(timedelta(hours=5).total_seconds())
    review = await reviewed(office, Destination.NEW)
    assert has(review, CheckResult.WARNING, "1 restored twice or more in 31 days; Microsoft allows two tests a month")
    assert has(review, CheckResult.UNKNOWN, "from elsewhere are not counted here")


async def test_without_a_known_user_it_says_so(settings: Settings, tmp_path: Path) -> None:
    from office import ADELE, Office

    office = Office(settings, tmp_path)
    async with office.stack:
        await office.open(replace(ADELE, object_id=None, tenant="127.0.0.1", tenant_id=None, user=""))
        review = await reviewed(office)
        assert has(review, CheckResult.UNKNOWN, "whether you created this draft is unknown")
        assert review.phrase == "overwrite 3", "a tenant that is not known is left out"
