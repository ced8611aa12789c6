"""A unit's backup is given up for good, or kept after all: the review of it, and doing it.

https://learn.microsoft.com/graph/api/protectionunitbase-offboard and `-canceloffboard`: for persons only. A unit has to
have left every policy and be unprotected; its backup is then deleted after a grace period, which is 90 days as
https://learn.microsoft.com/microsoft-365/backup/backup-offboarding says, and until then it can be taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from backup_tui.changes.context import Context
from backup_tui.changes.findings import Finding, OnLook, Verdict
from backup_tui.changes.lost_answers import resolve_lost_answer
from backup_tui.errors import BackupTuiError, IncompleteList, NotFound, OutcomeUnknown, StateConflict, UsageError
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.checks import Check, CheckResult, worst_first
from backup_tui.models.features import OFFBOARD
from backup_tui.models.phrases import phrase, phrase_matches, thing_name, unit_name, wrong_phrase
from backup_tui.models.service_state import refuse_where
from backup_tui.models.services import Service
from backup_tui.models.statuses import Action, unit_status
from backup_tui.models.text import short_id
from backup_tui.models.units import ProtectionUnit
from backup_tui.protection.lost_answers import UNIT
from backup_tui.protection.review import check_service, policy_label
from backup_tui.store.access import barred
from backup_tui.store.updates import UnitRead

GRACE = timedelta(days=90)
"""How long an offboarding can be taken back (Microsoft's text; the service does not tell)."""


class UnitAction(StrEnum):
    """What is done with a unit."""

    OFFBOARD = "offboard"
    KEEP = "keep"

    @property
    def needed(self) -> Action:
        """What the unit's status has to allow."""
        return Action.OFFBOARD if self is UnitAction.OFFBOARD else Action.CANCEL_OFFBOARD

    @property
    def kind(self) -> IntentKind:
        """What it is in the journal."""
        return IntentKind.UNIT_OFFBOARD if self is UnitAction.OFFBOARD else IntentKind.UNIT_CANCEL_OFFBOARD

    @property
    def done_word(self) -> str:
        """`offboarded`, `kept`."""
        return "offboarded" if self is UnitAction.OFFBOARD else "kept"

    @property
    def state_sentence(self) -> str:
        """In which states it is possible."""
        if self is UnitAction.OFFBOARD:
            return "only a unit that left every policy and is unprotected can be offboarded"
        return "only an offboarding that was requested and has not ended can be taken back"


@dataclass(frozen=True, slots=True)
class UnitReview:
    """What a person has to know before the backup of a unit is given up, or kept.

    Attributes:
        unit: As just read.
        service: What kind of unit.
        action: What would be done.
        headline: What it is about, one line.
        sentence: What it means, after its verb in capitals.
        extra: Further sentences that apply.
        checks: What was checked, worst first.
        phrase: What has to be typed.
        whole_phrase: The same with the whole address, which is taken as well: whether the short name is that of one
            unit only depends on how many units were read.
        blocked: Why it is not possible now; `None` when it is.
        hint: What to do when it is not possible; empty when it is.
        read_at: When it was read (UTC).
    """

    unit: ProtectionUnit
    service: Service
    action: UnitAction
    headline: str
    sentence: str
    extra: tuple[str, ...]
    checks: tuple[Check, ...]
    phrase: str
    whole_phrase: str
    blocked: str | None
    hint: str
    read_at: datetime

    @property
    def label(self) -> str:
        """What the unit is called."""
        return unit_label(self.unit)

    @property
    def subject(self) -> str:
        """`mailbox adele@contoso.com`; the beginning of its id where it has no name."""
        return f"{self.service.names.unit} {self.unit.address or self.unit.title or short_id(self.label)}"

    @property
    def names(self) -> tuple[str, ...]:
        """The one unit stands in the headline."""
        return ()

    @property
    def id_line(self) -> str:
        """The whole id, for `v`."""
        return f"Unit {self.unit.id}"


def unit_label(unit: ProtectionUnit) -> str:
    """Address, name or object id of a unit, whichever the service gives."""
    return unit.address or unit.title or unit.object_id or unit.id


async def review_unit(tools: Context, unit_id: str, service: Service, action: UnitAction) -> UnitReview:
    """Reads a unit again, and says what the action means.

    Args:
        tools: What to read with.
        unit_id: The unit.
        service: What kind of unit; counts when the answer does not tell.
        action: What would be done.

    Raises:
        NotFound: The service has no such unit.
        BackupTuiError: The unit could not be read. A failure of the read of the service becomes a check line.
    """
    asked_at = tools.clock.monotonic()
    unit = await tools.reader.unit(unit_id, service)
    service = unit.service or service
    tools.store.apply(UnitRead(service, unit, asked_at))
    allowed, hint = await check_service(tools)
    checks = [*allowed, *_check_person(tools), *_check_state(tools, unit, action)]
    if action is UnitAction.OFFBOARD:
        checks += _check_restores(tools, unit)
        checks.append(
            Check(CheckResult.UNKNOWN, "whether the law wants this backup to be kept cannot be seen from here", 20)
        )
    else:
        checks += _check_grace(tools, unit)
    ordered = worst_first(checks)
    blocked = next((check.text for check in ordered if check.mark is CheckResult.BLOCKING), None)
    verb = "OFFBOARD" if action is UnitAction.OFFBOARD else "KEEP THE BACKUP"
    address = unit.address or ""
    others = (other.address for other in tools.store.units[service].values() if other.id != unit.id)
    name = unit_name(address, unit.id, others)
    by_id = f", unit {short_id(unit.id)}" if name == short_id(unit.id).casefold() else ""
    return UnitReview(
        unit=unit,
        service=service,
        action=action,
        headline=f"{verb}, {tools.who.tenant}: {service.names.unit} {unit_label(unit)}{by_id}",
        sentence=_meaning(action, service),
        extra=_extra(action),
        checks=ordered,
        phrase=phrase(action.value, name, tools.who.tenant_word),
        whole_phrase=phrase(action.value, thing_name(address, unit.id), tools.who.tenant_word),
        blocked=blocked,
        hint=(hint or _way_out(unit, action)) if blocked else "",
        read_at=tools.clock.now(),
    )


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


def _extra(action: UnitAction) -> tuple[str, ...]:
    if action is UnitAction.OFFBOARD:
        return ("It can be kept after all until the grace period ends.",)
    return ("To protect it again, add it to a policy in the admin center.",)


def _check_person(tools: Context) -> list[Check]:
    why = barred(OFFBOARD, tools.who, tools.store.denials)
    return [Check(CheckResult.BLOCKING, f"{why[:1].lower()}{why[1:].rstrip('.')}", 1)] if why is not None else []


def _check_state(tools: Context, unit: ProtectionUnit, action: UnitAction) -> list[Check]:
    status = unit_status(unit.status)
    checks: list[Check] = []
    if action is UnitAction.OFFBOARD and unit.policy_id:
        policy = tools.store.policies.get(unit.policy_id)
        named = f'"{policy_label(policy)}"' if policy is not None else unit.policy_id
        checks.append(Check(CheckResult.BLOCKING, f"it is in the policy {named}; {action.state_sentence}", 2))
    elif not status.allows(action.needed):
        checks.append(Check(CheckResult.BLOCKING, f"it is {status.word}; {action.state_sentence}", 2))
    else:
        fine = f"it is {status.word}" + (" and in no policy" if action is UnitAction.OFFBOARD else "")
        checks.append(Check(CheckResult.OK, f"{fine}, so this can be done", 1))
    return checks


def _check_restores(tools: Context, unit: ProtectionUnit) -> list[Check]:
    """Restores of the unit that run, as far as their units were read here."""
    store = tools.store
    running = [row.id for row in store.sessions.values() if row.running and row.id in store.artifact_sessions()]
    for session_id in running:
        if any(row.unit_id == unit.id for row in store.artifacts(session_id).values()):
            return [Check(CheckResult.WARNING, f"a restore of it is running ({short_id(session_id)})", 10)]
    return []


def _check_grace(tools: Context, unit: ProtectionUnit) -> list[Check]:
    asked = unit.offboard_requested_date_time
    if asked is None:
        unreported = "Microsoft did not report when offboarding was requested, so the deadline to cancel is unknown"
        return [Check(CheckResult.UNKNOWN, unreported, 10)]
    left = (asked + GRACE - tools.clock.now()).days
    if left < 0:
        return [Check(CheckResult.WARNING, "the grace period of 90 days has passed: the backup may be gone already", 5)]
    return [Check(CheckResult.OK, f"it was requested on {asked.day} {asked:%b}; {left} of 90 days are left", 2)]


def _way_out(unit: ProtectionUnit, action: UnitAction) -> str:
    if action is UnitAction.OFFBOARD and unit.policy_id:
        return "Take it out of its policy in the admin center first."
    return "Look at the unit: its status says what can be done with it."


def _unheard(_: object) -> None:
    """Stands where nobody listens."""


class UnitDesk:
    """Gives up the backup of a unit, and keeps it after all."""

    def __init__(self, tools: Context) -> None:
        """Takes what the use cases work with."""
        self._tools = tools

    async def review(self, unit_id: str, service: Service, action: UnitAction) -> UnitReview:
        """What it means, and whether it is possible; see `review_unit`."""
        return await review_unit(self._tools, unit_id, service, action)

    async def find(self, unit_id: str) -> ProtectionUnit:
        """A unit of whatever service, by its id.

        Raises:
            NotFound: The service has no such unit.
            UsageError: The service does not say what kind of unit it is.
        """
        unit = await self._tools.reader.unit(unit_id, Service.EXCHANGE)
        if unit.service is None or unit.odata_type != unit.service.names.unit_type.lower():
            unread = 0
            for service in Service:
                async for page in self._tools.reader.units(service):
                    unread += page.unread
                    for each in page.items:
                        if each.id == unit_id:
                            return each
            if unread:
                raise IncompleteList.of_unread((), unread)
            raise UsageError(f"The service does not say what kind of unit {unit_id} is.", field="ID", value=unit_id)
        return unit

    async def carry_out(self, reviewed: UnitReview, typed: str, on_look: OnLook = _unheard) -> ProtectionUnit:
        """Does what was reviewed.

        Args:
            reviewed: From `review`.
            typed: What the person typed.
            on_look: Told what is seen while a lost answer is looked into.

        Returns:
            The unit as the service answered.

        Raises:
            UsageError: The phrase is not the one asked for, or the review said that it is not possible.
            StateConflict: The unit is in another state than was reviewed; nothing was changed.
            OutcomeUnknown: It is still not known whether it was done.
            ReadOnlyError, WriteLockHeld, ServiceError, Unreachable, JournalError: Nothing was changed.
        """
        tools, action, unit_id = self._tools, reviewed.action, reviewed.unit.id
        writer = tools.may_write()
        state = tools.store.connection.service
        refuse_where(state.no_protection_change, state)
        if reviewed.blocked is not None:
            raise UsageError(
                f"Not possible now: {reviewed.blocked}.",
                field="unit",
                certainty="Nothing was sent.",
                hint=reviewed.hint,
            )
        if not any(phrase_matches(typed, wanted) for wanted in (reviewed.phrase, reviewed.whole_phrase)):
            raise wrong_phrase(typed, reviewed.phrase, action.done_word)
        send = writer.offboard_unit if action is UnitAction.OFFBOARD else writer.cancel_offboard_unit
        verb = "OFFBOARD" if action is UnitAction.OFFBOARD else "CANCEL OFFBOARDING of"
        async with tools.hold_lock("changing a unit"):
            await self._settle_earlier(unit_id, on_look)
            await self._check_unchanged(reviewed)
            try:
                unit = await tools.changes.make(
                    action.kind,
                    lambda: send(unit_id, reviewed.service),
                    target=unit_id,
                    service=reviewed.service,
                    summary=f"{verb} {reviewed.subject}",
                )
            except OutcomeUnknown as error:
                return await self._found(reviewed, error, on_look)
            tools.store.apply(UnitRead(reviewed.service, unit, tools.clock.monotonic(), changed=True))
            return unit

    async def _settle_earlier(self, unit_id: str, on_look: OnLook) -> None:
        """Finds out about an earlier change of this unit whose outcome nobody knows, before another one leaves."""
        for intent in await self._tools.journal.open_intents():
            if intent.target == unit_id and intent.kind in UNIT.kinds:
                finding = await resolve_lost_answer(self._tools, UNIT, intent, on_look)
                if finding.verdict is Verdict.STILL_UNKNOWN:
                    raise _unknown(intent, finding)

    async def _check_unchanged(self, reviewed: UnitReview) -> None:
        asked_at, old = self._tools.clock.monotonic(), reviewed.unit
        try:
            unit = await self._tools.reader.unit(old.id, reviewed.service)
        except NotFound as error:
            raise StateConflict(
                "The service no longer has this unit.",
                status=404,
                certainty="Nothing was sent.",
                hint="Read the list again.",
                code="UnitGone",
            ) from error
        self._tools.store.apply(UnitRead(reviewed.service, unit, asked_at))
        if (unit.status, unit.policy_id) == (old.status, old.policy_id):
            return
        raise StateConflict(
            f"The unit was changed after it was reviewed; it is {unit_status(unit.status).word} now"
            + (", and in a policy." if unit.policy_id else "."),
            status=409,
            certainty="Nothing was sent.",
            hint="Look at the review again.",
            code="UnitChanged",
        )

    async def _found(self, reviewed: UnitReview, error: OutcomeUnknown, on_look: OnLook) -> ProtectionUnit:
        tools = self._tools
        intent = await tools.journal.intent(error.intent_id) if error.intent_id is not None else None
        if intent is None:
            raise error
        finding = await resolve_lost_answer(tools, UNIT, intent, on_look)
        if finding.verdict is Verdict.STILL_UNKNOWN:
            raise _unknown(intent, finding) from error
        unit = finding.thing
        if not isinstance(unit, ProtectionUnit) or finding.verdict is Verdict.NOT_DONE:
            raise BackupTuiError(
                f"The unit was not {reviewed.action.done_word}. {finding.words}",
                certainty="The request that was sent had no effect.",
                hint="It can be tried again.",
                code="NotDone",
            ) from error
        return unit


def _unknown(intent: Intent, finding: Finding) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"No answer came for: {intent.summary}. It may have happened. {finding.words}",
        certainty="It is not sent again.",
        hint=f"Look at the unit later; the journal keeps it as entry {intent.id}.",
        intent_id=intent.id,
    )
