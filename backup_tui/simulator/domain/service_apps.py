"""Service apps: applications registered to control Backup Storage, and the one that does."""

from dataclasses import dataclass

from backup_tui.simulator.domain.clock import Scheduler
from backup_tui.simulator.domain.identifiers import by_guid, guid, iso, seconds_of
from backup_tui.simulator.domain.service_state import PARTNER, ServiceState
from backup_tui.simulator.domain.tenant import DAY, Tenant
from backup_tui.simulator.http.callers import Caller
from backup_tui.simulator.http.errors import Refusal, bad_request

_IN_CONTROL = ("active", "pendingInactive")


@dataclass
class ServiceApp:
    """One registered application."""

    seq: int  # number in the order of registration
    id: str  # GUID
    app_id: str  # id of the application
    app_name: str
    status: str  # its ``serviceAppStatus``
    registered: float  # when it was registered
    effective: float | None  # when it takes over, or hands over; None before the first activation
    modified: float
    modified_by: Caller


class ServiceApps:
    """All registered applications of the tenant."""

    def __init__(self, tenant: Tenant, state: ServiceState, scheduler: Scheduler) -> None:
        """Start with a partner's application, which controls the service if its consumer is ``thirdparty``."""
        self._tenant = tenant
        self._state = state
        self._scheduler = scheduler
        self._apps: dict[str, ServiceApp] = {}
        self._made = 0
        registered = tenant.started - 300 * DAY
        app = self._add(PARTNER, state.modified_by, registered)
        if state.consumer == "thirdparty":
            app.status, app.effective = "active", registered + DAY

    def listed(self) -> list[ServiceApp]:
        return list(self._apps.values())

    def get(self, identifier: str) -> ServiceApp:
        malformed = ("BadRequest", "Service app ID is absent or invalid.")
        return by_guid(self._apps, identifier, malformed, ("ServiceAppNotFound", "Service app"))

    def register(self, caller: Caller, now: float) -> ServiceApp:
        """Register the application that calls (page backuprestoreroot-post-serviceapps)."""
        if any(app.app_id == caller.app_id for app in self._apps.values()):
            raise Refusal(409, "ServiceAppAlreadyExists", f"The application {caller.app_id} is registered already.")
        return self._add(caller, caller, now)

    def activate(self, app: ServiceApp, effective: object, caller: Caller, now: float) -> None:
        """Have an inactive application take over at a moment, now for one of the past (page serviceapp-activate)."""
        moment = _moment(effective)
        self._must_be(app, "inactive")
        app.status, app.effective, app.modified, app.modified_by = "pendingActive", moment, now, caller

        def done(_: float) -> None:
            if (app.status, app.modified) == ("pendingActive", now) and self._apps.get(app.id) is app:
                self._take_over(app)

        self._scheduler.at(max(moment, now + 1), done)

    def deactivate(self, app: ServiceApp, caller: Caller, now: float) -> None:
        """Have an application hand over, a day (divided by the speed) from now (page serviceapp-deactivate)."""
        self._must_be(app, "active")
        app.status, app.modified, app.modified_by = "pendingInactive", now, caller

        def done(_: float) -> None:
            if (app.status, app.modified) == ("pendingInactive", now) and self._apps.get(app.id) is app:
                app.status = "inactive"
                self._state.consumer = "firstparty"

        app.effective = self._scheduler.after(now, DAY, done)

    def delete(self, app: ServiceApp, caller: Caller, now: float) -> None:
        """Remove an application (page backuprestoreroot-delete-serviceapps); without the one in control all is off."""
        del self._apps[app.id]
        if app.status in _IN_CONTROL:
            self._state.become("disabled", "controllerServiceAppDeleted", caller, now)

    def _take_over(self, app: ServiceApp) -> None:
        for other in self._apps.values():
            if other.status in _IN_CONTROL:
                other.status = "inactive"
        app.status = "active"
        self._state.consumer, self._state.controller = "thirdparty", app.app_id

    def _must_be(self, app: ServiceApp, status: str) -> None:
        if app.status != status:
            message = f"The service app is in {app.status} state. It must be {status}."
            raise Refusal(403, "ServiceAppActionNotAllowed", message)

    def _add(self, application: Caller, by: Caller, now: float) -> ServiceApp:
        seq, name = self._made, application.app_name
        identifier = guid(self._tenant.seed, "service app", seq)
        app = ServiceApp(seq, identifier, application.app_id, name, "inactive", now, None, now, by)
        self._made += 1
        self._apps[app.id] = app
        return app


def _moment(value: object) -> float:
    try:
        moment = seconds_of(value if isinstance(value, str) else "")
        iso(moment)  # its zone may put it outside of what can be written
    except (ValueError, OverflowError):
        raise bad_request("effectiveDateTime is required and must be a date and time.") from None
    return moment
