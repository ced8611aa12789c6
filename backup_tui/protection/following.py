"""A policy that is updating is followed until it has ended."""

from __future__ import annotations

from collections.abc import Callable

from backup_tui.changes.context import Context, unheard
from backup_tui.errors import ServerFault, SignInError, Throttled, Unreachable
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.statuses import policy_status
from backup_tui.store.updates import PolicyRead

LOOK_EVERY = 5.0
"""Seconds between two looks at a policy that is updating."""

SILENT_LOOKS = 12
"""After so many looks in a row without an answer, following a policy is given up."""


async def follow_policy(
    context: Context, policy_id: str, on_change: Callable[[ProtectionPolicy], None] = unheard
) -> ProtectionPolicy:
    """Follows a policy until it is no longer updating. Raises `NotFound`: the service no longer has it;
    `BackupTuiError`: it could not be read for a minute."""
    last: ProtectionPolicy | None = None
    silent = 0
    while True:
        asked_at = context.clock.monotonic()
        try:
            policy = await context.reader.policy(policy_id)
        except (Unreachable, ServerFault, Throttled, SignInError) as error:
            if isinstance(error, SignInError) and error.needs_person:
                raise
            silent += 1
            if silent >= SILENT_LOOKS:
                raise
        else:
            silent = 0
            context.store.apply(PolicyRead(policy, asked_at))
            if policy != last:
                on_change(policy)
            last = policy
            if not policy_status(policy.status).moving:
                return policy
        await context.sleep(LOOK_EVERY)
