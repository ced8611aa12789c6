"""Texts of the incident screen: how far a plan is, why units wait or failed, and what comes next. Pure."""

from collections.abc import Sequence, Set
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from backup_tui.models.calls import CallRecord
from backup_tui.models.service_state import ServiceState
from backup_tui.models.services import Destination
from backup_tui.models.text import counted, short_id
from backup_tui.models.times import span_words
from backup_tui.plans.kept import KeptPlan
from backup_tui.plans.progress import FailedCause, PlanProgress, Waiting, WaveProgress
from backup_tui.plans.stalls import Stall
from backup_tui.plans.waits import NOBODY
from backup_tui.restore.errors_of_units import explain
from backup_tui.store.call_log import SeenLine
from backup_tui.store.store import Store
from backup_tui.store.views import ActivityLine, activity_keys, activity_line
from backup_tui.ui.vocabulary.changes import what_words
from backup_tui.ui.vocabulary.names import service_label
from backup_tui.ui.vocabulary.sessions import sentence
from backup_tui.ui.widgets.cells import width_of
from backup_tui.ui.widgets.charts import counts_bar, tall_sparkline
from backup_tui.ui.widgets.paragraphs import GAP, Para
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.spans import Section, Text
from backup_tui.ui.widgets.time_format import clock_words, day_words

BAR, PACE = 48, 32  # cells of the bar, and of the sparkline: more than two and a half hours

WAVE_BAR = 8  # cells of the bar of a wave

SESSIONS = 9  # cells of the column that says how many sessions of a wave have ended

LEFT = 68  # cells beside a label on a terminal of 80 columns

SOON = timedelta(days=14)  # a point that expires later is nothing to hurry for

CAUSE = 76  # cells of the line of a cause

MOST_CAUSES = 6  # causes of failures that are listed; `v` has all


class Incident(Struct, frozen=True):
    """All that the screen says."""

    shown: PlanProgress  # how far the plan is, or all running restores
    plan: KeptPlan | None  # the plan; `None` for all running restores of the tenant
    service: ServiceState  # what the service allows
    zone: ZoneInfo  # in which times are shown
    now: datetime  # the service's time
    stall: Stall | None = None  # what does not move; `None` while everything does
    own: int = 0  # number of this process
    tall: bool = False  # the pace is two rows high
    chart: bool = True  # the pace is drawn; over a thin line it is only said

    # -- the head ----------------------------------------------------------------------------------------------------

    @property
    def title(self) -> Section:
        """`Incident ransom-20nov   Exchange IN PLACE` and since when, or which other process runs it."""
        name = f"Incident {self.shown.name}" if self.plan is not None else "All running restores"
        begun, last = self.shown.pace.begun, self.shown.pace.last_finished
        ended = last if self.shown.ended else None
        until = ended or self.now
        took = span_words(until - begun) if begun is not None and begun <= until else ""
        since = ""
        if begun is not None and took:
            first = clock_words(begun, self.zone, self.now)
            since = f"{first} to {clock_words(until, self.zone, self.now)}" if ended else f"since {first}"
            since = f"{since}, {took}"
        if runner := self.other_runner:
            return Section(name, kinds_text(self.shown), ", ".join(filter(None, (runner, took))), (runner,))
        return Section(name, kinds_text(self.shown), since, (took,))

    @property
    def other_runner(self) -> str:
        """`run by pid 4711 on jump01`; empty where this process runs the plan, or nobody does."""
        runner = self.plan.runner if self.plan is not None else None
        return f"run by pid {runner.pid} on {runner.host}" if runner is not None and runner.pid != self.own else ""

    @property
    def head(self) -> list[Para]:
        """The lines between the title and the waves."""
        counts, pace = self.shown.counts, self.shown.pace
        done = (counts_bar(counts.ok, counts.failed, counts.of, BAR), f"{counts.finished:,} of {counts.of:,} finished")
        return [
            Para(parts=done if counts.of else ("Nothing runs.",), mark="  "),
            Para(parts=self._counts, mark="  "),
            *self._pace,
            _line("Left", self._left, "warn" if pace.slow else ""),
            _line("Next", self._next, right=self._deadline),
            *([Para(f"  ! {self.stall.words}: v has ids for support", "warn")] if self.stall is not None else []),
        ]

    @property
    def _counts(self) -> tuple[Cell, ...]:
        counts = self.shown.counts
        each = (
            (counts.failed, "✗", "failed", "bad"),
            (counts.running, "»", "restoring", "moving"),
            (counts.waiting, "·", "waiting", ""),
        )
        restored = Cell(f"✓ {counts.ok:,} restored", "good")
        return (restored, *(Cell(f"{mark} {number:,} {word}", tone) for number, mark, word, tone in each if number))

    @property
    def _pace(self) -> list[Para]:
        pace = self.shown.pace
        best = f"best {pace.best_hour:,} in an hour" if pace.last_hour is None else f"best {pace.best_hour:,}"
        hour = "" if pace.last_hour is None else f"{pace.last_hour:,} in the last hour"
        words = ", ".join(filter(None, (hour, best if pace.best_hour else ""))) or "not measured yet"
        rows = tall_sparkline(pace.steps if pace.best_hour and self.chart else (), PACE, 2 if self.tall else 1)
        if not any(rows):
            return [_line("Pace", words)]
        *above, lowest = rows
        if above:  # Where there is room for two rows, what they say is beside them and not at the other end.
            rows_above = [_line("", parts=(Cell(row, "moving"),)) for row in above]
            return [*rows_above, _line("Pace", parts=(Cell(lowest, "moving"), words))]
        return [_line("Pace", parts=(Cell(lowest, "moving"),), right=words)]

    @property
    def _left(self) -> str:
        """How long the rest may take beside the figure of Microsoft, in the longest words that fit."""
        pace = self.shown.pace
        if not pace.left:
            return "nothing: all units have ended."
        last = ""
        if pace.last_finished is not None and not pace.slow:
            last = f" Last one {clock_words(pace.last_finished, self.zone, self.now)}."
        measured, figure = sentence(pace.left_words), f"{pace.microsoft_words}."
        brief = f"Microsoft's figure: {figure.rpartition(' is ')[2]}"
        ways = (f"{measured} {figure}{last}", f"{measured} {figure}", f"{measured} {brief}")
        return next((words for words in ways if width_of(words) <= LEFT), ways[-1])

    @property
    def _next(self) -> str:
        shown, plan = self.shown, self.plan
        if plan is None:
            return "enter opens the sessions, enter there the units."
        if shown.ended:
            return "f retries what failed." if shown.counts.failed else "e writes the report."
        if plan.record.paused:
            return "paused: nothing more is started (p continues)"
        if shown.lacks_runner:
            return f"{NOBODY} (c continues)"
        if (missing := next((wave for wave in shown.waves if wave.lacks_drafts), None)) is not None:
            return f"a draft of wave {missing.index + 1} is missing (R drafts it again, x leaves it out)"
        if shown.next_yes is not None:
            return f"wave {shown.next_yes + 1} waits for your yes (c)"
        return plan.runner.doing if plan.runner is not None else "what runs continues; nothing else can start"

    @property
    def _deadline(self) -> str:
        """Until when restores are allowed, or when the first point that is needed expires: whatever comes first."""
        found = []
        if (until := self.service.restores_until) is not None:
            verb = "were" if until <= self.now else "are"
            found.append((until, f"restores {verb} allowed until {day_words(until, self.zone, self.now)}"))
        if (expires := self.shown.expires) is not None and expires - self.now < SOON:
            found.append((expires, f"first point expires {day_words(expires, self.zone, self.now)}"))
        return min(found)[1] if found else ""

    # -- the sections ------------------------------------------------------------------------------------------------

    @property
    def sections(self) -> list[Para]:
        """What waits and what failed, below the waves."""
        lines: list[Para] = []
        if self.shown.waiting:
            lines.append(Para(self._waiting_title, "section"))
            waiting = tuple(self.waiting_words(one) for one in self.shown.waiting)
            beside = width_of((" " * GAP).join(waiting)) <= CAUSE
            lines += [Para(parts=parts, mark="  ") for parts in ([waiting] if beside else [(one,) for one in waiting])]
        if self.shown.causes:
            lines.append(Para(self._failed_title, "section"))
            lines += [Para(parts=(line,), mark="  ") for line in cause_lines(self.shown.causes[:MOST_CAUSES])]
        return lines

    @property
    def pane_lines(self) -> list[Section | str]:
        """The same in the pane of a large terminal."""
        lines: list[Section | str] = []
        if self.shown.waiting:
            lines += ["", Section(self._waiting_title), *(self.waiting_words(one) for one in self.shown.waiting)]
        if self.shown.causes:
            lines += ["", Section(self._failed_title)]
            for cause in self.shown.causes:
                words, service = cause_words(cause), _service(cause, self.shown.causes)
                lines += [f"{cause.units:,}  {service}{words[0]}", *(f"   {line}" for line in words[1:] if line)]
        return lines

    @property
    def _waiting_title(self) -> str:
        return f"Waiting {self.shown.counts.waiting:,}, and why"

    @property
    def _failed_title(self) -> str:
        return f"Failed {self.shown.counts.failed:,}, by cause"

    def waiting_words(self, one: Waiting) -> str:
        """`250  wave 4: needs your yes`, with the next look where it is known."""
        wave = f"wave {one.wave + 1}: " if one.wave is not None else ""
        look = f", looks again {clock_words(one.next_look, self.zone, self.now)}" if one.next_look is not None else ""
        return f"{one.units:,}  {wave}{one.words}{look}"

    # -- a wave ------------------------------------------------------------------------------------------------------

    def cells(self, wave: WaveProgress) -> tuple[Cell, ...]:
        counts, state = wave.counts, wave.state
        return (
            Cell(wave_title(wave)),
            Cell(_ended_words(wave)),
            Cell(f"{state.mark} {state.word}", state.tone.value),
            counts_bar(counts.ok, counts.failed, counts.of, WAVE_BAR),
            Cell(f"{counts.ok:,}"),
            Cell(f"{counts.failed:,}", "bad" if counts.failed else ""),
            Cell(f"{counts.running:,}"),
            Cell(f"{counts.waiting:,}"),
            Cell(f"{counts.of:,}"),
        )

    def about(self, wave: WaveProgress) -> list[Section | str]:
        """What is said about a wave in the two lines below the list."""
        ids = [short_id(one) for one in wave.session_ids]
        right = f"session{'s' if len(ids) > 1 else ''} {', '.join(ids)}" if ids else "no draft yet"
        few = f"{len(ids):,} sessions" if len(ids) > 1 else ""
        return [Section(_name(wave), right=right, shorter=(few,)), self._about(wave)]

    def pane(self, wave: WaveProgress) -> list[Section | str]:
        """What is said in the pane of a large terminal: the wave, what waits and what failed, then its sessions."""
        few = counted(len(wave.session_ids), "session") if wave.session_ids else "no draft yet"
        lines = [Section(_name(wave), right=few), self._about(wave), *self.pane_lines]
        lines += ["", Section("Sessions"), *(self._session_line(wave, place) for place in _worst_first(wave))]
        return lines

    def _about(self, wave: WaveProgress) -> str:
        counts = wave.counts
        whys = dict.fromkeys(part.why.words for part in wave.parts if part.why is not None)
        waits = f"{counts.waiting:,} wait: {'; '.join(whys)}." if counts.waiting else "Nothing waits here."
        failed = f"{counts.failed:,} failed." if counts.failed else ""
        moves = [part.state.last_finished for part in wave.parts if part.state is not None and part.state.last_finished]
        last = f"Last one {clock_words(max(moves), self.zone, self.now)}." if moves else ""
        return " ".join(filter(None, (waits, failed, last)))

    def _session_line(self, wave: WaveProgress, place: int) -> str:
        part = wave.parts[place]
        counts, row = part.counts, part.row
        word = f"{counts.failed:,} failed" if counts.failed else row.state.word if row is not None else ""
        state = f"{row.state.mark} {word}" if row is not None else "○ no draft yet"
        again = ", again" if part.part.again_of else ""
        name = short_id(part.session_id) if part.session_id else f"part {part.part.number}"
        return f"{name}  {state}  {counts.finished:,}/{counts.of:,}{again}"

    def everything(self, support: Sequence[str] = ()) -> list[str]:
        """All of it as text, to read and to copy. `support`: what a support case needs, first."""
        head = [line for para in self.head if (line := _plain(para))]
        waves = [" ".join(cell.text for cell in self.cells(wave) if cell.text) for wave in self.shown.waves]
        sessions = [
            f"  {self._session_line(wave, place)}  {part.session_id}"
            for wave in self.shown.waves
            for place, part in enumerate(wave.parts)
        ]
        pane = [line if isinstance(line, str) else line.title for line in self.pane_lines]
        first = [*support, ""] if support else []
        return [*first, self.title.text, *head, "", *waves, "", "Sessions", *sessions, *pane]


def _plain(para: Para) -> str:
    parts = "   ".join(part if isinstance(part, str) else part.text for part in para.parts)
    return f"{para.mark}{para.text or parts}{para.right and f'   {para.right}'}".rstrip()


def _line(label: str, text: str = "", look: str = "", *, parts: tuple[str | Cell, ...] = (), right: str = "") -> Para:
    return Para(text, look, f"  {label:<8}", parts, right, mark_tone="dim")


def _ended_words(wave: WaveProgress) -> str:
    """`0/3 ended`, of its sessions; the word gives way where there are many."""
    figures = f"{wave.ended:,}/{len(wave.parts):,}"
    return f"{figures} ended" if len(figures) + len(" ended") <= SESSIONS else figures


def _name(wave: WaveProgress) -> str:
    return f"Wave {wave_title(wave)}" if wave.index >= 0 else wave.name


def _worst_first(wave: WaveProgress) -> list[int]:
    """Places of the sessions of a wave: those with failures, then those that are not finished, then the others."""
    counts = [part.counts for part in wave.parts]
    return sorted(range(len(counts)), key=lambda at: (-counts[at].failed, counts[at].finished >= counts[at].of))


def wave_title(wave: WaveProgress) -> str:
    """`2 finance`; of restores outside a plan what they have in common."""
    return f"{wave.index + 1} {wave.name}" if wave.index >= 0 else wave.name


def kinds_text(shown: PlanProgress) -> Text:
    """`Exchange IN PLACE`, `2 services IN PLACE and new`: IN PLACE is never left out."""
    services = list(dict.fromkeys(service.label for service, _to in shown.kinds))
    places = {to for _service, to in shown.kinds}
    if not services:
        return ""
    name = services[0] if len(services) == 1 else f"{len(services)} services"
    if Destination.IN_PLACE not in places:
        return f"{name} new"
    return (f"{name} ", Cell("IN PLACE", "danger"), " and new" if len(places) > 1 else "")


def cause_words(cause: FailedCause) -> tuple[str, str, str]:
    """What it is in few words, in more, and what to do about it."""
    if cause.code is None:
        return "cause not read yet", "", ""
    known = explain(cause.code, cause.service, destination=cause.destination)
    return known.cause, known.detail, known.remedy.value


def cause_lines(causes: Sequence[FailedCause]) -> list[str]:
    """`4  cannot be restored  held, locked or split off  hold removed, then retry`, a line each, in columns."""
    services = [_service(cause, causes) for cause in causes]
    wide = max(map(width_of, services))
    rows = [
        (f"{cause.units:,}", f"{service:<{wide}}{words}", *more)
        for cause, service in zip(causes, services, strict=True)
        for words, *more in (cause_words(cause),)
    ]
    count, words, detail = (max(width_of(row[place]) for row in rows) for place in range(3))
    lines = [f"{row[0]:>{count}}  {row[1]:<{words}}  {row[2]:<{detail}}  {row[3]}".rstrip() for row in rows]
    if all(width_of(line) <= CAUSE for line in lines):
        return lines
    return [f"{row[0]:>{count}}  {row[1]:<{words}}  {row[3]}".rstrip() for row in rows]


def _service(cause: FailedCause, among: Sequence[FailedCause]) -> str:
    """`Exchange  `, where the causes are of several services; the same cause has another remedy in each."""
    several = len({one.service for one in among}) > 1
    return f"{service_label(cause.service)}  " if several else ""


def event_lines(store: Store, session_ids: Set[str], zone: ZoneInfo, now: datetime, most: int) -> list[str]:
    """The last changes to some sessions, sent from here or seen at the service, the newest first."""
    lines: list[str] = []
    for key in activity_keys(store, changes_only=True):
        line = activity_line(store, key)
        if line is None or not _touches(line, session_ids):
            continue
        at = line.started if isinstance(line, CallRecord) else line.at
        lines.append(f"{clock_words(at, zone, now)}  {what_words(line)}")
        if len(lines) == most:
            break
    return lines or ["Nothing yet."]


def _touches(line: ActivityLine, session_ids: Set[str]) -> bool:
    if isinstance(line, CallRecord):
        return any(session_id and session_id in line.path for session_id in session_ids)
    if isinstance(line, SeenLine):
        return line.session_id in session_ids
    return bool({line.session_id, line.target} & session_ids)
