"""What a sign-in may do here, feature by feature, told from its token before anything is filled in.

The permissions are those of the tables on the API pages, the least privileged first
(https://learn.microsoft.com/graph/permissions-reference, BackupRestore-*). A token tells which permissions were
granted; it tells roles only in part, and never that another application controls the backup. So what is said here is
"allowed as far as the sign-in says"; the service's own 403 has the last word (`store.access`)."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from backup_tui.models.whoami import WhoAmI

_ROLES_OF_BACKUP = "a backup, SharePoint (sites, OneDrive) or Exchange (mailboxes) administrator role"

ROLE_NAMES: Mapping[str, str] = {
    "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
    "1707125e-0aa2-4d4d-8655-a7c786c76a25": "Microsoft 365 Backup Administrator",
    "f28a1f50-f6e7-4571-818b-6a12f2af6b6c": "SharePoint Administrator",
    "9d3e04ba-3ee4-4d1b-a3a7-9aef423a09be": "SharePoint Backup Administrator",
    "29232cdf-9323-42fd-ade2-1d097af3e4de": "Exchange Administrator",
    "49eb8f75-97e9-4e37-9b2b-6c3ebfcffa31": "Exchange Backup Administrator",
}
"""Directory roles that matter here, by the template id that the claim `wids` holds
(https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference)."""

BROWSE_ROLE = "SharePoint Backup Administrator"
"""In the delegated flow only this role may look into sites and OneDrive accounts (note on every browse page)."""


class Feature(Struct, frozen=True):
    """Something that people do here, and what it takes. `permissions`: any one is enough; the least privileged first.
    `role`: what a person needs beside that, in words, or empty. `application`: one without a person may do it.
    `changes`: a read-only workspace has no use for it. `beta`: only the beta version of the service has it."""

    id: str
    words: str
    permissions: tuple[str, ...]
    role: str = ""
    application: bool = True
    changes: bool = False
    beta: bool = False

    @property
    def least(self) -> str:
        return self.permissions[0]


def _of(*names: str) -> tuple[str, ...]:
    return tuple(f"BackupRestore-{name}.All" for name in names)


SERVICE = Feature("service", "see the state of the backup", _of("Control.Read", "Control.ReadWrite"))
CONTROL = Feature("control", "turn the backup on or register apps", _of("Control.ReadWrite"), changes=True)
CONTROLLER = Feature(
    "controller",
    "change which application is in control",
    _of("Control.ReadWrite"),
    application=False,
    changes=True,
)
NOTIFICATIONS = Feature("notifications", "see who gets e-mail about it", _of("Control.ReadWrite"))
NOTIFY_CHANGE = Feature(
    "notify-change", "change who gets e-mail", _of("Control.ReadWrite"), application=False, changes=True
)
PROTECTION = Feature("protection", "see policies and units", _of("Configuration.Read", "Configuration.ReadWrite"))
POLICIES_CHANGE = Feature(
    "policies-change",
    "edit, activate and deactivate policies",
    _of("Configuration.ReadWrite"),
    role=_ROLES_OF_BACKUP,
    changes=True,
)
OFFBOARD = Feature(
    "offboard", "offboard units", _of("Configuration.ReadWrite"), role=_ROLES_OF_BACKUP, application=False, changes=True
)
POINTS = Feature("points", "look for restore points", _of("Search.Read"), role=_ROLES_OF_BACKUP)
SESSIONS = Feature(
    "sessions", "see and watch restores", _of("Restore.Read", "Restore.ReadWrite"), role=_ROLES_OF_BACKUP
)
RESTORE = Feature(
    "restore", "draft, change, start and delete", _of("Restore.ReadWrite"), role=_ROLES_OF_BACKUP, changes=True
)
BROWSE = Feature("browse", "look into sites and OneDrive accounts", _of("Restore.ReadWrite"), role=BROWSE_ROLE)
STATISTICS = Feature("statistics", "read the service's statistics of policies", _of("Configuration.Read"), beta=True)
ACTIVITY_LOG = Feature("activity-log", "read the service's activity log", _of("Monitor.Read"), beta=True)

FEATURES: tuple[Feature, ...] = (
    SERVICE, CONTROL, CONTROLLER, NOTIFICATIONS, NOTIFY_CHANGE, PROTECTION, POLICIES_CHANGE, OFFBOARD, POINTS, SESSIONS,
    RESTORE, BROWSE, STATISTICS, ACTIVITY_LOG,
)  # fmt: skip
BY_ID: Mapping[str, Feature] = {feature.id: feature for feature in FEATURES}


class Standing(StrEnum):
    """Whether a sign-in may do something; the value is the mark in front of it."""

    ALLOWED = "✓"
    DENIED = "✗"
    UNKNOWN = "?"


class Access(Struct, frozen=True):
    """One feature for one sign-in. `why`: what is missing or unknown, a sentence; empty when simply allowed."""

    feature: Feature
    standing: Standing
    why: str = ""
    hint: str = ""


def access(who: WhoAmI, *, beta: bool = False) -> tuple[Access, ...]:
    """What a sign-in may do, every feature in the order of `FEATURES`."""
    return tuple(access_to(feature, who) for feature in FEATURES if beta or not feature.beta)


def access_to(feature: Feature, who: WhoAmI) -> Access:
    """Whether a sign-in may use one feature; `UNKNOWN` if its token could not be read."""
    if not who.scopes and not who.told:
        return Access(feature, Standing.UNKNOWN, "The permissions of this sign-in are unknown.", "Trying is safe.")
    if who.app_only and not feature.application:
        return Access(
            feature,
            Standing.DENIED,
            "The service allows this only to people; this sign-in is an application's.",
            "Use a profile that signs in a person (device-code or browser).",
        )
    if not who.scopes.intersection(feature.permissions):
        kind = "application" if who.app_only else "delegated"
        return Access(
            feature,
            Standing.DENIED,
            f"Needs the {kind} permission {feature.least}.",
            "Have an administrator add it to the app registration and consent to it, then sign in again.",
        )
    return _with_role(feature, who)


def _with_role(feature: Feature, who: WhoAmI) -> Access:
    if who.app_only or not feature.role:
        return Access(feature, Standing.ALLOWED)
    named = ", ".join(sorted(ROLE_NAMES[role] for role in who.roles if role in ROLE_NAMES))
    if feature.role == BROWSE_ROLE:
        if BROWSE_ROLE in named:
            return Access(feature, Standing.ALLOWED)
        return Access(
            feature,
            Standing.UNKNOWN if not who.roles else Standing.DENIED,
            f"Needs the role {BROWSE_ROLE}" + (f"; this sign-in has {named}." if named else "."),
            f"Have the role {BROWSE_ROLE} assigned, then sign in again.",
        )
    if named:
        return Access(feature, Standing.ALLOWED)
    return Access(feature, Standing.ALLOWED, f"A person also needs {feature.role}, which cannot be seen from here.")


def names_note(who: WhoAmI) -> str:
    """What an application is not shown, one sentence; empty for a person."""
    if not who.app_only:
        return ""
    return (
        "The service hides names and addresses of mailboxes and OneDrive accounts from applications; sites keep "
        "theirs. Use object ids, or sign in as a person."
    )
