"""The three services that are backed up, and what each calls its objects on the wire."""

from typing import Literal

from msgspec import Struct

WorkloadKey = Literal["exchange", "onedrive", "sharepoint", "entra"]


class _Name:
    """A name that is made of a service's own words."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    def __get__(self, workload: "Workload", _: object) -> str:
        return self._pattern.format(workload)


class Workload(Struct, frozen=True, dict=True):
    """One service's names: collections, and types without namespace."""

    key: WorkloadKey  # short name, used inside the simulator only
    prefix: str  # start of its type and collection names
    unit: Literal["mailbox", "drive", "site", "object"]  # what one protected thing is called in type names
    point_code: int  # number of the service inside restore point ids
    has_express: bool  # whether its restore points can carry the tag ``fastRestore``
    owner_id: str  # member that identifies what a unit protects
    name_list: str  # member of a bulk job or request that lists names
    id_list: str  # member of a bulk job or request that lists ids

    sessions = _Name("{0.prefix}RestoreSessions")
    session_type = _Name("{0.prefix}RestoreSession")
    policies = _Name("{0.prefix}ProtectionPolicies")
    policy_type = _Name("{0.prefix}ProtectionPolicy")
    units = _Name("{0.unit}ProtectionUnits")
    unit_type = _Name("{0.unit}ProtectionUnit")
    rules = _Name("{0.unit}InclusionRules")
    rule_type = _Name("{0.unit}ProtectionRule")
    expression = _Name("{0.unit}Expression")  # member of its inclusion rules that says what they are for
    jobs = _Name("{0.unit}ProtectionUnitsBulkAdditionJobs")
    job_type = _Name("{0.unit}ProtectionUnitsBulkAdditionJob")
    exclusions = _Name("{0.unit}ExclusionUnits")
    exclusion_type = _Name("{0.unit}ExclusionUnit")
    exclusion_jobs = _Name("{0.unit}ExclusionUnitsBulkAdditionJobs")
    exclusion_job_type = _Name("{0.unit}ExclusionUnitsBulkAdditionJob")
    artifacts = _Name("{0.unit}RestoreArtifacts")
    artifact_type = _Name("{0.unit}RestoreArtifact")
    bulk_requests = _Name("{0.unit}RestoreArtifactsBulkAdditionRequests")
    bulk_type = _Name("{0.unit}RestoreArtifactsBulkAdditionRequest")
    browse_sessions = _Name("{0.prefix}BrowseSessions")
    browse_type = _Name("{0.prefix}BrowseSession")

    @property
    def granular_type(self) -> str:
        return f"granular{self.unit.capitalize()}RestoreArtifact"

    @property
    def granular_artifacts(self) -> str:
        return f"{self.granular_type}s"


_ACCOUNT = "directoryObjectId"
EXCHANGE = Workload("exchange", "exchange", "mailbox", 12, False, _ACCOUNT, "mailboxes", f"{_ACCOUNT}s")
ONEDRIVE = Workload("onedrive", "oneDriveForBusiness", "drive", 14, True, _ACCOUNT, "drives", f"{_ACCOUNT}s")
SHAREPOINT = Workload("sharepoint", "sharePoint", "site", 13, True, "siteId", "siteWebUrls", "siteIds")
WORKLOADS: tuple[Workload, ...] = (EXCHANGE, ONEDRIVE, SHAREPOINT)
ENTRA = Workload("entra", "entra", "object", 0, False, _ACCOUNT, "", "")
"""Of beta alone, and without any page: nothing but its policies is ever shown, and only those can be read."""
