"""One request as the handlers see it, with the whole service at hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from second_browsing import Browsing
from second_control import Control
from second_description import Contract
from second_protection import Protection
from second_restores import Restores
from second_tenant import Tenant
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

PAGE = 200


class Call(NamedTuple):
    """One request, with the whole service at hand."""

    service: Service
    request: Request
    body: Any
    ids: tuple[str, ...]

    @property
    def late(self) -> bool:
        """Whether the caller wants to see members of enumerations that were added late."""
        return "include-unknown-enum-members" in self.request.headers.get("prefer", "")


class Service:
    """The parts of the service, and its books."""

    def __init__(self, units: int = 3_000, speed: float = 600.0, delay: float = 0.0) -> None:
        self.delay = delay
        self.contract = Contract()
        self.tenant = Tenant(units)
        self.browsing = Browsing(self.tenant, speed)
        self.restores = Restores(self.tenant, self.browsing, speed)
        self.protection = Protection(self.tenant, speed)
        self.control = Control(self.tenant)
        self.outside: list[str] = []
        self.calls: Counter[str] = Counter()
        self.lose: list[str] = []

    def books(self) -> dict[str, Any]:
        tenant, restores = self.tenant, self.restores
        units = [thing.id for thing in tenant.things.values() if thing.known]
        times = Counter(restores.restored[unit] for unit in units)
        return {
            "outside": [*self.outside, *restores.outside],
            "calls": dict(self.calls),
            "sessions": Counter(restores.status(session) for session in restores.sessions.values()),
            "timesRestored": {str(number): count for number, count in sorted(times.items())},
            "itemsRestored": {key: count for key, count in restores.restored.items() if "://" in key},
            "putIn": dict(tenant.put_in),
            "takenOut": dict(tenant.taken_out),
            "policies": [policy.name for policy in self.protection.policies.values()],
            "rules": len(self.protection.rules),
            "jobs": len(self.protection.jobs),
            "serviceApps": [app["status"] for app in self.control.apps.values()],
        }


def paged(call: Call, values: list[dict[str, Any]]) -> Response:
    """A page, with a link to the next one."""
    start = int(call.request.query_params.get("$skiptoken", "0"))
    size = min(int(call.request.query_params.get("$top", PAGE)), PAGE)
    answer: dict[str, Any] = {"value": values[start : start + size]}
    if start + size < len(values):
        answer["@odata.nextLink"] = str(call.request.url.include_query_params(**{"$skiptoken": start + size}))
    return JSONResponse(answer)


def done() -> Response:
    """An empty answer."""
    return Response(status_code=204)


Handler = Callable[..., Response]
"""What answers a request: a function of a call, and for what each service has, of its kind."""
