"""A second service to work against: written from the public description alone, sharing nothing with the simulator.

    python tests/second/second_service.py --port 8366 [--units 3000] [--speed 600] [--delay 0.2]

serves http://127.0.0.1:8366/v1.0: accounts and sites, policies, inclusion rules, bulk addition jobs, restore points,
restore and browse sessions, service apps. It refuses what the description does not have (path, method, query option,
member of a body), keeps the documented limits, and holds books:

    GET /_books    requests outside the contract, calls by operation, how often each unit was restored, put into a
                   policy and taken out of one, and what was made
    POST /_lose    {"request": "PATCH .*Policies"} carries out the next request that fits, and loses its answer

What is simulator and what is client may share a misreading; this one was read separately.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import uuid
from functools import partial
from typing import Any

import second_control_routes as control
import second_protection_routes as protection
import second_restore_routes as restores
import uvicorn
from second_call import Call, Handler, Service
from second_description import ROOT
from second_tenant import KINDS, Refused
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

ALL = (control, restores, protection)


def _served() -> list[tuple[str, re.Pattern[str], Handler]]:
    rows: list[tuple[str, str, Handler]] = []
    for method, path, handler in (*restores.OF_EACH_KIND, *protection.OF_EACH_KIND):
        for kind in KINDS:
            named = path.replace("<prefix>", kind.prefix).replace("<unit>", kind.unit)
            rows.append((method, named, partial(handler, kind=kind)))
    rows += [row for routes in ALL for row in routes.ROUTES]  # last: a type cast is no id
    return [
        (method, re.compile(ROOT + path.replace("{}", "([^/]+)"), re.IGNORECASE), each) for method, path, each in rows
    ]


SERVED = _served()


def answer(service: Service, request: Request, path: str, body: Any) -> Response:
    """What the service says to a request that the contract has."""
    for method, pattern, handler in SERVED:
        matched = pattern.fullmatch(path)
        if matched is not None and method == request.method:
            return handler(Call(service, request, body, matched.groups()))
    if request.method == "GET" and re.fullmatch(f"{ROOT}/[A-Za-z]+", path):
        return JSONResponse({"value": []})
    raise Refused(501, "NotImplemented", f"{request.method} {path}")


def refused(status: int, code: str, message: str = "") -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message or code, "innerError": {}}}, status)


def create_app(service: Service) -> Starlette:
    """The service over HTTP."""

    async def serve(request: Request) -> Response:
        raw = await request.body()
        await asyncio.sleep(service.delay)
        path = request.url.path.removeprefix("/v1.0").removeprefix("/beta")
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            return refused(400, "BadRequest")
        complaint = service.contract.complaint(request.method, path, list(request.query_params), body)
        if complaint:
            service.outside.append(f"{request.method} {path}: {complaint}")
            return refused(400, "OutsideTheContract", complaint)
        shape = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|m_[0-9a-f]{32}", "{id}", path.removeprefix(ROOT))
        service.calls[f"{request.method} {shape}"] += 1
        service.protection.settle()
        try:
            response = answer(service, request, path, body)
        except Refused as error:
            response = refused(error.status, error.code, error.message)
        lost = next((each for each in service.lose if re.search(each, f"{request.method} {path}")), None)
        if lost is not None:
            service.lose.remove(lost)
            return refused(504, "GatewayTimeout")
        response.headers["request-id"] = str(uuid.uuid4())
        return response

    async def show(_: Request) -> Response:
        service.protection.settle()
        return JSONResponse(service.books())

    async def lose(request: Request) -> Response:
        service.lose.append((await request.json())["request"])
        return Response(status_code=204)

    methods = ["GET", "POST", "PATCH", "DELETE"]
    told = [Route("/_books", show), Route("/_lose", lose, methods=["POST"])]
    return Starlette(routes=[*told, Route("/{path:path}", serve, methods=methods)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8366)
    parser.add_argument("--units", type=int, default=3_000)
    parser.add_argument("--speed", type=float, default=600)
    parser.add_argument("--delay", type=float, default=0.0)
    given = parser.parse_args()
    app = create_app(Service(given.units, given.speed, given.delay))
    uvicorn.run(app, port=given.port, log_level="warning")
