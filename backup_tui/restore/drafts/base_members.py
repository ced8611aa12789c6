"""Members of a restore session itself, as the beta page "Update restoreSessionBase" lets them be sent.

https://learn.microsoft.com/graph/api/restoresessionbase-update?view=graph-rest-beta. Its base members are read-only in
practice: the service takes them and keeps its own values. So what was asked is compared with what holds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from backup_tui.errors import UsageError
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.text import safe


def read_members(text: str, field: str) -> dict[str, object]:
    """Reads the members that are to be sent.

    Args:
        text: One JSON object under the service's own property names.
        field: What the person calls the input.

    Raises:
        UsageError: It is not a JSON object.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise UsageError(
            f"{field} is not a JSON object.",
            field=field,
            value=text[:60],
            certainty="Nothing was sent.",
            hint="""For example: {"completedDateTime": null}""",
        )
    return found


def unchanged(session: RestoreSession, changes: Mapping[str, object]) -> tuple[str, ...]:
    """Names of the members that came back otherwise than they were sent, safe to show."""
    held = session.raw()
    return tuple(safe(name) for name, value in changes.items() if "@" not in name and held.get(name) != value)
