"""A simulated service with a clock that only tests move, and a client that speaks plain HTTP to it."""

from datetime import UTC, datetime
from typing import Any

import httpx

from backup_tui.simulator.app import create_app
from backup_tui.simulator.domain.clock import ManualClock
from backup_tui.simulator.domain.service import Service
from backup_tui.simulator.domain.tenant import Unit
from backup_tui.simulator.domain.workloads import WorkloadKey
from backup_tui.simulator.settings import Settings

START = datetime(2026, 11, 22, 12, 3, 20, tzinfo=UTC)
ROOT = "http://simulator.test"
API = "/v1.0/solutions/backupRestore"
LATE = {"Prefer": "include-unknown-enum-members"}


class Simulated:
    """One simulated service, with what tests often need to ask it."""

    def __init__(self, settings: Settings) -> None:
        self.clock = ManualClock(START)
        self.app = create_app(settings, self.clock)
        self.service: Service = self.app.state.service
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url=ROOT, headers={"Authorization": "Bearer token"}
        )

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        return await self.http.request(method, path if path.startswith(("/v1.0", "/beta")) else API + path, **options)

    async def get(self, path: str, **options: Any) -> dict[str, Any]:
        answer = await self.call("GET", path, **options)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def refused(self, method: str, path: str, **options: Any) -> tuple[int, str]:
        answer = await self.call(method, path, **options)
        return answer.status_code, answer.json()["error"]["code"]

    def units(self, key: WorkloadKey, count: int, first: int = 0) -> list[Unit]:
        return self.service.tenant.units[key][first : first + count]

    async def points(self, units: list[Unit], end: str = "2026-11-22T12:00:00Z", **more: Any) -> list[dict[str, Any]]:
        body = {
            "protectionUnitIds": [unit.id for unit in units],
            "protectionTimePeriod": {"startDateTime": "2025-11-23T00:00:00Z", "endDateTime": end},
            **more,
        }
        answer = await self.call("POST", "/restorePoints/search", json=body)
        assert answer.status_code == 200, answer.text
        return [result["restorePoint"] for result in answer.json()["searchResults"]]

    async def artifacts(self, units: list[Unit], destination: str = "inPlace") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for at in range(0, len(units), 20):
            found += await self.points(units[at : at + 20])
        return [{"restorePoint": {"id": point["id"]}, "destinationType": destination} for point in found]

    async def draft(self, units: list[Unit], destination: str = "inPlace") -> str:
        workload = units[0].workload
        entries = await self.artifacts(units, destination)
        answer = await self.call("POST", f"/{workload.sessions}", json={workload.artifacts: entries[:50]})
        assert answer.status_code == 201, answer.text
        session: str = answer.json()["id"]
        for at in range(50, len(entries), 50):
            delta = {f"{workload.artifacts}@delta": entries[at : at + 50]}
            changed = await self.call("PATCH", f"/{workload.sessions}/{session}", json=delta)
            assert changed.status_code == 200, changed.text
        return session

    async def activated(self, units: list[Unit], destination: str = "inPlace") -> str:
        session = await self.draft(units, destination)
        answer = await self.call("POST", f"/restoreSessions/{session}/activate")
        assert answer.status_code == 200, answer.text
        return session

    async def listed(self, session: str) -> list[dict[str, Any]]:
        workload = self.service.sessions[session].workload
        body = await self.get(f"/{workload.sessions}/{session}/{workload.artifacts}", params={"$top": "999"})
        rows: list[dict[str, Any]] = body["value"]
        while "@odata.nextLink" in body:
            body = (await self.http.get(body["@odata.nextLink"])).json()
            rows += body["value"]
        return rows

    async def finished(self, session: str) -> dict[str, Any]:
        end = self.service.sessions[session]
        while end.running(self.service.now()):
            self.clock.advance(60)
        return await self.get(f"/restoreSessions/{session}", headers=LATE)
