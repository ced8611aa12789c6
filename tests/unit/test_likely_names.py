"""Specifies what a result's address tells of a unit that the service does not name."""

from __future__ import annotations

from typing import Any

import pytest
from store_builders import artifact

from backup_tui.models.remembered import PointUnit
from backup_tui.models.services import Service
from backup_tui.store.likely_names import likely_name
from backup_tui.store.rows import artifact_row
from backup_tui.workspace.demo import demo_past, demo_service, points_of

UNIT = {"@odata.type": "#microsoft.graph.driveProtectionUnit", "id": "u", "email": "lee@contoso.com"}
MY = "https://contoso-my.sharepoint.com/personal/"


@pytest.mark.parametrize(
    ("result", "copy", "name"),
    [
        (f"{MY}lee_gu_contoso_com", False, "lee.gu"),
        (f"{MY}lee_gu_contoso_comR0", True, "lee.gu"),
        (f"{MY}nestor_wilke_contoso_comR12/", True, "nestor.wilke"),
        (f"{MY}adele_contoso_onmicrosoft_com", False, "adele"),
        (f"{MY}john_smith_example_co_uk", False, "john.smith"),
        (f"{MY}admin", False, "admin"),
        ("https://contoso.sharepoint.com/sites/finance", False, "https://contoso.sharepoint.com/sites/finance"),
        ("https://contoso.sharepoint.com/sites/financeR1", True, "https://contoso.sharepoint.com/sites/finance"),
        ("https://contoso.sharepoint.com/sites/ER2", False, "https://contoso.sharepoint.com/sites/ER2"),
        ("Recovered Items 2026-11-28, 06:51", True, ""),
        ("", False, ""),
        (None, False, ""),
    ],
)
def test_an_address_tells_a_likely_name(result: str | None, copy: bool, name: str) -> None:
    assert likely_name(result, copy=copy) == name


def test_the_service_comes_first_then_the_journal_then_the_address_then_the_point() -> None:
    site: dict[str, Any] = {"restoredSiteWebUrl": f"{MY}lee_gu_contoso_com"}
    named: dict[str, Any] = {"restorePoint": {"id": "p", "protectionUnit": UNIT}}
    kept = PointUnit("p", "u", "kept@contoso.com", Service.ONEDRIVE)
    assert artifact_row("s", artifact("a", "succeeded", **named, **site), kept).name == "lee@contoso.com"
    assert artifact_row("s", artifact("a", "succeeded", **site), kept).name == "kept@contoso.com"
    assert artifact_row("s", artifact("a", "succeeded", **site), None).name == "lee.gu ?"
    assert artifact_row("s", artifact("a", point="Tnpsall6azFZekl0"), None).name == "not named, point Tnpsall6"


def test_the_demo_knows_whose_points_its_restores_go_back_to() -> None:
    points = points_of(demo_past(demo_service()))
    assert len(points) > 100
    assert {point.service for point in points} == set(Service)
    assert all(point.unit_name for point in points)
