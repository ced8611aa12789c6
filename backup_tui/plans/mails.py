"""Plans of mails: one search for each mailbox, its best point by its own halving, and the drafts of what was found.

What a search found is kept for an hour, so that drafts get the points that the check showed. A draft needs an answer of
the service that is young, so each mailbox is searched once more, at its point, right before its draft is created.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from msgspec import DecodeError, Struct, json
from msgspec.structs import replace

from backup_tui.changes.context import Context, OnProgress, Progress, each_of
from backup_tui.errors import InvalidRequest, JournalError, UsageError
from backup_tui.models.mail_language import read_query
from backup_tui.models.remembered import PointUnit
from backup_tui.models.services import Service
from backup_tui.plans.plan import MailSearch, Plan
from backup_tui.plans.rows import PlanPoints, PlanTimes, ScopeRow
from backup_tui.restore.drafts.asked import Asked, earlier_run, keep_plan, plan_finished
from backup_tui.restore.drafts.plan import DraftPlan, DraftResult, RefusedUnit
from backup_tui.restore.drafts.record import DraftRecord, kept_record
from backup_tui.restore.mail.drafting import FoundMails, create_mail_draft
from backup_tui.restore.mail.history import Mailbox, MailHistory, find_change, hits_at, unit_point
from backup_tui.restore.points.moments import show_utc
from backup_tui.restore.points.points import UnitPoint, unit_name
from backup_tui.restore.reads import read_session

LASTS = timedelta(hours=1)  # so long a search is not made again

_PREFIX = "plan-mails:"


class _Kept(Struct, frozen=True):
    """What the searches of one mailbox came to, and when (UTC)."""

    at: datetime
    point: UnitPoint
    searches: int


async def find_mail_points(
    context: Context,
    plan: Plan,
    search: MailSearch,
    rows: Sequence[ScopeRow],
    times: PlanTimes,
    on_progress: OnProgress,
) -> PlanPoints:
    """Finds for each mailbox of a plan the point to restore its mails from; where nothing is found, it has none.

    Args:
        plan: The plan; what is found is kept under its name.
        rows: Its mailboxes, each once.
        times: What each of its times means.

    Raises:
        BackupTuiError: The service could not be asked; what was found before is kept.
    """
    keeper = _Keeper(context, plan.name)
    kept = await keeper.read()
    done = searches = needed = 0

    async def look(row: ScopeRow) -> UnitPoint:
        nonlocal done, searches, needed
        if row.before in times.refused:
            why, unit = times.refused[row.before], row.unit
            return UnitPoint(unit.id, unit_name(unit), unit.service, context.clock.now(), own=row.own, refused=why)
        moment = times.moments[row.before].utc
        key = _key(row, search, moment)
        found = kept.get(key)
        if found is None:
            found = await _search(context, search, row, moment)
            searches += found.searches
            await keeper.keep(key, found)
        needed += found.searches
        done += 1
        on_progress(Progress("searching the mailboxes", done, len(rows)))
        return found.point

    points = await each_of(look, list(rows))
    found = list(zip(rows, points, strict=True))
    return PlanPoints.of(found, times, searches, needed, keeper.problem)


async def _search(context: Context, search: MailSearch, row: ScopeRow, moment: datetime) -> _Kept:
    mailbox, query = Mailbox(row.unit.id, unit_name(row.unit)), read_query(search.query)
    after = moment - search.within
    try:
        history = await find_change(context, mailbox, query, after=after, before=moment, most=search.searches)
    except InvalidRequest as error:
        return _Kept(context.clock.now(), _nothing(row, moment, error.message), 1)
    if history.best is None:
        why = _why(history, after, context.clock.now())
        return _Kept(context.clock.now(), _nothing(row, moment, why), history.searches)
    best = history.best
    name = PointUnit(best.point_id, mailbox.id, mailbox.name, Service.EXCHANGE, best.time)
    await context.journal.remember_points([name])
    point = replace(unit_point(mailbox, best), wanted=moment, own=row.own, mails=best.hits)
    return _Kept(context.clock.now(), point, history.searches)


def _nothing(row: ScopeRow, moment: datetime, why: str) -> UnitPoint:
    unit = row.unit
    return UnitPoint(unit.id, unit_name(unit), unit.service, moment, own=row.own, refused=why.removesuffix("."))


def _why(history: MailHistory, after: datetime, now: datetime) -> str:
    if history.newest is None:
        return f"it has no restore point since {show_utc(after, now)} UTC"
    return f"the search finds nothing in its points since {show_utc(after, now)} UTC"


def _key(row: ScopeRow, search: MailSearch, moment: datetime) -> str:
    asked = [row.unit.id, search.query, search.within.total_seconds(), search.searches, moment.isoformat()]
    return sha256(json.encode(asked)).hexdigest()[:32]


class _Keeper:
    """What the searches of a plan came to, in the journal."""

    def __init__(self, context: Context, name: str) -> None:
        self._context, self._prefix = context, f"{_PREFIX}{name}:"
        self.problem = ""  # why it cannot be kept; empty while it can

    async def read(self) -> dict[str, _Kept]:
        """What still counts; what is older is dropped. Raises `JournalError`."""
        now = self._context.clock.now()
        found: dict[str, _Kept] = {}
        for key, text in (await self._context.journal.kept_under(self._prefix)).items():
            try:
                one = json.decode(text, type=_Kept)
            except DecodeError:  # another version wrote it
                continue
            if now - one.at <= LASTS:
                found[key] = one
            else:
                await self._context.journal.drop(f"{self._prefix}{key}")
        return found

    async def keep(self, key: str, found: _Kept) -> None:
        """Keeps what was found, where that is possible."""
        if self.problem:
            return
        try:
            await self._context.journal.keep(f"{self._prefix}{key}", json.encode(found).decode())
        except JournalError as error:
            self.problem = error.message


async def draft_found_mails(
    held: Context, search: MailSearch, plan: DraftPlan, asked: Asked, on_progress: OnProgress
) -> DraftResult:
    """The draft of a part: that of an earlier run, or a new one of what its mailboxes hold in their points now.

    Args:
        held: What to work with, holding the right to write.
        plan: The mailboxes with their points, and the destination.
        asked: What the part is recognised by.

    Raises:
        NotFound: The draft of an earlier run was deleted.
        UsageError: Nothing is found in any of the mailboxes.
        OutcomeUnknown: It is unknown whether a draft was made; it is not sent again.
        BackupTuiError: Nothing was made.
    """
    earlier = await earlier_run(held, asked)
    if earlier is not None and earlier.state.is_settled and earlier.session_id is not None:
        session = await read_session(held, earlier.session_id, plan.service)
        made = await kept_record(held.journal, session.id)
        points = {unit.point_id for unit in made.units} if made is not None else {row.point_id for row in plan.rows}
        await plan_finished(held.journal, asked)
        return _result(session.id, plan, points)
    await keep_plan(held.journal, asked, DraftRecord("", plan.service, plan.destination, plan.rows))
    found = [one for one in await _found_now(held, search, plan.rows, on_progress) if one is not None]
    if not found:
        raise UsageError.unsent("The search finds nothing in any of its mailboxes now.", "mail", search.query)
    absent = tuple(row.name for row in plan.rows if row.unit_id not in {one.mailbox.id for one in found})
    draft = await create_mail_draft(
        held, found, read_query(search.query), plan.destination, missing=absent, on_progress=on_progress, asked=asked
    )
    await plan_finished(held.journal, asked)
    return _result(draft.session_id, plan, {one.found.point_id for one in found})


async def _found_now(
    held: Context, search: MailSearch, rows: Sequence[UnitPoint], on_progress: OnProgress
) -> list[FoundMails | None]:
    query, done = read_query(search.query), 0

    async def look(row: UnitPoint) -> FoundMails | None:
        nonlocal done
        mailbox = Mailbox(row.unit_id, row.name)
        found = await hits_at(held, mailbox, query, row.time or row.wanted)
        done += 1
        on_progress(Progress("searching the points", 0, len(rows)))
        return FoundMails(mailbox, found) if found is not None and found.weight and found.response_id else None

    return await each_of(look, list(rows))


def _result(session_id: str, plan: DraftPlan, points: set[str | None]) -> DraftResult:
    lacking = tuple(row for row in plan.rows if row.point_id not in points)
    return DraftResult(
        session_id,
        tuple(row for row in plan.rows if row.point_id in points),
        lacking,
        refusals=tuple(RefusedUnit(row.name, "", "the search finds nothing in it any longer") for row in lacking),
    )
