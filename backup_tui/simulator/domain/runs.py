"""What happens to one artifact of a restore: drawn once by ``schedule``, kept by its session."""

from msgspec import Struct


class Run(Struct, frozen=True):
    """What happens to one artifact after its session was activated; moments are seconds since 1970.

    Attributes:
        scheduled: When the activation is accepted for it.
        start: When its restore begins.
        end: When its restore ends.
        error: Documented artifact error code, or None when it succeeds.
        restored_items: Mailbox: how many items were put back.
        folder: Mailbox to a new location: name of the folder that was made.
        new_location: Drive or site to a new location: number behind the R in its new address.
        address_known: When the new address can be read; it lags behind the end.
    """

    scheduled: float
    start: float
    end: float
    error: str | None = None
    restored_items: int | None = None
    folder: str | None = None
    new_location: int | None = None
    address_known: float = 0.0

    def status(self, now: float) -> str:
        """Return the ``artifactRestoreStatus``."""
        if now < self.scheduled:
            return "scheduling"
        if now < self.start:
            return "scheduled"
        if now < self.end:
            return "inProgress"
        return "succeeded" if self.error is None else "failed"
