"""What the service itself counts of policies, beta: read for each, said in words; a missing count is unknown, not 0.

The service computes its counts from time to time, so they may be older than the lists of units that are read here."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from backup_tui.changes.context import Context, each_of
from backup_tui.errors import BackupTuiError, PermissionDenied
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.statistics import BackupCountStatistics, PolicyStatistics
from backup_tui.models.times import dated, span_words

NOT_REPORTED = "not reported"


class CountedPolicy(Struct, frozen=True):
    """A policy with what the service last counted of it."""

    policy: ProtectionPolicy  # the policy
    statistics: PolicyStatistics | None  # what was counted; `None` where it could not be read
    error: str  # why not
    read_at: datetime  # when it was read (UTC)

    @property
    def counts(self) -> BackupCountStatistics:
        return self.statistics.counts if self.statistics is not None else BackupCountStatistics()

    @property
    def age_words(self) -> str:
        """When the service counted, and how old that was when it was read."""
        computed = self.counts.last_computed_date_time
        if computed is None:
            return "the service does not report when it counted"
        age = span_words(self.read_at - computed)
        return f"counted by the service {dated(computed)}, {age} before it was read"


async def read_statistics(context: Context, policies: Sequence[ProtectionPolicy]) -> list[CountedPolicy]:
    """What the service counts of each policy, in their order. One that cannot be read does not end the others. Raises
    `UsageError`: the service is not spoken to in its beta version; `PermissionDenied`: this sign-in may not read
    them."""
    context.reader.check_statistics()

    async def one(policy: ProtectionPolicy) -> CountedPolicy:
        try:
            found = await context.reader.statistics(policy.id)
        except PermissionDenied:
            raise
        except BackupTuiError as error:
            return CountedPolicy(policy, None, error.message, context.clock.now())
        return CountedPolicy(policy, found, "", context.clock.now())

    return await each_of(one, list(policies))


def added(*counts: int | None) -> int | None:
    """The sum of counts; `None` when one of them is not reported."""
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def count_words(count: int | None) -> str:
    """`1,204`, `not reported`."""
    return NOT_REPORTED if count is None else f"{count:,}"


def stage_rows(counts: BackupCountStatistics) -> tuple[tuple[str, str], ...]:
    """Every count with its name, in the order of the page."""
    return (
        ("Units", count_words(counts.total)),
        ("Protected", count_words(counts.protected_completed)),
        ("Being protected", count_words(counts.protected_in_progress)),
        ("Could not be protected", count_words(counts.protected_failed)),
        ("No longer protected", count_words(counts.unprotected_completed)),
        ("Being unprotected", count_words(counts.unprotected_in_progress)),
        ("Could not be unprotected", count_words(counts.unprotected_failed)),
        ("Being offboarded", count_words(counts.offboard_requested)),
    )
