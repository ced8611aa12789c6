"""What a draft will hold, and what is refused before anything is sent. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from backup_tui.config.limits import ServiceLimits
from backup_tui.errors import BackupTuiError, UsageError
from backup_tui.models.artifacts import RestoreArtifact
from backup_tui.models.granular import FileArtifact, GranularMailboxRestoreArtifact
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.text import are
from backup_tui.restore.points.points import UnitPoint
from backup_tui.store.rows import destination_of


class DraftPlan(Struct, frozen=True):
    """A draft that is to be made."""

    service: Service  # of all its units
    destination: Destination  # of all its units; the service does not mix them
    rows: tuple[UnitPoint, ...]  # the units with the points to go back to
    missing: tuple[str, ...] = ()  # names of the list that no unit was found for
    left_out: tuple[str, ...] = ()  # names that a person left out of the list


class RefusedUnit(Struct, frozen=True):
    """A unit that the service did not take, inside an answer that took others."""

    name: str
    code: str
    message: str


class DraftResult(Struct, frozen=True):
    """What a draft holds after it was made or changed."""

    session_id: str  # the draft
    in_it: tuple[UnitPoint, ...]  # units that are in it now
    not_in_it: tuple[UnitPoint, ...] = ()  # units that were meant to be in it and are not
    error: BackupTuiError | None = None  # why it was not carried through; `None` when every request was accepted
    refusals: tuple[RefusedUnit, ...] = ()  # units refused one by one
    not_removed: tuple[str, ...] = ()  # ids of artifacts that were meant to go and are still there
    # entries of the service's answers that could not be read; what is in the draft was read from its list
    unread: int = 0

    @property
    def complete(self) -> bool:
        """Whether the draft holds exactly what was asked for."""
        return self.error is None and not self.not_in_it and not self.not_removed


class Step(Struct, frozen=True):
    """One request: what it adds and what it removes."""

    add: tuple[UnitPoint, ...] = ()
    remove: tuple[str, ...] = ()


def service_of(session: RestoreSession) -> Service:
    """The session's service. Raises `UsageError`: the service sent a type that is unknown."""
    if session.service is None:
        raise UsageError(
            "The service did not report the kind of this session, so it cannot be changed from here.",
            field="session",
            value=session.id,
        )
    return session.service


def refuse_items(present: Sequence[RestoreArtifact], what: str) -> None:
    """Refuses what would make whole units of single mails or files. Raises `UsageError`: such are among them.
    `present`: what is in a session. `what`: what it is refused to be: `changed`."""
    if any(isinstance(artifact, FileArtifact) for artifact in present):
        raise UsageError.unsent(
            f"Single files cannot be {what} here.",
            "session",
            hint="Choose them again and create another draft: backup-tui files restore.",
        )
    if any(isinstance(artifact, GranularMailboxRestoreArtifact) for artifact in present):
        raise UsageError.unsent(
            f"Mails that a search found cannot be {what} here.",
            "session",
            hint="Search again and create another draft: backup-tui mail draft.",
        )


def checked_rows(plan: DraftPlan, now: datetime, limits: ServiceLimits) -> tuple[UnitPoint, ...]:
    """The units of the plan, each once. Raises `UsageError`: it cannot be a draft."""
    rows = tuple({row.unit_id: row for row in plan.rows}.values())
    if not rows:
        raise UsageError("A restore needs at least one unit.", field="Units", hint="Give names, or pick units.")
    if len(rows) > limits.units:
        raise UsageError(
            f"{len(rows):,} units; one draft holds at most {limits.units:,}.",
            field="Units",
            value=str(len(rows)),
            hint="A plan takes them all, in sessions of a size that the service takes: plan new.",
        )
    if any(row.service is not plan.service for row in rows):
        raise UsageError("A restore holds units of only one service.", field="Units")
    _check_points(now, rows)
    return rows


def _check_points(now: datetime, rows: Sequence[UnitPoint]) -> None:
    without = [row.name for row in rows if not row.usable]
    expired = [row.name for row in rows if row.expires is not None and row.expires <= now]
    for names, what in ((without, "have no usable point"), (expired, "have a point that has expired")):
        if names:
            raise UsageError.unsent(
                f"{len(names):,} of the units {what}: {_some(names)}.",
                "Point",
                hint="Choose another time for them, or leave them out.",
            )
    doubled = [point for point, count in Counter(row.point_id for row in rows).items() if count > 1]
    if doubled:
        raise UsageError.unsent("The same point is in the list twice.", "Units")


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3:,} more"


def destination_for(present: Sequence[RestoreArtifact], wished: Destination | None, *, adding: bool) -> Destination:
    """Where units that are added to a draft go: where the others go. Raises `UsageError`: that is not clear, or another
    destination was asked for."""
    found = {destination_of(artifact.destination_type) for artifact in present}
    if not adding and wished is None:
        return next((one for one in found if one is not None), Destination.NEW)
    if len(found) > 1 or None in found:
        raise UsageError(
            "The units of this draft do not all go to the same place, as far as the service says.",
            field="Destination",
            hint="Create a new draft.",
        )
    only = next(iter(found), None)
    if only is None and wished is None:
        raise UsageError(
            "The draft is empty.",
            field="Destination",
            hint="Choose whether its units go in place or to a new location.",
        )
    if only is not None and wished is not None and wished is not only:
        raise UsageError(
            f"This draft restores {only.word}; one draft does not mix destinations.",
            field="Destination",
            value=wished.word,
            hint="Create a second draft for the other destination.",
        )
    return only or wished or Destination.NEW


def edit_steps(
    present: Mapping[str, UnitPoint | None],
    add: Sequence[UnitPoint],
    remove: Sequence[str],
    now: datetime,
    limits: ServiceLimits,
) -> list[Step]:
    """The requests that change a draft so, none with too many entries; none when it holds the change already.

    A unit that is in the draft with another point leaves it in the same request in which it comes back, so a list can
    be added again as a whole to complete a draft.

    Args:
        present: Artifact id to the unit behind it, `None` where that is unknown.
        add: Units with their points.
        remove: Ids of artifacts.
        limits: How many units a draft and a request hold.

    Raises:
        UsageError: The draft cannot be changed so.
    """
    removing = dict.fromkeys(remove)
    unknown = [artifact_id for artifact_id in removing if artifact_id not in present]
    if unknown:
        raise UsageError.unsent(
            f"{len(unknown):,} of the units to remove {are(len(unknown))} no longer in this draft.",
            "Units",
            unknown[0],
            "Read the draft again (r).",
        )
    if not add and not removing:
        raise UsageError.unsent("No change was requested.", "Units")
    staying = {unit.unit_id: (key, unit.point_id) for key, unit in present.items() if unit and key not in removing}
    pairs: list[UnitPoint | str] = []
    plain: list[UnitPoint] = []
    for row in {row.unit_id: row for row in add}.values():
        artifact_id, point_id = staying.get(row.unit_id, ("", None))
        if not artifact_id:
            plain.append(row)
        elif point_id != row.point_id:
            pairs += [artifact_id, row]
    entries: list[UnitPoint | str] = [*pairs, *removing, *plain]
    _check_points(now, [entry for entry in entries if isinstance(entry, UnitPoint)])
    total = len(present) - len(removing) + len(plain)
    if total > limits.units:
        raise UsageError.unsent(
            f"The draft would hold {total:,} units; one draft holds at most {limits.units:,}.",
            "Units",
            str(total),
            "Create another draft for the rest, or a plan for all of them.",
        )
    size = limits.units_per_write
    chunks = [entries[start : start + size] for start in range(0, len(entries), size)]
    return [
        Step(
            tuple(entry for entry in chunk if isinstance(entry, UnitPoint)),
            tuple(entry for entry in chunk if isinstance(entry, str)),
        )
        for chunk in chunks
    ]
