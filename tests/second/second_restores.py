"""Restore sessions of all kinds: whole units, mails that a search found, files that a browse session showed."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from second_browsing import Browsing
from second_tenant import ME, PER_SEARCH, Kind, Refused, Tenant, Thing, found, stamp

PER_WRITE, RUNNING, IN_RESTORE = 50, 25, 1_000
CODES = ("ArtifactCannotBeRestored", "ArtifactNotFound", "InvalidRestoreTime", "UnknownError")
NO_TIME = "0001-01-01T00:00:00Z"


@dataclass
class Artifact:
    """What a session restores: a unit, its mails that a search found, or one of its items."""

    id: str
    unit: Thing
    point: str
    destination: str
    search: str = ""
    browse: str = ""
    url: str = ""
    starts: float | None = None
    ends: float = 0.0
    code: str = ""

    def state(self, now: float) -> str:
        if self.starts is None:
            return "added"
        if now < self.starts:
            return "scheduled"
        if now < self.ends:
            return "inProgress"
        return "failed" if self.code else "succeeded"


@dataclass
class Session:
    """A restore session."""

    kind: Kind
    id: str
    created: float
    changed: float
    granular: bool = False
    began: float | None = None
    artifacts: dict[str, Artifact] = field(default_factory=dict)


class Restores:
    """Every session, every search, and how often each unit or item was restored."""

    def __init__(self, tenant: Tenant, browsing: Browsing, speed: float) -> None:
        self.tenant, self.browsing, self.speed = tenant, browsing, speed
        self.sessions: dict[str, Session] = {}
        self.searches: dict[str, dict[str, int]] = {}
        self.restored: Counter[str] = Counter()
        self.outside: list[str] = []

    def session(self, identifier: str, kind: Kind | None = None) -> Session:
        session: Session = found(self.sessions, identifier, "RestoreSessionNotFound")
        if kind not in (None, session.kind):
            raise Refused(404, "RestoreSessionNotFound")
        return session

    def draft(self, identifier: str, kind: Kind | None = None) -> Session:
        """A session that can still be changed."""
        session = self.session(identifier, kind)
        if self.status(session) != "draft":
            raise Refused(403, "RestoreSessionActionNotAllowed")
        return session

    def create(self, kind: Kind, body: dict[str, Any]) -> Session:
        now = self.tenant.now()
        session = Session(kind, str(uuid.uuid4()), now, now)
        names = [name for name in body if name.endswith("RestoreArtifacts")]
        if len(names) > 1:
            raise Refused(400, "InvalidArtifactRequest")
        for name in names:
            if not body[name]:
                raise Refused(400, "InvalidArtifactRequest")
            if len(body[name]) > PER_WRITE:
                raise Refused(413, "RestoreArtifactsLimitBreached")
            self._change(session, body[name], name)
        self.sessions[session.id] = session
        return session

    def update(self, session: Session, body: dict[str, Any]) -> dict[str, Any]:
        (name,) = [name for name in body if name.endswith("RestoreArtifacts@delta")]
        if len(body[name]) > PER_WRITE:
            raise Refused(400, "RestoreArtifactsLimitBreached")
        return {name: self._change(session, body[name], name.removesuffix("@delta"))}

    def _change(self, session: Session, entries: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
        """Adds and removes artifacts; returns what an update answers."""
        granular = name.startswith("granular")
        answers = []
        for entry in entries:
            if "@removed" in entry:
                if session.artifacts.pop(entry["id"], None) is None:
                    error = {"info": {"code": "Invalid", "message": "No such artifact."}, "failedOperation": "remove"}
                    answers.append(
                        {"@Core.DataModificationException": {**error, "responseCode": 409}, "id": entry["id"]}
                    )
                elif granular:
                    answers.append({"@removed": {"reason": "changed"}, "id": entry["id"]})
                continue
            artifact = self._read(session.kind, entry)
            others = session.artifacts.values()
            if any(other.destination != artifact.destination for other in others):
                raise Refused(400, "DifferentRestoreDestinationType")
            if any((other.unit, other.url) == (artifact.unit, artifact.url) for other in others):
                raise Refused(400, "DuplicateArtifactInList")
            if others and session.granular is not granular:
                raise Refused(400, "InvalidArtifactRequest")
            session.granular = granular
            session.artifacts[artifact.id] = artifact
            answers.append(self.artifact_out(artifact))
        session.changed = self.tenant.now()
        return answers

    def _read(self, kind: Kind, entry: dict[str, Any]) -> Artifact:
        if "browseSessionId" in entry:
            key = entry.get("id") or entry.get("itemKey", "")
            browse, item = self.browsing.item(entry["browseSessionId"], key)
            return Artifact(key, browse.unit, browse.point, "new", browse=browse.id, url=item["webUrl"])
        if entry.get("destinationType") not in ("new", "inPlace"):
            raise Refused(400, "InvalidPathType")
        point = entry["restorePoint"]["id"]
        unit, _ = self.tenant.of_point(point)
        if unit.kind is not kind:
            raise Refused(400, "InvalidRestorePoint")
        search = entry.get("searchResponseId", "")
        if search and point not in self.searches.get(search, {}):
            raise Refused(400, "InvalidArtifactRequest")
        return Artifact(str(uuid.uuid4()), unit, point, entry["destinationType"], search=search)

    def running(self) -> list[Session]:
        return [session for session in self.sessions.values() if self.status(session) in ("activating", "active")]

    def status(self, session: Session) -> str:
        """The state of a session now; what its units come to was drawn when it was started."""
        if session.began is None:
            return "draft"
        now = self.tenant.now()
        if now < session.began + 60 / self.speed:
            return "activating"
        states = [artifact.state(now) for artifact in session.artifacts.values()]
        if any(state not in ("succeeded", "failed") for state in states):
            return "active"
        failed = states.count("failed")
        return "completed" if not failed else "failed" if failed == len(states) else "completedWithError"

    def activate(self, session: Session) -> None:
        if not session.artifacts:
            raise Refused(403, "RestoreSessionActionNotAllowed")
        if len(self.running()) >= RUNNING:
            raise Refused(500, "TooManyActiveRestoreSessions")
        now = self.tenant.now()
        in_restore = {
            artifact.unit.id
            for other in self.running()
            for artifact in other.artifacts.values()
            if artifact.state(now) not in ("succeeded", "failed")
        }
        if len(in_restore) + len(session.artifacts) > IN_RESTORE:
            self.outside.append(f"{len(in_restore) + len(session.artifacts)} units in restore at a time")
        session.began = session.changed = now
        for place, artifact in enumerate(session.artifacts.values()):
            what = artifact.url or artifact.unit.id
            drawn = uuid.uuid5(uuid.NAMESPACE_DNS, f"{what} {self.restored[what]}").int
            artifact.starts = now + (300 + 30 * (place // 8)) / self.speed
            artifact.ends = artifact.starts + (600 + drawn % 1_800) / self.speed
            if artifact.unit.id in in_restore and not session.granular:
                artifact.code = "DuplicateArtifactRestoreRequest"
            elif drawn % 41 == 0:
                artifact.code = CODES[drawn // 41 % len(CODES)]
            else:
                self.restored[what] += 1

    def search(self, body: dict[str, Any]) -> dict[str, Any]:
        """One point of each unit in a period; with a query, how many mails it finds there."""
        ids, query = body["protectionUnitIds"], body.get("artifactQuery")
        if not 1 <= len(ids) <= (PER_SEARCH if query is None else 1):
            raise Refused(400, "InvalidSearchRequest")
        period, now = body["protectionTimePeriod"], datetime.fromtimestamp(self.tenant.now(), UTC)
        times = [
            datetime.fromisoformat(period[name]) if period.get(name) else None
            for name in ("startDateTime", "endDateTime")
        ]
        start, end = times[0] or datetime(2000, 1, 1, tzinfo=UTC), times[1] or now
        results, without = [], []
        identifier = str(uuid.uuid4())
        self.searches[identifier] = {}
        for unit_id in ids:
            unit = self.tenant.unit(unit_id)
            express, oldest = body.get("tags") == "fastRestore", body.get("restorePointPreference") == "oldest"
            point = self.tenant.nearest(unit, start, end, express=express, oldest=oldest)
            if point is None:
                without.append(unit_id)
                continue
            shown: dict[str, Any] = {"restorePoint": {**point, "protectionUnit": self.tenant.shown_in_point(unit)}}
            if query is not None:
                shown["artifactHitCount"] = self._hits(query["queryExpression"], point)
                self.searches[identifier][point["id"]] = shown["artifactHitCount"]
            results.append(shown)
        return {"searchResponseId": identifier, "searchResults": results, "noResultProtectionUnitIds": without}

    def _hits(self, expression: str, point: dict[str, Any]) -> int:
        """Twelve mails fit every query, until somebody deleted them: two hours before this service began."""
        if not expression.startswith("(") or expression.count("(") != expression.count(")"):
            raise Refused(400, "InvalidSearchRequest")
        moment = datetime.fromisoformat(point["protectionDateTime"]).timestamp()
        return 12 if moment < self.tenant.began + 40 * 86_400 - 7_200 else 0

    # -- answers

    def session_out(self, session: Session, *, late: bool) -> dict[str, Any]:
        now = self.tenant.now()
        states = [artifact.state(now) for artifact in session.artifacts.values()]
        done, failed = states.count("succeeded"), states.count("failed")
        status = self.status(session)
        ended = status.startswith(("completed", "failed"))
        job = "granular" if session.granular else "standard"
        return {
            "@odata.type": f"#microsoft.graph.{session.kind.prefix}RestoreSession",
            "id": session.id,
            "status": "unknownFutureValue" if status == "failed" and not late else status,
            "restoreJobType": "unknownFutureValue" if job == "granular" and not late else job,
            "createdBy": ME,
            "lastModifiedBy": ME,
            "createdDateTime": stamp(session.created),
            "lastModifiedDateTime": stamp(session.changed),
            "completedDateTime": stamp(max(each.ends for each in session.artifacts.values())) if ended else None,
            "error": None,
            "restoreSessionArtifactCount": {
                "total": len(states),
                "completed": done,
                "failed": failed,
                "inProgress": 0 if session.began is None else len(states) - done - failed,
            },
        }

    def artifact_out(self, artifact: Artifact) -> dict[str, Any]:
        state = artifact.state(self.tenant.now())
        started, ended = state in ("inProgress", "succeeded", "failed"), state in ("succeeded", "failed")
        if artifact.browse:
            return self._item_out(artifact, state)
        new = artifact.destination == "new" and state == "succeeded"
        shown: dict[str, Any] = {
            "id": artifact.id,
            "destinationType": artifact.destination,
            "status": state,
            "restorePoint": self.tenant.point(artifact.point),
            "startDateTime": stamp(artifact.starts) if started else None,
            "completionDateTime": stamp(artifact.ends) if ended else None,
            "error": {"code": artifact.code, "message": "See code."} if state == "failed" else None,
        }
        if artifact.unit.kind.unit == "mailbox":
            folder = "Recovered Items" if new else None
            shown |= {"restoredFolderId": "AAMkAD=" if new else None, "restoredFolderName": folder}
            shown["restoredItemCount"] = 12 if state == "succeeded" else 0
            if artifact.search:
                shown |= {"searchResponseId": artifact.search, "artifactCount": 12}
            return shown
        return {**shown, "restoredSiteWebUrl": f"{artifact.unit.address}R0" if new else None}

    def _item_out(self, artifact: Artifact, state: str) -> dict[str, Any]:
        done = state == "succeeded"
        name = artifact.url.rpartition("/")[2]
        started = artifact.starts is not None
        return {
            "id": artifact.id,
            "browseSessionId": artifact.browse,
            "status": state,
            "webUrl": artifact.url if started else "",
            "restorePointDateTime": self.tenant.point(artifact.point)["protectionDateTime"] if started else NO_TIME,
            "startDateTime": stamp(artifact.starts) if started else NO_TIME,
            "completionDateTime": stamp(artifact.ends) if state in ("succeeded", "failed") else NO_TIME,
            "restoredItemKey": f"{artifact.id},restored" if done else "",
            "restoredItemPath": f"Documents/Restored/{name}" if done else "",
            "restoredItemWebUrl": f"https://contoso-my.sharepoint.com/Documents/Restored/{name}" if done else "",
            artifact.unit.kind.owner: artifact.unit.owner,
        }
