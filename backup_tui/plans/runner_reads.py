"""What the runner of a plan reads: sessions at each look, units only where their session ended or more of them failed.

A look costs the pages of the list of all sessions, or one read for each that runs where that is less and nothing waits
for a place that others may hold.
Looks are spaced by what they cost, so that the screens of the same person keep most of the 60 reads a minute.
"""

from collections.abc import Collection, Sequence

from backup_tui.changes.context import Context
from backup_tui.errors import NotFound
from backup_tui.models.sessions import RestoreSession
from backup_tui.plans.next_start import PartNow, Stage, part_now
from backup_tui.plans.record import PlanRecord
from backup_tui.store.freshness import SERVICE_ROOT, SESSIONS, artifacts_of, session_of
from backup_tui.store.rows import SessionRow
from backup_tui.sync.loader import Loader

SECONDS_A_READ = 6.0  # seconds to wait for each read of the last look, if it took several: at most 10 reads a minute

LISTS_A_LOOK = 2  # units of at most so many sessions are read after one look

LOOK_AGAIN = 2.0
"""Seconds until a session that is missing is looked for once more: its draft may be too new for what answered."""


class Looks:
    """Reads for one runner. `loader`: brings what is read into the store."""

    def __init__(self, context: Context, loader: Loader | None = None) -> None:
        self._context = context
        self._loader = loader or Loader(context.reader, context.store, context.clock)
        self._units_read: dict[str, tuple[str, int]] = {}
        self._gone: set[str] = set()
        self.reads = 0

    async def look(self, record: PlanRecord, followed: Collection[str], *, all_of_them: bool) -> None:
        """Reads the sessions of a plan. `followed`: ids of those whose state can differ by now. `all_of_them`: it
        matters what else runs in the tenant. Raises `BackupTuiError`: they could not be read."""
        self.reads = 0
        store = self._context.store
        if store.connection.service.no_restore is not None:
            self.reads += 1
            await self._loader.load(SERVICE_ROOT)
        # One that is listed again after all is not gone.
        self._gone -= {key for key in self._gone if (row := store.sessions.get(key)) is not None and not row.gone}
        one_by_one = [key for key in followed if key not in self._gone]
        if all_of_them or len(one_by_one) >= self._loader.pages.get(SESSIONS, 1):
            await self._loader.load(SESSIONS)
            self.reads += self._loader.pages.get(SESSIONS, 1)
            one_by_one = [key for key in one_by_one if (row := store.sessions.get(key)) is None or row.gone]
        for session_id in one_by_one:
            await self._read(session_id)
        await self._read_units(record)

    async def _read(self, session_id: str) -> None:
        for last in (False, True):
            self.reads += 1
            try:
                await self._loader.load(session_of(session_id))
            except NotFound:
                if last:
                    self._gone.add(session_id)
                else:
                    await self._context.sleep(LOOK_AGAIN)
            else:
                return

    async def _read_units(self, record: PlanRecord) -> None:
        """The units of sessions that ended, or of which more failed since they were read."""
        due: list[SessionRow] = []
        for session_id in record.sessions.values():
            row = self._context.store.sessions.get(session_id)
            if row is None or row.gone or not (row.state.terminal or row.failed):
                continue
            before = self._units_read.get(session_id)
            if before is None and not row.failed:
                # It ended well before this process began to look, or nothing of it failed.
                self._units_read[session_id] = (row.status, 0)
            elif before != (row.status, row.failed or 0):
                due.append(row)
        for row in due[:LISTS_A_LOOK]:
            await self._loader.load(artifacts_of(row.id))
            self.reads += self._loader.pages.get(artifacts_of(row.id), 1)
            self._units_read[row.id] = (row.status, row.failed or 0)

    def parts(self, record: PlanRecord, in_doubt: Collection[str]) -> tuple[PartNow, ...]:
        """How far each part of the plan is, as of the last look."""
        found = []
        for part in record.parts:
            session_id = record.sessions.get(part.number, "")
            row = self._context.store.sessions.get(session_id)
            session = None if row is None or row.gone else row.model
            found.append(part_now(part, session, drafted=bool(session_id), in_doubt=session_id in in_doubt))
        return tuple(found)

    def sessions(self) -> Sequence[RestoreSession]:
        """All sessions of the tenant, as of the last look."""
        return [row.model for row in self._context.store.sessions.values() if not row.gone]


def to_follow(parts: Collection[PartNow]) -> list[str]:
    """Ids of the sessions whose state can differ at the next look."""
    ended = (Stage.ENDED, Stage.DELETED, Stage.UNDRAFTED)
    return [one.session.id for one in parts if one.session is not None and one.stage not in ended]
