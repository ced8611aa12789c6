"""What the state of the service forbids, and what only people or only one application may do.

No page names a status or a code for a call that the state of the service forbids. The codes ``ServiceDisabled``,
``ProtectionChangeLocked`` and ``RestoreLocked`` are invented here; 403 is the status of every documented refusal of
that kind. ``Forbidden`` is documented for the root, ``enable`` and the service apps.
"""

from backup_tui.simulator.http.call import Call
from backup_tui.simulator.http.errors import Refusal

_CHANGES = ("POST", "PATCH", "DELETE")
_COMMAND_LINE_APPS = frozenset(
    {
        "14d82eec-204b-4c2f-b7e8-296a70dab67e",  # Microsoft Graph Command Line Tools
        "1950a258-227b-4e31-a9cf-717495945fc2",  # Azure PowerShell
    }
)
_OF_THE_TENANT = ("", "enable", "serviceapps")


def person_only(call: Call) -> None:
    """Let a call pass only for a person. Refuses with 403 ``Forbidden`` for an application alone."""
    if call.caller.app_only:
        raise Refusal(403, "Forbidden", "This action is supported in delegated scenarios only.")


def check(call: Call) -> None:
    """Look whether the state of the service lets a call pass; nothing else of the call is looked at."""
    first, _, _ = call.path.lower().partition("/backuprestore")[2].strip("/").replace("(", "/").partition("/")
    if first in _OF_THE_TENANT:
        if call.caller.app_id in _COMMAND_LINE_APPS:
            raise Refusal(403, "Forbidden", "This client is not allowed to call the API.")
        return
    protection, restores = first.endswith("protectionpolicies"), first.endswith(("restoresessions", "browsesessions"))
    controlled = protection or restores or first.endswith(("protectionunits", "emailnotificationssetting"))
    if call.method not in _CHANGES or not controlled:
        return
    state = call.service.state
    if state.consumer == "thirdparty" and call.caller.app_id != state.controller:
        raise Refusal(403, "Forbidden", f"The service is controlled by another application, {state.controller}.")
    if (protection or restores) and state.status == "disabled":
        raise Refusal(403, "ServiceDisabled", "The service is not enabled for the tenant.")
    if protection and state.status != "enabled":
        raise Refusal(403, "ProtectionChangeLocked", "The service is locked: protection cannot be changed.")
    if restores and state.status == "restoreLocked":
        raise Refusal(403, "RestoreLocked", "The service is locked: nothing can be restored.")
