"""The browse sessions of a service: made, found, and gone when their time is over."""

from backup_tui.simulator.domain.browsing import BrowseSession, browse_id
from backup_tui.simulator.domain.identifiers import number
from backup_tui.simulator.domain.points import find_point
from backup_tui.simulator.domain.schedule import MINUTE
from backup_tui.simulator.domain.tenant import Tenant
from backup_tui.simulator.domain.workloads import Workload
from backup_tui.simulator.http.errors import Refusal

ERRORS = {"ArtifactNotFound": "The artifact was not found. It was deleted or renamed."}
"""What a session says that could not be created; no page names codes."""


class BrowseSessions:
    """All browse sessions of one tenant."""

    def __init__(self, tenant: Tenant, seed: int, speed: float) -> None:
        self._tenant = tenant
        self._seed = seed
        self._speed = speed
        self._made = 0
        self._sessions: dict[str, BrowseSession] = {}

    def create(self, restore_point_id: object, workload: Workload, now: float) -> BrowseSession:
        """Make a session for an express restore point (page backuprestoreroot-post-sharepointbrowsesessions).

        Refuses with 400 ``InvalidRestorePoint``; the code is that of restore sessions, no page names one.
        """
        if not isinstance(restore_point_id, str) or not restore_point_id:
            raise Refusal(400, "InvalidRestorePoint", "restorePointId is required.")
        point = find_point(self._tenant, restore_point_id, now)
        if point is None or point.unit.workload is not workload:
            raise Refusal(400, "InvalidRestorePoint", f"The restore point {restore_point_id} is invalid.")
        if not point.express:
            raise Refusal(400, "InvalidRestorePoint", "Only restore points with the tag fastRestore can be browsed.")
        identifier = browse_id(self._seed, "browse", self._made)
        self._made += 1
        seconds = (0.5 + number(identifier) % 100 / 100) * MINUTE
        error = "ArtifactNotFound" if point.unit.trait == "gone" else None
        session = BrowseSession(identifier, point, now, now + seconds / self._speed, error)
        self._sessions[identifier] = session
        return session

    def listed(self, now: float) -> list[BrowseSession]:
        """Return the sessions that have not expired, newest first."""
        self._sessions = {key: each for key, each in self._sessions.items() if now < each.expires}
        return list(reversed(self._sessions.values()))

    def get(self, identifier: str, workload: Workload | None, now: float) -> BrowseSession:
        """Return a session.

        Refuses with 404 ``BrowseSessionNotFound``, also for one that has expired; the code is invented.
        """
        session = self._sessions.get(identifier)
        if session is None or now >= session.expires or workload not in (None, session.workload):
            raise Refusal(404, "BrowseSessionNotFound", f"The browse session {identifier} was not found.")
        return session

    def browsable(self, identifier: str, workload: Workload | None, now: float) -> BrowseSession:
        """Return a session whose point can be looked into.

        Refuses as ``get``; 409 ``BrowseSessionNotReady`` (invented) when it is being created or has failed.
        """
        session = self.get(identifier, workload, now)
        status = session.status(now)
        if status != "created":
            raise Refusal(409, "BrowseSessionNotReady", f"The browse session is {status}, not created.")
        return session
