"""Drills: a few units, drawn by lot, restored beside the originals and measured.

A drill is an ordinary draft to a new location, with the newest points. Which units were drawn, and what was measured,
is kept in the journal, so that the history of a year can be shown. Microsoft allows two tests of a unit a month; here a
test is a restore of the unit to a new location that was started from here within 31 days.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import DecodeError, Struct, json
from msgspec.structs import replace

from backup_tui.changes.context import Context, OnProgress, unheard
from backup_tui.errors import NotFound, UsageError
from backup_tui.evidence.facts import Report
from backup_tui.evidence.gathering import Where, gather
from backup_tui.evidence.measures import summary
from backup_tui.journal.journal import Journal
from backup_tui.journal.records import IntentKind
from backup_tui.models.services import Destination, Service
from backup_tui.models.statuses import session_status
from backup_tui.models.text import counted, safe
from backup_tui.restore.drafts.asked import Asked
from backup_tui.restore.drafts.drafts import create_draft
from backup_tui.restore.drafts.plan import DraftPlan, DraftResult
from backup_tui.restore.drafts.record import kept_record
from backup_tui.restore.drafts.taking_up import take_up
from backup_tui.restore.points.moments import Moment
from backup_tui.restore.points.points import PointWish, UnitPoint, find_points, unit_name
from backup_tui.store.rows import UnitRow

A_MONTH = timedelta(days=31)
A_YEAR = timedelta(days=366)

MOST_UNITS = 50  # units of one drill: one request, and a number that a person can look at

_PREFIX = "drill:"


class Outcome(Struct, frozen=True, rename="camel"):
    """What was measured when a drill had ended. `started`, `ended`: of the restore."""

    started: datetime | None
    ended: datetime | None
    restored: int
    failed: int
    slowest_seconds: int | None  # from the start to the end of the slowest unit (RTO); `None` when none was restored
    slowest: str
    oldest_seconds: int | None  # from the oldest point to the time of the drill (RPO)
    oldest: str
    # where the restored copies are: name of the unit and its new folder or address
    copies: tuple[tuple[str, str], ...] = ()

    @property
    def whole(self) -> bool:
        """Whether the address of every copy is known; it can come 15 minutes after the end."""
        return len(self.copies) >= self.restored


class Drill(Struct, frozen=True, rename="camel"):
    """One drill."""

    id: str  # `2026-11-30-onedrive-4711`
    at: datetime
    by: str
    service: Service
    seed: int  # draws the same units again, as long as they can be drawn
    names: tuple[str, ...]  # what people call the units
    session_id: str = ""  # its draft, once it is created
    outcome: Outcome | None = None  # what was measured; `None` before it has ended


class Drawn(Struct, frozen=True):
    """A unit that was drawn, with the number of its tests within 31 days."""

    unit: UnitRow
    tests: int


async def times_tested(journal: Journal, now: datetime) -> Counter[str]:
    """How often each unit was tested within 31 days, by its id: started from here, to a new location. Raises
    `JournalError`: the journal cannot be read."""
    since = now - A_MONTH
    entries = await journal.intents(1_000_000)
    started = {
        intent.target
        for intent in entries
        if intent.kind is IntentKind.ACTIVATE and intent.state.was_done and intent.at >= since and intent.target
    }
    times: Counter[str] = Counter()
    for session_id in started:
        record = await kept_record(journal, session_id)
        if record is not None and record.destination is Destination.NEW:
            times.update({unit.unit_id for unit in record.units})
    return times


def draw(
    units: Iterable[UnitRow],
    tests: Mapping[str, int],
    number: int,
    seed: int,
    limit: int,
    *,
    without: Sequence[str] = (),
) -> tuple[Drawn, ...]:
    """Draws protected units that are not at their limit: the same ones for the same seed. Returns fewer than `number`
    when there are no more.

    Args:
        units: All units of a service.
        tests: How often each was tested within 31 days.
        number: How many to draw.
        seed: Another one draws others.
        limit: Tests of a unit that are allowed within 31 days.
        without: Ids of units that a person does not want.
    """
    able = [
        unit
        for unit in units
        if unit.status == "protected" and not unit.deleted and tests.get(unit.id, 0) < limit and unit.id not in without
    ]
    able.sort(key=lambda unit: hashlib.sha256(f"{seed}:{unit.id}".encode()).digest())
    return tuple(Drawn(unit, tests.get(unit.id, 0)) for unit in able[:number])


def chosen(units: Mapping[str, UnitRow], ids: Sequence[str], tests: Mapping[str, int], limit: int) -> tuple[Drawn, ...]:
    """Units that a person chose by hand. Raises `UsageError`: one of them is not protected, or is at its limit."""
    found = []
    for unit_id in dict.fromkeys(ids):
        unit, times = units.get(unit_id), tests.get(unit_id, 0)
        if unit is None or unit.status != "protected":
            name = unit_name(unit) if unit else safe(unit_id)
            raise UsageError.unsent(f"{name} is not protected, so it cannot be tested.", "--unit", unit_id)
        if times >= limit:
            raise UsageError.unsent(
                f"{unit_name(unit)} was tested {counted(times, 'time')} in 31 days; {limit:,} a month are allowed.",
                "--unit",
                unit_id,
                "Choose another unit.",
            )
        found.append(Drawn(unit, times))
    return tuple(found)


async def newest_points(
    tools: Context, units: Sequence[Drawn], spare: Sequence[Drawn], on_progress: OnProgress = unheard
) -> tuple[tuple[UnitPoint, ...], tuple[UnitPoint, ...]]:
    """The newest point of each unit, with spare units in the place of those without one. Returns the units of the
    drill, and those that were left out because they have no point. `units`: the units of the drill. `spare`: further
    units, in the order in which they replace those without a point."""
    now = tools.clock.now()
    moment = Moment(now, ZoneInfo("UTC"), "latest", latest=True)
    found: list[UnitPoint] = []
    without: list[UnitPoint] = []
    asked, left = list(units), list(spare)
    while asked:
        table = await find_points(tools, [one.unit for one in asked], PointWish(moment), on_progress)
        found += table.usable
        without += table.unusable
        missing = len(units) - len(found)
        asked, left = left[:missing], left[missing:]
    return tuple(found), tuple(without)


async def create_drill(tools: Context, drill: Drill, rows: Sequence[UnitPoint]) -> tuple[Drill, DraftResult]:
    """Creates the draft of a drill, to a new location; a second run takes up the first one's draft. Raises
    `BackupTuiError`: as for `create_draft`."""
    asked = Asked.of(["drill", drill.id], f"drill/{drill.id}")
    before = await tools.journal.kept(f"{_PREFIX}{drill.id}")
    drill = (_read(before) if before else None) or drill
    await keep_drill(tools.journal, drill)
    taken = await take_up(tools, asked)
    if taken is not None:
        result = taken.result
    else:
        result = await create_draft(tools, DraftPlan(drill.service, Destination.NEW, tuple(rows)), unheard, asked)
    drill = replace(drill, session_id=result.session_id, names=tuple(row.name for row in result.in_it))
    await keep_drill(tools.journal, drill)
    return drill, result


async def measure(tools: Context, where: Where, drill: Drill) -> Drill:
    """The drill with what can be measured now; kept once it has ended. Raises `NotFound`: its draft was deleted;
    `BackupTuiError`: its session could not be read."""
    if not drill.session_id or (drill.outcome is not None and drill.outcome.whole):
        return drill
    report = await gather(tools.journal, where, sessions=[drill.session_id], tools=tools)
    if not session_status(report.sessions[0].status).terminal:
        return drill
    drill = replace(drill, outcome=_outcome(report))
    await keep_drill(tools.journal, drill)
    return drill


def _outcome(report: Report) -> Outcome:
    sums, one = summary(report), report.sessions[0]
    slow, old = sums.recovery, sums.age
    return Outcome(
        one.started_at,
        one.ended_at,
        sums.restored,
        sums.failed,
        slow.longest_seconds if slow else None,
        slow.slowest if slow else "",
        old.longest_seconds if old else None,
        old.slowest if old else "",
        tuple((unit.name, unit.result) for unit in report.units if unit.restored and (unit.result or unit.items == 0)),
    )


async def keep_drill(journal: Journal, drill: Drill) -> None:
    """Keeps a drill. Raises `JournalError`: it could not be kept."""
    await journal.keep(f"{_PREFIX}{drill.id}", json.encode(drill).decode())


async def kept_drills(journal: Journal, now: datetime) -> tuple[Drill, ...]:
    """The drills of a year, newest first. Raises `JournalError`: the journal cannot be read."""
    found = [_read(text) for text in (await journal.kept_under(_PREFIX)).values()]
    year = [drill for drill in found if drill is not None and now - drill.at <= A_YEAR]
    return tuple(sorted(year, key=lambda drill: drill.at, reverse=True))


async def drill_named(journal: Journal, drill_id: str) -> Drill:
    """A drill by its id. Raises `NotFound`: there is none; `JournalError`: the journal cannot be read."""
    text = await journal.kept(f"{_PREFIX}{drill_id}")
    found = None if text is None else _read(text)
    if found is None:
        raise NotFound.unsent(
            f"No drill {safe(drill_id, 80)!r} is kept here.", "DrillNotFound", "See: backup-tui drill history"
        )
    return found


def _read(text: str) -> Drill | None:
    try:
        return json.decode(text, type=Drill)
    except DecodeError:  # written by another version, or damaged
        return None


def drill_id(at: datetime, service: Service, seed: int) -> str:
    """`2026-11-30-onedrive-4711`: the same seed on the same day is the same drill."""
    return f"{at:%Y-%m-%d}-{service.value}-{seed}"


def seed_of(at: datetime) -> int:
    """A seed that nobody chose: another one each second."""
    return int(at.timestamp()) % 100_000
