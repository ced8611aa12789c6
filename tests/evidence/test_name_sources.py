"""Specifies how sure a name is: who says which unit a point is, and what it is called, for a session made elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from colleague import colleague_of
from test_names_file import handed_over, taken_by

from backup_tui.models.checks import CheckResult
from backup_tui.models.remembered import NameSource, PointUnit, UnitName
from backup_tui.models.services import Destination, Service
from backup_tui.restore.names.unit_names import learn_units
from backup_tui.restore.reads import list_artifacts, list_sessions
from backup_tui.restore.review.activation import Start
from backup_tui.simulator.settings import Settings
from backup_tui.store import freshness as fresh
from backup_tui.store import updates as up
from backup_tui.store.rows import ArtifactRow

if TYPE_CHECKING:
    from office import Office


def sources(office: Office, session_id: str) -> set[NameSource]:
    return {row.name_source for row in office.store.artifacts(session_id).values()}


async def test_what_was_drafted_here_is_known_from_the_journal(office: Office) -> None:
    session_id = (await office.draft(await office.units(count=2))).session_id
    review = await office.review(Start(session_id))
    assert {unit.source for unit in review.units} == {NameSource.JOURNAL}
    assert not any("hand-over" in check.text for check in review.checks)


async def test_a_name_that_was_handed_over_stays_marked_so(office: Office, tmp_path: Path) -> None:
    session_id = (await office.draft(await office.units(count=2), Destination.NEW)).session_id
    data = await handed_over(office, session_id)
    async with colleague_of(office, tmp_path / "other") as ryan:
        nameless = await ryan.review(Start(session_id))
        assert {unit.source for unit in nameless.units} == {NameSource.NONE}
        await taken_by(ryan, data)
        await list_artifacts(ryan.tools, Service.ONEDRIVE, session_id)
        assert sources(ryan, session_id) == {NameSource.HANDOVER}
        review = await ryan.review(Start(session_id))
        assert {unit.source for unit in review.units} == {NameSource.HANDOVER}
        check = next(check for check in review.checks if "hand-over file" in check.text)
        assert check.mark is CheckResult.UNKNOWN
        assert check.text.startswith("2 of 2 names are from a hand-over file")
        told = await ryan.tools.journal.units_of([unit.point_id for unit in review.units])
        assert {one.source for one in told.values()} == {NameSource.HANDOVER}, "also after a restart"


async def test_what_this_machine_knows_itself_does_not_become_hearsay(office: Office) -> None:
    session_id = (await office.draft(await office.units(count=2))).session_id
    await taken_by(office, await handed_over(office, session_id))
    review = await office.review(Start(session_id))
    assert {unit.source for unit in review.units} == {NameSource.JOURNAL}


@pytest.mark.parametrize("settings", [Settings(units=300, history=False, expand_units=True)])
async def test_an_optional_expand_is_the_service_s_own_word(office: Office, tmp_path: Path) -> None:
    units = await office.units(count=2)
    session_id = (await office.draft(units)).session_id
    async with colleague_of(office, tmp_path / "other") as ryan:
        await list_sessions(ryan.tools)
        await list_artifacts(ryan.tools, Service.ONEDRIVE, session_id)
        assert sources(ryan, session_id) == {NameSource.NONE}
        assert await learn_units(ryan.tools, session_id) == 0
        assert sources(ryan, session_id) == {NameSource.SERVICE}
        assert {row.unit_id for row in ryan.store.artifacts(session_id).values()} == {unit.id for unit in units}


def row(office: Office, **members: Any) -> ArtifactRow:
    """The one unit of a session, as the store knows it once the members were told."""
    from backup_tui.models.artifacts import read_artifact

    raw = {"@odata.type": "#microsoft.graph.driveRestoreArtifact", "id": "a", "status": "succeeded", **members}
    key = fresh.artifacts_of("s")
    office.store.apply(up.ListRead(key, (read_artifact(raw),), 1.0, answered_at=office.clock.now()))
    return office.store.artifacts("s")["a"]


async def test_a_guess_is_called_a_guess_and_a_remembered_name_is_called_old(office: Office) -> None:
    address = "https://contoso-my.sharepoint.com/personal/lee_gu_contoso_com"
    guessed = row(office, restoredSiteWebUrl=address, restorePoint={"id": "p"})
    assert (guessed.name, guessed.name_source) == ("lee.gu ?", NameSource.ADDRESS)
    known = PointUnit("p", "gone-unit", "", Service.ONEDRIVE, source=NameSource.SERVICE)
    office.store.apply(up.PointUnitsKnown({"p": known}))
    office.store.apply(
        up.NamesKnown(
            {"gone-unit": UnitName("gone-unit", Service.ONEDRIVE, "gus@contoso.com", "Gus", office.clock.now())}
        )
    )
    old = office.store.artifacts("s")["a"]
    assert (old.name, old.name_source) == ("gus@contoso.com", NameSource.REMEMBERED)
    assert old.name_source.mark == " (last known)"
    assert "no longer sends it" in old.name_source.words


def test_each_source_has_words_and_only_what_is_less_than_the_service_s_word_is_marked() -> None:
    assert len({source.words for source in NameSource}) == len(NameSource)
    assert {source for source in NameSource if source.mark} == {NameSource.HANDOVER, NameSource.REMEMBERED}
