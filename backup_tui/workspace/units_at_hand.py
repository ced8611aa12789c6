"""The units of a service, read only where they are not known already: looking a name up takes all of them."""

from __future__ import annotations

from datetime import timedelta

from backup_tui.errors import IncompleteList
from backup_tui.models.services import Service
from backup_tui.store.freshness import units_of
from backup_tui.workspace.workspace import Workspace

FRESH_FOR = timedelta(minutes=15)
"""A list of units that is younger is not read again for a name."""


def units_at_hand(workspace: Workspace, service: Service) -> bool:
    """Whether all units of a service are known, and not for too long."""
    known = workspace.store.freshness(units_of(service))
    if not known.complete or known.answered_at is None:
        return False
    return workspace.clock.now() - known.answered_at <= FRESH_FOR


async def read_units(workspace: Workspace, service: Service) -> None:
    """Reads the units of a service when they are not at hand.

    Raises:
        BackupTuiError: They could not be read to their end.
    """
    if units_at_hand(workspace, service):
        return
    try:
        await workspace.loader.load(units_of(service))
    except IncompleteList as error:
        if not error.unread:  # of a whole list a name that cannot be read is only one that is not found
            raise
