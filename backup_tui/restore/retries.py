"""Retries of what failed, as far as this machine knows them: what they hold, and what a review says of them."""

from collections.abc import Sequence
from datetime import timedelta

from backup_tui.changes.context import Context
from backup_tui.errors import BackupTuiError
from backup_tui.journal.journal import Journal
from backup_tui.models.checks import Check, CheckResult
from backup_tui.models.services import Service
from backup_tui.models.text import named
from backup_tui.restore.drafts.record import kept_record
from backup_tui.restore.names.unit_names import ReviewedUnit, learn_units
from backup_tui.restore.reads import list_artifacts
from backup_tui.store.freshness import artifacts_of
from backup_tui.store.retries import retried, sessions_to_name
from backup_tui.store.rows import SessionRow
from backup_tui.store.store import Store
from backup_tui.store.updates import DraftedUnits

LOOKED_BACK = timedelta(days=31)  # restores that failed longer ago are not looked at by a review

MOST_READ = 5  # so many restores with failures are read by a review, newest first, where their units are not known yet


async def learn_drafted(journal: Journal, store: Store, session_id: str) -> None:
    """Gives the store the units of a session that was drafted here. Raises `JournalError`: it cannot be read."""
    record = await kept_record(journal, session_id)
    if record is not None and not record.of_items:
        store.apply(DraftedUnits(session_id, frozenset(unit.unit_id for unit in record.units)))


async def learn_retries(tools: Context) -> None:
    """Gives the store the units of restores that may be retries. Raises `JournalError`: it cannot be read."""
    for session_id in sessions_to_name(tools.store):
        await learn_drafted(tools.journal, tools.store, session_id)


async def check_retried(
    tools: Context, session_id: str, service: Service, units: Sequence[ReviewedUnit]
) -> list[Check]:
    """Which units of a draft failed before and were retried since, in restores other than this draft. Raises
    `JournalError`: the journal cannot be read."""
    names = {unit.unit_id: unit.name for unit in units if unit.unit_id is not None}
    store = tools.store
    await learn_retries(tools)
    failed = await _failed_before(tools, session_id, service, frozenset(names))
    said: dict[str, tuple[str, set[str]]] = {}
    for row in failed:
        for retry in retried(store, row.id, names).retries:
            # One that runs is said by the check of what is in another restore.
            if retry.session_id not in (session_id, row.id) and retry.state != "running":
                said.setdefault(retry.session_id, (retry.words, set()))[1].update(retry.units)
    return [
        Check(
            CheckResult.WARNING,
            f"{named([names[key] for key in keys], f'{len(keys):,} of these')} "
            f"{'was' if len(keys) == 1 else 'were'} retried in {words}",
            7,
        )
        for words, keys in said.values()
    ]


async def _failed_before(tools: Context, session_id: str, service: Service, wanted: frozenset[str]) -> list[SessionRow]:
    """Restores in which units failed that may be among these, with their units read."""
    store, since = tools.store, tools.clock.now() - LOOKED_BACK
    rows = [
        row
        for row in store.sessions.values()
        if row.failed and row.service is service and row.id != session_id and row.created and row.created >= since
    ]
    rows.sort(key=lambda row: (row.created or since, row.id), reverse=True)
    unread = MOST_READ
    for row in rows:
        if store.freshness(artifacts_of(row.id)).complete or not unread:
            continue
        await learn_drafted(tools.journal, store, row.id)
        if store.unit_ids(row.id) & wanted:
            unread -= 1
            try:
                await list_artifacts(tools, service, row.id)
                await learn_units(tools, row.id)
            except BackupTuiError:
                continue  # What became of its units is not said, and nothing else depends on it.
    return rows
