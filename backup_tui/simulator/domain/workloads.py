"""The three services that are backed up, and what each calls its things on the wire."""

from typing import Literal

from msgspec import Struct

WorkloadKey = Literal["exchange", "onedrive", "sharepoint"]


class Workload(Struct, frozen=True, dict=True):
    """One service's names."""

    key: WorkloadKey  # short name, used inside the simulator only
    prefix: str  # start of its type and collection names
    unit: Literal["mailbox", "drive", "site"]  # what one protected thing is called in type names
    point_code: int  # number of the service inside restore point ids
    has_express: bool  # whether its restore points can carry the tag ``fastRestore``

    @property
    def sessions(self) -> str:
        """Collection of its restore sessions."""
        return f"{self.prefix}RestoreSessions"

    @property
    def session_type(self) -> str:
        """Type of its restore sessions, without namespace."""
        return f"{self.prefix}RestoreSession"

    @property
    def policies(self) -> str:
        """Collection of its protection policies."""
        return f"{self.prefix}ProtectionPolicies"

    @property
    def policy_type(self) -> str:
        """Type of its protection policies, without namespace."""
        return f"{self.prefix}ProtectionPolicy"

    @property
    def units(self) -> str:
        """Collection of its protection units."""
        return f"{self.unit}ProtectionUnits"

    @property
    def unit_type(self) -> str:
        """Type of its protection units, without namespace."""
        return f"{self.unit}ProtectionUnit"

    @property
    def rules(self) -> str:
        """Collection of inclusion rules inside its policies."""
        return f"{self.unit}InclusionRules"

    @property
    def rule_type(self) -> str:
        """Type of its inclusion rules, without namespace."""
        return f"{self.unit}ProtectionRule"

    @property
    def expression(self) -> str:
        """Member of its inclusion rules that says what they are for."""
        return f"{self.unit}Expression"

    @property
    def jobs(self) -> str:
        """Collection of bulk addition jobs inside its policies."""
        return f"{self.unit}ProtectionUnitsBulkAdditionJobs"

    @property
    def job_type(self) -> str:
        """Type of its bulk addition jobs, without namespace."""
        return f"{self.unit}ProtectionUnitsBulkAdditionJob"

    @property
    def artifacts(self) -> str:
        """Collection of full restore artifacts inside its restore sessions."""
        return f"{self.unit}RestoreArtifacts"

    @property
    def artifact_type(self) -> str:
        """Type of its full restore artifacts, without namespace."""
        return f"{self.unit}RestoreArtifact"

    @property
    def granular_artifacts(self) -> str:
        """Collection of granular restore artifacts inside its restore sessions."""
        return f"granular{self.unit.capitalize()}RestoreArtifacts"


EXCHANGE = Workload("exchange", "exchange", "mailbox", 12, has_express=False)
ONEDRIVE = Workload("onedrive", "oneDriveForBusiness", "drive", 14, has_express=True)
SHAREPOINT = Workload("sharepoint", "sharePoint", "site", 13, has_express=True)
WORKLOADS: tuple[Workload, ...] = (EXCHANGE, ONEDRIVE, SHAREPOINT)
