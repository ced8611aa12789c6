"""The service itself: whether it is on, which application controls it, and whom it notifies of what."""

from backup_tui.simulator.domain.identifiers import iso
from backup_tui.simulator.domain.locks import person_only
from backup_tui.simulator.domain.service_apps import ServiceApp
from backup_tui.simulator.http import answers
from backup_tui.simulator.http.call import Call, Json, Reply
from backup_tui.simulator.http.errors import bad_request, check_type
from backup_tui.simulator.http.paging import page
from backup_tui.simulator.http.router import operations


def _status(call: Call) -> Json:
    state = call.service.state
    reason: str = state.reason
    if reason == "controllerServiceAppDeleted" and not call.beta:
        reason = "unknownFutureValue"  # a member that the metadata of v1.0 does not have
    return {
        "status": state.status,
        "disableReason": reason,
        "backupServiceConsumer": state.consumer,
        "gracePeriodDateTime": iso(state.grace_until),
        "restoreAllowedTillDateTime": iso(state.restores_until),
        "lastModifiedBy": state.modified_by.identity(),
        "lastModifiedDateTime": iso(state.modified),
    }


def _root(call: Call) -> Reply:
    return Reply(200, {"@odata.context": call.context("$entity"), "serviceStatus": _status(call)})


def _enable(call: Call) -> Reply:
    call.service.state.enable(call.json_object().get("appOwnerTenantId"), call.caller, call.now)
    return Reply(200, {"@odata.context": f"{call.root}/$metadata#microsoft.graph.serviceStatus"} | _status(call))


def _apps(call: Call) -> Reply:
    return page(call, call.service.apps.listed(), answers.service_app, "serviceApps")


def _app(call: Call) -> Reply:
    return call.entity("serviceApps", answers.service_app(call.service.apps.get(call.ids[0]), call))


def _register(call: Call) -> Reply:
    if any(not name.startswith("@") for name in call.json_object()):
        raise bad_request("Supply an empty JSON object.")
    return _changed(call, call.service.apps.register(call.caller, call.now), 201)


def _activate(call: Call) -> Reply:
    person_only(call)
    app = call.service.apps.get(call.ids[0])
    call.service.apps.activate(app, call.json_object().get("effectiveDateTime"), call.caller, call.now)
    return _changed(call, app, 202)


def _deactivate(call: Call) -> Reply:
    person_only(call)
    app = call.service.apps.get(call.ids[0])
    call.service.apps.deactivate(app, call.caller, call.now)
    return _changed(call, app, 202)


def _changed(call: Call, app: ServiceApp, status: int) -> Reply:
    return call.entity("serviceApps", answers.service_app(app, call), status, at=f"serviceApps/{app.id}")


def _delete_app(call: Call) -> Reply:
    apps = call.service.apps
    apps.delete(apps.get(call.ids[0]), call.caller, call.now)
    return Reply(204)


def _notifications(call: Call) -> Reply:
    return call.entity("emailNotificationsSetting", answers.notifications(call.service.notifications))


def _notify(call: Call) -> Reply:
    person_only(call)
    body = call.json_object()
    check_type(body, "emailNotificationsSetting")
    call.service.notifications.update(body, call.service.state)
    return _notifications(call)


OPERATIONS = operations(
    ("GET", "", _root),
    ("POST", "enable", _enable),
    ("GET", "serviceApps", _apps),
    ("POST", "serviceApps", _register),
    ("GET", "serviceApps/{id}", _app),
    ("DELETE", "serviceApps/{id}", _delete_app),
    ("POST", "serviceApps/{id}/activate", _activate),
    ("POST", "serviceApps/{id}/deactivate", _deactivate),
    ("GET", "emailNotificationsSetting", _notifications),
    ("PATCH", "emailNotificationsSetting", _notify),
)
