"""Words about one unit of a session: what it waits for, and advice that fits where it was restored to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backup_tui.models.artifacts import DriveRestoreArtifact
from backup_tui.models.services import Service
from backup_tui.store.rows import ArtifactRow, artifact_row
from backup_tui.ui.sessions.unit_text import all_about, explained, unit_status_cell

NOW = datetime(2026, 11, 22, 4, 2, tzinfo=UTC)


def row(**members: object) -> ArtifactRow:
    point = {"id": "point-1", "protectionDateTime": "2026-11-20T13:00:00Z"}
    return artifact_row("s1", DriveRestoreArtifact.read({"id": "a1", "restorePoint": point, **members}), None)


def test_a_unit_of_a_started_session_waits_and_is_in_no_draft() -> None:
    added = row(status="added", destinationType="new")
    assert "in the draft" in unit_status_cell(added).text
    assert unit_status_cell(added, running=True).text.endswith("waiting")
    assert "draft" not in " ".join(explained(added, Service.ONEDRIVE, UTC, NOW, running=True))
    assert "Status: waiting (added)" in all_about(added, Service.ONEDRIVE, UTC, NOW, running=True)
    assert "Nothing is restored before A" in explained(added, Service.ONEDRIVE, UTC, NOW)[1]


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
    words = " ".join(explained(failed, service, UTC, NOW)).lower()
    assert ("restores it to a new address" in words) is advised
    assert ("removed, then f" in words) is not advised
