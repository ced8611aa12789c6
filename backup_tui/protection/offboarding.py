"""A unit's backup is given up for good, or kept after all: the review of it, and doing it.

https://learn.microsoft.com/graph/api/protectionunitbase-offboard and `-canceloffboard`: for persons only. A unit has to
have left every policy and be unprotected; its backup is then deleted after a grace period, which is 90 days as
https://learn.microsoft.com/microsoft-365/backup/backup-offboarding says, and until then it can be taken back."""

from dataclasses import dataclass
from datetime import timedelta

from backup_tui.changes.change import Request
from backup_tui.changes.context import Context
from backup_tui.changes.reviewed import ChangeReview
from backup_tui.errors import NotFound, UsageError
from backup_tui.graph.writer import Writer
from backup_tui.journal.records import IntentKind
from backup_tui.models.checks import Check, CheckResult, worst_first
from backup_tui.models.features import OFFBOARD
from backup_tui.models.phrases import phrase, thing_name, unit_name
from backup_tui.models.services import Service
from backup_tui.models.statuses import Action, unit_status
from backup_tui.models.text import short_id
from backup_tui.models.units import ProtectionUnit
from backup_tui.protection.lost_answers import UNIT
from backup_tui.protection.policies import policy_label
from backup_tui.protection.switching import Switch, SwitchChange, check_person, check_service
from backup_tui.store.updates import UnitRead

GRACE = timedelta(days=90)  # how long an offboarding can be taken back (Microsoft's text; the service does not tell)


class UnitAction(Switch):
    """What is done with a unit."""

    OFFBOARD = (
        "offboard",
        IntentKind.UNIT_OFFBOARD,
        Action.OFFBOARD,
        "offboarded",
        "only an unprotected unit that is in no policy can be offboarded",
        "It can still be kept until the grace period ends.",
    )
    KEEP = (
        "keep",
        IntentKind.UNIT_CANCEL_OFFBOARD,
        Action.CANCEL_OFFBOARD,
        "kept",
        "only a requested offboarding that has not ended can be canceled",
        "To protect it again, add it to a policy.",
    )


def unit_label(unit: ProtectionUnit) -> str:
    """The unit's address, or else its title, its object id, or its id."""
    return unit.address or unit.title or unit.object_id or unit.id


@dataclass(frozen=True, slots=True)
class ChangeOffboarding(SwitchChange[ProtectionUnit]):
    """The backup of a unit is given up, or kept after all. `service`: counts where the service does not tell."""

    noun = "unit"
    purpose = "changing a unit"
    effect = UNIT

    unit_id: str
    service: Service
    action: UnitAction

    @property
    def target(self) -> str:
        return self.unit_id

    async def read(self, context: Context) -> ProtectionUnit:
        asked_at = context.clock.monotonic()
        unit = await context.reader.unit(self.unit_id, self.service)
        context.store.apply(UnitRead(unit.service or self.service, unit, asked_at))
        return unit

    def tell(self, context: Context, thing: ProtectionUnit, asked_at: float) -> None:
        context.store.apply(UnitRead(thing.service or self.service, thing, asked_at, changed=True))

    async def review(self, context: Context, thing: ProtectionUnit) -> ChangeReview[ProtectionUnit]:
        service, action = thing.service or self.service, self.action
        allowed, hint = await check_service(context)
        checks = [*allowed, *check_person(context, OFFBOARD), *_check_state(context, thing, action)]
        if action is UnitAction.OFFBOARD:
            checks += _check_restores(context, thing)
            unseen = "whether the law requires this backup to be kept cannot be seen from here"
            checks.append(Check(CheckResult.UNKNOWN, unseen, 20))
        else:
            checks += _check_grace(context, thing)
        way_out = "See the status of the unit for what can be done."
        if action is UnitAction.OFFBOARD and thing.policy_id:
            way_out = "Remove it from its policy first (policies remove)."
        noun, address, tenant = service.names.unit, thing.address or "", context.who.tenant_word
        others = (other.address for other in context.store.units[service].values() if other.id != thing.id)
        name = unit_name(address, thing.id, others)
        by_id = f", unit {short_id(thing.id)}" if name == short_id(thing.id).casefold() else ""
        subject = f"{noun} {thing.address or thing.title or short_id(unit_label(thing))}"
        return ChangeReview(
            change=self,
            thing=thing,
            word=action.value.upper(),
            headline=f"{subject}{by_id}",
            tenant=context.who.tenant,
            sentence=_meaning(action, service),
            phrase=phrase(action.value, name, tenant),
            checks=worst_first(checks),
            read_at=context.clock.now(),
            subject=subject,
            id_line=f"Unit {thing.id}",
            danger=action is UnitAction.OFFBOARD,
            service=service,
            extra=(action.extra,),
            # Whether the short name is that of one unit only depends on how many units were read.
            other_phrases=(phrase(action.value, thing_name(address, thing.id), tenant),),
            way_out=hint or way_out,
        )

    def difference(self, before: ProtectionUnit, now: ProtectionUnit) -> str:
        if (now.status, now.policy_id) == (before.status, before.policy_id):
            return ""
        word, where = unit_status(now.status).word, ", and in a policy." if now.policy_id else "."
        return f"The unit changed after the review; it is {word} now{where}"

    def request(self, reviewed: ChangeReview[ProtectionUnit], writer: Writer) -> Request[ProtectionUnit]:
        offboarding, service = self.action is UnitAction.OFFBOARD, reviewed.service or self.service
        send = writer.offboard_unit if offboarding else writer.cancel_offboard_unit
        verb = "OFFBOARD" if offboarding else "CANCEL OFFBOARDING of"
        return Request(lambda: send(self.unit_id, service), f"{verb} {reviewed.subject}", service)


def _meaning(action: UnitAction, service: Service) -> str:
    noun = service.names.unit
    if action is UnitAction.OFFBOARD:
        return (
            f"OFFBOARD: after a grace period (90 days, per Microsoft) the backup of this {noun} is deleted for good. "
            f"The {noun} itself is not touched."
        )
    return (
        "KEEP: the backup stays; points remain until each is a year old. It is in no policy, so no new points are made."
    )


def _check_state(context: Context, unit: ProtectionUnit, action: UnitAction) -> list[Check]:
    status = unit_status(unit.status)
    checks: list[Check] = []
    if action is UnitAction.OFFBOARD and unit.policy_id:
        policy = context.store.policies.get(unit.policy_id)
        named = f'"{policy_label(policy)}"' if policy is not None else unit.policy_id
        checks.append(Check(CheckResult.BLOCKING, f"it is in the policy {named}; {action.state_sentence}", 2))
    elif not status.allows(action.needed):
        checks.append(Check(CheckResult.BLOCKING, f"it is {status.word}; {action.state_sentence}", 2))
    else:
        fine = f"it is {status.word}" + (" and in no policy" if action is UnitAction.OFFBOARD else "")
        checks.append(Check(CheckResult.OK, f"{fine}, so this can be done", 1))
    return checks


def _check_restores(context: Context, unit: ProtectionUnit) -> list[Check]:
    """Restores of the unit that run, as far as their units were read here."""
    store = context.store
    running = [row.id for row in store.sessions.values() if row.running and row.id in store.artifact_sessions()]
    for session_id in running:
        if any(row.unit_id == unit.id for row in store.artifacts(session_id).values()):
            return [Check(CheckResult.WARNING, f"it is being restored by {short_id(session_id)}", 10)]
    return []


def _check_grace(context: Context, unit: ProtectionUnit) -> list[Check]:
    asked = unit.offboard_requested_date_time
    if asked is None:
        unreported = "Microsoft did not report when offboarding was requested, so the deadline to cancel is unknown"
        return [Check(CheckResult.UNKNOWN, unreported, 10)]
    left = (asked + GRACE - context.clock.now()).days
    if left < 0:
        return [
            Check(CheckResult.WARNING, "the grace period of 90 days has passed: the backup may already be deleted", 5)
        ]
    return [Check(CheckResult.OK, f"it was requested on {asked.day} {asked:%b}; {left} of 90 days remain", 2)]


async def find_unit(context: Context, unit_id: str) -> ProtectionUnit:
    """A unit of whatever service, by its id. Raises `NotFound`: the service has no such unit; `UsageError`: the service
    does not say what kind of unit it is."""
    unit = await context.reader.unit(unit_id, Service.EXCHANGE)
    if unit.service is not None and unit.odata_type == unit.service.names.unit_type.lower():
        return unit
    for service in Service:
        try:
            return await context.reader.typed_unit(unit_id, service)
        except NotFound:
            continue  # It is of another service.
    raise UsageError(f"The service did not report the kind of unit {unit_id}.", field="ID", value=unit_id)
