"""Single files of a site: looked for inside an express point, gathered, drafted, reviewed, restored, found again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from office import Office

from backup_tui.errors import OutcomeUnknown, PermissionDenied, ReadOnlyError, StateConflict, UsageError
from backup_tui.journal.records import IntentKind, IntentState
from backup_tui.models.browse import BrowseSession
from backup_tui.models.checks import CheckResult
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.units import ProtectionUnit
from backup_tui.restore.drafts.drafts import edit_draft
from backup_tui.restore.drafts.failed import form_from_session
from backup_tui.restore.drafts.record import kept_record
from backup_tui.restore.files.basket import Basket, Picked, keep_basket, kept_basket
from backup_tui.restore.files.drafting import draft_files
from backup_tui.restore.files.opening import open_point
from backup_tui.restore.files.places import Place, find_named, find_place, read_inside, read_tops
from backup_tui.restore.files.points import express_points, newest_express
from backup_tui.restore.files.renewing import renewed
from backup_tui.restore.files.versions import find_versions
from backup_tui.restore.points.search import FoundPoint
from backup_tui.restore.reads import read_artifacts
from backup_tui.restore.review.activation import Start, Started
from backup_tui.restore.review.deletion import DeleteDraft

SITE = Service.SHAREPOINT


class Site:
    """An opened express point of one site."""

    def __init__(self, office: Office, unit: ProtectionUnit, point: FoundPoint, opened: BrowseSession) -> None:
        self.office, self.unit, self.point, self.opened = office, unit, point, opened

    async def files(self, count: int) -> list[Place]:
        [top, *_] = await read_tops(self.office.tools, self.opened)
        [library, *_] = await read_inside(self.office.tools, self.opened, top)
        inside = await read_inside(self.office.tools, self.opened, library)
        return [place for place in inside if place.is_file][:count]

    async def picked(self, count: int) -> list[Picked]:
        return [Picked.of(place, self.opened, self.point) for place in await self.files(count)]

    async def draft(self, count: int) -> RestoreSession:
        return (await draft_files(self.office.tools, SITE, self.unit, await self.picked(count))).session


@pytest.fixture
async def site(office: Office) -> Site:
    [row] = await office.units(SITE, 1)
    unit = await office.tools.reader.unit(row.id, SITE)
    point = await newest_express(office.tools, SITE, unit.id, office.clock.now())
    assert point is not None
    return Site(office, unit, point, await open_point(office.tools, SITE, point))


async def test_a_point_is_opened_once_and_used_again(office: Office, site: Site) -> None:
    again = await open_point(office.tools, SITE, site.point)
    assert again.id == site.opened.id
    assert office.changes() == ["POST 201"]
    [intent] = await office.intents()
    assert (intent.kind, intent.state, intent.target) == (IntentKind.BROWSE, IntentState.DONE, site.point.id)


async def test_only_express_points_are_opened(office: Office) -> None:
    standard = FoundPoint("a", office.clock.now())
    with pytest.raises(UsageError, match="Only express points"):
        await open_point(office.tools, SITE, standard)
    assert office.changes() == []


async def test_a_read_only_workplace_opens_no_point(office: Office, tmp_path: Path) -> None:
    reading = Office(office.service.settings, tmp_path / "reading")
    async with reading.stack:
        await reading.open(read_only=True)
        with pytest.raises(ReadOnlyError):
            await open_point(reading.tools, SITE, FoundPoint("a", reading.clock.now(), express=True))


async def test_a_lost_opening_is_found_in_the_list(office: Office) -> None:
    [row] = await office.units(SITE, 1)
    point = await newest_express(office.tools, SITE, row.id, office.clock.now())
    assert point is not None
    office.faults.add("drop", path="/sharePointBrowseSessions$", method="POST")
    opened = await open_point(office.tools, SITE, point)
    assert opened.restore_point_id == point.id
    assert await office.states() == [IntentState.RESOLVED_DONE]
    assert len(office.service.browse_sessions.listed(office.service.now())) == 1


async def test_who_lacks_the_role_is_told_its_name(office: Office, site: Site) -> None:
    office.faults.add("refuse", path="/browse$", method="POST", status=403, code="accessDenied")
    with pytest.raises(PermissionDenied) as refused:
        await read_tops(office.tools, site.opened)
    assert "SharePoint Backup Administrator" in f"{refused.value.message} {refused.value.hint}"


async def test_a_path_leads_to_the_file_and_capitals_do_not_matter(office: Office, site: Site) -> None:
    [file] = await site.files(1)
    found = await find_place(office.tools, site.opened, file.path.upper())
    assert found is not None
    assert found.item.item_key == file.item.item_key
    assert await find_place(office.tools, site.opened, f"{file.path}.not") is None


async def test_a_name_is_looked_for_in_every_folder(office: Office, site: Site) -> None:
    [file] = await site.files(1)
    found: list[Place] = []
    search = await find_named(office.tools, site.opened, file.name.upper(), found.extend, lambda _: None)
    assert file.path in [place.path for place in found]
    assert search.waiting == 0
    few = await find_named(office.tools, site.opened, file.name, lambda _: None, lambda _: None, most_folders=1)
    assert few.folders == 1
    assert few.waiting > 0


async def test_files_are_drafted_reviewed_and_restored(office: Office, site: Site) -> None:
    draft = await site.draft(2)
    paths = [one.path for one in await site.picked(2)]
    reviewed = await office.review(Start(draft.id))
    name = site.unit.address
    assert reviewed.word == "NEW FOLDER"
    assert reviewed.headline == f"2 files and folders of {name}"
    assert f"2 files and folders of {name}, as of" in reviewed.sentence
    assert "one new folder of the site" in reviewed.sentence
    assert reviewed.phrase == "restore 2"
    assert sorted(reviewed.names) == sorted(paths)
    assert not [check for check in reviewed.checks if check.mark is CheckResult.BLOCKING]
    assert not [check for check in reviewed.checks if "more than once" in check.text]
    assert isinstance(await office.carry_out(reviewed), Started)
    start = (await office.intents())[-1]
    assert f"2 files and folders of {name}" in start.summary
    office.advance(6 * 3600)
    rows = await read_artifacts(office.tools, SITE, draft.id)
    results = [row.result or "" for row in rows]
    assert all(result.startswith(f"{name}/") for result in results)
    assert len({result.rpartition("/")[0] for result in results}) == 1


async def test_what_is_not_known_before_the_start_is_not_shown_as_a_value(office: Office, site: Site) -> None:
    draft = await site.draft(1)
    [row] = await read_artifacts(office.tools, SITE, draft.id, files=True)
    assert row.result is None
    assert row.start_date_time is None
    assert row.restore_point is not None
    assert row.restore_point.protection_date_time is None


async def test_a_lost_create_is_found_by_its_files(office: Office, site: Site) -> None:
    office.faults.add("drop", path="/sharePointRestoreSessions$", method="POST")
    draft = await site.draft(2)
    assert [each.id for each in office.mine()] == [draft.id]
    assert (await office.intents())[-1].state is IntentState.RESOLVED_DONE
    record = await kept_record(office.tools.journal, draft.id)
    assert record is not None
    assert (record.inside, len(record.units)) == (site.unit.address, 2)


async def test_a_create_that_never_arrived_is_not_sent_again(office: Office, site: Site) -> None:
    office.faults.add("refuse", path="/sharePointRestoreSessions$", method="POST", status=502)
    with pytest.raises(OutcomeUnknown):
        await site.draft(2)
    assert office.mine() == []


async def test_the_basket_survives_a_restart(office: Office, site: Site) -> None:
    basket = Basket(site.unit.id).plus(await site.picked(2))
    await keep_basket(office.tools.journal, basket)
    assert await kept_basket(office.tools.journal, site.unit.id) == basket
    await keep_basket(office.tools.journal, basket.without([one.path for one in basket.items]))
    assert await kept_basket(office.tools.journal, site.unit.id) == Basket(site.unit.id)


async def test_an_ended_browse_session_costs_no_selection(office: Office, site: Site) -> None:
    basket = Basket(site.unit.id).plus(await site.picked(2))
    office.advance(timedelta(days=4).total_seconds())
    fresh = await renewed(office.tools, SITE, basket)
    assert fresh.reopened == 1
    assert fresh.lost == ()
    assert [one.path for one in fresh.basket.items] == [one.path for one in basket.items]
    assert {one.browse_id for one in fresh.basket.items} != {site.opened.id}
    made = await draft_files(office.tools, SITE, site.unit, fresh.basket.items)
    assert made.session.holds_files
    assert not made.lacking


async def test_what_is_no_longer_there_is_said(office: Office, site: Site) -> None:
    [one] = await site.picked(1)
    gone = Picked("/Documents/gone.docx", one.item_key, one.browse_id, one.point_id, one.point_time)
    basket = Basket(site.unit.id).plus([one, gone])
    office.advance(timedelta(days=4).total_seconds())
    fresh = await renewed(office.tools, SITE, basket)
    assert fresh.lost == ("/Documents/gone.docx",)
    assert [each.path for each in fresh.basket.items] == [one.path]


async def test_versions_come_from_one_browse_session_each(office: Office, site: Site) -> None:
    [file] = await site.files(1)
    points = await express_points(office.tools, SITE, site.unit.id, office.clock.now())
    assert len(points) == 4
    versions = await find_versions(office.tools, SITE, file.path, points)
    assert [version.point for version in versions] == list(points)
    assert versions[0].item is not None
    assert versions[0].item.size == file.item.size
    assert len({version.opened.id for version in versions if version.opened}) == 4


async def test_a_version_that_cannot_be_read_is_not_called_missing(office: Office, site: Site) -> None:
    [file] = await site.files(1)
    points = await express_points(office.tools, SITE, site.unit.id, office.clock.now(), 2)
    office.faults.add("refuse", path="/browse$", method="POST", status=403, code="accessDenied")
    versions = await find_versions(office.tools, SITE, file.path, points)
    assert [bool(version.problem) for version in versions].count(True) == 1
    assert all(version.item is not None for version in versions if not version.problem)


async def test_no_whole_site_is_made_of_a_draft_of_files(office: Office, site: Site) -> None:
    draft = await site.draft(1)
    record = await kept_record(office.tools.journal, draft.id)
    assert record is not None
    assert record.of_items
    with pytest.raises(UsageError, match="Single files cannot be changed"):
        await edit_draft(office.tools, draft.id, remove=["a"])
    with pytest.raises(UsageError, match="Single files cannot be"):
        await form_from_session(office.tools, draft.id)
    deletion = await office.review(DeleteDraft(draft.id))
    assert "1 file or folder" in deletion.headline


async def test_another_restore_of_the_site_is_said_and_forbids_nothing(office: Office, site: Site) -> None:
    first = await site.draft(1)
    assert isinstance(await office.carry_out(await office.review(Start(first.id))), Started)
    second = await site.draft(2)
    reviewed = await office.review(Start(second.id))
    [check] = [check for check in reviewed.checks if "already being restored" in check.text]
    assert check.mark is CheckResult.WARNING
    assert check.text.startswith(f"{site.unit.address} is")


async def test_a_search_can_be_stopped(office: Office, site: Site) -> None:
    search = await find_named(office.tools, site.opened, "docx", lambda _: None, lambda seen: seen.folders < 2)
    assert search.waiting > 0


async def test_a_point_that_cannot_be_opened_says_why(office: Office) -> None:
    gone = next(unit for unit in office.service.tenant.units["sharepoint"] if unit.trait == "gone")
    point = await newest_express(office.tools, SITE, gone.id, office.clock.now())
    assert point is not None
    with pytest.raises(StateConflict, match=r"could not open the point .* deleted or renamed"):
        await open_point(office.tools, SITE, point)
    # A failed session is not used again: the next try opens the point once more.
    with pytest.raises(StateConflict):
        await open_point(office.tools, SITE, point)
    assert office.changes() == ["POST 201", "POST 201"]


async def test_files_of_a_onedrive_account_are_restored_too(office: Office) -> None:
    [row] = await office.units(Service.ONEDRIVE, 1)
    unit = await office.tools.reader.unit(row.id, Service.ONEDRIVE)
    point = await newest_express(office.tools, Service.ONEDRIVE, unit.id, office.clock.now())
    assert point is not None
    opened = await open_point(office.tools, Service.ONEDRIVE, point)
    found: list[Place] = []
    await find_named(office.tools, opened, "docx", found.extend, lambda _: None)
    picked = [Picked.of(place, opened, point) for place in found[:2]]
    draft = (await draft_files(office.tools, Service.ONEDRIVE, unit, picked)).session
    reviewed = await office.review(Start(draft.id))
    assert "one new folder of the OneDrive account" in reviewed.sentence
    room = next(check.text for check in reviewed.checks if "sessions running" in check.text)
    assert room == f"0 of 25 sessions running; this one: {reviewed.headline}"
    assert isinstance(await office.carry_out(reviewed), Started)
    office.advance(6 * 3600)
    rows = await read_artifacts(office.tools, Service.ONEDRIVE, draft.id)
    assert all(row.result for row in rows)
