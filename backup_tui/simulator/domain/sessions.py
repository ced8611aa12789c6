"""Restore sessions and their artifacts, whose states follow from the time since the activation."""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Literal

from msgspec import Struct

from backup_tui.simulator.domain.artifacts import Artifact, FilePart, Part, Run
from backup_tui.simulator.domain.bulk import BulkRequest
from backup_tui.simulator.domain.identifiers import guid
from backup_tui.simulator.domain.tenant import Unit
from backup_tui.simulator.domain.workloads import Workload
from backup_tui.simulator.http.callers import Caller

JobType = Literal["standard", "granular", "bulk"]
TERMINAL = frozenset({"completed", "completedWithError", "failed"})


class Counts(Struct, frozen=True, dict=True):
    """A ``restoreSessionArtifactCount``; what has not finished counts as in progress once activated."""

    total: int
    completed: int = 0
    in_progress: int = 0
    failed: int = 0


class _Timeline(Struct, frozen=True, dict=True):
    """The moments at which an activated session changes, sorted, so that a look costs a bisection."""

    first_scheduled: float
    succeeded: list[float]
    failed: list[float]
    events: list[float]


@dataclass
class RestoreSession:
    """One restore session."""

    seq: int  # number in the order of creation
    id: str  # GUID
    workload: Workload
    created: float
    created_by: Caller
    modified: float  # when a person last changed it
    modified_by: Caller
    job: JobType = "standard"  # ``standard``, ``granular`` or ``bulk``; one session holds artifacts of one of them
    policy_id: str | None = None  # policy whose units alone it takes (beta), or None
    bulk: BulkRequest | None = None  # its bulk addition request, or None
    bulk_deleted: bool = False  # whether that request was deleted, after it was carried out
    artifacts: list[Artifact] = field(default_factory=list)  # its artifacts, in the order of their ``seq``
    activated: float | None = None  # when it was activated, or None for a draft
    # when the names of its bulk request are artifacts; None without such a request or in a draft
    resolved: float | None = None
    _timeline: _Timeline | None = None
    _next: int = 0

    def add(
        self,
        unit: Unit,
        moment: int,
        express: bool,
        destination: str,
        now: float,
        part: Part | None = None,
    ) -> Artifact:
        identifier = part.key if isinstance(part, FilePart) else guid(self.id, self._next)
        added = Artifact(self._next, identifier, unit, moment, express, destination, now, part)
        self._next += 1
        self.artifacts.append(added)
        return added

    def start(self, runs: list[Run], caller: Caller, now: float, resolved: float | None = None) -> None:
        """Activate: give each artifact its run; ``resolved``: when the names of a bulk request became artifacts."""
        for artifact, run in zip(self.artifacts, runs, strict=True):
            artifact.run = run
        self.activated = self.modified = now
        self.modified_by = caller
        self.resolved = resolved
        events = {moment for run in runs for moment in (run.scheduled, run.start, run.end)}
        if resolved is not None:
            events.add(resolved)
        self._timeline = _Timeline(
            first_scheduled=min((run.scheduled for run in runs), default=now if resolved is None else resolved),
            succeeded=sorted(run.end for run in runs if run.error is None),
            failed=sorted(run.end for run in runs if run.error is not None),
            events=sorted(events),
        )

    def shown_artifacts(self, now: float) -> list[Artifact]:
        """Return the artifacts that lists show: none before the names of a bulk request are resolved."""
        return self.artifacts if self.resolved is None or now >= self.resolved else []

    def counts(self, now: float) -> Counts:
        """Return its ``restoreSessionArtifactCount``."""
        total = len(self.shown_artifacts(now))
        if self._timeline is None:
            return Counts(total)
        if not total:
            return Counts(0)
        done = bisect_right(self._timeline.succeeded, now)
        failed = bisect_right(self._timeline.failed, now)
        return Counts(total, done, total - done - failed, failed)

    def status(self, now: float) -> str:
        """Return its ``restoreSessionStatus``, ``failed`` included."""
        if self._timeline is None:
            return "draft"
        if now < self._timeline.first_scheduled:
            return "activating"
        counts = self.counts(now)
        if counts.in_progress:
            return "active"
        if not counts.total:
            return "failed"  # a bulk request of which no name was found
        if not counts.failed:
            return "completed"
        return "completedWithError" if counts.completed else "failed"

    def running(self, now: float) -> bool:
        """Tell whether it takes one of the places for active sessions."""
        return self._timeline is not None and now < self._timeline.events[-1]

    def completed(self, now: float) -> float | None:
        """Return when it ended, seconds since 1970, or None."""
        return None if self._timeline is None or self.running(now) else self._timeline.events[-1]

    def last_modified(self, now: float) -> float:
        """Return when it last changed, by a person or by the progress of an artifact, seconds since 1970."""
        if self._timeline is None:
            return self.modified
        seen = bisect_right(self._timeline.events, now)
        return max(self.modified, self._timeline.events[seen - 1]) if seen else self.modified
