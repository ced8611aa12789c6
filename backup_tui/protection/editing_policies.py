"""A policy is renamed or deleted: what that means, what is checked before, and doing it.

https://learn.microsoft.com/graph/api/exchangeprotectionpolicy-update and its siblings; `protectionpolicybase-delete`:
only an inactive policy can be deleted, its units leave it, and their points stay."""

from dataclasses import dataclass

from backup_tui.changes.change import Request
from backup_tui.changes.context import Context
from backup_tui.changes.findings import OnLook
from backup_tui.changes.reviewed import ChangeReview
from backup_tui.errors import BackupTuiError, NotFound, ServiceError
from backup_tui.graph.requests.protection import update_policy_body
from backup_tui.graph.writer import Writer
from backup_tui.journal.records import IntentKind
from backup_tui.models.checks import Check, CheckResult, worst_first
from backup_tui.models.features import POLICIES_CHANGE
from backup_tui.models.phrases import phrase, thing_name
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.statuses import policy_status
from backup_tui.protection.editing import check_editable, read_policy, service_of, settle_policy
from backup_tui.protection.editing_create import (
    OFF,
    all_policies,
    checked_name,
    is_named,
    policies_quietly,
)
from backup_tui.protection.editing_effects import POLICY_DELETE, POLICY_EDIT
from backup_tui.protection.policies import counted_units, policy_label, policy_units
from backup_tui.protection.switching import ProtectionChange, check_person, check_service


@dataclass(frozen=True, slots=True)
class RenamePolicy(ProtectionChange[ProtectionPolicy]):
    """A policy gets another name."""

    noun = "policy"
    verb = "rename"
    done_word = "renamed"
    purpose = "changing a policy"
    kind = IntentKind.POLICY_EDIT
    effect = POLICY_EDIT

    policy_id: str
    name: str

    @property
    def target(self) -> str:
        return self.policy_id

    async def read(self, context: Context) -> ProtectionPolicy:
        checked_name(self.name)
        return await read_policy(context, self.policy_id)

    async def review(self, context: Context, thing: ProtectionPolicy) -> ChangeReview[ProtectionPolicy]:
        name, label = checked_name(self.name), policy_label(thing)
        policies = [one for one in await all_policies(context) if one.id != thing.id]
        checks = [*await check_editable(context, thing), *check_person(context, POLICIES_CHANGE)]
        allowed, lifted_by = await check_service(context)
        checks += allowed
        if thing.display_name == name:
            checks.append(Check(CheckResult.BLOCKING, "it is called this already", 2))
        if any(is_named(one, service_of(thing), name) for one in policies):
            checks.append(Check(CheckResult.BLOCKING, f'another policy is called "{name}" already', 2))
        return ChangeReview(
            change=self,
            thing=thing,
            word="RENAME",
            headline=f"policy {label} to {name}",
            tenant=context.who.tenant,
            sentence=f'RENAME: only the name changes, to "{name}". Who is backed up stays the same.',
            phrase=phrase("rename", thing_name(thing.display_name or "", thing.id), context.who.tenant_word),
            checks=worst_first(checks),
            read_at=context.clock.now(),
            subject=f"policy {label}",
            id_line=f"Policy {thing.id}",
            service=thing.service,
            way_out=lifted_by or "Choose another name, or wait until the update has ended.",
        )

    def difference(self, before: ProtectionPolicy, now: ProtectionPolicy) -> str:
        if now.display_name == before.display_name:
            return ""
        return f'Someone renamed the policy after the review; it is "{policy_label(now)}" now.'

    async def settle_earlier(self, context: Context, on_look: OnLook) -> ProtectionPolicy | None:
        await settle_policy(context, self.policy_id, on_look)
        return None

    def request(self, reviewed: ChangeReview[ProtectionPolicy], writer: Writer) -> Request[ProtectionPolicy]:
        service, name = service_of(reviewed.thing), checked_name(self.name)
        body = update_policy_body(service, name=name)

        async def send() -> ProtectionPolicy:
            await writer.update_policy(service, self.policy_id, body)
            return ProtectionPolicy.read({**reviewed.thing.raw(), "displayName": name})

        return Request(send, f'RENAME policy "{policy_label(reviewed.thing)}" to "{name}"', service, body)

    async def answered(
        self, context: Context, reviewed: ChangeReview[ProtectionPolicy], answer: ProtectionPolicy
    ) -> ProtectionPolicy:
        try:
            return await read_policy(context, self.policy_id)
        except BackupTuiError:
            return answer  # It is renamed; how it is otherwise is told by the next reading.


@dataclass(frozen=True, slots=True)
class DeletePolicy(ProtectionChange[ProtectionPolicy]):
    """An inactive policy is deleted."""

    noun = "policy"
    verb = "delete"
    done_word = "deleted"
    purpose = "deleting a policy"
    kind = IntentKind.POLICY_DELETE
    effect = POLICY_DELETE

    policy_id: str

    @property
    def target(self) -> str:
        return self.policy_id

    async def read(self, context: Context) -> ProtectionPolicy:
        return await read_policy(context, self.policy_id)

    async def review(self, context: Context, thing: ProtectionPolicy) -> ChangeReview[ProtectionPolicy]:
        label, status, units = policy_label(thing), policy_status(thing.status), await policy_units(context, thing)
        checks = [*check_person(context, POLICIES_CHANGE)]
        if status.value == OFF:
            checks.append(Check(CheckResult.OK, "the policy is inactive, so it can be deleted", 1))
        else:
            text = f"the policy is {status.word}; only an inactive one can be deleted"
            checks.append(Check(CheckResult.BLOCKING, text, 1))
        allowed, lifted_by = await check_service(context)
        checks += allowed
        if units is None:
            checks.append(Check(CheckResult.UNKNOWN, "the units of the policy could not be read", 10))
        checks.append(Check(CheckResult.UNKNOWN, "Microsoft may keep charging for the points that stay", 21))
        counts = thing.protection_policy_artifact_count
        count = len(units) if units is not None else counts.total if counts is not None else None
        who = counted_units(thing.service, count) if count is not None else "its units"
        return ChangeReview(
            change=self,
            thing=thing,
            word="DELETE",
            headline=f"policy {label}, {counted_units(thing.service, count)}",
            tenant=context.who.tenant,
            sentence=_meaning(who, one=count == 1),
            phrase=phrase("delete", thing_name(thing.display_name or "", thing.id), context.who.tenant_word),
            checks=worst_first(checks),
            read_at=context.clock.now(),
            subject=f"policy {label}",
            id_line=f"Policy {thing.id}",
            danger=True,
            service=thing.service,
            extra=(
                "The policy cannot be brought back. A new one takes its units again; its rules have to be made again.",
            ),
            names=tuple(unit.address or unit.title or unit.object_id or unit.id for unit in units or ()),
            way_out=lifted_by
            or ("Wait until the service has carried out the change." if status.moving else "")
            or f"Deactivate it first: backup-tui policies deactivate {thing.id}",
        )

    def difference(self, before: ProtectionPolicy, now: ProtectionPolicy) -> str:
        if (now.status, now.display_name, now.last_modified_date_time) == (
            before.status,
            before.display_name,
            before.last_modified_date_time,
        ):
            return ""
        by = now.last_modified_by.label if now.last_modified_by else ""
        return f"{by or 'Someone'} changed the policy after the review; it is {policy_status(now.status).word} now."

    async def settle_earlier(self, context: Context, on_look: OnLook) -> ProtectionPolicy | None:
        await settle_policy(context, self.policy_id, on_look)
        return None

    def request(self, reviewed: ChangeReview[ProtectionPolicy], writer: Writer) -> Request[ProtectionPolicy]:
        async def send() -> ProtectionPolicy:
            await writer.delete_policy(self.policy_id)
            return reviewed.thing

        return Request(send, f'DELETE policy "{policy_label(reviewed.thing)}"', reviewed.thing.service)

    async def answered(
        self, context: Context, reviewed: ChangeReview[ProtectionPolicy], answer: ProtectionPolicy
    ) -> ProtectionPolicy:
        await policies_quietly(context)
        return answer

    async def after(self, context: Context, reviewed: ChangeReview[ProtectionPolicy]) -> ProtectionPolicy:
        await policies_quietly(context)
        return reviewed.thing

    async def refused(
        self, context: Context, reviewed: ChangeReview[ProtectionPolicy], error: ServiceError
    ) -> ProtectionPolicy:
        if isinstance(error, NotFound):
            await policies_quietly(context)
        raise error


def _meaning(who: str, *, one: bool) -> str:
    leave, theirs = ("leaves", "Its") if one else ("leave", "Their")
    return (
        f"DELETE: the inactive policy and its rules are removed; {who} {leave} it. {theirs} points stay until each "
        "is a year old."
    )
