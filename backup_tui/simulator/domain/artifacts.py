"""Restore artifacts: what is restored, a whole unit or a part of it, and what happens to it."""

from dataclasses import dataclass

from msgspec import Struct

from backup_tui.simulator.domain.browsing import BrowseSession
from backup_tui.simulator.domain.points import point_id
from backup_tui.simulator.domain.searches import MailSearch
from backup_tui.simulator.domain.tenant import Unit


class MailPart(Struct, frozen=True):
    """The items that a search found in a mailbox."""

    search: MailSearch

    @property
    def what(self) -> str:
        return self.search.id


class FilePart(Struct, frozen=True):
    """One file, folder or library."""

    browse: BrowseSession  # the browse session it was found in
    key: str  # its item key
    name: str
    url: str  # its address at the time of the restore point

    @property
    def what(self) -> str:
        return self.key


Part = MailPart | FilePart


class Run(Struct, frozen=True):
    """What happens to one artifact after its session was activated: drawn once, kept by the session."""

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


@dataclass(slots=True)
class Artifact:
    """One restore artifact."""

    seq: int  # place within its session, 0 or more; never used twice
    id: str  # GUID; of one file or folder its item key
    unit: Unit  # the unit behind its restore point
    moment: int  # the restore point's time
    express: bool  # whether that point was an express one
    destination: str  # ``new`` or ``inPlace``
    created: float  # when it was added
    part: Part | None = None  # what of the unit is restored; None for all of it
    run: Run | None = None  # what happens to it; None before the activation

    @property
    def point_id(self) -> str:
        return point_id(self.unit, self.moment)

    @property
    def what(self) -> str:
        """What is restored; a session cannot hold the same twice."""
        return self.unit.id if self.part is None else self.part.what

    def status(self, now: float) -> str:
        """Return the ``artifactRestoreStatus``."""
        return "added" if self.run is None else self.run.status(now)
