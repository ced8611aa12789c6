"""What failed in a restore, by cause, and the form of a new restore made from it.

The service does not retry anything automatically; each cause needs something else: a hold that is removed, a new
address for a held site, an earlier point, waiting, or an account that is recovered first.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.changes.context import Context
from backup_tui.errors import UsageError
from backup_tui.models.artifacts import RestoreArtifact
from backup_tui.models.services import Destination, Service
from backup_tui.models.statuses import Action, artifact_status
from backup_tui.models.text import short_id
from backup_tui.restore.drafts.form import FormUnit, RestoreForm
from backup_tui.restore.drafts.plan import refuse_items, service_of
from backup_tui.restore.drafts.record import DraftRecord, kept_record
from backup_tui.restore.errors_of_units import CauseAndRemedy, Remedy, explain
from backup_tui.restore.names.unit_names import ReviewedUnit, reviewed_units
from backup_tui.restore.points.moments import write_moment
from backup_tui.restore.retries import learn_retries
from backup_tui.restore.review.review import read_draft
from backup_tui.store.other_restores import other_restore_of
from backup_tui.store.retries import Retry, retried
from backup_tui.store.rows import destination_of


class FailedGroup(Struct, frozen=True):
    """The units of a restore that failed for one cause."""

    session_id: str  # the restore
    service: Service  # what kind of units
    destination: Destination | None  # where they should have gone; `None` when the service did not say
    cause: CauseAndRemedy  # what happened and what to do
    units: tuple[ReviewedUnit, ...]  # the units, by name; those that nobody names are in `nameless`
    # units whose point is all that is known; a new restore cannot take them automatically
    nameless: tuple[ReviewedUnit, ...] = ()
    messages: tuple[str, ...] = ()  # the service's own words, each once
    other: str = ""  # the other restore that has the units, where it is known and they failed for that
    retries: tuple[Retry, ...] = ()  # later restores and drafts that have some of the units, oldest first
    left: tuple[ReviewedUnit, ...] = ()  # the units that none of these has

    @property
    def to_do(self) -> str:
        """What to do, without the keys of the screens."""
        return explain(self.cause.code, self.service, destination=self.destination, other=self.other, keys=False).to_do

    @property
    def count(self) -> int:
        """How many units failed so."""
        return len(self.units) + len(self.nameless)


async def failed_by_cause(tools: Context, session_id: str) -> tuple[FailedGroup, ...]:
    """The failed units of a restore, the most frequent cause first.

    Raises:
        NotFound: The service has no such session.
        UsageError: The service does not say what kind of session it is.
        BackupTuiError: The units could not all be read.
    """
    session, artifacts = await read_draft(tools, session_id)
    service = service_of(session)
    refuse_items(artifacts, "restored again")
    failed = {a.id: a for a in artifacts if artifact_status(a.status).allows(Action.AGAIN)}
    record = await kept_record(tools.journal, session_id)
    units = await reviewed_units(tools, service, list(failed.values()), record, session_id)
    await learn_retries(tools)
    groups: dict[tuple[str, Destination | None], list[ReviewedUnit]] = {}
    for unit in units:
        artifact = failed[unit.artifact_id]
        code = (artifact.error.code or "") if artifact.error else ""
        groups.setdefault((code, destination_of(artifact.destination_type)), []).append(unit)
    found = []
    for (code, destination), members in groups.items():
        other = other_restore_of(tools.store, [unit.unit_id for unit in members], session_id)
        named = tuple(unit for unit in members if unit.unit_id is not None)
        alone = named[0].name if len(members) == len(named) == 1 else ""
        again = retried(tools.store, session_id, {unit.unit_id for unit in members if unit.unit_id})
        found.append(
            FailedGroup(
                session_id,
                service,
                destination,
                explain(code, service, unit=alone, destination=destination, other=other),
                named,
                tuple(unit for unit in members if unit.unit_id is None),
                _messages(failed[unit.artifact_id] for unit in members),
                other,
                again.retries,
                tuple(unit for unit in named if unit.unit_id in again.left) if again.retries else named,
            )
        )
    return tuple(sorted(found, key=lambda group: (-group.count, group.cause.code)))


def _messages(artifacts: Iterable[RestoreArtifact]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(a.error.message for a in artifacts if a.error is not None and a.error.message))


def form_from_failed(group: FailedGroup) -> RestoreForm:
    """A new restore of what failed for one cause, with what the cause asks for: of the units that no retry has, and
    once each has one, of all. `group`: from `failed_by_cause`. Raises `UsageError`: none of its units is known by
    name."""
    if not group.units:
        raise UsageError(
            f"The service does not name {group.service.counted(group.count)} that failed.",
            field="Units",
            hint="Take their names from your own list and start a new restore with it.",
        )
    older = group.cause.remedy is Remedy.OLDER_POINT
    new = group.cause.remedy is Remedy.NEW_ADDRESS
    return _form(
        group.service,
        group.left or group.units,
        Destination.NEW if new else group.destination,
        f"failed of {short_id(group.session_id)}: {group.cause.cause}",
        before=timedelta(seconds=1) if older else timedelta(),
    )


async def form_from_session(
    tools: Context, session_id: str, destination: Destination | None = None, *, change: bool = False
) -> RestoreForm:
    """A form that holds what a session holds.

    Args:
        session_id: A draft or a restore.
        destination: Where the new restore goes; `None` for where this one goes.
        change: The form is for changing this draft, not for a new restore.

    Raises:
        UsageError: None of its units is known by name, or the kind of session is unknown.
        BackupTuiError: It could not be read.
    """
    session, artifacts = await read_draft(tools, session_id)
    service = service_of(session)
    refuse_items(artifacts, "changed or restored again" if change else "restored again")
    record = await kept_record(tools.journal, session_id)
    units = await reviewed_units(tools, service, artifacts, record, session_id)
    known = [unit for unit in units if unit.unit_id is not None]
    if not known and artifacts:
        raise UsageError(
            f"The service does not name the {service.names.units} in session {short_id(session_id)}.",
            field="Units",
            hint="Give their names from your own list.",
        )
    found = {destination_of(artifact.destination_type) for artifact in artifacts}
    targets = sorted(one for one in found if one is not None)
    only = targets[0] if len(targets) == 1 else None
    source = f"change of draft {short_id(session_id)}" if change else f"copy of {short_id(session_id)}"
    if destination is not None and not change:
        source += f" to {'a new location' if destination is Destination.NEW else 'its own place'}"
    form = _form(service, known, destination or only, source, wanted=change)
    return replace(
        form,
        draft_id=session_id if change else None,
        copied_destinations=tuple(targets) if destination is None and only is None else (),
        left_out=record.left_out if record else (),
    )


def form_from_record(record: DraftRecord) -> RestoreForm:
    """A new restore of what was in a draft that the service no longer has."""
    units = list(map(ReviewedUnit.of_point, record.units))
    source = f"draft {short_id(record.session_id)}, deleted"
    return replace(_form(record.service, units, record.destination, source, wanted=True), left_out=record.left_out)


def _form(
    service: Service,
    units: Sequence[ReviewedUnit],
    destination: Destination | None,
    source: str,
    *,
    before: timedelta = timedelta(),
    wanted: bool = False,
) -> RestoreForm:
    """A form with these units; the time that most of them share is the time of all, the others have their own.

    The form finds the very points again that the units have. An express point is asked for by its own time: preferring
    express points would find other, older ones for the units that have a standard one.
    """
    times = {
        unit.unit_id: write_moment(((unit.wanted if wanted and not unit.express else None) or unit.time) - before)
        for unit in units
        if unit.unit_id is not None and unit.time is not None
    }
    moment = Counter(times.values()).most_common(1)[0][0] if times else "latest"
    return RestoreForm(
        service=service,
        units=tuple(FormUnit(unit.unit_id, unit.name) for unit in units if unit.unit_id is not None),
        moment=moment,
        destination=destination,
        own_times={key: text for key, text in times.items() if text != moment},
        source=source,
    )
