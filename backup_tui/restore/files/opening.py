"""Opens an express point for looking into it, and finds out what became of an opening whose answer was lost.

https://learn.microsoft.com/graph/api/backuprestoreroot-post-sharepointbrowsesessions. Opening restores nothing, and
what was opened ends automatically; it makes an object at the service all the same, so it is sent once and never again.
"""

from datetime import datetime, timedelta
from typing import ClassVar

from backup_tui.changes.change import Change, Request, carry_out
from backup_tui.changes.context import Context, OnProgress, Progress, unheard
from backup_tui.changes.findings import Finding, OnLook, Verdict
from backup_tui.changes.lost_answers import Effect, resolve_lost_answer
from backup_tui.errors import BackupTuiError, IncompleteList, NotFound, OutcomeUnknown, StateConflict, UsageError
from backup_tui.graph.paging import collect
from backup_tui.graph.writer import Writer
from backup_tui.journal.matching import MARGIN
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.browse import BrowseSession
from backup_tui.models.services import Service
from backup_tui.models.statuses import Action, browse_status
from backup_tui.models.text import short_id
from backup_tui.restore.points.search import FoundPoint

LOOK_EVERY = 3.0  # seconds between two looks at a point that is being opened

OPENS_WITHIN = timedelta(minutes=10)
"""After this time the wait for a point that is being opened ends; the service names no limit."""

ENDS_SOON = timedelta(minutes=15)
"""A browse session that ends within this time is not used again; another one is opened."""


class BrowseEffect(Effect):
    """An opened point is in the list of browse sessions."""

    kinds = frozenset({IntentKind.BROWSE})
    looks_at: ClassVar[tuple[float, ...] | None] = (2.0, 10.0, 30.0)
    names_target = True

    async def look(self, context: Context, intent: Intent) -> Finding:
        if intent.service is None:
            return Finding(intent, Verdict.NOT_DONE, "The journal does not have the service of the point.")
        since = intent.server_date_before
        for one in await collect(context.reader.browse.sessions(intent.service)):
            made = one.created_date_time
            # The examples of the pages leave the point out; then its time must do.
            same = one.restore_point_id == intent.target or (
                not one.restore_point_id and _seconds(one.restore_point_date_time) == intent.fingerprint
            )
            if same and (made is None or since is None or made >= since - MARGIN):
                return Finding(intent, Verdict.DONE, "The point was opened.", one)
        return Finding(intent, Verdict.NOT_DONE, "The point was not opened.")


BROWSE = BrowseEffect()

FILE_EFFECTS: tuple[Effect, ...] = (BROWSE,)  # of every kind of change in this room that is not one of a draft


class OpenPoint(Change[None, BrowseSession, BrowseSession]):
    """An express point is opened; nobody has to agree, since nothing is restored by it. `service`: OneDrive or
    SharePoint. `point`: the express point."""

    kind = IntentKind.BROWSE
    effect = BROWSE
    purpose = "opening a point"

    def __init__(self, service: Service, point: FoundPoint) -> None:
        self.service, self.point = service, point

    @property
    def target(self) -> str:
        return self.point.id

    def check_agreed(self, reviewed: None, typed: str) -> None:
        """Nothing is restored by it."""

    async def settle_earlier(self, context: Context, on_look: OnLook) -> BrowseSession | None:
        for intent in await context.journal.open_intents():
            if intent.kind is IntentKind.BROWSE and intent.target == self.point.id:
                return await self._found(context, intent, None, on_look)
        return None

    async def last_look(self, context: Context, reviewed: None) -> BrowseSession | None:
        return None

    def request(self, reviewed: None, writer: Writer) -> Request[BrowseSession]:
        return Request(
            lambda: writer.browse.create(self.service, self.point.id),
            f"OPEN point of {self.point.time:%d %b %Y %H:%M} UTC to look for files",
            self.service,
            {"restorePointId": self.point.id},
            _seconds(self.point.time),
        )

    async def answered(self, context: Context, reviewed: None, answer: BrowseSession) -> BrowseSession:
        return answer

    async def lost(
        self, context: Context, reviewed: None, intent: Intent, error: OutcomeUnknown, on_look: OnLook
    ) -> BrowseSession:
        opened = await self._found(context, intent, error, on_look)
        if opened is None:
            raise BackupTuiError(
                "The point was not opened; no answer came.",
                certainty="The request that was sent had no effect.",
                hint="It can be opened again.",
                code="NotDone",
            ) from error
        return opened

    async def _found(
        self, context: Context, intent: Intent, error: OutcomeUnknown | None, on_look: OnLook
    ) -> BrowseSession | None:
        finding = await resolve_lost_answer(context, self.effect, intent, on_look)
        if not finding.verdict.is_settled:
            raise OutcomeUnknown(
                f"No answer came for: {intent.summary}. {finding.words}",
                certainty="It is not sent again.",
                hint=f"Nothing is restored by it. It is entry {intent.id} of the journal.",
                intent_id=intent.id,
            ) from error
        return finding.thing if isinstance(finding.thing, BrowseSession) else None


async def open_point(
    context: Context, service: Service, point: FoundPoint, on_progress: OnProgress = unheard
) -> BrowseSession:
    """A browse session of a point that can be looked into: one that is open already, or a new one.

    Args:
        service: OneDrive or SharePoint.
        point: An express point.
        on_progress: Told while the service opens it.

    Raises:
        UsageError: The point is not an express one.
        StateConflict: The service could not open it.
        ReadOnlyError, WriteLockHeld, ServiceError, Unreachable, JournalError, OutcomeUnknown: As for every change.
    """
    return await wait_until_open(context, service, await start_opening(context, service, point), on_progress)


async def start_opening(context: Context, service: Service, point: FoundPoint) -> BrowseSession:
    """A browse session that may still be in the making. Raises as `open_point`."""
    if not point.express or not service.names.browse_path:
        raise UsageError.unsent(
            "Only express points of sites and OneDrive accounts can be looked into.",
            "Point",
            point.id,
            "Choose an express point, or search the mailbox.",
        )
    opened = await _already_open(context, service, point)
    return await carry_out(context, OpenPoint(service, point), None) if opened is None else opened


async def browse_sessions(context: Context) -> list[BrowseSession]:
    """Everything that is or was open for looking into, whoever opened it. Raises `IncompleteList`: not all was read."""
    return await collect(context.reader.browse.sessions())


async def _already_open(context: Context, service: Service, point: FoundPoint) -> BrowseSession | None:
    soon = context.clock.now() + ENDS_SOON
    usable = [
        one
        for one in await collect(context.reader.browse.sessions(service))
        if one.restore_point_id == point.id and not browse_status(one.status).terminal and not one.has_ended(soon)
    ]
    return max(usable, key=lambda one: one.expiration_date_time or soon, default=None)


async def wait_until_open(
    context: Context, service: Service, opened: BrowseSession, on_progress: OnProgress = unheard
) -> BrowseSession:
    """Waits until a browse session can be looked into. Raises `StateConflict`: the service could not open the point;
    `BackupTuiError`: it is still not open after `OPENS_WITHIN`."""
    tries = int(OPENS_WITHIN.total_seconds() / LOOK_EVERY)
    for number in range(tries):
        status = browse_status(opened.status)
        if status.allows(Action.BROWSE):
            return opened
        if status.terminal:
            raise _not_opened(opened)
        on_progress(Progress("the service opens the point", number, tries))
        await context.sleep(LOOK_EVERY)
        opened = await context.reader.browse.session(service, opened.id)
    raise BackupTuiError(
        f"The service has not opened the point within {OPENS_WITHIN.total_seconds() / 60:.0f} minutes.",
        certainty="Nothing was restored.",
        hint="Try it again later: what is being opened is then used.",
        code="StillOpening",
    )


def _not_opened(opened: BrowseSession) -> StateConflict:
    why = opened.error.message if opened.error is not None and opened.error.message else "it reported no cause"
    return StateConflict.unsent(
        f"The service could not open the point ({short_id(opened.id)}): {why}",
        (opened.error.code if opened.error is not None else "") or "BrowseFailed",
        "Open it again, or choose another express point.",
        certainty="Nothing was restored.",
        status=200,
    )


def is_ended(error: BackupTuiError) -> bool:
    """Whether a read failed since its browse session has ended, which no page documents a code for; it may have ended
    between two pages of one list."""
    cause = error.__cause__ if isinstance(error, IncompleteList) else error
    return isinstance(cause, NotFound) and cause.code.casefold() != "itemnotfound"


def _seconds(time: datetime | None) -> str:
    return time.replace(microsecond=0).isoformat() if time is not None else ""
