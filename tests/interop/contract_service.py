"""A second service to restore against: written from the public description alone, sharing nothing with the simulator.

    python tests/interop/contract_service.py --port 8366 [--units 3000] [--speed 600] [--delay 0.2]

serves OneDrive accounts, their restore points and restore sessions at http://127.0.0.1:8366/v1.0. It refuses what the
description does not have (path, method, query option, member of a body), keeps the documented limits, and holds books:

    GET /_books    requests outside the contract, calls by operation, how often each account was restored

What is simulator and what is client may share a misreading; this one was read separately.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import re
import time
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

DESCRIPTION = Path(__file__).parents[1] / "data" / "openapi.json"
ROOT = "/solutions/backupRestore"
SESSIONS = "oneDriveForBusinessRestoreSessions"
ARTIFACTS = "driveRestoreArtifacts"
PAGE = 200
PER_WRITE, PER_SEARCH, RUNNING, IN_RESTORE = 50, 20, 25, 1_000
CODES = ("ArtifactCannotBeRestored", "ArtifactNotFound", "InvalidRestoreTime", "UnknownError")
ME = {"user": {"identity": {"id": "5b7d2c1e-0000-4000-8000-000000000001", "displayName": "Adele Vance"}}}


def stamp(moment: float) -> str:
    """A time as the service writes it."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Refused(Exception):
    """An error answer."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message or code


class Contract:
    """What the public description allows a client to send."""

    def __init__(self) -> None:
        description = json.loads(DESCRIPTION.read_text())
        self.schemas = description["components"]["schemas"]
        self.operations = [
            (
                re.compile(re.sub(r"\{[^}]+\}", "[^/]+", re.escape(path).replace(r"\{", "{").replace(r"\}", "}"))),
                methods,
            )
            for path, methods in description["paths"].items()
        ]

    def complaint(self, method: str, path: str, options: list[str], body: Any) -> str:
        """What in a request is outside the description; empty when nothing is."""
        operation = next(
            (
                methods[method.lower()]
                for found, methods in self.operations
                if found.fullmatch(path) and method.lower() in methods
            ),
            None,
        )
        if operation is None:
            return f"no operation {method} {path}"
        known = {parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "query"}
        unknown = [option for option in options if option not in known and option != "$skiptoken"]
        if unknown:
            return f"unknown query options {unknown}"
        described = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        if body is None:
            return ""
        if described is None:
            return "a body where none is described"
        return self._members(described, body, "")

    def _members(self, schema: dict[str, Any], value: Any, where: str) -> str:
        """The first member that the description does not have, or whose form is another one."""
        while "$ref" in schema or "anyOf" in schema:
            schema = self.schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema["anyOf"][0]
        if isinstance(value, dict):
            members = self._all_members(schema)
            for name, member in value.items():
                plain = name.removesuffix("@delta")
                if name.startswith("@") or plain.startswith("@"):
                    continue
                if members and plain not in members:
                    return f"unknown member {where}{name}"
                if complaint := self._members(members.get(plain, {}), member, f"{where}{name}."):
                    return complaint
            return ""
        if isinstance(value, list):
            found = (self._members(schema.get("items", {}), entry, f"{where}[].") for entry in value)
            return next(filter(None, found), "")
        plain_schema = {key: schema[key] for key in ("type", "enum", "format") if key in schema}
        ok = value is None or jsonschema_rs.is_valid(plain_schema, value)
        return "" if ok else f"{where[:-1]} is {value!r}"

    def _all_members(self, schema: dict[str, Any]) -> dict[str, Any]:
        members = dict(schema.get("properties", {}))
        for part in schema.get("allOf", ()):
            members |= self._all_members(self.schemas[part["$ref"].rpartition("/")[2]] if "$ref" in part else part)
        return members


class Books:
    """The tenant: accounts, sessions, and what was done to them."""

    def __init__(self, units: int, speed: float, delay: float) -> None:
        self.speed, self.delay = speed, delay
        self.contract = Contract()
        self.outside: list[str] = []
        self.calls: Counter[str] = Counter()
        self.restored: Counter[str] = Counter()
        self.created: Counter[str] = Counter()
        began = time.time() - 40 * 86_400
        self.units = {
            (key := str(uuid.uuid5(uuid.NAMESPACE_DNS, f"drive{number}"))): {
                "@odata.type": "#microsoft.graph.driveProtectionUnit",
                "id": key,
                "directoryObjectId": str(uuid.uuid5(uuid.NAMESPACE_DNS, f"person{number}")),
                "displayName": f"Person {number}",
                "email": f"person{number:04}@contoso.com",
                "status": "protected",
                "policyId": "00000000-0000-4000-8000-0000000000aa",
                "protectionSources": "manual",
                "createdDateTime": stamp(began),
                "lastModifiedDateTime": stamp(began),
            }
            for number in range(units)
        }
        self.sessions: dict[str, dict[str, Any]] = {}

    def point(self, point_id: str) -> dict[str, Any]:
        """A restore point from its id, which says what it is to this service alone."""
        try:
            unit, moment = base64.urlsafe_b64decode(point_id).decode().rsplit("_", 1)
        except ValueError as error:
            raise Refused(400, "InvalidRestorePoint") from error
        if unit not in self.units:
            raise Refused(400, "InvalidRestorePoint")
        return {
            "id": point_id,
            "protectionDateTime": stamp(float(moment)),
            "expirationDateTime": stamp(float(moment) + 365 * 86_400),
            "tags": "none",
        }

    def newest(self, unit: str, start: datetime, end: datetime) -> dict[str, Any] | None:
        """Every ten minutes for two weeks, then every week; a few accounts have none before last week."""
        late = int(unit[:2], 16) < 2
        now = datetime.now(UTC)
        moment = min(end, now)
        step = timedelta(minutes=10) if now - moment < timedelta(days=14) else timedelta(days=7)
        at = datetime.fromtimestamp(moment.timestamp() // step.total_seconds() * step.total_seconds(), UTC)
        if at < start or (late and at < now - timedelta(days=7)):
            return None
        return self.point(base64.urlsafe_b64encode(f"{unit}_{at.timestamp():.0f}".encode()).decode())

    def running(self) -> list[dict[str, Any]]:
        return [session for session in self.sessions.values() if self.status(session) in ("activating", "active")]

    def status(self, session: dict[str, Any]) -> str:
        """The state of a session now; what its units come to was drawn when it was started."""
        began = session["began"]
        if began is None:
            return "draft"
        now = time.time()
        if now < began + 60 / self.speed:
            return "activating"
        states = [self.artifact_state(artifact, now) for artifact in session["artifacts"].values()]
        if any(state not in ("succeeded", "failed") for state in states):
            return "active"
        failed = states.count("failed")
        return "completed" if not failed else "failed" if failed == len(states) else "completedWithError"

    def artifact_state(self, artifact: dict[str, Any], now: float) -> str:
        if artifact["ends"] is None:
            return "added"
        if now < artifact["starts"]:
            return "scheduled"
        if now < artifact["ends"]:
            return "inProgress"
        return "failed" if artifact["code"] else "succeeded"

    def session_out(self, session: dict[str, Any]) -> dict[str, Any]:
        now = time.time()
        states = [self.artifact_state(artifact, now) for artifact in session["artifacts"].values()]
        done, failed = states.count("succeeded"), states.count("failed")
        ended = max((artifact["ends"] or 0 for artifact in session["artifacts"].values()), default=0)
        status = self.status(session)
        return {
            "@odata.type": "#microsoft.graph.oneDriveForBusinessRestoreSession",
            "id": session["id"],
            "status": status,
            "restoreJobType": "standard",
            "createdBy": ME,
            "lastModifiedBy": ME,
            "createdDateTime": stamp(session["created"]),
            "lastModifiedDateTime": stamp(session["changed"]),
            "completedDateTime": stamp(ended) if status.startswith(("completed", "failed")) else None,
            "error": None,
            "restoreSessionArtifactCount": {
                "total": len(states),
                "completed": done,
                "failed": failed,
                "inProgress": 0 if session["began"] is None else len(states) - done - failed,
            },
        }

    def artifact_out(self, artifact: dict[str, Any]) -> dict[str, Any]:
        now = time.time()
        state = self.artifact_state(artifact, now)
        new = artifact["destinationType"] == "new" and state == "succeeded"
        return {
            "id": artifact["id"],
            "destinationType": artifact["destinationType"],
            "status": state,
            "restorePoint": self.point(artifact["point"]),
            "startDateTime": stamp(artifact["starts"]) if state in ("inProgress", "succeeded", "failed") else None,
            "completionDateTime": stamp(artifact["ends"]) if state in ("succeeded", "failed") else None,
            "error": {"code": artifact["code"], "message": "See code."} if state == "failed" else None,
            "restoredSiteWebUrl": f"https://contoso-my.sharepoint.com/personal/{artifact['unit']}R0" if new else None,
        }

    def add(self, session: dict[str, Any], entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Adds and removes artifacts; returns what an update answers."""
        if len(entries) > PER_WRITE:
            raise Refused(413, "RestoreArtifactsLimitBreached")
        answers = []
        for entry in entries:
            if "@removed" in entry:
                if session["artifacts"].pop(entry["id"], None) is None:
                    error = {"info": {"code": "ArtifactNotFound", "message": "No such artifact."}, "responseCode": 404}
                    answers.append({"@Core.DataModificationException": error, "id": entry["id"]})
                continue
            point_id, destination = entry["restorePoint"]["id"], entry["destinationType"]
            point = self.point(point_id)
            unit = base64.urlsafe_b64decode(point_id).decode().rsplit("_", 1)[0]
            if any(artifact["destinationType"] != destination for artifact in session["artifacts"].values()):
                raise Refused(400, "DifferentRestoreDestinationType")
            if any(artifact["unit"] == unit for artifact in session["artifacts"].values()):
                raise Refused(400, "DuplicateRestoreArtifactInList")
            artifact = {"id": str(uuid.uuid4()), "point": point_id, "unit": unit, "destinationType": destination}
            session["artifacts"][artifact["id"]] = {**artifact, "starts": None, "ends": None, "code": ""}
            self.created[unit] += 1
            answers.append(
                {"id": artifact["id"], "restorePoint": point, "destinationType": destination, "status": "added"}
            )
        session["changed"] = time.time()
        return answers

    def activate(self, session: dict[str, Any]) -> None:
        if self.status(session) != "draft":
            raise Refused(403, "RestoreSessionActionNotAllowed")
        if not session["artifacts"]:
            raise Refused(400, "NoRestoreArtifacts")
        if len(self.running()) >= RUNNING:
            raise Refused(500, "TooManyActiveRestoreSessions")
        now = time.time()
        in_restore = {
            artifact["unit"]
            for other in self.running()
            for artifact in other["artifacts"].values()
            if self.artifact_state(artifact, now) not in ("succeeded", "failed")
        }
        if len(in_restore) + len(session["artifacts"]) > IN_RESTORE:
            self.outside.append(f"{len(in_restore) + len(session['artifacts'])} accounts in restore at a time")
        session["began"] = session["changed"] = now
        for place, artifact in enumerate(session["artifacts"].values()):
            drawn = uuid.uuid5(uuid.NAMESPACE_DNS, f"{artifact['unit']} {self.restored[artifact['unit']]}").int
            artifact["starts"] = now + (300 + 30 * (place // 8)) / self.speed
            artifact["ends"] = artifact["starts"] + (600 + drawn % 1_800) / self.speed
            if artifact["unit"] in in_restore:
                artifact["code"] = "DuplicateArtifactRestoreRequest"
            elif drawn % 41 == 0:
                artifact["code"] = CODES[drawn // 41 % len(CODES)]
            else:
                self.restored[artifact["unit"]] += 1


def paged(books: Books, request: Request, values: list[dict[str, Any]]) -> JSONResponse:
    """A page, with a link to the next one."""
    start = int(request.query_params.get("$skiptoken", "0"))
    size = min(int(request.query_params.get("$top", PAGE)), PAGE)
    answer: dict[str, Any] = {"value": values[start : start + size]}
    if start + size < len(values):
        answer["@odata.nextLink"] = str(request.url.include_query_params(**{"$skiptoken": start + size}))
    return JSONResponse(answer)


def list_units(books: Books, request: Request, body: Any) -> Response:
    return paged(books, request, list(books.units.values()))


def show_unit(books: Books, request: Request, body: Any, unit_id: str) -> Response:
    return JSONResponse(found(books.units, unit_id, "ProtectionUnitNotFound"))


def list_policies(books: Books, request: Request, body: Any) -> Response:
    return paged(
        books,
        request,
        [
            {
                "@odata.type": "#microsoft.graph.oneDriveForBusinessProtectionPolicy",
                "id": "00000000-0000-4000-8000-0000000000aa",
                "displayName": "OneDrive all",
                "status": "active",
            }
        ],
    )


def list_sessions(books: Books, request: Request, body: Any) -> Response:
    newest = sorted(books.sessions.values(), key=lambda session: -session["created"])
    return paged(books, request, [books.session_out(session) for session in newest])


def create_session(books: Books, request: Request, body: Any) -> Response:
    now = time.time()
    session: dict[str, Any] = {"id": str(uuid.uuid4()), "created": now, "changed": now, "began": None, "artifacts": {}}
    books.add(session, body.get(ARTIFACTS, []))
    books.sessions[session["id"]] = session
    return JSONResponse(books.session_out(session), 201)


def show_session(books: Books, request: Request, body: Any, session_id: str) -> Response:
    return JSONResponse(books.session_out(found(books.sessions, session_id, "RestoreSessionNotFound")))


def update_session(books: Books, request: Request, body: Any, session_id: str) -> Response:
    key = f"{ARTIFACTS}@delta"
    return JSONResponse({key: books.add(draft(books, session_id), body[key])})


def delete_session(books: Books, request: Request, body: Any, session_id: str) -> Response:
    draft(books, session_id)
    del books.sessions[session_id]
    return Response(status_code=204)


def activate_session(books: Books, request: Request, body: Any, session_id: str) -> Response:
    session = draft(books, session_id)
    books.activate(session)
    return JSONResponse(books.session_out(session))


def list_artifacts(books: Books, request: Request, body: Any, session_id: str) -> Response:
    session = found(books.sessions, session_id, "RestoreSessionNotFound")
    return paged(books, request, [books.artifact_out(artifact) for artifact in session["artifacts"].values()])


def show_root(books: Books, request: Request, body: Any) -> Response:
    return JSONResponse({"serviceStatus": {"status": "enabled", "backupServiceConsumer": "firstparty"}})


def nothing(books: Books, request: Request, body: Any, *ids: str) -> Response:
    return JSONResponse({"value": []})


SERVED = tuple(
    (method, re.compile(f"{ROOT}{path}".replace("{id}", "([^/]+)")), handler)
    for method, path, handler in (
        ("GET", "", show_root),
        ("GET", "/(?:driveProtectionUnits|protectionUnits/microsoft[.]graph[.]driveProtectionUnit)", list_units),
        ("GET", "/protectionUnits/microsoft[.]graph[.](?:mailbox|site)ProtectionUnit", nothing),
        ("GET", "/(?:driveProtectionUnits|protectionUnits)/{id}", show_unit),
        ("GET", "/(?:oneDriveForBusinessProtectionPolicies|protectionPolicies)", list_policies),
        ("POST", "/restorePoints/search", lambda books, _, body: JSONResponse(search(books, body))),
        ("GET", "/restoreSessions", list_sessions),
        ("POST", f"/{SESSIONS}", create_session),
        ("GET", f"/(?:restoreSessions|{SESSIONS})/{{id}}", show_session),
        ("PATCH", f"/{SESSIONS}/{{id}}", update_session),
        ("DELETE", f"/(?:restoreSessions|{SESSIONS})/{{id}}", delete_session),
        ("POST", "/restoreSessions/{id}/activate", activate_session),
        ("GET", f"/{SESSIONS}/{{id}}/{ARTIFACTS}", list_artifacts),
        ("GET", "/[A-Za-z]+", nothing),
    )
)


def answer(books: Books, request: Request, path: str, body: Any) -> Response:
    """What the service says to a request that the contract has."""
    for method, pattern, handler in SERVED:
        matched = pattern.fullmatch(path)
        if matched is not None and method == request.method:
            return handler(books, request, body, *matched.groups())
    raise Refused(501, "NotImplemented", f"{request.method} {path}")


def draft(books: Books, session_id: str) -> dict[str, Any]:
    """A session that can still be changed."""
    session: dict[str, Any] = found(books.sessions, session_id, "RestoreSessionNotFound")
    if books.status(session) != "draft":
        raise Refused(403, "RestoreSessionActionNotAllowed")
    return session


def search(books: Books, body: dict[str, Any]) -> dict[str, Any]:
    """The newest point of each account in a period."""
    ids = body["protectionUnitIds"]
    if not 1 <= len(ids) <= PER_SEARCH:
        raise Refused(400, "InvalidSearchRequest")
    period = body["protectionTimePeriod"]
    start, end = (datetime.fromisoformat(period[name]) for name in ("startDateTime", "endDateTime"))
    results, without = [], []
    for unit_id in ids:
        unit = found(books.units, unit_id, "ProtectionUnitNotFound")
        point = None if body.get("tags") == "fastRestore" else books.newest(unit_id, start, end)
        if point is None:
            without.append(unit_id)
        else:
            shown = {"@odata.type": "#microsoft.graph.driveProtectionUnit", "id": unit_id}
            results.append({"restorePoint": {**point, "protectionUnit": {**shown, "email": unit["email"]}}})
    return {"searchResponseId": str(uuid.uuid4()), "searchResults": results, "noResultProtectionUnitIds": without}


def found(things: dict[str, Any], key: str, code: str) -> Any:
    """A thing by its id, or the documented refusal."""
    if key not in things:
        raise Refused(404, code)
    return things[key]


def refused(status: int, code: str, message: str = "") -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message or code, "innerError": {}}}, status)


def create_app(books: Books) -> Starlette:
    """The service over HTTP."""

    async def serve(request: Request) -> Response:
        raw = await request.body()
        await asyncio.sleep(books.delay)
        path = request.url.path.removeprefix("/v1.0").removeprefix("/beta")
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            return refused(400, "BadRequest")
        complaint = books.contract.complaint(request.method, path, list(request.query_params), body)
        if complaint:
            books.outside.append(f"{request.method} {path}: {complaint}")
            return refused(400, "OutsideTheContract", complaint)
        shape = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "{id}", path.removeprefix(ROOT))
        books.calls[f"{request.method} {shape}"] += 1
        try:
            response = answer(books, request, path, body)
        except Refused as error:
            response = refused(error.status, error.code, error.message)
        response.headers["request-id"] = str(uuid.uuid4())
        return response

    async def show(_: Request) -> Response:
        times = Counter(books.restored[unit] for unit in books.units)
        told = {
            "outside": books.outside,
            "calls": dict(books.calls),
            "sessions": Counter(books.status(session) for session in books.sessions.values()),
            "timesRestored": {str(number): count for number, count in sorted(times.items())},
        }
        return JSONResponse(told)

    methods = ["GET", "POST", "PATCH", "DELETE"]
    return Starlette(routes=[Route("/_books", show), Route("/{path:path}", serve, methods=methods)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8366)
    parser.add_argument("--units", type=int, default=3_000)
    parser.add_argument("--speed", type=float, default=600)
    parser.add_argument("--delay", type=float, default=0.0)
    given = parser.parse_args()
    uvicorn.run(create_app(Books(given.units, given.speed, given.delay)), port=given.port, log_level="warning")
