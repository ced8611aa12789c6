"""A unit as the index of names needs it."""

from __future__ import annotations

from datetime import datetime

from backup_tui.models.services import Service
from backup_tui.store.rows import UnitRow


def listed(
    id: str,
    address: str = "",
    title: str = "",
    object_id: str = "",
    status: str = "protected",
    policy_id: str = "policy",
    created: datetime | None = None,
    deleted: bool = False,
) -> UnitRow:
    """A protected one, unless it says otherwise."""
    return UnitRow(id, Service.ONEDRIVE, address, title, status, policy_id, object_id, "", created, deleted)
