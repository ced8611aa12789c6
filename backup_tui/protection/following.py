"""What the service is working on is followed until it has ended: a policy, a rule, a bulk addition."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from backup_tui.changes.context import Context, unheard
from backup_tui.errors import ServerFault, SignInError, Throttled, Unreachable
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.rules import ProtectionRule
from backup_tui.models.services import Service
from backup_tui.models.statuses import job_status, policy_status, rule_status
from backup_tui.models.unit_jobs import UnitsJob
from backup_tui.protection.inclusion import read_rules
from backup_tui.store.updates import PolicyRead

LOOK_EVERY = 5.0  # seconds between two looks

SILENT_LOOKS = 12  # after so many looks in a row without an answer, following is given up


T = TypeVar("T")


async def follow_policy(
    context: Context, policy_id: str, on_change: Callable[[ProtectionPolicy], None] = unheard
) -> ProtectionPolicy:
    """Follows a policy until it is no longer updating. Raises `NotFound`: the service no longer has it;
    `BackupTuiError`: it could not be read for a minute."""

    async def read() -> ProtectionPolicy:
        asked_at = context.clock.monotonic()
        policy = await context.reader.policy(policy_id)
        context.store.apply(PolicyRead(policy, asked_at))
        return policy

    return await follow(context, read, lambda policy: policy_status(policy.status).moving, on_change)


async def follow_rule(
    context: Context,
    service: Service,
    policy_id: str,
    rule_id: str,
    on_change: Callable[[ProtectionRule | None], None] = unheard,
) -> ProtectionRule | None:
    """Follows a rule until it is applied, or gone (`None`). Raises as `follow_policy` does."""

    async def read() -> ProtectionRule | None:
        rules = await read_rules(context, service, policy_id)
        return next((rule for rule in rules if rule.id == rule_id), None)

    return await follow(context, read, lambda rule: rule is not None and rule_status(rule.status).moving, on_change)


async def follow_unit_job(
    context: Context,
    service: Service,
    policy_id: str,
    job_id: str,
    on_change: Callable[[UnitsJob], None] = unheard,
) -> UnitsJob:
    """Follows a bulk addition until it has ended. Raises as `follow_policy` does."""
    return await follow(
        context,
        lambda: context.reader.unit_job(service, policy_id, job_id),
        lambda job: job_status(job.status).moving,
        on_change,
    )


async def follow(
    context: Context,
    read: Callable[[], Awaitable[T]],
    moving: Callable[[T], bool],
    on_change: Callable[[T], None],
    every: float = LOOK_EVERY,
) -> T:
    """Reads something until it no longer moves, and tells of each change.

    Args:
        moving: Whether the service still works on what was read.
        on_change: Told of what was read, where it differs.
        every: Seconds between two looks.

    Raises:
        BackupTuiError: It could not be read for `SILENT_LOOKS` looks in a row, or as `read` raises otherwise.
    """
    last: list[T] = []
    silent = 0
    while True:
        try:
            seen = await read()
        except (Unreachable, ServerFault, Throttled, SignInError) as error:
            if isinstance(error, SignInError) and error.needs_person:
                raise
            silent += 1
            if silent >= SILENT_LOOKS:
                raise
        else:
            silent = 0
            if last != [seen]:
                on_change(seen)
            last = [seen]
            if not moving(seen):
                return seen
        await context.sleep(every)
