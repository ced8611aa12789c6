"""Words about one unit of a session: what it waits for, why it failed, advice that fits where it was restored to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backup_tui.models.artifacts import DriveRestoreArtifact, MailboxRestoreArtifact
from backup_tui.models.services import Service
from backup_tui.store.rows import ArtifactRow, artifact_row
from backup_tui.ui.sessions.unit_text import UnitText
from backup_tui.ui.widgets.cells import wrap

NOW = datetime(2026, 11, 22, 4, 2, tzinfo=UTC)
POINT = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)


def row(kind: Any = DriveRestoreArtifact, **members: object) -> ArtifactRow:
    unit = {"@odata.type": "#microsoft.graph.driveProtectionUnit", "id": "u1", "email": "lee.gu@contoso.com"}
    point = {"id": "point-1", "protectionDateTime": "2026-11-20T13:00:00Z", "protectionUnit": unit}
    return artifact_row("s1", kind.read({"id": "a1", "restorePoint": point, **members}), None)


def words(unit: ArtifactRow, service: Service | None = Service.ONEDRIVE, **more: Any) -> UnitText:
    return UnitText(unit, service, UTC, NOW, **more)


def test_a_unit_of_a_started_session_waits_and_is_not_in_a_draft() -> None:
    added = row(status="added", destinationType="new")
    assert words(added).cells()[1].text == "· waiting"
    assert "draft" not in " ".join(words(added).sentences)
    assert "Status: waiting (added)" in words(added).all
    assert words(added, draft=True).sentences == (
        "In the draft, back to 20 Nov 13:00 UTC.",
        "Nothing is restored before A and its phrase.",
    )


@pytest.mark.parametrize(
    ("service", "destination", "advised"),
    [
        (Service.SHAREPOINT, "inPlace", True),
        (Service.SHAREPOINT, "new", False),
        (Service.ONEDRIVE, "inPlace", False),
        (Service.EXCHANGE, "inPlace", False),
        (Service.EXCHANGE, "new", False),
    ],
)
def test_a_new_address_is_advised_for_a_held_site_in_place_only(
    service: Service, destination: str, advised: bool
) -> None:
    failed = row(status="failed", destinationType=destination, error={"code": "ArtifactCannotBeRestored"})
    said = " ".join(words(failed, service).sentences).lower()
    assert ("restores it to a new address" in said) is advised
    assert ("removed, then f" in said) is not advised


@pytest.mark.parametrize(
    "code", ["ArtifactCannotBeRestored", "ArtifactNotFound", "QuotaExceeded", "InvalidRestorePoint", "UnknownError", ""]
)
@pytest.mark.parametrize("width", [56, 76])
def test_the_block_of_a_failed_unit_has_cause_and_remedy_in_two_lines(code: str, width: int) -> None:
    failed = words(row(status="failed", destinationType="inPlace", error={"code": code}))
    block = failed.block(width, 2)
    assert len(wrap(block, width)) <= 2
    assert "then f." in block or "f takes" in block
    assert block[0].isupper()


def test_under_its_name_the_cause_starts_without_it() -> None:
    failed = words(row(status="failed", destinationType="inPlace", error={"code": "ArtifactCannotBeRestored"}))
    assert failed.block(76, 2) == (
        "Cannot be restored: under a hold, locked, or part of a tenant split; the service does not say which. "
        "Have the hold removed, then f."
    )
    assert failed.sentences[0].startswith("lee.gu@contoso.com cannot be restored: under a hold")
    assert "The other units continue." in failed.sentences


def test_a_failed_unit_that_nobody_names_is_this_account() -> None:
    sent = {"id": "a1", "status": "failed", "restorePoint": {"id": "p1"}, "error": {"code": "ArtifactNotFound"}}
    failed = words(artifact_row("s1", DriveRestoreArtifact.read(sent), None))
    assert failed.sentences[0].startswith("The service no longer finds this OneDrive account: deleted")


def test_results_say_how_long_it_took_or_where_it_is() -> None:
    times = {"startDateTime": "2026-11-22T03:10:00Z", "completionDateTime": "2026-11-22T03:32:00Z"}
    done = words(row(status="succeeded", destinationType="inPlace", **times))
    assert done.result == "in 22 min"
    assert words(row(status="succeeded", destinationType="new", **times)).result == "no address yet"
    empty = row(MailboxRestoreArtifact, status="succeeded", destinationType="new", restoredItemCount=0, **times)
    assert words(empty, Service.EXCHANGE).result == "nothing differed"
    assert "no folder was created" in words(empty, Service.EXCHANGE).sentences[0]
    restoring = row(status="inProgress", startDateTime="2026-11-22T03:12:00Z")
    assert words(restoring, long=True).result == "50 min: long"
    assert words(restoring).result == "50 min"


def test_a_point_says_how_much_earlier_it_is_than_asked_for() -> None:
    facts = dict(words(row(status="added"), wanted=POINT + timedelta(minutes=50)).facts)
    assert facts["Point"] == "20 Nov 13:00 UTC, 50 min earlier than asked for"
    assert "earlier" not in dict(words(row(status="added"), wanted=POINT).facts)["Point"]


def test_a_status_that_is_not_known_is_shown_as_sent() -> None:
    strange = words(row(status="frozen"))
    assert strange.cells()[1].text == "? frozen"
    assert strange.sentences == ('The service calls its status "frozen"; what that means is unknown.',)
