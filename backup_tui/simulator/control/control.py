"""Controls a running service, outside the API's paths (under ``/_simulator``).

- ``faults``: ``GET`` lists them, ``POST`` adds one (attributes of ``Fault``), ``DELETE`` clears them.
- ``acts``: ``POST {"deed", "session"}`` lets another administrator act; see ``others``.
- ``policies``: ``POST {"policy"}`` with any of ``busy`` (seconds for which it is ``updating``), ``offboarding``
  (``offboardRequested``, ``offboarded`` or null) and ``protectionMode``.
- ``clock``: ``POST {"advance": seconds}`` advances a manual clock.
- ``authority``: the identity platform; see the package ``authority``.
- ``service``: whether the service is on and who controls it: any of ``status``, ``disableReason``, ``consumer``,
  ``controller``, ``billing``, ``gracePeriodDateTime``, ``restoreAllowedTillDateTime``.
- ``groups``: those that rules can name; ``POST {"id", "add", "remove"}`` changes who is in one (object ids).
- ``books``: ``GET`` counts, for each unit of a restore session that was made since the service started, its restores
  that were activated, succeeded and failed, and those that are in a draft; how often each unit was put into a policy
  or taken out of one; and how often each operation changed something.
- ``settings``: the forms that are answered, those of ``_FORMS``.
"""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any, get_args

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backup_tui.simulator.control.faults import Deed
from backup_tui.simulator.control.others import act_as_other
from backup_tui.simulator.domain.clock import ManualClock
from backup_tui.simulator.domain.exclusions import FULL
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
    "entra_policy": (True, False),
    "odd_item_keys": (True, False),
}
"""Which settings can be changed while a service runs, and to what."""


Body = dict[str, Any]
Answer = Callable[[Service, str, Body], Response]


def _route(path: str, answer: Answer, *methods: str) -> Route:
    """Make a route whose answer gets the service, the method, and what was posted; a wrong body is answered 400."""

    async def respond(request: Request) -> Response:
        try:
            body = json.loads(await request.body() or b"{}") if request.method == "POST" else {}
            if not isinstance(body, dict):
                raise ValueError("a JSON object is needed")
            return answer(request.app.state.service, request.method, body)
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 400)
        except Refusal as refusal:
            return JSONResponse({"error": refusal.code}, refusal.status)

    return Route(path, respond, methods=[*methods])


def _faults(service: Service, method: str, body: Body) -> Response:
    faults = service.faults
    if method == "DELETE":
        faults.clear()
        return Response(status_code=204)
    if method == "POST":
        return JSONResponse(faults.set(body).as_json(), 201)
    return JSONResponse({"earlyCalls": faults.early_calls, "faults": [rule.as_json() for rule in faults.rules]})


def _acts(service: Service, _: str, body: Body) -> Response:
    deed = body.get("deed")
    if deed not in get_args(Deed):
        raise ValueError(f"unknown deed {deed!r}; known: {', '.join(get_args(Deed))}")
    act_as_other(service, str(deed), str(body.get("session")))
    return Response(status_code=204)


def _clock(service: Service, method: str, body: Body) -> Response:
    clock = service.clock
    if method == "POST":
        if not isinstance(clock, ManualClock):
            return JSONResponse({"error": "this service runs by the machine's clock"}, 409)
        try:
            clock.advance(float(body.get("advance", 0)))
        except TypeError as error:
            raise ValueError(str(error)) from None
    return JSONResponse({"now": clock.now().isoformat()})


def _authority(service: Service, method: str, body: Body) -> Response:
    if method == "DELETE":
        service.authority.reset()
        return Response(status_code=204)
    if method == "POST":
        service.authority.change(body)
    return JSONResponse(service.authority.as_json())


def _service_state(service: Service, method: str, body: Body) -> Response:
    state = service.state
    if method == "POST":
        state.tell(body, RYAN, service.now())
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


def _groups(service: Service, method: str, body: Body) -> Response:
    if method == "POST":
        group = str(body.get("id"))
        service.directory.change_group(group, _texts(body, "add"), _texts(body, "remove"))
        service.rules.group_changed(group, service.now())
    groups = service.directory.groups()
    return JSONResponse([{"id": key, "displayName": name, "members": count} for key, name, count in groups])


def _texts(body: Body, name: str) -> list[str]:
    found = body.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise ValueError(f"{name} is a list of object ids")
    return found


def _books(service: Service, _: str, __: Body) -> Response:
    now = service.now()
    units: dict[str, dict[str, int]] = {}
    states: Counter[str] = Counter()
    for session in service.sessions.values():
        if session.created < service.tenant.started:
            continue
        status = session.status(now)
        states[status] += 1
        for artifact in session.shown_artifacts(now):
            counts = units.setdefault(artifact.unit.id, {"drafted": 0, "activated": 0, "succeeded": 0, "failed": 0})
            if artifact.run is None:
                counts["drafted"] += 1
                continue
            counts["activated"] += 1
            outcome = artifact.run.status(now)
            if outcome in counts:
                counts[outcome] += 1
    return JSONResponse(
        {"sessions": states, "units": units, "protection": service.membership.books, "changes": service.changes}
    )


def _policies(service: Service, method: str, body: Body) -> Response:
    if method == "POST":
        policy, now = service.policy(str(body.get("policy"))), service.now()
        unknown = set(body) - {"policy", "busy", "offboarding", "protectionMode"}
        offboarding, mode = body.get("offboarding"), body.get("protectionMode", "standard")
        if unknown or offboarding not in (None, "offboardRequested", "offboarded") or mode not in ("standard", FULL):
            raise ValueError("a policy has busy, offboarding and protectionMode")
        if not isinstance(body.get("busy", 0), int | float):
            raise ValueError("busy is a number of seconds")
        policy.busy_until = now + body.get("busy", 0)
        if "offboarding" in body:
            policy.offboard(offboarding, now)
            service.activity.policy_offboarding(now, policy, RYAN)
        if mode == FULL and not policy.full:
            service.exclusions.begin(policy, RYAN, now)
    now = service.now()
    rows = [
        {
            "id": each.id,
            "displayName": each.name,
            "status": each.status(now),
            "protectionMode": FULL if each.full else "standard",
        }
        for each in service.tenant.policies
    ]
    return JSONResponse(rows)


def _settings(service: Service, method: str, body: Body) -> Response:
    if method == "POST":
        for name, value in body.items():
            allowed = _FORMS.get(name)
            if allowed is None:
                raise ValueError(f"{name!r} cannot be changed while it runs; these can: {', '.join(_FORMS)}")
            if not any(type(value) is type(each) and value == each for each in allowed):
                known = ", ".join(json.dumps(each) for each in allowed)
                raise ValueError(f"{name} is one of {known}, not {value!r:.40}")
        service.settings = replace(service.settings, **body)
    return JSONResponse({name: getattr(service.settings, name) for name in _FORMS})


_KNOWN = [
    _route("/faults", _faults, "GET", "POST", "DELETE"),
    _route("/acts", _acts, "POST"),
    _route("/authority", _authority, "GET", "POST", "DELETE"),
    _route("/clock", _clock, "GET", "POST"),
    _route("/settings", _settings, "GET", "POST"),
    _route("/service", _service_state, "GET", "POST"),
    _route("/books", _books, "GET"),
    _route("/policies", _policies, "GET", "POST"),
    _route("/groups", _groups, "GET", "POST"),
]
_METHODS = ("GET", "POST", "DELETE", "PUT", "PATCH")


async def _unknown(request: Request) -> Response:
    """Any other address or method: the answer lists those that there are."""
    known = [f"{method} /_simulator{route.path}" for route in _KNOWN for method in sorted(route.methods or ())]
    return JSONResponse({"error": f"there is no {request.method} {request.url.path}", "addresses": known}, 404)


ROUTES = [*_KNOWN, Route("/{rest:path}", _unknown, methods=_METHODS)]
