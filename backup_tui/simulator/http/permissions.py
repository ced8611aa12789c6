"""What every operation asks of its caller, from the permission tables of the API pages.

A permission is written without its prefix ``BackupRestore-`` and its ending ``.All``; the first one of a rule is the
least privileged. An operation that no page documents asks for what its neighbours on the same path do.
"""

import re
from collections.abc import Mapping

from msgspec import Struct

BROWSE_ROLE = "SharePoint Backup Administrator"
"""Who may browse when a person stands behind the call: the note on every page of browse sessions."""


class Rule(Struct, frozen=True, dict=True):
    """What some operations ask for."""

    methods: str  # HTTP methods
    path: str  # regular expression for the whole path below ``/solutions/backupRestore``, in lower case
    delegated: tuple[str, ...]  # permissions of which one is enough when a person stands behind the call
    application: tuple[str, ...]  # the same for an application alone; none when it may not at all
    role: str = ""  # directory role that the person needs too; empty for none


def _rule(methods: str, path: str, *names: str, application: tuple[str, ...] | None = None, role: str = "") -> Rule:
    return Rule(methods, path, names, names if application is None else application, role)


_CHANGES = "POST PATCH PUT DELETE"
_POLICIES = r"(exchange|sharepoint|onedriveforbusiness)?protectionpolicies"
_SESSIONS = r"(exchange|sharepoint|onedriveforbusiness)?restoresessions"
_UNITS = r"(mailbox|drive|site)?protectionunits"
_FILES = r"granular(drive|site)restoreartifacts"

RULES = (
    # The service and who controls it.
    _rule("GET", "", "Control.Read", "Control.ReadWrite"),
    _rule("GET", r"serviceapps(/[^/]+)?", "Control.Read", "Control.ReadWrite"),
    _rule("POST", r"serviceapps/[^/]+/(activate|deactivate)", "Control.ReadWrite", application=()),
    _rule(_CHANGES, r"serviceapps(/[^/]+)?", "Control.ReadWrite"),
    _rule("POST", "enable", "Control.ReadWrite"),
    _rule("GET", "emailnotificationssetting", "Control.ReadWrite"),
    _rule("PATCH", "emailnotificationssetting", "Control.ReadWrite", application=()),
    _rule("GET", "activitylogs(/[^/]+)?", "Monitor.Read"),
    # What is protected.
    _rule("GET", "reports/.*", "Configuration.Read"),
    _rule("POST", rf"{_UNITS}/[^/]+/(offboard|canceloffboard)", "Configuration.ReadWrite", application=()),
    _rule("PATCH", rf"{_UNITS}/[^/]+", "Configuration.ReadWrite", application=()),
    _rule(
        "GET",
        rf"({_POLICIES}|{_UNITS}|[a-z]*(exclusionunits|bulkadditionjobs|inclusionrules))(/.*)?",
        "Configuration.Read",
        "Configuration.ReadWrite",
    ),
    _rule(
        _CHANGES,
        rf"({_POLICIES}|{_UNITS}|[a-z]*(exclusionunits|bulkadditionjobs|inclusionrules))(/.*)?",
        "Configuration.ReadWrite",
    ),
    # What is restored.
    _rule("GET POST", r"restorepoints(/.*)?", "Search.Read"),
    _rule("GET " + _CHANGES, r"[a-z]*browsesessions(/.*)?", "Restore.ReadWrite", role=BROWSE_ROLE),
    _rule("GET " + _CHANGES, rf"{_SESSIONS}/[^/]+/{_FILES}(/.*)?", "Restore.ReadWrite", role=BROWSE_ROLE),
    _rule("GET", rf"{_SESSIONS}(/.*)?", "Restore.Read", "Restore.ReadWrite"),
    _rule(_CHANGES, rf"{_SESSIONS}(/.*)?", "Restore.ReadWrite"),
)
_COMPILED = tuple((rule.methods.split(), re.compile(rule.path), rule) for rule in RULES)
_KEY = re.compile(r"\('?([^'()/]*)'?\)(?=/|$)")
_ROOT = re.compile(r"/(v1\.0|beta)(/solutions)?/backuprestore(/|$)")
_FULL: Mapping[str, str] = {
    name: f"BackupRestore-{name}.All" for rule in RULES for name in rule.delegated + rule.application
}


def rule_for(method: str, path: str) -> Rule | None:
    """Return what an operation asks for, None when there is no such operation."""
    lower = path.lower().replace("//", "/")
    below = _ROOT.match(lower)
    if below is None:
        return None
    rest = _KEY.sub(r"/\1", lower[below.end() :]).strip("/")
    return next((rule for methods, pattern, rule in _COMPILED if method in methods and pattern.fullmatch(rest)), None)


def full_name(permission: str) -> str:
    return _FULL[permission]
