"""Who gets mails about the backup: https://learn.microsoft.com/graph/api/resources/emailnotificationssetting"""

from collections.abc import Sequence
from enum import StrEnum

from backup_tui.models.base import GraphModel, Text
from backup_tui.models.text import counted


class Recipients(StrEnum):
    """Who gets the mails (`notificationRecipientsType`); the value is what the service calls them."""

    NOBODY = "none"
    GLOBAL_ADMINS = "globalAdmins"
    BACKUP_ADMINS = "backupAdmins"
    ALL_ADMINS = "allAdmins"
    CUSTOM = "custom"


_RECIPIENTS = {
    Recipients.NOBODY.lower(): "nobody",
    Recipients.GLOBAL_ADMINS.lower(): "global administrators",
    Recipients.BACKUP_ADMINS.lower(): "backup administrators",
    Recipients.ALL_ADMINS.lower(): "global and backup administrators",
}


class EmailIdentity(GraphModel):
    """One recipient."""

    id: Text = None
    display_name: Text = None
    email: Text = None


class NotificationRecipients(GraphModel):
    """Who gets the mails. `custom_recipients` counts with the role `custom` only."""

    role: Text = None
    custom_recipients: tuple[EmailIdentity, ...] | None = None


class EmailNotificationsSetting(GraphModel):
    """The one setting of a tenant. Its answers need no id, so it is not an entity here."""

    id: Text = None
    is_enabled: bool | None = None
    additional_events: Text = None
    recipients: NotificationRecipients | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        listed = self.recipients.custom_recipients if self.recipients is not None else None
        return tuple(one.email for one in listed or () if one.email)

    @property
    def role(self) -> str:
        return (self.recipients.role or "") if self.recipients is not None else ""

    @property
    def recipients_words(self) -> str:
        """`backup administrators`, `3 addresses`; the service's own word where it is a new one."""
        role = self.role.lower()
        if role == Recipients.CUSTOM:
            return counted(len(self.addresses), "address", "addresses") if self.addresses else "an empty list"
        return _RECIPIENTS.get(role, f'"{self.role}"' if role else "recipients that are not reported")

    @property
    def tells_all(self) -> bool:
        """Whether changes of policies and restores are told as well."""
        return (self.additional_events or "").lower() == "restoreandpolicyupdates"


def setting_body(
    *,
    enabled: bool | None = None,
    all_events: bool | None = None,
    role: str | None = None,
    addresses: Sequence[str] = (),
) -> dict[str, object]:
    """What changes the setting: https://learn.microsoft.com/graph/api/emailnotificationssetting-update; members that
    are not given keep their value at the service."""
    body: dict[str, object] = {}
    if enabled is not None:
        body["isEnabled"] = enabled
    if all_events is not None:
        body["additionalEvents"] = "restoreAndPolicyUpdates" if all_events else "none"
    if role is not None:
        recipients: dict[str, object] = {"role": role}
        if role == Recipients.CUSTOM:
            recipients["customRecipients"] = [{"email": address} for address in addresses]
        body["recipients"] = recipients
    return body
