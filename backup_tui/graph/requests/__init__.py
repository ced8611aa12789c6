"""Every call that this program makes: path, query and body, in the form of the current pages. Pure.

    call        what a request is, and the pieces of paths
    protection  the service, policies, units
    points      restore points
    sessions    restore sessions and the units in them

Whoever sends something takes it from here: `requests.list_units(...)`.
"""

from backup_tui.graph.requests.call import Call, literal, segment
from backup_tui.graph.requests.points import MAX_SEARCH_UNITS, Preference, list_points, search_body, search_points
from backup_tui.graph.requests.protection import (
    activate_policy,
    deactivate_policy,
    list_all_units,
    list_policies,
    list_units,
    read_policy,
    read_service,
    read_unit,
)
from backup_tui.graph.requests.sessions import (
    MAX_ARTIFACTS,
    activate_session,
    create_body,
    create_session,
    delete_session,
    list_artifacts,
    list_sessions,
    read_session,
    update_body,
    update_session,
    update_session_base,
)

__all__ = [
    "MAX_ARTIFACTS",
    "MAX_SEARCH_UNITS",
    "Call",
    "Preference",
    "activate_policy",
    "activate_session",
    "create_body",
    "create_session",
    "deactivate_policy",
    "delete_session",
    "list_all_units",
    "list_artifacts",
    "list_points",
    "list_policies",
    "list_sessions",
    "list_units",
    "literal",
    "read_policy",
    "read_service",
    "read_session",
    "read_unit",
    "search_body",
    "search_points",
    "segment",
    "update_body",
    "update_session",
    "update_session_base",
]
