"""Specifies which type an object of the service is read as: what it says, in whatever form it says it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from test_models_gate import MODELS

from backup_tui.models.activity_logs import ActivityLog, read_activity_log
from backup_tui.models.artifacts import RestoreArtifact, read_artifact
from backup_tui.models.base import Entity
from backup_tui.models.browse import BrowseSession, read_browse_session
from backup_tui.models.bulk import BulkAdditionRequest, read_bulk_request
from backup_tui.models.granular import GranularRestoreArtifact, read_granular
from backup_tui.models.policies import ProtectionPolicy, read_policy
from backup_tui.models.rules import ProtectionRule, read_rule
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession, read_session
from backup_tui.models.unit_jobs import UnitsJob, read_units_job
from backup_tui.models.units import ProtectionUnit, SiteProtectionUnit, read_unit

FAMILIES: dict[Callable[..., Any], tuple[type[Entity], list[str]]] = {
    read_activity_log: (
        ActivityLog,
        ["restoreTaskActivityLog", "backupPolicyActivityLog", "dynamicRuleActivityLog", "offboardingActivityLog"],
    ),
    read_artifact: (
        RestoreArtifact,
        ["mailboxRestoreArtifact", "driveRestoreArtifact", "siteRestoreArtifact"],
    ),
    read_browse_session: (
        BrowseSession,
        ["oneDriveForBusinessBrowseSession", "sharePointBrowseSession"],
    ),
    read_bulk_request: (
        BulkAdditionRequest,
        [
            "mailboxRestoreArtifactsBulkAdditionRequest",
            "driveRestoreArtifactsBulkAdditionRequest",
            "siteRestoreArtifactsBulkAdditionRequest",
        ],
    ),
    read_granular: (
        GranularRestoreArtifact,
        ["granularMailboxRestoreArtifact", "granularDriveRestoreArtifact", "granularSiteRestoreArtifact"],
    ),
    read_policy: (
        ProtectionPolicy,
        ["exchangeProtectionPolicy", "oneDriveForBusinessProtectionPolicy", "sharePointProtectionPolicy"],
    ),
    read_rule: (
        ProtectionRule,
        ["mailboxProtectionRule", "driveProtectionRule", "siteProtectionRule"],
    ),
    read_session: (
        RestoreSession,
        ["exchangeRestoreSession", "oneDriveForBusinessRestoreSession", "sharePointRestoreSession"],
    ),
    read_unit: (
        ProtectionUnit,
        ["mailboxProtectionUnit", "driveProtectionUnit", "siteProtectionUnit"],
    ),
    read_units_job: (
        UnitsJob,
        [
            "mailboxProtectionUnitsBulkAdditionJob",
            "driveProtectionUnitsBulkAdditionJob",
            "siteProtectionUnitsBulkAdditionJob",
        ],
    ),
}
KINDS = [pytest.param(read, name, id=name) for read, (_, names) in FAMILIES.items() for name in names]
BASES = [pytest.param(read, base, id=base.__name__) for read, (base, _) in FAMILIES.items()]


@pytest.mark.parametrize("prefix", ["#microsoft.graph.", "#microsoft.backupRestore.", "microsoft.graph.", "#", ""])
@pytest.mark.parametrize(("read", "name"), KINDS)
def test_a_type_counts_behind_any_namespace(read: Callable[..., Any], name: str, prefix: str) -> None:
    for service in (None, *Service):
        assert type(read({"id": "x", "@odata.type": prefix + name}, service)) is MODELS[name]


@pytest.mark.parametrize("key", ["@odata.type", "@OData.Type"])
@pytest.mark.parametrize("change", [str.upper, str.lower])
@pytest.mark.parametrize(("read", "name"), KINDS)
def test_a_type_counts_in_any_case(read: Callable[..., Any], name: str, change: Callable[[str], str], key: str) -> None:
    assert type(read({"id": "x", key: change(f"#microsoft.graph.{name}")})) is MODELS[name]


@pytest.mark.parametrize(("read", "name"), KINDS)
def test_a_type_counts_inside_the_wrapping_of_a_single_object(read: Callable[..., Any], name: str) -> None:
    sent = {"id": "x", "@odata.type": f"#microsoft.graph.{name}"}
    for wrapped in ({"value": sent}, {"@odata.type": "#Collection(x)", "value": [sent]}):
        assert type(read(wrapped)) is MODELS[name]


@pytest.mark.parametrize("sent", [{}, {"@odata.type": "#microsoft.graph.tomorrow"}, {"@odata.type": ["x"]}])
@pytest.mark.parametrize(("read", "base"), BASES)
def test_a_type_that_is_not_known_reads_as_the_collection_holds_or_as_the_base(
    read: Callable[..., Any], base: type[Entity], sent: dict[str, object]
) -> None:
    assert type(read({"id": "x", **sent})) is base
    kinds = {MODELS[name].service: MODELS[name] for name in FAMILIES[read][1]}
    for service in Service:
        assert type(read({"id": "x", **sent}, service)) is kinds.get(service, base)


def test_every_type_of_one_service_says_which_one() -> None:
    words = {"exchange": "exchange", "mailbox": "exchange", "onedrive": "onedrive", "drive": "onedrive"}
    words |= {"sharepoint": "sharepoint", "site": "sharepoint"}
    for name in (name for _, names in FAMILIES.values() for name in names if not name.endswith("Log")):
        word = next(word for word in words if name.lower().removeprefix("granular").startswith(word))
        assert MODELS[name].service == words[word], name


def test_what_a_type_has_is_read_with_it() -> None:
    sent = {"id": "u", "@odata.type": "#microsoft.backupRestore.SiteProtectionUnit", "siteWebUrl": "https://x/sites/hr"}
    unit = read_unit(sent, Service.EXCHANGE)
    assert isinstance(unit, SiteProtectionUnit)
    assert unit.address == "https://x/sites/hr"
