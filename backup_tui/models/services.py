"""The three services that Microsoft 365 Backup restores, with the names that each gives to things.

Paths and property names: https://learn.microsoft.com/graph/api/resources/backuprestoreroot
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from backup_tui.models.text import counted


class ServiceNames(Struct, frozen=True):
    """What one service calls its collections, and what people call its units. `browse_path` is empty for a service
    whose points cannot be browsed."""

    title: str
    unit: str
    units: str
    sessions_path: str
    session_type: str
    artifacts: str
    unit_type: str
    policies_path: str
    policy_type: str
    policy_units_path: str
    rules_path: str
    unit_jobs_path: str
    granular: str
    bulk_requests: str
    bulk_names: str
    bulk_ids: str
    browse_path: str = ""


class Service(StrEnum):
    """One of the three services; the value is the word of the command line."""

    EXCHANGE = "exchange"
    ONEDRIVE = "onedrive"
    SHAREPOINT = "sharepoint"

    @property
    def names(self) -> ServiceNames:
        return _NAMES[self]

    @property
    def label(self) -> str:
        """`Exchange`, `OneDrive`, `SharePoint`."""
        return _NAMES[self].title

    @property
    def has_express_points(self) -> bool:
        """Express (`fastRestore`) points exist for OneDrive and SharePoint only."""
        return self is not Service.EXCHANGE

    def counted(self, number: int) -> str:
        """`1 mailbox`, `1,000 OneDrive accounts`."""
        names = _NAMES[self]
        return counted(number, names.unit, names.units)


_NAMES = {
    Service.EXCHANGE: ServiceNames(
        title="Exchange",
        unit="mailbox",
        units="mailboxes",
        sessions_path="exchangeRestoreSessions",
        session_type="exchangeRestoreSession",
        artifacts="mailboxRestoreArtifacts",
        unit_type="mailboxProtectionUnit",
        policies_path="exchangeProtectionPolicies",
        policy_type="exchangeProtectionPolicy",
        policy_units_path="mailboxProtectionUnits",
        rules_path="mailboxInclusionRules",
        unit_jobs_path="mailboxProtectionUnitsBulkAdditionJobs",
        granular="granularMailboxRestoreArtifacts",
        bulk_requests="mailboxRestoreArtifactsBulkAdditionRequests",
        bulk_names="mailboxes",
        bulk_ids="directoryObjectIds",
    ),
    Service.ONEDRIVE: ServiceNames(
        title="OneDrive",
        unit="OneDrive account",
        units="OneDrive accounts",
        sessions_path="oneDriveForBusinessRestoreSessions",
        session_type="oneDriveForBusinessRestoreSession",
        artifacts="driveRestoreArtifacts",
        unit_type="driveProtectionUnit",
        policies_path="oneDriveForBusinessProtectionPolicies",
        policy_type="oneDriveForBusinessProtectionPolicy",
        policy_units_path="driveProtectionUnits",
        rules_path="driveInclusionRules",
        unit_jobs_path="driveProtectionUnitsBulkAdditionJobs",
        granular="granularDriveRestoreArtifacts",
        bulk_requests="driveRestoreArtifactsBulkAdditionRequests",
        bulk_names="drives",
        bulk_ids="directoryObjectIds",
        browse_path="oneDriveForBusinessBrowseSessions",
    ),
    Service.SHAREPOINT: ServiceNames(
        title="SharePoint",
        unit="site",
        units="sites",
        sessions_path="sharePointRestoreSessions",
        session_type="sharePointRestoreSession",
        artifacts="siteRestoreArtifacts",
        unit_type="siteProtectionUnit",
        policies_path="sharePointProtectionPolicies",
        policy_type="sharePointProtectionPolicy",
        policy_units_path="siteProtectionUnits",
        rules_path="siteInclusionRules",
        unit_jobs_path="siteProtectionUnitsBulkAdditionJobs",
        granular="granularSiteRestoreArtifacts",
        bulk_requests="siteRestoreArtifactsBulkAdditionRequests",
        bulk_names="siteWebUrls",
        bulk_ids="siteIds",
        browse_path="sharePointBrowseSessions",
    ),
}


class Destination(StrEnum):
    """Where a restore goes (`destinationType`); the value is what the service calls it."""

    NEW = "new"
    IN_PLACE = "inPlace"

    @property
    def word(self) -> str:
        """`new` or `in place`."""
        return "new" if self is Destination.NEW else "in place"
