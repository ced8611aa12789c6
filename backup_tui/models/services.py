"""The three services that Microsoft 365 Backup restores, with the names that each gives to things. Paths and property
names: https://learn.microsoft.com/graph/api/resources/backuprestoreroot"""

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
    rule_expression: str
    unit_jobs_path: str
    exclusions_path: str
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

    def counted_in_short(self, number: int) -> str:
        """`1 mailbox`, `1,000 accounts`, where the service was named before."""
        names, own = _NAMES[self], f"{_NAMES[self].title} "
        return counted(number, names.unit.removeprefix(own), names.units.removeprefix(own))


def _names(
    title: str,
    unit: str,
    units: str,
    *,
    prefix: str,
    kind: str,
    bulk_names: str,
    bulk_ids: str = "directoryObjectIds",
    browsed: bool = True,
) -> ServiceNames:
    """Names as the service forms them: sessions and policies by the service, what is in them by the kind of unit."""
    return ServiceNames(
        title=title,
        unit=unit,
        units=units,
        sessions_path=f"{prefix}RestoreSessions",
        session_type=f"{prefix}RestoreSession",
        artifacts=f"{kind}RestoreArtifacts",
        unit_type=f"{kind}ProtectionUnit",
        policies_path=f"{prefix}ProtectionPolicies",
        policy_type=f"{prefix}ProtectionPolicy",
        policy_units_path=f"{kind}ProtectionUnits",
        rules_path=f"{kind}InclusionRules",
        rule_expression=f"{kind}Expression",
        unit_jobs_path=f"{kind}ProtectionUnitsBulkAdditionJobs",
        exclusions_path=f"{kind}ExclusionUnits",
        granular=f"granular{kind.capitalize()}RestoreArtifacts",
        bulk_requests=f"{kind}RestoreArtifactsBulkAdditionRequests",
        bulk_names=bulk_names,
        bulk_ids=bulk_ids,
        browse_path=f"{prefix}BrowseSessions" if browsed else "",
    )


_NAMES = {
    Service.EXCHANGE: _names(
        "Exchange", "mailbox", "mailboxes", prefix="exchange", kind="mailbox", bulk_names="mailboxes", browsed=False
    ),
    Service.ONEDRIVE: _names(
        "OneDrive",
        "OneDrive account",
        "OneDrive accounts",
        prefix="oneDriveForBusiness",
        kind="drive",
        bulk_names="drives",
    ),
    Service.SHAREPOINT: _names(
        "SharePoint", "site", "sites", prefix="sharePoint", kind="site", bulk_names="siteWebUrls", bulk_ids="siteIds"
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
