"""Every call that this program makes: path, query and body, in the form of the current pages. Pure.

    call        what a request is, and the pieces of paths
    protection  the service, policies, units
    inclusion   what brings units into a policy: rules, bulk additions
    control     controlling applications, and who gets mails
    points      restore points
    sessions    restore sessions and the units in them
    granular    single items in restore sessions
    bulk        lists of names that the service resolves
    browsing    looking into a restore point
    activity    what administrators did (beta)

Whoever sends something takes it from here: `requests.list_units(...)`.
"""

from backup_tui.graph.requests.activity import list_activity_logs
from backup_tui.graph.requests.browsing import browse, create_browse_session, list_browse_sessions, read_browse_session
from backup_tui.graph.requests.bulk import (
    create_bulk_request,
    delete_bulk_request,
    list_bulk_requests,
    read_bulk_request,
)
from backup_tui.graph.requests.call import Call, literal, segment
from backup_tui.graph.requests.control import (
    list_service_apps,
    read_notifications,
    read_service_app,
    update_notifications,
)
from backup_tui.graph.requests.granular import create_item_session, create_mail_session, list_granular, update_items
from backup_tui.graph.requests.inclusion import list_rules, list_unit_jobs, read_rule, read_unit_job
from backup_tui.graph.requests.points import (
    MAX_SEARCH_UNITS,
    Preference,
    list_points,
    search_body,
    search_mail,
    search_points,
)
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
    "browse",
    "cancel_offboard_unit",
    "create_body",
    "create_browse_session",
    "create_bulk_request",
    "create_item_session",
    "create_mail_session",
    "create_session",
    "deactivate_policy",
    "delete_bulk_request",
    "delete_session",
    "list_activity_logs",
    "list_all_units",
    "list_artifacts",
    "list_browse_sessions",
    "list_bulk_requests",
    "list_granular",
    "list_points",
    "list_policies",
    "list_rules",
    "list_service_apps",
    "list_sessions",
    "list_unit_jobs",
    "list_units",
    "literal",
    "offboard_unit",
    "read_browse_session",
    "read_bulk_request",
    "read_notifications",
    "read_policy",
    "read_rule",
    "read_service",
    "read_service_app",
    "read_session",
    "read_unit",
    "read_unit_job",
    "search_body",
    "search_mail",
    "search_points",
    "segment",
    "update_body",
    "update_items",
    "update_notifications",
    "update_session",
    "update_session_base",
]
