"""The backup service of a tenant is turned on: what that means, and doing it.

https://learn.microsoft.com/graph/api/backuprestoreroot-enable: the request names the tenant that owns the application;
its billing profile pays. A missing or invalid profile refuses it."""

import re
from dataclasses import dataclass

from backup_tui.changes.change import Request
from backup_tui.changes.context import Context
from backup_tui.changes.reviewed import ChangeReview, ReviewedChange
from backup_tui.errors import UsageError
from backup_tui.graph.writer import Writer
from backup_tui.journal.records import IntentKind
from backup_tui.models.checks import Check, CheckResult, worst_first
from backup_tui.models.features import CONTROL
from backup_tui.models.phrases import phrase
from backup_tui.models.service_root import BackupRestoreRoot
from backup_tui.models.service_state import ServiceState, state_of
from backup_tui.models.text import safe
from backup_tui.protection.service_effects import ENABLE, read_root
from backup_tui.protection.switching import check_person
from backup_tui.store.updates import ServiceRead

TARGET = "enable"  # what the journal calls the service itself: the end of the path of its request

_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class EnableService(ReviewedChange[BackupRestoreRoot]):
    """The backup service is turned on."""

    noun = "backup service"
    purpose = "turning the backup on"
    verb = "enable"
    done_word = "enabled"
    kind = IntentKind.SERVICE_ENABLE
    target = TARGET
    effect = ENABLE

    owner_tenant: str  # id of the tenant that owns the application and whose billing profile pays

    def check(self) -> None:
        """Raises `UsageError`: what should be the id of a tenant is none."""
        if _GUID.fullmatch(self.owner_tenant) is None:
            what = (
                f"{safe(self.owner_tenant, 80)!r} is not a tenant id."
                if self.owner_tenant
                else "A tenant id is missing."
            )
            raise UsageError.unsent(
                what, "owner", self.owner_tenant, "It looks like 72f988bf-86f1-41af-91ab-2d7cd011db47."
            )

    def writer(self, context: Context) -> Writer:
        return context.may_control()

    async def read(self, context: Context) -> BackupRestoreRoot:
        self.check()
        return await read_root(context)

    def tell(self, context: Context, thing: BackupRestoreRoot, asked_at: float) -> None:
        context.store.apply(ServiceRead(thing, asked_at=asked_at, answered_at=context.clock.now()))

    async def review(self, context: Context, thing: BackupRestoreRoot) -> ChangeReview[BackupRestoreRoot]:
        who, state = context.who, state_of(thing)
        return ChangeReview(
            change=self,
            thing=thing,
            word="ENABLE",
            headline="Microsoft 365 Backup",
            tenant=who.tenant,
            sentence=(
                f"ENABLE: Microsoft 365 Backup is turned on in {who.tenant}. The billing profile of tenant "
                f"{self.owner_tenant} pays for it. Nothing is backed up until a policy is active."
            ),
            phrase=phrase("enable backup", who.tenant_word),
            checks=worst_first(_checks(context, state, self.owner_tenant)),
            read_at=context.clock.now(),
            subject="the backup service",
            id_line=f"Owner of the application: tenant {self.owner_tenant}",
            extra=("It cannot be turned off from here: that is done in the Microsoft 365 admin center.",),
            way_out="Read the state of the service again.",
        )

    def difference(self, before: BackupRestoreRoot, now: BackupRestoreRoot) -> str:
        if state_of(now) == state_of(before):
            return ""
        return f"Someone changed it after it was reviewed: the backup is {state_of(now).status.word} now."

    def request(self, reviewed: ChangeReview[BackupRestoreRoot], writer: Writer) -> Request[BackupRestoreRoot]:
        return Request(
            lambda: writer.control.enable(self.owner_tenant),
            f"ENABLE the backup service, owner tenant {self.owner_tenant}",
            body={"appOwnerTenantId": self.owner_tenant},
        )


def _checks(context: Context, state: ServiceState, owner: str) -> list[Check]:
    checks = [
        *check_person(context, CONTROL),
        Check(CheckResult.UNKNOWN, "whether that billing profile is valid shows only in the answer", 20),
        Check(
            CheckResult.WARNING,
            "the service may count as controlled by an application from then on; a change back to Microsoft's admin "
            "center is not supported",
            10,
        ),
    ]
    if state.value.lower() == "enabled":
        checks.append(Check(CheckResult.BLOCKING, "the backup is on already", 2))
    elif state.locked and not state.off:
        words = f"the backup is {state.status.word} now; whether this lifts the lock is not documented"
        checks.append(Check(CheckResult.UNKNOWN, words, 5))
    elif state.off:
        reason = f" ({state.reason})" if state.reason else ""
        checks.append(Check(CheckResult.OK, f"the backup is off{reason}, so it can be turned on", 5))
    else:
        checks.append(Check(CheckResult.UNKNOWN, "the service did not report its state", 5))
    if owner.casefold() != (context.who.tenant_id or "").casefold():
        checks.append(Check(CheckResult.WARNING, f"another tenant pays: {owner} is not {context.who.tenant}", 8))
    return checks
