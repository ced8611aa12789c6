"""The service itself: whether it is on, which applications may control it, and whom it notifies."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from second_tenant import ME, Refused, Tenant, found, stamp


class Control:
    """What the pages of the root, of enable, of service apps and of the e-mail setting describe."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.status = "enabled"
        self.enabled = 0
        self.apps: dict[str, dict[str, Any]] = {}
        self.setting: dict[str, Any] = {
            "id": "emailNotificationsSetting",
            "isEnabled": True,
            "additionalEvents": "none",
            "recipients": {"role": "globalAdmins", "customRecipients": []},
        }

    def shown(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "disableReason": "none" if self.status == "enabled" else "userRequested",
            "backupServiceConsumer": "firstparty",
            "lastModifiedBy": ME,
            "lastModifiedDateTime": stamp(self.tenant.began),
        }

    def enable(self, body: dict[str, Any]) -> dict[str, Any]:
        try:
            uuid.UUID(body.get("appOwnerTenantId") or "")
        except ValueError as error:
            raise Refused(400, "InvalidAppOwnerTenantId") from error
        self.status, self.enabled = "enabled", self.enabled + 1
        return self.shown()

    def register(self) -> dict[str, Any]:
        key = str(uuid.uuid4())
        app = {"id": key, "status": "inactive", "application": {"id": key, "displayName": "backup-tui"}}
        self.apps[key] = {**app, "registrationDateTime": stamp(self.tenant.now()), "effectiveDateTime": None}
        return self.apps[key]

    def app(self, key: str) -> dict[str, Any]:
        """A service app as it is now: what was asked for holds from its time on."""
        app: dict[str, Any] = found(self.apps, key, "ServiceAppNotFound")
        due = app["effectiveDateTime"]
        if app["status"] == "pendingActive" and datetime.fromisoformat(due).timestamp() <= self.tenant.now():
            app["status"] = "active"
        return app

    def activate(self, key: str, body: dict[str, Any]) -> dict[str, Any]:
        app = self.app(key)
        if app["status"] != "inactive" or not body.get("effectiveDateTime"):
            raise Refused(400, "BadRequest")
        return self._become(app, "pendingActive", body["effectiveDateTime"])

    def deactivate(self, key: str) -> dict[str, Any]:
        app = self.app(key)
        if app["status"] not in ("active", "pendingActive"):
            raise Refused(400, "BadRequest")
        return self._become(app, "pendingInactive", stamp(self.tenant.now() + 7 * 86_400))

    def delete(self, key: str) -> None:
        if self.app(key)["status"] != "inactive":
            raise Refused(400, "BadRequest")
        del self.apps[key]

    def notify(self, body: dict[str, Any]) -> dict[str, Any]:
        custom = (body.get("recipients") or {}).get("customRecipients")
        if custom and body["recipients"].get("role") != "custom":
            raise Refused(400, "BadRequest")
        self.setting |= {name: value for name, value in body.items() if not name.startswith("@")}
        return self.setting

    def _become(self, app: dict[str, Any], status: str, effective: str | None) -> dict[str, Any]:
        app |= {"status": status, "effectiveDateTime": effective}
        return app
