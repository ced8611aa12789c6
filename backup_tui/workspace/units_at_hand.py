"""The units of a service, read only where they are not known already: looking a name up takes all of them."""

import logging
from datetime import timedelta

from backup_tui.errors import BackupTuiError, IncompleteList
from backup_tui.models.services import Service
from backup_tui.store.freshness import POLICIES, exclusions_of, units_of
from backup_tui.workspace.workspace import Workspace

_LOG = logging.getLogger(__name__)

FRESH_FOR = timedelta(minutes=15)  # a list of units that is younger is not read again for a name


def units_at_hand(workspace: Workspace, service: Service) -> bool:
    """Whether all units of a service are known, and not for too long."""
    known = workspace.store.freshness(units_of(service))
    if not known.complete or known.answered_at is None:
        return False
    return workspace.clock.now() - known.answered_at <= FRESH_FOR


async def read_units(workspace: Workspace, service: Service) -> None:
    """Reads the units of a service when they are not at hand. Raises `BackupTuiError`: they could not be read to their
    end."""
    if units_at_hand(workspace, service):
        return
    await read_exclusions(workspace, service)
    try:
        await workspace.loader.load(units_of(service))
    except IncompleteList as error:
        if not error.unread:  # of a whole list a name that cannot be read is only one that is not found
            raise


async def read_exclusions(workspace: Workspace, service: Service) -> None:
    """Reads what policies with full workload backup leave out of a service, in the beta version only. A name among that
    matches no unit, and the reason is better known than not: but a failure here stops nobody."""
    if not workspace.reader.is_beta:
        return
    try:
        for policy in await workspace.loader.load(POLICIES):
            if policy.is_full and policy.service is service:
                await workspace.loader.load(exclusions_of(policy.id))
    except BackupTuiError as error:
        _LOG.warning("what policies exclude could not be read: %s", error.message)
