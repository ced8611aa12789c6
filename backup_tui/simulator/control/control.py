"""Telling a running service what to do, outside the API's paths (under ``/_simulator``).

``GET /_simulator/faults`` lists the faults, ``POST`` adds one (attributes of ``faults.Fault``), ``DELETE`` clears
them. ``POST /_simulator/acts`` ``{"deed", "session"}`` lets another administrator act. ``POST /_simulator/clock``
``{"advance": seconds}`` moves a clock that can be moved. ``/_simulator/authority`` is about the identity platform: see
the package ``authority``. ``POST /_simulator/service`` changes whether the service is
on and who controls it, at once: any of ``status``, ``disableReason``, ``consumer``, ``controller``, ``billing``,
``gracePeriodDateTime``, ``restoreAllowedTillDateTime`` (``service_state.ServiceState.tell``); ``GET`` shows it.
``GET /_simulator/groups`` lists the groups that rules can name; ``POST`` ``{"id", "add", "remove"}`` changes who is in
one (object ids), which dynamic rules follow.
``GET /_simulator/settings`` shows the forms that are answered; ``POST`` changes them, at once: any of ``page_forms``,
``wrong_state``, ``named_item_errors``, ``expand_units``, ``names_for_app_only``, ``generic_units`` (``Settings``).
"""

import json
from typing import Any

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backup_tui.simulator.control.faults import fault_from
from backup_tui.simulator.control.misbehaviour import act_as_other
from backup_tui.simulator.domain.clock import ManualClock
from backup_tui.simulator.domain.identifiers import iso
from backup_tui.simulator.domain.service import Service
from backup_tui.simulator.http.callers import RYAN
from backup_tui.simulator.http.errors import Refusal

_FORMS: dict[str, tuple[bool | int, ...]] = {
    "page_forms": (True, False),
    "wrong_state": (400, 403),
    "named_item_errors": (True, False),
    "expand_units": (True, False),
    "names_for_app_only": (True, False),
    "generic_units": (True, False),
}
"""Which settings can be changed while a service runs, and to what."""


async def _faults(request: Request) -> Response:
    faults = _service(request).faults
    if request.method == "DELETE":
        faults.clear()
        return Response(status_code=204)
    if request.method == "POST":
        try:
            fault = fault_from(await _body(request))
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 400)
        faults.rules.append(fault)
        return JSONResponse(fault.as_json(), 201)
    return JSONResponse({"earlyCalls": faults.early_calls, "faults": [rule.as_json() for rule in faults.rules]})


async def _acts(request: Request) -> Response:
    try:
        wanted = await _body(request)
        deed = wanted.get("deed")
        if deed not in ("activate", "delete", "remove"):
            raise ValueError(f"unknown deed {deed!r}")
        act_as_other(_service(request), deed, str(wanted.get("session")))
    except ValueError as error:
        return JSONResponse({"error": str(error)}, 400)
    except Refusal as refusal:
        return JSONResponse({"error": refusal.code}, refusal.status)
    return Response(status_code=204)


async def _clock(request: Request) -> Response:
    clock = _service(request).clock
    if request.method == "POST":
        if not isinstance(clock, ManualClock):
            return JSONResponse({"error": "this service runs by the machine's clock"}, 409)
        try:
            clock.advance(float((await _body(request)).get("advance", 0)))
        except (TypeError, ValueError) as error:
            return JSONResponse({"error": str(error)}, 400)
    return JSONResponse({"now": clock.now().isoformat()})


async def _authority(request: Request) -> Response:
    authority = _service(request).authority
    if request.method == "DELETE":
        authority.reset()
        return Response(status_code=204)
    if request.method == "POST":
        try:
            authority.change(await _body(request))
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 400)
    return JSONResponse(authority.as_json())


async def _service_state(request: Request) -> Response:
    service = _service(request)
    if request.method == "POST":
        try:
            service.state.tell(await _body(request), RYAN, service.now())
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 400)
    state = service.state
    return JSONResponse(
        {
            "status": state.status,
            "disableReason": state.reason,
            "consumer": state.consumer,
            "controller": state.controller,
            "billing": state.billing,
            "gracePeriodDateTime": iso(state.grace_until),
            "restoreAllowedTillDateTime": iso(state.restores_until),
        }
    )


async def _groups(request: Request) -> Response:
    service = _service(request)
    if request.method == "POST":
        try:
            wanted = await _body(request)
            group = str(wanted.get("id"))
            service.directory.change_group(group, _texts(wanted, "add"), _texts(wanted, "remove"))
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 400)
        service.rules.group_changed(group, service.now())
    groups = service.directory.groups()
    return JSONResponse([{"id": key, "displayName": name, "members": count} for key, name, count in groups])


async def _settings(request: Request) -> Response:
    service = _service(request)
    if request.method == "POST":
        try:
            service.settings = replace(service.settings, **_forms(await _body(request)))
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 400)
    return JSONResponse({name: getattr(service.settings, name) for name in _FORMS})


def _forms(wanted: dict[str, Any]) -> dict[str, Any]:
    """Check which settings are to change, and to what."""
    for name, value in wanted.items():
        allowed = _FORMS.get(name)
        if allowed is None:
            raise ValueError(f"{name!r} cannot be changed while it runs; these can: {', '.join(_FORMS)}")
        if not any(type(value) is type(each) and value == each for each in allowed):
            raise ValueError(f"{name} is one of {', '.join(json.dumps(each) for each in allowed)}, not {value!r:.40}")
    return wanted


def _texts(wanted: dict[str, Any], name: str) -> list[str]:
    found = wanted.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise ValueError(f"{name} is a list of object ids")
    return found


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


async def _body(request: Request) -> dict[str, Any]:
    """Return the request's JSON object."""
    found = json.loads(await request.body() or b"{}")
    if not isinstance(found, dict):
        raise ValueError("a JSON object is needed")
    return found


ROUTES = [
    Route("/faults", _faults, methods=["GET", "POST", "DELETE"]),
    Route("/acts", _acts, methods=["POST"]),
    Route("/authority", _authority, methods=["GET", "POST", "DELETE"]),
    Route("/clock", _clock, methods=["GET", "POST"]),
    Route("/settings", _settings, methods=["GET", "POST"]),
    Route("/service", _service_state, methods=["GET", "POST"]),
    Route("/groups", _groups, methods=["GET", "POST"]),
]
