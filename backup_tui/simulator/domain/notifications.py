"""Who gets an e-mail about what (pages emailnotificationssetting-get and -update)."""

from dataclasses import dataclass, field
from typing import Any

from backup_tui.simulator.domain.service_state import ServiceState
from backup_tui.simulator.http.errors import bad_request, check_members

_EVENTS = ("none", "restoreAndPolicyUpdates")
_ROLES = ("none", "globalAdmins", "backupAdmins", "custom", "allAdmins")


@dataclass
class Notifications:
    """The tenant's ``emailNotificationsSetting``."""

    enabled: bool = True  # whether any are sent
    events: str = "none"  # its ``additionalEvents``
    role: str = "backupAdmins"  # who gets them
    emails: list[str] = field(default_factory=list)  # the addresses, when the role is ``custom``

    def update(self, body: dict[str, Any], state: ServiceState) -> None:
        """Change what a request names; nothing is changed when part of it is wrong."""
        known = ("id", "isEnabled", "additionalEvents", "recipients")
        check_members(body, known, "a property of emailNotificationsSetting")
        enabled = body.get("isEnabled", self.enabled)
        if not isinstance(enabled, bool):
            raise bad_request("isEnabled must be a boolean.")
        events = body.get("additionalEvents", self.events)
        if events not in _EVENTS:
            raise bad_request(f"Unknown additionalEvents {events!r}.")
        role, emails = self._recipients(body["recipients"], state) if "recipients" in body else (self.role, self.emails)
        self.enabled, self.events, self.role, self.emails = enabled, events, role, emails

    def _recipients(self, recipients: object, state: ServiceState) -> tuple[str, list[str]]:
        if not isinstance(recipients, dict):
            raise bad_request("recipients must be an object.")
        role = recipients.get("role", self.role)
        if role not in _ROLES:
            raise bad_request(f"Unknown role {role!r}.")
        if role != self.role and state.consumer == "thirdparty":
            raise bad_request("role is read-only for third-party partners.")
        given = recipients.get("customRecipients")
        if role != "custom":
            if given:
                raise bad_request("customRecipients can be specified only when role is custom.")
            return role, []
        if given is None:
            return role, self.emails
        if not isinstance(given, list):
            raise bad_request("customRecipients must be a list.")
        return role, [_email(each) for each in given]


def _email(recipient: object) -> str:
    email = recipient.get("email") if isinstance(recipient, dict) else None
    if not isinstance(email, str) or not email.partition("@")[0] or not email.partition("@")[2]:
        raise bad_request("Every custom recipient needs an email.")
    return email
