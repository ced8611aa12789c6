"""Applications that can control the backup of a tenant: https://learn.microsoft.com/graph/api/resources/serviceapp; one
application at a time is in control: Microsoft's admin center, or a registered one of a third party."""

from backup_tui.models.base import Entity, Text
from backup_tui.models.people import Identity, IdentitySet
from backup_tui.models.times import When


class ServiceApp(Entity):
    """A registered controlling application. `application` names it by its client id, rarely by a name."""

    application: Identity | None = None
    status: Text = None
    effective_date_time: When = None
    registration_date_time: When = None
    last_modified_by: IdentitySet | None = None
    last_modified_date_time: When = None

    @property
    def in_control(self) -> bool:
        """It controls the backup now; also one that is about to hand it over."""
        return (self.status or "").lower() in ("active", "pendinginactive")

    @property
    def coming(self) -> bool:
        """It takes control at its `effective_date_time`; until then it may only read policies and units."""
        return (self.status or "").lower() == "pendingactive"

    @property
    def label(self) -> str:
        app = self.application
        return (app.display_name or app.id or "" if app is not None else "") or self.id
