"""A policy is created: what that means, what is checked before, and doing it.

https://learn.microsoft.com/graph/api/backuprestoreroot-post-exchangeprotectionpolicies and its siblings: not while the
service of its units has an active policy. The new one is inactive, and takes at most 50 units in its first request."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from backup_tui.changes.change import Change, Request, send_change
from backup_tui.changes.context import Context
from backup_tui.changes.findings import OnLook, Verdict
from backup_tui.changes.lost_answers import resolve_lost_answer
from backup_tui.changes.reviewed import WithoutRequest
from backup_tui.errors import BackupTuiError, OutcomeUnknown, UsageError
from backup_tui.graph.requests.protection import create_policy_body
from backup_tui.graph.writer import Writer
from backup_tui.journal.records import Intent, IntentKind, IntentState
from backup_tui.models.checks import Check, CheckResult, worst_first
from backup_tui.models.features import POLICIES_CHANGE
from backup_tui.models.phrases import phrase, phrase_matches, thing_name
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.services import Service
from backup_tui.models.statuses import policy_status
from backup_tui.models.text import safe
from backup_tui.protection.editing import EditReview, changed, check_requests, read_quietly, settle_policy
from backup_tui.protection.editing_effects import POLICY_CREATE, units_in
from backup_tui.protection.editing_parts import EditResult, Fate, Member, MemberFate, owners_in, parts_of, send_all
from backup_tui.protection.policies import policy_label
from backup_tui.protection.switching import check_person, check_service
from backup_tui.store.freshness import POLICIES
from backup_tui.store.updates import ListRead, PolicyRead

LONGEST_NAME = 1_024  # characters of the name of a policy (error page, InvalidDisplayName)

OFF = "inactive"  # the status of a policy that protects nobody


def checked_name(name: str) -> str:
    """A name as it is sent. Raises `UsageError`: it is empty, too long, or holds what cannot be shown."""
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME or safe(plain, LONGEST_NAME) != plain:
        why = f"The name of a policy has 1 to {LONGEST_NAME:,} characters that can be shown."
        raise UsageError.unsent(why, "name", name[:80])
    return plain


@dataclass(frozen=True)
class CreatePolicy(WithoutRequest[EditReview, EditResult]):
    """A new policy, which is inactive, with its first units."""

    noun = "policy"
    whole = "policy"
    verb = "create"
    done_word = "created"
    purpose = "creating a policy"

    service: Service  # whose units it is for
    name: str  # what it is called
    add: tuple[Member, ...] = ()  # who is to be in it
    absent: tuple[str, ...] = ()  # names that were asked for and name no unit that can be added

    def writer(self, context: Context) -> Writer:
        return context.may_protect()

    @property
    def mark(self) -> str:
        """What this create is recognised by when it is asked for again."""
        what = [self.service.value, self.name, sorted(member.object_id.casefold() for member in self.add)]
        return hashlib.sha256(json.dumps(what).encode()).hexdigest()

    async def prepare(self, context: Context) -> EditReview:
        name, service = checked_name(self.name), self.service
        policies = await all_policies(context)
        made = await self.made_before(context, policies)
        here = owners_in(await units_in(context, service, made.id)) if made is not None else {}
        add = tuple(member for member in self.add if member.key not in here)
        already = tuple(MemberFate(member, True, Fate.ALREADY) for member in self.add if member.key in here)
        checks = [*check_person(context, POLICIES_CHANGE), *_check_new(service, name, policies, made)]
        allowed, lifted_by = await check_service(context)
        checks += allowed
        checks += check_requests(add, (), "2 if created empty, then in bulk")
        active = _active(service, policies)
        way_out = f"Add the units to it: backup-tui policies add {active.id}" if active else "Choose another name."
        nothing = ProtectionPolicy.read({"id": made.id if made else "new", "displayName": name})
        units = f" with {service.counted(len(self.add))}" if self.add else " without units"
        return EditReview(
            change=self,
            thing=made or nothing,
            word="CREATE",
            headline=f"policy {name}, {service.counted(len(self.add))}",
            tenant=context.who.tenant,
            sentence=f"CREATE: an inactive policy{units}. Nothing is backed up or billed until it is activated.",
            phrase=phrase("create", thing_name(name, nothing.id), context.who.tenant_word),
            checks=worst_first(checks),
            read_at=context.clock.now(),
            subject=f"policy {name}",
            id_line=f"Policy {made.id}" if made else "Its id is not known before it is created.",
            service=service,
            extra=("It can be deleted again while it is inactive.",),
            names=tuple(member.name for member in self.add),
            absent=self.absent,
            way_out=lifted_by or way_out,
            add=add,
            remove=(),
            already=already,
        )

    async def made_before(self, context: Context, policies: Sequence[ProtectionPolicy]) -> ProtectionPolicy | None:
        """The policy that an earlier run of exactly this create made, and may not have filled."""
        mine = [
            intent
            for intent in await context.journal.intents()
            if intent.kind is IntentKind.POLICY_CREATE
            and intent.fingerprint == self.mark
            and intent.state not in (IntentState.NOT_SENT, IntentState.REJECTED, IntentState.RESOLVED_NOT_DONE)
        ]
        if not mine:
            return None
        same = (one for one in policies if is_named(one, self.service, self.name))
        return next((one for one in same if policy_status(one.status).value == OFF), None)

    async def carried_out(self, context: Context, reviewed: EditReview, writer: Writer, on_look: OnLook) -> EditResult:
        make = MakePolicy(self, checked_name(self.name))
        policy = await send_change(context, make, None, writer, on_look)
        await settle_policy(context, policy.id, on_look)
        here = owners_in(await units_in(context, self.service, policy.id))
        rest = tuple(member for member in self.add if member.key not in here)
        joined = tuple(MemberFate(member, True, Fate.DONE) for member in self.add if member.key in here)
        parts = parts_of(rest, (), context.limits.units_per_write)
        label = policy_label(policy)
        fates, done, error = await send_all(context, (policy.id, label, self.service), parts, writer, on_look)
        await read_quietly(context, policy.id)
        return EditResult(policy.id, label, self.service, (*joined, *fates.values()), done, error)


class MakePolicy(Change[None, ProtectionPolicy, ProtectionPolicy]):
    """The one request that creates a policy, with its first 50 units; or the policy that an earlier run of it made."""

    kind = IntentKind.POLICY_CREATE
    effect = POLICY_CREATE
    purpose = "creating a policy"
    target = None

    def __init__(self, create: CreatePolicy, name: str) -> None:
        self.create, self.name = create, name

    def writer(self, context: Context) -> Writer:
        return context.may_protect()

    def check_agreed(self, reviewed: None, typed: str) -> None:
        """The creation that it is a part of was agreed to."""

    async def settle_earlier(self, context: Context, on_look: OnLook) -> ProtectionPolicy | None:
        for intent in await context.journal.open_intents():
            if intent.kind is IntentKind.POLICY_CREATE and intent.service is self.create.service:
                finding = await resolve_lost_answer(context, self.effect, intent, on_look)
                if not finding.verdict.is_settled:
                    raise still_unknown(intent, finding.words)
        return None

    async def last_look(self, context: Context, reviewed: None) -> ProtectionPolicy | None:
        policies = await all_policies(context)
        made = await self.create.made_before(context, policies)
        if made is not None:
            return made
        problem = next(
            (
                one
                for one in _check_new(self.create.service, self.name, policies, None)
                if one.mark is not CheckResult.OK
            ),
            None,
        )
        if problem is not None:
            raise changed(f"Someone changed the policies after the review: {problem.text}.")
        return None

    def request(self, reviewed: None, writer: Writer) -> Request[ProtectionPolicy]:
        create = self.create
        first = parts_of(create.add, ())[:1]
        owners = [member.object_id for part in first for member in part.add]
        body = create_policy_body(create.service, self.name, owners)
        units = f" with {create.service.counted(len(owners))}" if owners else ""
        return Request(
            lambda: writer.create_policy(create.service, body),
            f'CREATE policy "{self.name}"{units}',
            create.service,
            body,
            create.mark,
        )

    async def answered(self, context: Context, reviewed: None, answer: ProtectionPolicy) -> ProtectionPolicy:
        context.store.apply(PolicyRead(answer, context.clock.monotonic()))
        return answer

    async def lost(
        self, context: Context, reviewed: None, intent: Intent, error: OutcomeUnknown, on_look: OnLook
    ) -> ProtectionPolicy:
        finding = await resolve_lost_answer(context, self.effect, intent, on_look)
        if finding.verdict is Verdict.DONE and isinstance(finding.thing, ProtectionPolicy):
            return finding.thing
        if not finding.verdict.is_settled:
            raise still_unknown(intent, finding.words) from error
        raise BackupTuiError(
            f"The policy was not created. {finding.words}",
            certainty="The request that was sent had no effect.",
            hint="It can be tried again.",
            code="NotDone",
        ) from error


def still_unknown(intent: Intent, words: str) -> OutcomeUnknown:
    """The error while nobody knows what became of a request."""
    return OutcomeUnknown(
        f"No answer came for: {intent.summary}. It may have happened. {words}",
        certainty="It is not sent again.",
        hint=f"Look at the policies later; it is entry {intent.id} of the journal.",
        intent_id=intent.id,
    )


async def all_policies(context: Context) -> tuple[ProtectionPolicy, ...]:
    """The policies of the tenant as they are now; updates the store. Raises as the reader does."""
    asked_at = context.clock.monotonic()
    policies = await context.reader.policies()
    context.store.apply(ListRead(POLICIES, policies, asked_at, True, context.clock.now()))
    return tuple(policies)


async def inactive_of_name(context: Context, service: Service, name: str) -> str:
    """Id of the inactive policy of this name, which may be one that an earlier run of a create made: its units are no
    strangers to that create. Empty where there is none. Raises as the reader does."""
    same = (one for one in await all_policies(context) if is_named(one, service, name))
    return next((one.id for one in same if policy_status(one.status).value == OFF), "")


async def policies_quietly(context: Context) -> None:
    """Brings the policies in the store up to date; sync does it later where this fails."""
    try:
        await all_policies(context)
    except BackupTuiError:
        return  # The next reading of the list shows it.


def is_named(policy: ProtectionPolicy, service: Service, name: str) -> bool:
    """Whether a policy of a service has this name, as phrases compare names."""
    return policy.service is service and phrase_matches(policy.display_name or "", name)


def _active(service: Service, policies: Sequence[ProtectionPolicy]) -> ProtectionPolicy | None:
    return next((one for one in policies if one.service is service and policy_status(one.status).value != OFF), None)


def _check_new(
    service: Service, name: str, policies: Sequence[ProtectionPolicy], made: ProtectionPolicy | None
) -> list[Check]:
    """Whether a policy of this name can be created in a service."""
    if made is not None:
        return [Check(CheckResult.OK, "an earlier run of this created it; only what is missing is added", 1)]
    active = _active(service, policies)
    if active is not None:
        text = f'{service.label} already has an active policy, "{policy_label(active)}"; the service allows one'
        return [Check(CheckResult.BLOCKING, text, 1)]
    if any(is_named(one, service, name) for one in policies):
        return [Check(CheckResult.BLOCKING, f'{service.label} already has a policy called "{name}"', 1)]
    return [Check(CheckResult.OK, f"{service.label} has no active policy and none of this name", 1)]
