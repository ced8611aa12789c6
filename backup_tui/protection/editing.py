"""Units join a policy and leave it: what that means, what is checked before, and doing it in parts of 50.

https://learn.microsoft.com/graph/api/exchangeprotectionpolicy-update and its siblings. The page on editing policies
(https://learn.microsoft.com/microsoft-365/backup/backup-view-edit-policies): removing a unit deletes no backup, it ends
making new ones. What the service does not list yet is known only by its id, and the service decides about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from backup_tui.changes.context import Context
from backup_tui.changes.findings import OnLook
from backup_tui.changes.lost_answers import resolve_lost_answer
from backup_tui.changes.reviewed import ChangeReview, WithoutRequest
from backup_tui.errors import BackupTuiError, NotFound, OutcomeUnknown, StateConflict, UsageError
from backup_tui.graph.writer import Writer
from backup_tui.journal.records import Intent, IntentKind, IntentState
from backup_tui.models.checks import Check, CheckResult, worst_first
from backup_tui.models.features import POLICIES_CHANGE
from backup_tui.models.phrases import phrase, thing_name
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.services import Service
from backup_tui.models.statuses import policy_status
from backup_tui.models.units import ProtectionUnit
from backup_tui.protection.editing_effects import is_leaving, units_in
from backup_tui.protection.editing_parts import EditResult, Fate, Member, MemberFate, owners_in, parts_of, send_all
from backup_tui.protection.lost_answers import EFFECTS
from backup_tui.protection.policies import policy_label
from backup_tui.protection.switching import check_person, check_service
from backup_tui.store.updates import PolicyRead

OWN_CHANGE = timedelta(minutes=2)
"""A policy that was changed last within this time of an entry of the journal was changed by it."""

LONG_LIST = 500
"""So many units that join by hand take more than ten requests; a bulk addition takes up to 50,000 names in one."""

_EDITABLE = ("inactive", "active", "activewitherrors")
_WAIT = "Wait until the update has ended: backup-tui policies watch."
_BY_RULE = "dynamicrule"


@dataclass(frozen=True, kw_only=True)
class EditReview(ChangeReview[ProtectionPolicy]):
    """What a person has to know before a policy's units are changed."""

    add: tuple[Member, ...]  # who would be added: those asked for that are not in the policy yet
    remove: tuple[Member, ...]  # who would be removed: those asked for that are in it
    already: tuple[MemberFate, ...]  # those for which there is nothing to do

    @property
    def nothing_to_do(self) -> bool:
        """Whether the policy is as it was asked to be."""
        return not self.add and not self.remove


@dataclass(frozen=True)
class EditPolicy(WithoutRequest[EditReview, EditResult]):
    """Units are added to a policy and removed from it."""

    noun = "policy"
    whole = "change"
    verb = "change"
    done_word = "changed"
    purpose = "changing a policy"

    policy_id: str  # the policy
    add: tuple[Member, ...] = ()  # who is to be in it
    remove: tuple[Member, ...] = ()  # who is to be in it no longer
    absent: tuple[str, ...] = ()  # names that were asked for and that name no unit which can be added or removed

    @property
    def target(self) -> str:
        return self.policy_id

    def writer(self, context: Context) -> Writer:
        return context.may_protect()

    async def prepare(self, context: Context) -> EditReview:
        policy = await read_policy(context, self.policy_id)
        service = service_of(policy)
        units = await units_in(context, service, policy.id)
        add, remove, already = self._still_to_do(units)
        active = policy_status(policy.status).value != "inactive"
        checks = [*await check_editable(context, policy), *check_person(context, POLICIES_CHANGE)]
        allowed, lifted_by = await check_service(context)
        checks += allowed
        checks += _check_members(service, add, remove, already, units, active=active)
        label = policy_label(policy)
        return EditReview(
            change=self,
            thing=policy,
            word="CHANGE",
            headline=f"policy {label}: {_moves(add, remove) or 'nothing to change'}",
            tenant=context.who.tenant,
            sentence=_meaning(service, add, remove, active=active),
            phrase=phrase("change", thing_name(policy.display_name or "", policy.id), context.who.tenant_word),
            checks=worst_first(checks),
            read_at=context.clock.now(),
            subject=f"policy {label}",
            id_line=f"Policy {policy.id}",
            danger=bool(remove),
            service=service,
            extra=tuple(_further(service, add, remove, active=active)),
            names=_names(add, remove),
            absent=self.absent,
            way_out=lifted_by or _WAIT,
            add=add,
            remove=remove,
            already=already,
        )

    def _still_to_do(
        self, units: Sequence[ProtectionUnit]
    ) -> tuple[tuple[Member, ...], tuple[Member, ...], tuple[MemberFate, ...]]:
        here = owners_in(units)
        ids = {unit.id for unit in here.values()}
        add = tuple(member for member in self.add if member.key not in here)
        remove = tuple(member for member in self.remove if member.unit_id in ids)
        already = [MemberFate(member, True, Fate.ALREADY) for member in self.add if member.key in here]
        already += [MemberFate(member, False, Fate.ALREADY) for member in self.remove if member.unit_id not in ids]
        return add, remove, tuple(already)

    async def carried_out(self, context: Context, reviewed: EditReview, writer: Writer, on_look: OnLook) -> EditResult:
        await settle_policy(context, self.policy_id, on_look)
        policy = await self._as_reviewed(context, reviewed.thing)
        service, label = service_of(policy), policy_label(policy)
        add, remove, already = self._still_to_do(await units_in(context, service, policy.id))
        parts = parts_of(add, remove, context.limits.units_per_write)
        fates, done, error = await send_all(context, (policy.id, label, service), parts, writer, on_look)
        if error is not None and done == 0 and all(one.fate is not Fate.DONE for one in fates.values()):
            raise error
        result = EditResult(policy.id, label, service, (*fates.values(), *already), done, error)
        await read_quietly(context, policy.id)
        return result

    async def _as_reviewed(self, context: Context, before: ProtectionPolicy) -> ProtectionPolicy:
        """The policy as it is now, right before the first part leaves. Raises `StateConflict`: it is not what was
        reviewed, or cannot be changed now; nothing was sent."""
        try:
            now = await read_policy(context, self.policy_id)
        except NotFound as error:
            raise changed("The service no longer has this policy.", "PolicyGone") from error
        if now.display_name != before.display_name:
            raise changed(f'Someone renamed the policy after the review; it is "{policy_label(now)}" now.')
        checks = await check_editable(context, now)
        blocked = next((check.text for check in checks if check.mark is CheckResult.BLOCKING), None)
        was_on = policy_status(before.status).value != "inactive"
        if blocked is not None or (policy_status(now.status).value != "inactive") is not was_on:
            by = now.last_modified_by.label if now.last_modified_by else ""
            state = policy_status(now.status).word
            raise changed(f"{by or 'Someone'} changed the policy after the review; it is {state} now.")
        return now


def changed(words: str, code: str = "PolicyChanged") -> StateConflict:
    """The error where a policy is not what was reviewed."""
    return StateConflict.unsent(words, code, "Read the review again.")


async def read_policy(context: Context, policy_id: str) -> ProtectionPolicy:
    """A policy as it is now; updates the store. Raises as the reader does."""
    asked_at = context.clock.monotonic()
    policy = await context.reader.policy(policy_id)
    context.store.apply(PolicyRead(policy, asked_at))
    return policy


async def read_quietly(context: Context, policy_id: str) -> None:
    """Brings the policy in the store up to date; sync does it later where this fails."""
    try:
        await read_policy(context, policy_id)
    except BackupTuiError:
        return


def service_of(policy: ProtectionPolicy) -> Service:
    """The service of a policy. Raises `UsageError`: this version does not know it."""
    if policy.service is None:
        words = "The service of this policy is unknown to this version, so its units cannot be changed."
        raise UsageError.unsent(words, "policy")
    return policy.service


async def settle_policy(context: Context, policy_id: str, on_look: OnLook) -> None:
    """Finds out what became of earlier changes of a policy whose answers were lost, before another one leaves. Raises
    `OutcomeUnknown`: it is still unknown; nothing was sent now."""
    effects = {kind: effect for effect in EFFECTS for kind in effect.kinds}
    for intent in await context.journal.open_intents():
        if intent.target == policy_id and intent.kind in effects:
            finding = await resolve_lost_answer(context, effects[intent.kind], intent, on_look)
            if not finding.verdict.is_settled:
                raise OutcomeUnknown(
                    f"No answer came for: {intent.summary}. It may have happened. {finding.words}",
                    certainty="Nothing was sent now.",
                    hint=f"Look at the policy later; it is entry {intent.id} of the journal.",
                    intent_id=intent.id,
                )


async def check_editable(context: Context, policy: ProtectionPolicy) -> list[Check]:
    """Whether the policy's state allows a change of it. One that is updating is busy, unless what it carries out is the
    change from here that is being continued."""
    status = policy_status(policy.status)
    if status.value.casefold() in _EDITABLE:
        return [Check(CheckResult.OK, f"the policy is {status.in_sentence}, so it can be changed", 1)]
    if status.value == "updating":
        mine = await own_change(context, policy)
        if mine is not None:
            return [Check(CheckResult.WARNING, f"the policy still carries out entry {mine.id} of the journal", 5)]
        return [Check(CheckResult.BLOCKING, "the policy is being updated; it can be changed when that has ended", 1)]
    return [Check(CheckResult.BLOCKING, f"the policy is {status.word}, so it cannot be changed", 1)]


async def own_change(context: Context, policy: ProtectionPolicy) -> Intent | None:
    """The change from this machine that the policy carries out, where nobody else changed the policy since."""
    mine = next(
        (
            intent
            for intent in await context.journal.intents()
            if intent.target == policy.id and intent.state not in (IntentState.NOT_SENT, IntentState.REJECTED)
        ),
        None,
    )
    modified = policy.last_modified_date_time
    if mine is None or mine.kind is not IntentKind.POLICY_EDIT:
        return None
    if modified is not None and modified > max(mine.answered_at or mine.at, mine.at) + OWN_CHANGE:
        return None
    return mine


def _check_members(
    service: Service,
    add: Sequence[Member],
    remove: Sequence[Member],
    already: Sequence[MemberFate],
    units: Sequence[ProtectionUnit],
    *,
    active: bool,
) -> list[Check]:
    checks: list[Check] = []
    if not add and not remove:
        checks.append(Check(CheckResult.BLOCKING, "nothing is left to change: the policy holds it already", 2))
    held = _held_by_rule(remove, units)
    if held:
        are = "is" if len(held) == 1 else "are"
        names = ", ".join(held[:3]) + (" ..." if len(held) > 3 else "")
        text = f"{len(held):,} {are} held by a dynamic rule and cannot be removed by hand: {names}"
        checks.append(Check(CheckResult.BLOCKING, text, 3))
    owners = {member.object_id.casefold() for member in add}
    leaving = sum((unit.object_id or "").casefold() in owners for unit in units if is_leaving(unit))
    if leaving:
        text = (
            f"{leaving:,} {'is' if leaving == 1 else 'are'} being removed; the service refuses to add them until then"
        )
        checks.append(Check(CheckResult.WARNING, text, 4))
    strangers = sum(not member.unit_id for member in add)
    if strangers:
        text = f"{service.counted(strangers)} {'is' if strangers == 1 else 'are'} new to Backup: known only by id"
        checks.append(Check(CheckResult.UNKNOWN, text, 8))
    if add and active:
        text = f"the price depends on the size of the {service.names.units}, which is unknown"
        checks.append(Check(CheckResult.UNKNOWN, text, 20))
        checks.append(Check(CheckResult.UNKNOWN, "whether billing is set up cannot be seen from here", 21))
    if remove:
        checks.append(Check(CheckResult.UNKNOWN, "Microsoft may keep charging for the points that stay", 22))
    if already:
        checks.append(Check(CheckResult.OK, f"{len(already):,} of the list need nothing: they are so already", 6))
    return [*checks, *check_requests(add, remove, "a bulk addition takes 1")]


def check_requests(add: Sequence[Member], remove: Sequence[Member], shorter: str) -> list[Check]:
    """How many requests it takes, where that is more than one. `shorter`: what a long list takes otherwise."""
    parts = len(parts_of(add, remove))
    text = f"sent in {parts:,} requests of at most 50, each once"
    long = f"{text}; {shorter}" if len(add) > LONG_LIST else text
    return [Check(CheckResult.OK, long, 7)] if parts > 1 else []


def _held_by_rule(remove: Sequence[Member], units: Sequence[ProtectionUnit]) -> list[str]:
    """Names of those to remove that a dynamic rule holds, which the service refuses together with all others."""
    held = {unit.id for unit in units if _BY_RULE in (unit.protection_sources or "").casefold()}
    return [member.name for member in remove if member.unit_id in held]


def _moves(add: Sequence[Member], remove: Sequence[Member]) -> str:
    parts = [f"{len(add):,} added" if add else "", f"{len(remove):,} removed" if remove else ""]
    return ", ".join(filter(None, parts))


def _meaning(service: Service, add: Sequence[Member], remove: Sequence[Member], *, active: bool) -> str:
    more, fewer = service.counted(len(add)), service.counted(len(remove))
    if not active:
        parts = [f"{more} {_join(add)} the policy" if add else "", f"{fewer} {_leave(remove)} it" if remove else ""]
        return f"CHANGE: {', '.join(filter(None, parts))}. It is inactive: nothing is backed up until it is activated."
    if not remove:
        return (
            f"CHANGE: {more} {_are(add)} backed up from now on, and Microsoft bills for what it keeps of "
            f"{'it' if len(add) == 1 else 'them'}. Nothing is restored or changed."
        )
    lost = (
        f"no longer {_are(remove)}. Points of the {len(remove):,} stay"
        if add
        else f"{fewer} {_are(remove)} no longer backed up. {'Its' if len(remove) == 1 else 'Their'} points stay"
    )
    begin = f"{more} {_are(add)} backed up from now on, {len(remove):,} {lost}" if add else f"from now on, {lost}"
    return f"CHANGE: {begin} until each is a year old. Damage done from now on cannot be undone."


def _are(members: Sequence[Member]) -> str:
    return "is" if len(members) == 1 else "are"


def _join(members: Sequence[Member]) -> str:
    return "joins" if len(members) == 1 else "join"


def _leave(members: Sequence[Member]) -> str:
    return "leaves" if len(members) == 1 else "leave"


def _further(service: Service, add: Sequence[Member], remove: Sequence[Member], *, active: bool) -> list[str]:
    """What else has to be known: when points begin, and until when a removal can be taken back."""
    lines: list[str] = []
    if add and active:
        lines.append(f"First points take up to 15 min for each 1,000 {service.names.units}.")
    if remove:
        one = len(remove) == 1
        lines.append(
            f"To take the removal back, add {'it' if one else 'them'} again: possible at any time. "
            "What happens in between is not backed up."
        )
        lines.append("No backup is deleted: points can be restored until each is a year old.")
    return lines


def _names(add: Sequence[Member], remove: Sequence[Member]) -> tuple[str, ...]:
    if add and remove:
        return tuple([f"- {one.name}" for one in remove] + [f"+ {one.name}" for one in add])
    return tuple(one.name for one in (*remove, *add))
