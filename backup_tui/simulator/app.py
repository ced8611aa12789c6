"""The service as an ASGI application: for tests and the demo in process, for ``server`` on a socket."""

import asyncio
import email.utils
import json
from collections.abc import Callable
from functools import cache
from typing import Any
from uuid import uuid4

import msgspec
from msgspec.structs import replace
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from backup_tui.simulator.authority import endpoints as authority
from backup_tui.simulator.control import control
from backup_tui.simulator.control.faults import ConnectionDropped, Fault
from backup_tui.simulator.control.misbehaviour import act_before, answer_instead, spoil
from backup_tui.simulator.domain import locks
from backup_tui.simulator.domain.clock import SimulatorClock
from backup_tui.simulator.domain.service import Service
from backup_tui.simulator.http import page_forms
from backup_tui.simulator.http.admission import admit, allow
from backup_tui.simulator.http.call import Call, Reply
from backup_tui.simulator.http.callers import Caller
from backup_tui.simulator.http.errors import Refusal
from backup_tui.simulator.http.odata import finish, read_options
from backup_tui.simulator.http.router import Router
from backup_tui.simulator.http.routes import (
    beta,
    browse_sessions,
    policies,
    policy_items,
    restore_artifacts,
    restore_points,
    restore_sessions,
    service,
    units,
)
from backup_tui.simulator.settings import Settings

_ROUTES = (
    service, policies, units, policy_items, restore_points, restore_sessions, restore_artifacts, browse_sessions, beta
)  # fmt: skip
OPERATIONS = tuple(operation for routes in _ROUTES for operation in routes.OPERATIONS)  # all that the service answers
DISCONNECT = "backup_tui.disconnect"
"""Name of the ASGI extension by which a server hands over a function that ends the connection at once."""


def create_app(settings: Settings, clock: SimulatorClock | None = None) -> Starlette:
    """Make a service that answers ``/v1.0`` and ``/beta``, and plays the identity platform under ``/_authority``.

    It is told to misbehave under ``/_simulator``. Its ``state.service`` is the ``Service``. A lost connection is raised
    as ``ConnectionDropped`` when no server is in between.
    """
    service = Service(settings, clock)
    told = [Mount("/_simulator", routes=control.ROUTES), Mount(authority.PREFIX, routes=authority.ROUTES)]
    app = _Simulator(routes=told)
    # Not a route of its own: the patterns of routes do not match every path, one with a line break for instance.
    app.router.default = _Api(service)
    app.state.service = service
    return app


class _Simulator(Starlette):
    """An application without error pages of its own: what goes wrong here must be seen, not answered politely."""

    def build_middleware_stack(self) -> ASGIApp:
        return self.router


class _Api:
    """Everything outside ``/_simulator``."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._router = _router()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        exchange = _Exchange(self._service, self._router, request, await request.body())
        response = await exchange.answer()
        if exchange.lost == "before":
            await _disconnect(scope, receive)
        elif exchange.lost == "within":
            await _send_half(response, send)
            await _disconnect(scope, receive)
        else:
            await response(scope, receive, send)


async def _disconnect(scope: Scope, receive: Receive) -> None:
    """End the connection, by the server's hand where there is one."""
    end: Callable[[], None] | None = scope.get("extensions", {}).get(DISCONNECT)
    if end is None:
        raise ConnectionDropped("the simulated service dropped the connection")
    end()
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_half(response: Response, send: Send) -> None:
    """Send the whole length in the headers, and half of the body."""
    await send({"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers})
    half = bytes(response.body)[: len(response.body) // 2]
    await send({"type": "http.response.body", "body": half, "more_body": True})


def _written(body: dict[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(body)
    except UnicodeEncodeError:
        # A message may quote what the caller sent, and JSON can carry halves of characters that UTF-8 cannot.
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


@cache
def _router() -> Router:
    """The operations, looked through once for all services of a process."""
    return Router(OPERATIONS)


class _Exchange:
    """One request on its way to its response."""

    def __init__(self, service: Service, router: Router, request: Request, body: bytes) -> None:
        self._service = service
        self._router = router
        self._request = request
        self._body = body
        self._now = service.now()
        self._path: str = request.scope["path"]
        self._request_id = str(uuid4())
        self._client_request_id = request.headers.get("client-request-id")
        self.lost: str | None = None

    async def answer(self) -> Response:
        """Carry the request out, with the fault that strikes it if there is one."""
        faults = self._service.faults
        fault = faults.striking(self._request.method, self._path)
        if fault is not None and fault.act == "delay":
            await asyncio.sleep(fault.seconds)
            self._now = self._service.now()
        wait = faults.throttled(self._now)
        if wait is not None:
            return self._refused(Refusal(429, "TooManyRequests", "Too many requests.", {"Retry-After": f"{wait:g}"}))
        if fault is None:
            return self._reply(self._outcome())
        return self._with_fault(fault)

    def _with_fault(self, fault: Fault) -> Response:
        if fault.act == "throttle" and isinstance(fault.retry_after, int | float):
            self._service.faults.throttle(self._now, fault.retry_after)
        refusal = answer_instead(fault)
        if refusal is not None:
            return self._refused(refusal)
        act_before(fault, self._service, self._path)
        outcome = self._outcome()
        if fault.act == "lose":
            return self._refused(Refusal(fault.status, fault.code, fault.message, fault.headers))
        if fault.act == "html":
            page = "<html><head><title>Sign in to the network</title></head><body>Proxy</body></html>"
            return Response(page, fault.status, self._headers(), media_type="text/html")
        if isinstance(outcome, tuple):
            outcome = spoil(fault, *outcome)
        response = self._reply(outcome)
        self.lost = {"drop": "before", "cut": "within"}.get(fault.act)
        if fault.act == "truncate":
            body = bytes(response.body)
            return Response(body[: len(body) // 2], response.status_code, self._headers(), "application/json")
        return response

    def _outcome(self) -> tuple[Call, Reply] | Refusal:
        """Carry the request out, once."""
        try:
            caller = admit(self._service.authority, self._request.headers.get("authorization"))
            self._service.scheduler.settle(self._now)
            match = self._router.match(self._request.method, self._path)
            allow(self._service.authority, caller, self._request.method, self._path)
            call = self._call(caller, match.version, match.ids)
            locks.check(call)
            reply = match.handler(call)
            if call.method != "GET":
                self._service.changes[f"{call.method} {match.path}"] += 1
            if call.method == "GET":
                reply = replace(reply, body=finish(call.query, reply.body))
            return call, page_forms.dressed(call, reply) if self._service.settings.page_forms else reply
        except Refusal as refusal:
            return refusal

    def _call(self, caller: Caller, version: str, ids: tuple[str, ...]) -> Call:
        url = self._request.url
        headers: dict[str, str] = {}
        for name, value in self._request.headers.items():
            headers[name.lower()] = f"{headers[name.lower()]},{value}" if name.lower() in headers else value
        return Call(
            service=self._service,
            method=self._request.method,
            origin=f"{self._scheme()}://{url.netloc}",
            url=str(url),
            version=version,
            path=self._path,
            ids=ids,
            query=read_options(url.query),
            headers=headers,
            body=self._body,
            caller=caller,
            now=self._now,
        )

    def _scheme(self) -> str:
        """Return the scheme that the caller used, which something that ends TLS in front of the service tells."""
        told = self._request.headers.get("x-forwarded-proto", "").lower()
        return told if told in ("http", "https") else self._request.url.scheme

    def _reply(self, outcome: tuple[Call, Reply] | Refusal) -> Response:
        if isinstance(outcome, Refusal):
            return self._refused(outcome)
        reply = outcome[1]
        return self._response(reply.status, reply.body, reply.headers)

    def _refused(self, refusal: Refusal) -> Response:
        if not refusal.code:
            return self._response(refusal.status, None, refusal.headers)
        body = refusal.body(self._now, self._request_id, self._client_request_id or self._request_id)
        headers = dict(refusal.headers)
        if self._service.settings.page_forms:
            url = self._request.url
            version = self._path.strip("/").partition("/")[0]
            root = f"{self._scheme()}://{url.netloc}/{version}"
            body, headers = page_forms.refused(self._path, root, body, headers)
        return self._response(refusal.status, body, headers)

    def _response(self, status: int, body: dict[str, Any] | None, headers: Any) -> Response:
        all_headers = self._headers() | dict(headers)
        if body is None:
            return Response(status_code=status, headers=all_headers)
        kind = "application/json;odata.metadata=minimal;charset=utf-8"
        return Response(_written(body), status, all_headers, kind)

    def _headers(self) -> dict[str, str]:
        headers = {"Date": email.utils.formatdate(self._now, usegmt=True), "request-id": self._request_id}
        if self._client_request_id is not None:
            headers["client-request-id"] = self._client_request_id
        return headers
