"""The rows that lists are made of: small, slotted, with their strings shared.

A frozen pydantic unit takes 5.6 kB with its identities; 100,000 of them would take half a gigabyte. A row keeps what
lists and rules need; a detail view reads the object again."""

from datetime import datetime
from functools import lru_cache
from sys import intern

from msgspec import Struct

from backup_tui.models.artifacts import MailboxRestoreArtifact, RestoreArtifact
from backup_tui.models.granular import FileArtifact
from backup_tui.models.remembered import NameSource, PointUnit, UnitName
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import Status, artifact_status, session_status, unit_status
from backup_tui.models.text import safe, short_id
from backup_tui.models.units import MailboxProtectionUnit, ProtectionUnit
from backup_tui.store.likely_names import likely_name


def shared(text: str | None) -> str:
    """The one copy of a string that many rows carry; empty when it was not given."""
    return intern(text) if text else ""


def destination_of(value: str | None) -> Destination | None:
    """`destinationType` in any case; `None` for a value that is unknown."""
    lowered = (value or "").lower()
    return next((known for known in Destination if known.value.lower() == lowered), None)


class SessionRow(Struct, frozen=True):
    """A restore session as lists show it. Counts are of units, `None` when the service did not say. `destination`:
    known once its artifacts or the journal tell. `moved`: the answer that first showed the present number of finished
    units. `went_back`: what went backwards against an earlier answer, in words, or empty."""

    id: str
    service: Service | None
    status: str
    total: int | None
    completed: int | None
    in_progress: int | None
    failed: int | None
    created: datetime | None
    created_by: str
    created_by_id: str | None
    modified: datetime | None
    modified_by: str
    completed_at: datetime | None
    destination: Destination | None
    model: RestoreSession
    moved: datetime | None = None
    went_back: str = ""
    gone: bool = False

    @property
    def state(self) -> Status:
        return session_status(self.status)

    @property
    def running(self) -> bool:
        """It has been started and has not ended, as far as is known."""
        return not self.gone and self.state.moving

    @property
    def finished(self) -> int | None:
        """Units that ended, well or badly; `None` when neither count was given."""
        if self.completed is None and self.failed is None:
            return None
        return (self.completed or 0) + (self.failed or 0)


class ArtifactRow(Struct, frozen=True):
    """One unit of a restore session. `item_count`: items put back into a mailbox; 0 means that nothing differed; `None`
    if not reported. `unit_id`, `unit_name`: `None` if neither the service nor the journal says whose point it is.
    `told_by`: who said it."""

    id: str
    session_id: str
    status: str
    destination: str
    point_id: str
    point_time: datetime | None
    started: datetime | None
    completed: datetime | None
    error_code: str
    error_message: str
    result: str | None
    item_count: int | None
    unit_id: str | None
    unit_name: str | None
    express: bool = False
    told_by: NameSource = NameSource.NONE

    @property
    def name_source(self) -> NameSource:
        """How it is known which unit this is and what it is called; a guess is called one."""
        if self.unit_name or self.unit_id:
            return self.told_by
        return NameSource.ADDRESS if self.likely_name else NameSource.NONE

    @property
    def state(self) -> Status:
        return artifact_status(self.status)

    @property
    def likely_name(self) -> str:
        """What the result's address tells of the unit; empty where it tells nothing."""
        return likely_name(self.result, copy=destination_of(self.destination) is Destination.NEW)

    @property
    def name(self) -> str:
        """What to call the row: the unit's name, else the likely one with a question mark, else its point."""
        if self.unit_name:
            return self.unit_name
        if likely := self.likely_name:
            return f"{likely} ?"
        return safe(self.unit_id) if self.unit_id else f"not named, point {short_id(self.point_id or self.id)}"

    @property
    def since(self) -> datetime | None:
        """When it came into its present status, as far as the service reports it."""
        return self.completed or self.started


class UnitTerms(Struct, frozen=True):
    """What only the beta version tells of a unit. `days`: how long its points are kept. `next_days`: from `next_from`
    on, if a change is on its way, with the service's word for how far that is. Texts are empty where not given."""

    days: int | None = None
    billing: str = ""
    mailbox_type: str = ""
    next_days: int | None = None
    next_from: datetime | None = None
    next_status: str = ""


class UnitRow(Struct, frozen=True, gc=False):
    """A protection unit as lists show it. `address`, `title`: empty when not given."""

    id: str
    service: Service
    address: str
    title: str
    status: str
    policy_id: str  # empty when it is in no policy
    object_id: str  # the person's object id or the site id; empty when not given
    sources: str  # the service's own words for how it came under protection
    created: datetime | None
    # the name was not sent and comes from memory: the account is gone, or this sign-in is not given names
    deleted: bool = False
    # Retention, billing and type; `None` where the service does not tell them. Rows share them.
    terms: UnitTerms | None = None

    @property
    def state(self) -> Status:
        return unit_status(self.status)

    @property
    def name(self) -> str:
        return self.address or self.title or self.object_id or safe(self.id)


def session_row(
    session: RestoreSession, service: Service | None = None, destination: Destination | None = None
) -> SessionRow:
    """A session as a row. `service`: whose it is if its type does not say; `destination`: `None` if unknown."""
    counts = session.counts
    return SessionRow(
        id=session.id,
        service=session.service or service,
        status=shared(session.status),
        total=counts.total,
        completed=counts.completed,
        in_progress=counts.in_progress,
        failed=counts.failed,
        created=session.created_date_time,
        created_by=shared(session.created_by.label) if session.created_by else "",
        created_by_id=session.created_by.user_id if session.created_by else None,
        modified=session.last_modified_date_time,
        modified_by=shared(session.last_modified_by.label) if session.last_modified_by else "",
        completed_at=session.completed_date_time,
        destination=destination,
        model=session,
    )


def artifact_row(session_id: str, artifact: RestoreArtifact, known: PointUnit | None) -> ArtifactRow:
    """An artifact as a row. `known`: what is remembered of its point, for what the service leaves out."""
    point = artifact.restore_point
    unit = point.protection_unit if point else None
    unit_id = unit.id if unit else (known.unit_id if known else None)
    unit_name = (unit.address or unit.title) if unit else None
    told_by = NameSource.SERVICE if unit else known.source if known else NameSource.NONE
    if not unit_name and known and known.unit_id == unit_id:
        unit_name = known.unit_name or None
        told_by = known.source
    if not unit_name and isinstance(artifact, FileArtifact):
        unit_name = artifact.path or None
        told_by = NameSource.SERVICE if unit_name else told_by
    time = point.protection_date_time if point else None
    return ArtifactRow(
        id=artifact.id,
        session_id=session_id,
        status=shared(artifact.status),
        destination=shared(artifact.destination_type),
        point_id=point.id if point else "",
        point_time=time or (known.protection_time if known else None),
        started=artifact.start_date_time,
        completed=artifact.completion_date_time,
        error_code=shared(artifact.error.code) if artifact.error else "",
        error_message=shared(artifact.error.message) if artifact.error else "",
        result=artifact.result,
        item_count=artifact.restored_item_count if isinstance(artifact, MailboxRestoreArtifact) else None,
        unit_id=unit_id,
        unit_name=unit_name,
        told_by=told_by,
        express=bool((point and point.is_express) or (known and known.express)),
    )


def unit_row(unit: ProtectionUnit, service: Service, known: UnitName | None) -> UnitRow:
    """The row of a unit; its last known name is used if the service sends none."""
    address, title, object_id = unit.address or "", unit.title or "", unit.object_id
    remembered = False
    if not address and not title and known is not None and (known.address or known.title):
        address, title, remembered = known.address or "", known.title or "", True
    return UnitRow(
        unit.id,
        unit.service or service,
        address,
        title,
        shared(unit.status),
        shared(unit.policy_id),
        object_id or "",
        shared(unit.protection_sources),
        unit.created_date_time,
        remembered,
        terms_of(unit),
    )


def terms_of(unit: ProtectionUnit) -> UnitTerms | None:
    """The terms of a unit, one object for all that have the same; `None` where the service does not tell them."""
    kind = unit.mailbox_type if isinstance(unit, MailboxProtectionUnit) else None
    change = unit.pending_retention_period_change
    if unit.backup_retention_period_in_days is None and unit.billing_policy_id is None and kind is None and not change:
        return None
    days, billing = unit.backup_retention_period_in_days, unit.billing_policy_id or ""
    if change is None:
        return _shared_terms(days, billing, kind or "", None, None, "")
    until, status = change.effective_from_date_time, change.status or ""
    return _shared_terms(days, billing, kind or "", change.target_retention_period_in_days, until, status)


@lru_cache(maxsize=1024)
def _shared_terms(
    days: int | None, billing: str, kind: str, next_days: int | None, next_from: datetime | None, next_status: str
) -> UnitTerms:
    return UnitTerms(days, billing, kind, next_days, next_from, next_status)
