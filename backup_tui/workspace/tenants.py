"""What every profile's tenant is doing, for one read-only screen; and their sign-ins, kept in memory side by side.

Each profile is read with its own sign-in in a workspace of its own that is closed again, so nothing of one tenant can
appear under another's name. Nobody is asked to sign in, and nothing is changed.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.config import Settings
from backup_tui.errors import BackupTuiError, NotFound, PermissionDenied, SignInError, Unreachable
from backup_tui.models.services import Destination
from backup_tui.store import freshness as fresh
from backup_tui.store.store import Store
from backup_tui.store.summary import NeedKind, needs_you
from backup_tui.workspace.workspace import Workspace

if TYPE_CHECKING:
    from backup_tui.signin import SignIn

AT_ONCE = 4  # most profiles that are read at the same time

_IN_WORDS = {Destination.IN_PLACE: " IN PLACE", Destination.NEW: " to a new address"}


class TenantFacts(Struct, frozen=True):
    """What a tenant is doing."""

    at: datetime  # when that was true
    running: int = 0  # restores that run
    completed: int = 0  # units of those that are restored
    failing: int = 0  # units of those that failed
    total: int | None = None  # units of those; None where one of them does not say
    failed: int = 0  # units that failed, in those and in what ended in the last 30 days
    drafts: int = 0  # drafts that wait for a person
    problems: int = 0  # policies with errors, changes of unknown outcome, and a service that is locked
    lines: tuple[str, ...] = ()  # a sentence for each restore that runs


class TenantState(Struct, frozen=True):
    """What is known of one profile's tenant."""

    facts: TenantFacts | None = None  # what it was doing when it was read last; None before that
    signed_out: bool = False  # nobody is signed in, and that takes a person
    unreachable: bool = False  # the service, or the authority of its sign-in, does not answer
    trouble: str = ""  # why it could not be read now; empty where it could
    since: datetime | None = None  # when that was first so
    user: str = ""  # who is signed in
    tenant: str = ""  # the tenant as the sign-in names it


def facts_of(store: Store, now: datetime) -> TenantFacts:
    """What the tenant of a store is doing, as far as it was read."""
    needs = needs_you(store, now)
    running = [row for row in store.sessions.values() if row.running]
    totals = [row.total for row in running]
    lines = []
    for row in running:
        service = row.service.label if row.service is not None else "Restore"
        units = f"{row.finished or 0:,} of {row.total:,}" if row.total is not None else f"{row.finished or 0:,} done"
        failed = f", {row.failed:,} failed" if row.failed else ""
        where = _IN_WORDS.get(row.destination, "") if row.destination is not None else ""
        lines.append(f"{service} {row.id[:8]}{where}: {units}{failed}.")
    return TenantFacts(
        at=now,
        running=len(running),
        completed=sum(row.completed or 0 for row in running),
        failing=sum(row.failed or 0 for row in running),
        failed=sum(need.count or 0 for need in needs if need.kind is NeedKind.FAILED),
        total=None if None in totals else sum(filter(None, totals)),
        drafts=sum(need.kind is NeedKind.DRAFT for need in needs),
        problems=sum(need.kind in (NeedKind.POLICY, NeedKind.LOCKED, NeedKind.UNKNOWN) for need in needs),
        lines=tuple(lines),
    )


class Tenants:
    """The tenants of several profiles. It outlives each of their workspaces. `make`: makes a workspace that is not
    open, from settings and the sign-in that is known."""

    def __init__(self, make: "Callable[[Settings, SignIn | None], Workspace] | None" = None) -> None:
        self._make = make or (lambda settings, sign_in: Workspace(settings, sign_in=sign_in))
        self._sign_ins: dict[str, SignIn] = {}
        self.states: dict[str, TenantState] = {}

    def workspace(self, settings: Settings) -> Workspace:
        """A workspace of a profile, with the sign-in that this process has. Raises `UsageError`, `SignInError`: as
        `Workspace` does."""
        workspace = self._make(settings, self._sign_ins.get(settings.profile))
        self.keep(workspace)
        return workspace

    def keep(self, workspace: Workspace) -> None:
        """Keeps the sign-in of a workspace, so that nobody is asked again who comes back to it."""
        if workspace.settings.sign_in is not None or workspace.settings.token is not None:
            self._sign_ins[workspace.settings.profile] = workspace.identity.sign_in

    async def read_all(self, profiles: Iterable[Settings], told: Callable[[], None]) -> None:
        """Reads every one of these profiles once, without asking anybody; `told` is called after each."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(settings: Settings) -> None:
            async with gate:
                await self.read(settings)
            told()

        await asyncio.gather(*map(one, profiles))

    async def read(self, settings: Settings) -> None:
        """Reads what the tenant of a profile is doing; what went wrong is said in its state."""
        before = self.states.get(settings.profile, TenantState())
        try:
            workspace = self.workspace(replace(settings, read_only=True))
        except BackupTuiError as error:
            self._failed(settings, before, error, None)
            return
        try:
            async with workspace.opened():
                for key in (fresh.SERVICE_ROOT, fresh.POLICIES):
                    with suppress(PermissionDenied, NotFound):  # what runs can be told without it
                        await workspace.loader.load(key)
                await workspace.loader.load(fresh.SESSIONS)
                facts = facts_of(workspace.store, workspace.clock.now())
        except BackupTuiError as error:
            self._failed(settings, before, error, workspace)
        else:
            who = workspace.who
            self.states[settings.profile] = TenantState(facts, user=who.user_label, tenant=who.tenant)

    def _failed(
        self, settings: Settings, before: TenantState, error: BackupTuiError, workspace: Workspace | None
    ) -> None:
        signed_out = isinstance(error, SignInError) and error.needs_person
        unreachable = isinstance(error, Unreachable | SignInError) and not signed_out
        same = bool(before.trouble) and (before.signed_out, before.unreachable) == (signed_out, unreachable)
        now = workspace.clock.now() if workspace is not None else None
        self.states[settings.profile] = replace(
            before,
            signed_out=signed_out,
            unreachable=unreachable,
            trouble=error.message,
            since=before.since if same else now,
        )
