"""What happens to one artifact of a restore: drawn once by ``schedule``, kept by its session."""

from msgspec import Struct


class Run(Struct, frozen=True):
    """What happens to one artifact after its session was activated; moments are seconds since 1970."""

    scheduled: float  # when the activation is accepted for it
    start: float  # when its restore begins
    end: float  # when its restore ends
    error: str | None = None  # documented artifact error code, or None when it succeeds
    restored_items: int | None = None  # mailbox: how many items were put back
    folder: str | None = None  # mailbox to a new location: name of the folder that was made
    new_location: int | None = None  # drive or site to a new location: number behind the R in its new address
    address_known: float = 0.0  # when the new address can be read; it lags behind the end

    def status(self, now: float) -> str:
        """Return the ``artifactRestoreStatus``."""
        if now < self.scheduled:
            return "scheduling"
        if now < self.start:
            return "scheduled"
        if now < self.end:
            return "inProgress"
        return "succeeded" if self.error is None else "failed"
