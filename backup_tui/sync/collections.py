"""What can be read: one declaration for each kind of collection.

It says how the collection is asked for and what its answer means to the store; everything else (pages, budget, what
is said when an answer is missing) is the loader's. A new kind needs a key in `store/freshness.py` and its line here."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from msgspec import Struct, field

from backup_tui.errors import IncompleteList
from backup_tui.models.artifacts import RestoreArtifact
from backup_tui.models.pages import Page
from backup_tui.models.services import Service
from backup_tui.store import updates as up
from backup_tui.store.freshness import Kind
from backup_tui.store.rows import SessionRow
from backup_tui.store.store import Store

if TYPE_CHECKING:
    from backup_tui.graph.reader import Reader

T = TypeVar("T")


class ArtifactMark(Struct, frozen=True):
    """How a session looked when its artifacts were read to the end the last time."""

    signature: tuple[object, ...]
    expanded: bool


def signature(store: Store, row: SessionRow) -> tuple[object, ...]:
    """What has to differ before a session's artifacts are worth reading again: its counts, or a change of ours. Of a
    draft also when it was last changed, for units can be swapped without a count that moves."""
    changed = row.modified if row.state.value == "draft" else None
    counts = (row.status, row.total, row.completed, row.in_progress, row.failed)
    return (*counts, changed, store.changed_by_us_at(row.id))


class Source(Struct):
    """Where a collection is read from. `store`: what is known already: which service a session or a policy belongs to.
    `marks`: how sessions looked when their artifacts were read to the end the last time, by session id."""

    reader: "Reader"
    store: Store
    marks: dict[str, ArtifactMark] = field(default_factory=dict)


class ObjectOf(Struct, Generic[T], frozen=True):
    """A collection that is one object. `read` asks for it, given the reader and whose it is; `update` says what its
    answer means to the store, given also when it was asked for and answered; `missing` what it means that there is none
    (`None`: a failure like any other)."""

    read: "Callable[[Reader, str], Awaitable[T]]"
    update: Callable[[T, float, datetime], up.Update]
    missing: Callable[[str, float, datetime], up.Update] | None = None


class ListOf(Struct, Generic[T], frozen=True):
    """A collection that is a list. `pages`: its pages; `None` while it is unknown which service to ask.
    `page_by_page`: each page goes into the store as `UnitsPage`, and is not kept here: the list is long. `at_once`: so
    many pages are read unasked, the newest entries first (`Loader.read_more`); 0 for all."""

    pages: Callable[[Source, str], AsyncIterator[Page[T]] | None]
    page_by_page: bool = False
    at_once: int = 0
    missing: Callable[[str, float, datetime], up.Update] | None = None


async def _at_once(read: Callable[[], Awaitable[tuple[T, ...]]]) -> AsyncIterator[Page[T]]:
    try:
        yield Page(await read(), 1, last=True)
    except IncompleteList as error:
        if not error.unread:
            raise
        yield Page(error.items, 1, last=True, unread=error.unread)


def _of_policy(
    source: Source, policy_id: str, read: Callable[[Service, str], AsyncIterator[Page[T]]]
) -> AsyncIterator[Page[T]] | None:
    policy = source.store.policies.get(policy_id)
    return None if policy is None or policy.service is None else read(policy.service, policy_id)


def _artifacts(source: Source, session_id: str) -> AsyncIterator[Page[RestoreArtifact]] | None:
    row = source.store.sessions.get(session_id)
    return None if row is None or row.service is None else _marked(source, row, row.service)


async def _marked(source: Source, row: SessionRow, service: Service) -> AsyncIterator[Page[RestoreArtifact]]:
    """Artifacts, with the unit behind each in a second read if the first did not tell it."""
    store, marks = source.store, source.marks
    before, mark = signature(store, store.sessions.get(row.id, row)), marks.get(row.id)
    expand = mark is not None and any(one.unit_id is None for one in store.artifacts(row.id).values())
    files = row.model.holds_files
    pages = source.reader.files if files else partial(source.reader.contents, expand_units=expand)
    async for page in pages(service, row.id):
        yield page
    marks[row.id] = ArtifactMark(before, expand or (mark is not None and mark.expanded))


COLLECTIONS: Mapping[Kind, ObjectOf[Any] | ListOf[Any]] = {
    Kind.SERVICE_ROOT: ObjectOf(
        lambda reader, _: reader.service_root(),
        lambda root, asked, answered: up.ServiceRead(root, asked_at=asked, answered_at=answered),
    ),
    Kind.SERVICE_APPS: ListOf(lambda source, _: _at_once(source.reader.service_apps)),
    Kind.NOTIFICATIONS: ObjectOf(lambda reader, _: reader.notifications(), up.NotificationsRead),
    Kind.POLICIES: ListOf(lambda source, _: _at_once(source.reader.policies)),
    Kind.POLICY: ObjectOf(
        lambda reader, policy_id: reader.policy(policy_id), lambda policy, asked, _: up.PolicyRead(policy, asked)
    ),
    Kind.RULES: ListOf(lambda source, policy_id: _of_policy(source, policy_id, source.reader.rules)),
    Kind.UNIT_JOBS: ListOf(lambda source, policy_id: _of_policy(source, policy_id, source.reader.unit_jobs)),
    Kind.EXCLUSIONS: ListOf(lambda source, policy_id: _of_policy(source, policy_id, source.reader.exclusions)),
    Kind.SESSIONS: ListOf(lambda source, _: source.reader.sessions()),
    Kind.SESSION: ObjectOf(
        lambda reader, session_id: reader.session(session_id), up.SessionRead, missing=up.SessionMissing
    ),
    Kind.ARTIFACTS: ListOf(_artifacts, missing=up.SessionMissing),
    Kind.UNITS: ListOf(lambda source, service: source.reader.units(Service(service)), page_by_page=True),
    # It is as long as the tenant is old, and answered newest first (page backuprestoreroot-list-activitylogs).
    Kind.ACTIVITY_LOG: ListOf(lambda source, _: source.reader.activity_logs(), at_once=10),
}
