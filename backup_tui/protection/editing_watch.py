"""A policy is followed with each of its units, until the service has ended its work on them."""

from collections import Counter
from collections.abc import Callable

from msgspec import Struct

from backup_tui.changes.context import Context, unheard
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.statuses import policy_status, unit_status
from backup_tui.models.units import ProtectionUnit
from backup_tui.protection.editing import read_policy
from backup_tui.protection.editing_effects import is_leaving, units_in
from backup_tui.protection.following import LOOK_EVERY, follow


class PolicyNow(Struct, frozen=True):
    """A policy with its units, as just read."""

    policy: ProtectionPolicy  # the policy
    units: tuple[ProtectionUnit, ...] = ()  # its units; empty where its service is unknown

    @property
    def moving(self) -> bool:
        """Whether the service still works on it. Units that join an inactive policy wait for its activation."""
        return policy_status(self.policy.status).moving or any(is_leaving(unit) for unit in self.units)

    @property
    def troubles(self) -> tuple[ProtectionUnit, ...]:
        """Units that the service reports a problem with."""
        return tuple(unit for unit in self.units if unit.error is not None)

    @property
    def words(self) -> str:
        """`updating: 250 being added, 1,180 protected`; problems first."""
        tally = Counter(unit.status for unit in self.units)
        states = sorted(((unit_status(status), count) for status, count in tally.items()), key=lambda two: two[0].rank)
        counts = ", ".join(f"{count:,} {state.word}" for state, count in states)
        word = policy_status(self.policy.status).word
        return f"{word}: {counts}" if counts else word


async def follow_units(
    context: Context,
    policy_id: str,
    on_change: Callable[[PolicyNow], None] = unheard,
    every: float = LOOK_EVERY,
) -> PolicyNow:
    """Follows a policy with each of its units until the service has ended its work on them. `every`: seconds between
    two looks. Raises as `follow_policy`; `IncompleteList`: some of its units could not be read."""
    told = ""

    async def look() -> PolicyNow:
        policy = await read_policy(context, policy_id)
        return PolicyNow(policy, await units_in(context, policy.service, policy.id) if policy.service else ())

    def on_words(seen: PolicyNow) -> None:
        nonlocal told
        if seen.words != told:
            told = seen.words
            on_change(seen)

    return await follow(context, look, lambda seen: seen.moving, on_words, every)
