"""What answers requests about the service itself: enable, service apps, notifications."""

from __future__ import annotations

from second_call import Call, Handler, done, paged
from starlette.responses import JSONResponse, Response


def show_root(call: Call) -> Response:
    return JSONResponse({"serviceStatus": call.service.control.shown()})


def enable(call: Call) -> Response:
    return JSONResponse(call.service.control.enable(call.body or {}))


def list_apps(call: Call) -> Response:
    control = call.service.control
    return paged(call, [control.app(key) for key in control.apps])


def register_app(call: Call) -> Response:
    return JSONResponse(call.service.control.register(), 201)


def show_app(call: Call) -> Response:
    return JSONResponse(call.service.control.app(call.ids[0]))


def activate_app(call: Call) -> Response:
    return JSONResponse(call.service.control.activate(call.ids[0], call.body or {}), 202)


def deactivate_app(call: Call) -> Response:
    return JSONResponse(call.service.control.deactivate(call.ids[0]), 202)


def delete_app(call: Call) -> Response:
    call.service.control.delete(call.ids[0])
    return done()


def show_setting(call: Call) -> Response:
    return JSONResponse(call.service.control.setting)


def notify(call: Call) -> Response:
    return JSONResponse(call.service.control.notify(call.body or {}))


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "", show_root),
    ("POST", "/enable", enable),
    ("GET", "/serviceApps", list_apps),
    ("POST", "/serviceApps", register_app),
    ("GET", "/serviceApps/{}", show_app),
    ("DELETE", "/serviceApps/{}", delete_app),
    ("POST", "/serviceApps/{}/activate", activate_app),
    ("POST", "/serviceApps/{}/deactivate", deactivate_app),
    ("GET", "/emailNotificationsSetting", show_setting),
    ("PATCH", "/emailNotificationsSetting", notify),
)
