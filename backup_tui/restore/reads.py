"""Complete lists of the service, read to the end: what a use case compares must have no gaps."""

from backup_tui.changes.context import Context
from backup_tui.graph.paging import collect
from backup_tui.models.artifacts import RestoreArtifact
from backup_tui.models.bulk import BulkAdditionRequest
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.store.freshness import SESSIONS, artifacts_of
from backup_tui.store.updates import ListRead, SessionRead


async def read_session(tools: Context, session_id: str, service: Service | None = None) -> RestoreSession:
    """One session, told to the store: no screen says `draft` of what is known to have started. Raises `NotFound`: the
    service has no such session; `BackupTuiError`: it could not be read."""
    asked_at = tools.clock.monotonic()
    session = await tools.reader.session(session_id)
    tools.store.apply(SessionRead(session, asked_at, tools.clock.now(), service))
    return session


async def read_sessions(tools: Context, service: Service | None) -> list[RestoreSession]:
    """The whole list of sessions, of one service or of all, each once. Raises `IncompleteList`: its end could not be
    read, or entries of it could not."""
    return await collect(tools.reader.sessions(service))


async def list_sessions(tools: Context) -> tuple[RestoreSession, ...]:
    """All sessions of the tenant, told to the store. Raises as `read_sessions`."""
    asked_at = tools.clock.monotonic()
    sessions = tuple(await read_sessions(tools, None))
    tools.store.apply(ListRead(SESSIONS, sessions, asked_at, True, tools.clock.now()))
    return sessions


async def read_artifacts(
    tools: Context, service: Service, session_id: str, *, expand_units: bool = False, files: bool | None = None
) -> tuple[RestoreArtifact, ...]:
    """All artifacts of a session, units or mails that searches found, each once, though the list may have been read
    again in the middle. `files`: it holds single files and folders; `None` for what the store knows of it. Raises
    `IncompleteList`: its end could not be read, or entries of it could not: a list with holes is not compared."""
    if files is None:
        row = tools.store.sessions.get(session_id)
        files = row is not None and row.model.holds_files
    if files:
        return tuple(await collect(tools.reader.files(service, session_id)))
    return tuple(await collect(tools.reader.contents(service, session_id, expand_units=expand_units)))


async def list_artifacts(
    tools: Context, service: Service, session_id: str, *, files: bool | None = None
) -> tuple[RestoreArtifact, ...]:
    """All artifacts of a session, told to the store. `files` and what it raises: as for `read_artifacts`."""
    asked_at = tools.clock.monotonic()
    artifacts = await read_artifacts(tools, service, session_id, files=files)
    tools.store.apply(ListRead(artifacts_of(session_id), artifacts, asked_at, True, tools.clock.now()))
    return artifacts


async def read_name_lists(tools: Context, service: Service, session_id: str) -> tuple[BulkAdditionRequest, ...]:
    """The lists of names that were added to a session, without their names, which the service does not give back.
    Raises `NotFound`: the service has no such session; `IncompleteList`: its end could not be read."""
    return tuple(await collect(tools.reader.bulk.of_session(service, session_id)))
