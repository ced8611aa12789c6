"""What became of the failed units of a restore in later restores. Pure.

The service does not know that one restore repeats another: that the same unit is in both tells it. What counts for a
unit is its latest attempt, as in a plan (`plans/again.py`).
"""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct

from backup_tui.models.services import Destination, Service
from backup_tui.models.statuses import Action
from backup_tui.models.text import short_id
from backup_tui.store.rows import SessionRow
from backup_tui.store.store import Store

MOST_NAMED = 40  # so many restores are looked up at once

_HELD = "artifactcannotberestored"


class Retry(Struct, frozen=True):
    """A later restore, or a draft of one, with units that failed in an earlier one."""

    session_id: str
    units: frozenset[str]
    restored: frozenset[str]
    live: frozenset[str]  # those in a draft, waiting or being restored
    state: str  # `not started`, `running`, `completed`, `4 failed`

    @property
    def words(self) -> str:
        """`9f3c11aa: running`."""
        return f"{short_id(self.session_id)}: {self.state}"


class Retried(Struct, frozen=True):
    """The later restores of what failed in one, oldest first, and what they leave. `left`: failed units that none of
    them has; `live`: those whose latest attempt has not ended; `failed`: how many units are known by id."""

    retries: tuple[Retry, ...]
    left: frozenset[str]
    live: frozenset[str]
    failed: int

    @property
    def settled(self) -> int:
        """How many failed units have an attempt that has ended: they are restored, or count as failed there."""
        return self.failed - len(self.left) - len(self.live)


def retried(store: Store, session_id: str, among: Collection[str] | None = None) -> Retried:
    """What became of the failed units of a restore, as far as the units of restores were read or drafted here. `among`:
    looks at these units only."""
    own = store.sessions.get(session_id)
    later = _later(store, own) if own is not None and not _of_items(own) else []
    codes = {
        row.unit_id: row.error_code.casefold()
        for row in (store.artifacts(session_id).values() if later else ())
        if row.unit_id is not None and row.state.value == "failed" and (among is None or row.unit_id in among)
    }
    found: list[Retry] = []
    left, live, failed = set(codes), set[str](), frozenset(codes)
    for row in later if codes else ():
        units = store.unit_ids(row.id) & failed
        if own is not None and own.destination is Destination.IN_PLACE and row.destination is Destination.NEW:
            # A copy brings back only what has no other remedy: a site under a hold. Others are rehearsed so.
            units = frozenset(each for each in units if codes[each] == _HELD and row.service is Service.SHAREPOINT)
        if units:
            retry = _retry(store, row, units)
            found.append(retry)
            live = (live - units) | retry.live
            left -= retry.restored if row.gone else units
    return Retried(tuple(found), frozenset(left), frozenset(live - left), len(failed))


def sessions_to_name(store: Store, asked: Collection[str] = ()) -> list[str]:
    """Restores that may repeat failed units of others and whose own units are not known, newest first. `asked`: those
    for which it was tried already."""
    first: dict[Service | None, datetime] = {}
    for row in store.sessions.values():
        if row.failed and row.created is not None and not row.gone and not _of_items(row):
            first[row.service] = min(row.created, first.get(row.service, row.created))
    rows = [
        (row.created, row.id)
        for row in store.sessions.values()
        if row.created is not None
        and row.service in first
        and row.created > first[row.service]
        and row.id not in asked
        and not (row.gone or _of_items(row))
        # What is in a draft can change.
        and (row.state.allows(Action.ACTIVATE) or not store.unit_ids(row.id))
    ]
    return [session_id for _created, session_id in sorted(rows, reverse=True)[:MOST_NAMED]]


def _later(store: Store, own: SessionRow) -> list[SessionRow]:
    rows = [
        (row.created, row.id, row)
        for row in store.sessions.values()
        if row.service is own.service
        and row.created is not None
        and own.created is not None
        and row.created > own.created
        and not _of_items(row)
        and not (row.gone and not row.state.terminal)
    ]
    return [row for _created, _id, row in sorted(rows, key=lambda entry: entry[:2])]


def _of_items(row: SessionRow) -> bool:
    """Whether it restores single files or mails, which bring no unit back."""
    return (row.model.restore_job_type or "").casefold() == "granular"


def _retry(store: Store, row: SessionRow, units: frozenset[str]) -> Retry:
    if row.state.allows(Action.ACTIVATE):
        return Retry(row.id, units, frozenset(), units, "not started")
    if row.state.value == "completed" and not row.failed:
        return Retry(row.id, units, units, frozenset(), "completed")
    if not row.state.terminal:  # What has ended of it is looked at once all has: this is asked with every change.
        return Retry(row.id, units, frozenset(), units, "running")
    rows = [one for one in store.artifacts(row.id).values() if one.unit_id in units]
    restored = frozenset(one.unit_id for one in rows if one.unit_id and one.state.value == "succeeded")
    failed = frozenset(one.unit_id for one in rows if one.unit_id and one.state.value == "failed")
    state = "completed" if restored == units else f"{len(failed):,} failed" if failed else row.state.word
    return Retry(row.id, units, restored, frozenset(), state)
