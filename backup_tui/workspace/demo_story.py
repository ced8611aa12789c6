"""What this machine would have kept of the demo's past, had its sessions been drafted and started from here.

The simulated service knows its sessions and nothing of plans, drills or entries of a journal. They are written here
through the same functions that keep them after real work, so everything that reads them really works on them.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.evidence.drill import Drill, drill_id, keep_drill, seed_of
from backup_tui.graph.requests.sessions import MAX_ARTIFACTS, create_body, update_body
from backup_tui.journal.journal import Journal
from backup_tui.journal.records import Answer, IntentKind, IntentState, NewIntent
from backup_tui.models.artifacts import NewArtifact
from backup_tui.models.remembered import PointUnit
from backup_tui.models.services import Destination
from backup_tui.models.text import counted, short_id
from backup_tui.models.whoami import WhoAmI
from backup_tui.plans.drafting import asked_for
from backup_tui.plans.parts import Part
from backup_tui.plans.plan import Plan, Scope, Source, Wave
from backup_tui.plans.record import PlanRecord, Yes, keep_record, keep_units
from backup_tui.restore.drafts.asked import keep_plan, plan_finished
from backup_tui.restore.drafts.create import planned_mark
from backup_tui.restore.drafts.record import DraftRecord
from backup_tui.restore.drafts.record import keep_record as keep_draft
from backup_tui.restore.points.moments import write_moment
from backup_tui.restore.points.points import UnitPoint
from backup_tui.restore.review.consequences import phrase
from backup_tui.workspace.demo import DemoSession

_KEPT_FOR = timedelta(days=365)
_MINUTE = timedelta(minutes=1)
_STATUS = {IntentKind.CREATE: 201, IntentKind.EDIT: 200, IntentKind.ACTIVATE: 202}
"""With which status the service answers each."""


class _PlanOfScene(Struct, frozen=True):
    """The plan of a scene. `waves`: name of each to the numbers of its parts."""

    name: str
    note: str
    waves: Mapping[str, tuple[int, ...]]


_PLANS = {
    "usual": _PlanOfScene(
        "sync-fix",
        "A sync client update emptied folders; INC-20418",
        {"pilot": (1,), "Europe": (2,), "Americas": (3,)},
    ),
    "incident": _PlanOfScene(
        "recovery",
        "Files encrypted since last night; INC-20431",
        {"finance and HR": (1, 2, 3), "sales and legal": (4, 5, 6), "everyone else": (7, 8, 9)},
    ),
}


class Story:
    """Writes the story of a scene into a journal.

    Args:
        journal: Nobody is told of what is written here, so it is not the one that the screens follow.
        who: Who is signed in: the sessions that this person drafted are the ones that were drafted here.
        sessions: All sessions of the demo, oldest first.
    """

    def __init__(self, journal: Journal, who: WhoAmI, sessions: Iterable[DemoSession]) -> None:
        self._journal = journal
        self._who = who
        self._entries: list[tuple[NewIntent, str | None]] = []
        self._own = [one for one in sessions if one.by and one.by == who.object_id]

    async def write_plan(self, scene: str) -> None:
        """Writes the plan of the scene, if it has one. Raises `JournalError`: it could not be kept."""
        if (plan := _PLANS.get(scene)) is not None:
            await self._plan(plan, {number: one for one in self._own if (number := _number(one))})

    async def write_rest(self) -> None:
        """Writes everything else, the entries of the plan's sessions too. Raises `JournalError`: it could not be
        kept."""
        for session in self._own:
            if session.label.startswith("drill "):
                await self._drill(session)
            elif not _number(session):
                await self._session(session, None)
        await self._write_entries()

    async def _plan(self, story: _PlanOfScene, sessions: Mapping[int, DemoSession]) -> None:
        waves = {number: at for at, numbers in enumerate(story.waves.values()) for number in numbers}
        first = sessions[min(sessions)]
        clean = max(point.protection_time or first.created for one in sessions.values() for point in one.points)
        units = {number: _units(one.points, clean) for number, one in sessions.items()}
        parts = {
            number: Part(number, waves[number], one.service, one.destination, len(one.points))
            for number, one in sorted(sessions.items())
        }
        file = f"{story.name}.csv"
        count = sum(map(len, units.values()))
        digest = sha256("".join(f"{unit.name}\n" for part in units.values() for unit in part).encode()).hexdigest()
        record = PlanRecord(
            Plan(
                story.name,
                Scope(Source.LIST, (file,), digest),
                write_moment(clean),
                "UTC",
                Destination.IN_PLACE,
                tuple(Wave(name) for name in story.waves),
                tenant=self._who.tenant,
                note=story.note,
            ),
            "",
            "",
            first.created - 2 * _MINUTE,
            self._who.user_label,
            tuple(parts.values()),
            {number: one.id for number, one in sessions.items()},
            names={"names": count, "found": count},
        )
        for number in parts:
            await keep_units(self._journal, story.name, number, units[number])
        for at in range(len(story.waves)):
            record = self._agreed(record, [sessions[number] for number, wave in waves.items() if wave == at], units)
        for number, part in parts.items():
            asked = asked_for(story.name, part, units[number])
            made = DraftRecord("", part.service, part.destination, units[number])
            await keep_plan(self._journal, asked, made)
            await self._session(sessions[number], asked.plan, units[number])
            await plan_finished(self._journal, asked)
        await keep_record(self._journal, record)

    def _agreed(
        self, record: PlanRecord, sessions: Sequence[DemoSession], units: Mapping[int, Sequence[UnitPoint]]
    ) -> PlanRecord:
        """The record with the yes to a wave, if it was started."""
        starts = [one.started for one in sessions if one.started is not None]
        if not starts:
            return record
        drafts = {one.id: _mark(one, units[_number(one)]) for one in sessions}
        count = sum(len(units[_number(one)]) for one in sessions)
        words = phrase(record.plan.destination, count, self._who.tenant_word)
        return replace(record, yes=(*record.yes, Yes(words, self._who.user_label, min(starts) - _MINUTE, drafts)))

    async def _drill(self, session: DemoSession) -> None:
        at = session.created
        seed = seed_of(at)
        drill = Drill(
            drill_id(at, session.service, seed),
            at,
            self._who.user_label,
            session.service,
            seed,
            tuple(point.unit_name for point in session.points),
            session.id,
        )
        await keep_drill(self._journal, drill)
        await self._session(session, f"key:drill/{drill.id}", _units(session.points, at))

    async def _session(self, session: DemoSession, plan: str | None, units: Sequence[UnitPoint] | None = None) -> None:
        """Keeps how a session was drafted and started: an entry for each, and what was asked for."""
        rows = units if units is not None else _units(session.points)
        made = DraftRecord(session.id, session.service, session.destination, tuple(rows))
        await keep_draft(self._journal, made)
        artifacts = [NewArtifact(row.point_id, session.destination) for row in rows if row.point_id is not None]
        first, *further = [artifacts[at : at + MAX_ARTIFACTS] for at in range(0, len(artifacts), MAX_ARTIFACTS)]
        service, to = session.service, session.destination
        create = NewIntent(
            IntentKind.CREATE,
            service,
            None,
            f"CREATE draft of {service.counted(len(first))}, {to.word}",
            json.dumps(create_body(service, first), sort_keys=True),
            _mark(session, rows[: len(first)]),
            self._who.user_label,
            self._who.object_id or "",
            session.created,
            session.created,
            plan_id=plan,
        )
        self._entries.append((create, session.id))
        for more in further:
            add = replace(
                create,
                kind=IntentKind.EDIT,
                target=session.id,
                summary=f"ADD {counted(len(more), 'unit')} to {short_id(session.id)}",
                body=json.dumps(update_body(service, more, ()), sort_keys=True),
                fingerprint="",
            )
            self._entries.append((add, None))
        if session.started is not None:
            start = replace(
                create,
                kind=IntentKind.ACTIVATE,
                target=session.id,
                summary=f"START session {short_id(session.id)}, {service.counted(len(rows))}, {to.word}",
                body="{}",
                fingerprint=_mark(session, rows),
                at=session.started,
                server_date_before=session.started,
            )
            self._entries.append((start, None))

    async def _write_entries(self) -> None:
        """The oldest first, as they would have been written."""
        for new, made in sorted(self._entries, key=lambda entry: entry[0].at):
            intent = await self._journal.begin(new)
            await self._journal.answer(intent.id, Answer(IntentState.DONE, new.at, made, _STATUS[new.kind]))


def _number(session: DemoSession) -> int:
    """Number of the part of the plan that a session is; 0 for one outside of it."""
    kind, _, number = session.label.partition(" ")
    return int(number) if kind == "plan" else 0


def _mark(session: DemoSession, units: Sequence[UnitPoint]) -> str:
    return planned_mark(DraftRecord(session.id, session.service, session.destination, tuple(units)))


def _units(points: Sequence[PointUnit], wanted: datetime | None = None) -> tuple[UnitPoint, ...]:
    """The units of a draft; each went back to its own point where no time was asked for."""
    return tuple(
        UnitPoint(
            point.unit_id,
            point.unit_name,
            point.service,
            wanted or point.protection_time,
            point.point_id,
            point.protection_time,
            point.protection_time + _KEPT_FOR,
            point.express,
        )
        for point in points
        if point.protection_time is not None
    )
