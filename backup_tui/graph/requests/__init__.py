"""Every call that this program makes: path, query and body, in the form of the current pages. Pure.

    call        what a request is, and the pieces of paths
    protection  the service, policies, units
    inclusion   what brings units into a policy: rules, bulk additions
    control     controlling applications, and who gets mails
    points      restore points
    sessions    restore sessions and the units in them

Whoever sends something takes it from here: `requests.list_units(...)`.
"""

from backup_tui.graph.requests.call import Call, literal, segment
from backup_tui.graph.requests.control import (
    list_service_apps,
    read_notifications,
    read_service_app,
    update_notifications,
)
from backup_tui.graph.requests.inclusion import list_rules, list_unit_jobs, read_rule, read_unit_job
from backup_tui.graph.requests.points import MAX_SEARCH_UNITS, Preference, list_points, search_body, search_points
from backup_tui.graph.requests.protection import (
    activate_policy,
    cancel_offboard_unit,
    deactivate_policy,
    list_all_units,
    list_policies,
    list_units,
    offboard_unit,
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
    "cancel_offboard_unit",
    "create_body",
    "create_session",
    "deactivate_policy",
    "delete_session",
    "list_all_units",
    "list_artifacts",
    "list_points",
    "list_policies",
    "list_rules",
    "list_service_apps",
    "list_sessions",
    "list_unit_jobs",
    "list_units",
    "literal",
    "offboard_unit",
    "read_notifications",
    "read_policy",
    "read_rule",
    "read_service",
    "read_service_app",
    "read_session",
    "read_unit",
    "read_unit_job",
    "search_body",
    "search_points",
    "segment",
    "update_body",
    "update_notifications",
    "update_session",
    "update_session_base",
]
