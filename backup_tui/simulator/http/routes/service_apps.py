"""Service apps: list, get, create, delete, activate, deactivate."""

from typing import Any

from backup_tui.simulator.domain.locks import person_only
from backup_tui.simulator.domain.service_apps import ServiceApp
from backup_tui.simulator.http import protection_answers
from backup_tui.simulator.http.call import Call, Reply
from backup_tui.simulator.http.errors import bad_request
from backup_tui.simulator.http.paging import page
from backup_tui.simulator.http.router import Operation


def list_apps(call: Call) -> Reply:
    """Answer ``GET /serviceApps``."""
    apps = call.service.apps.listed()
    return page(call, apps, lambda each: each.seq, protection_answers.service_app, "serviceApps")


def get(call: Call) -> Reply:
    """Answer ``GET /serviceApps/{id}``."""
    return Reply(200, _entity(call, call.service.apps.get(call.ids[0])))


def create(call: Call) -> Reply:
    """Answer ``POST /serviceApps``: the application that calls is registered.

    Refuses with 400 ``BadRequest`` unless the body is an empty object; as ``ServiceApps.register``.
    """
    if any(not name.startswith("@") for name in call.json_object()):
        raise bad_request("Supply an empty JSON object.")
    app = call.service.apps.register(call.caller, call.now)
    return Reply(201, _entity(call, app), _location(call, app))


def delete(call: Call) -> Reply:
    """Answer ``DELETE /serviceApps/{id}``."""
    apps = call.service.apps
    apps.delete(apps.get(call.ids[0]), call.caller, call.now)
    return Reply(204)


def activate(call: Call) -> Reply:
    """Answer ``POST /serviceApps/{id}/activate``; only people may.

    Refuses with 403 ``Forbidden`` for an application alone; as ``ServiceApps.activate``.
    """
    person_only(call)
    app = call.service.apps.get(call.ids[0])
    call.service.apps.activate(app, call.json_object().get("effectiveDateTime"), call.caller, call.now)
    return Reply(202, _entity(call, app), _location(call, app))


def deactivate(call: Call) -> Reply:
    """Answer ``POST /serviceApps/{id}/deactivate``; only people may.

    Refuses with 403 ``Forbidden`` for an application alone; as ``ServiceApps.deactivate``.
    """
    person_only(call)
    app = call.service.apps.get(call.ids[0])
    call.service.apps.deactivate(app, call.caller, call.now)
    return Reply(202, _entity(call, app), _location(call, app))


def _entity(call: Call, app: ServiceApp) -> dict[str, Any]:
    context = f"{call.root}/$metadata#solutions/backupRestore/serviceApps/$entity"
    return {"@odata.context": context} | protection_answers.service_app(app)


def _location(call: Call, app: ServiceApp) -> dict[str, str]:
    return {"Content-Location": f"{call.root}/solutions/backupRestore/serviceApps/{app.id}"}


OPERATIONS = (
    Operation("GET", "serviceApps", list_apps),
    Operation("POST", "serviceApps", create),
    Operation("GET", "serviceApps/{id}", get),
    Operation("DELETE", "serviceApps/{id}", delete),
    Operation("POST", "serviceApps/{id}/activate", activate),
    Operation("POST", "serviceApps/{id}/deactivate", deactivate),
)
