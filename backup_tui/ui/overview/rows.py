"""The rows of the overview: what is running, what needs a person, backup by service, the service, recent events."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from backup_tui.models.calls import CallRecord
from backup_tui.models.services import Destination, Service
from backup_tui.models.text import short_id
from backup_tui.store.progress import progress, started_at
from backup_tui.store.summary import Need, NeedKind, needs_you
from backup_tui.store.views import activity_keys, activity_line, session_keys
from backup_tui.ui.frame.commands import key_name
from backup_tui.ui.overview.text import backup_cells, need_cells, remaining_word, to_cell
from backup_tui.ui.vocabulary.changes import unknown_targets, what_words
from backup_tui.ui.vocabulary.names import service_label
from backup_tui.ui.vocabulary.service import control_words, mail_words, state_words
from backup_tui.ui.widgets.cells import cut
from backup_tui.ui.widgets.charts import counts_bar
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell
from backup_tui.ui.widgets.time_format import clock_words, day_words
from backup_tui.workspace import Workspace

if TYPE_CHECKING:
    from backup_tui.plans.progress import PlanProgress

_BAR = 11
_WIDE = 76  # cells of the list from which on a bar appears beside the counts
_ROOMY = 100  # cells of the list from which on all columns have room

NEED_COLUMNS = (
    Column("what", "What", 20, grow=1, least=20),
    Column("count", "", 3, align="right"),
    Column("key", "", 5),
)
BACKUP_COLUMNS = (
    Column("service", "Service", 10),
    Column("protected", "Protected", 9, align="right"),
    Column("policy", "Policy", 19),
    Column("last", "Last restore", 13, drop=1),
    Column("days", "Last 14 days", 14, drop=2),
)
SERVICE_COLUMNS = (Column("what", "What", 10), Column("words", "Words", 20, grow=1, least=20))
EVENT_COLUMNS = (Column("time", "Time", 5), Column("what", "What", 20, grow=1, least=20))
EVENTS = 10  # how many of the last changes are listed

PLAN_ROW, YES_ROW, FAILED_PLAN_ROW = "plan", "yes", "plan-failed"
"""First parts of the keys of plans: of one that runs, of one that waits for a person, and of one with failures."""

RUNNING_ROW = "running"  # first part of the keys of the first table; the rest is the session's id


def running_columns(width: int, *, more: bool) -> tuple[tuple[Column, ...], int]:
    """The columns of what runs, and the cells between two of them. `width`: cells of the list. `more`: whether it also
    says when a restore started, and its pace."""
    bar, close = width >= _WIDE, more and is_close(width)
    columns = (
        Column("service", "Service", 10),
        Column("id", "Id", 8),
        Column("to", "To", 8),
        Column("bar", "" if close else "Done", 3 if close else _BAR, least=3, grow=int(close), hidden=not bar),
        Column("done", "" if bar and not close else "Done", 7 if close else 10, align="right"),
        Column("failed", "Failed", 6, align="right"),
        Column("left", " Left" if close else "Left", 9 if close else 8),
        Column("started", "Started", 7, drop=2, hidden=not more),
        Column("pace", "Per hour", 8, align="right", drop=1, hidden=not more),
    )
    return columns, 2 if bar and not close else 1


def is_close(width: int) -> bool:
    """Whether all columns together need every cell of such a list."""
    return width < _ROOMY


class RunningRows:
    """The restores that run. `bar`: gives the cells of the bar's column, 0 where there is none. `short`: gives whether
    counts and days are written short."""

    def __init__(self, workspace: Workspace, bar: Callable[[], int], short: Callable[[], bool]) -> None:
        self._ws = workspace
        self._bar = bar
        self._short = short
        self.all_plans: dict[str, PlanProgress] = {}  # the plans by their names, as they were gathered last
        self.plans: dict[str, PlanProgress] = {}  # those that have not ended

    def keys(self) -> Sequence[str]:
        store = self._ws.store
        plans = [f"{PLAN_ROW}:{name}" for name in self.plans if self.shows(name)]
        return (*plans, *(f"{RUNNING_ROW}:{key}" for key in session_keys(store) if store.sessions[key].running))

    def shows(self, name: str) -> bool:
        """Whether a plan is listed: something of it runs, or is to start without anybody's doing."""
        shown, plan = self.plans[name], self._ws.plans.by_name.get(name)
        return shown.runs or (plan is not None and plan.runner is not None and not shown.waits_for_person)

    def gather(self) -> None:
        """Looks at the plans again."""
        ws = self._ws
        if not ws.plans.by_name:
            self.all_plans = self.plans = {}
            return
        from backup_tui.plans.progress import plan_progress  # late: most tenants have no plan

        limits, now = ws.settings.limits, ws.clock.now()
        self.all_plans = {
            name: plan_progress(plan.record, ws.store, plan.runner, now, limits)
            for name, plan in ws.plans.by_name.items()
        }
        self.plans = {name: shown for name, shown in self.all_plans.items() if not shown.ended}

    def about(self, name: str) -> list[Section | str]:
        """What is said about a plan; nothing once it has ended."""
        if (shown := self.plans.get(name)) is None:
            return []
        counts = shown.counts
        right = f"{counts.running:,} restoring, {counts.waiting:,} waiting"
        return [Section(f"Plan {name}", right=right), f"{counts.ok:,} restored. enter opens it as one screen."]

    def _apart(self, left: Cell) -> Cell:
        """What is left, where one blank alone would join it to the number of failed units."""
        return Cell(f" {left.text}", left.tone) if self._short() else left

    def _plan_cells(self, shown: "PlanProgress") -> Sequence[Cell]:
        counts, pace, zone, now = shown.counts, shown.pace, self._ws.zone, self._ws.clock.now()
        places = {place for _service, place in shown.kinds}
        left = pace.range.words.replace("under ", "<") if pace.range is not None else ""
        return (
            Cell("Plan"),
            Cell(cut(shown.name, 12)),
            Cell("IN PLACE", "bad") if Destination.IN_PLACE in places else Cell("new"),
            counts_bar(counts.ok, counts.failed, counts.of, self._bar()),
            Cell(f"{counts.finished:,}{'/' if self._short() else ' of '}{counts.of:,}"),
            Cell(f"{counts.failed:,}", "bad" if counts.failed else ""),
            self._apart(Cell("! slow", "warn") if pace.slow else Cell(left or "too early")),
            Cell(clock_words(pace.begun, zone, now) if pace.begun is not None else "-"),
            Cell("-" if pace.last_hour is None else f"{pace.last_hour:,}"),
        )

    def cells(self, key: str) -> Sequence[Cell]:
        store, zone, now = self._ws.store, self._ws.zone, self._ws.clock.now()
        kind, _, rest = key.partition(":")
        if kind == PLAN_ROW:
            return self._plan_cells(self.plans[rest])
        row = store.sessions[rest]
        state = progress(store, row.id, now)
        total = f"{row.total:,}" if row.total is not None else "?"
        done = f"{row.finished or 0:,}{'/' if self._short() else ' of '}{total}"
        started, pace = started_at(store, row), state.finished_last_hour if state else None
        begun = ""
        if started is not None:
            today = started.astimezone(zone).date() == now.astimezone(zone).date()
            begun = clock_words(started, zone, now) if today else day_words(started, zone, now)
        return (
            Cell(service_label(row.service)),
            Cell(short_id(row.id)),
            to_cell(row.destination),
            counts_bar(row.completed or 0, row.failed or 0, row.total, self._bar()),
            Cell(done),
            Cell(f"{row.failed or 0:,}", "bad" if row.failed else ""),
            self._apart(remaining_word(state, row.status)),
            Cell(begun or "-"),
            Cell("-" if pace is None else f"{pace:,}"),
        )


class NeedRows:
    """What needs a person, as it was gathered last. All that a plan needs is in one or two rows of its own. `width`:
    gives the cells of a line. `running`: the rows above, which know the plans."""

    def __init__(self, workspace: Workspace, width: Callable[[], int], running: RunningRows) -> None:
        self._ws = workspace
        self._width = width
        self._running = running
        self.needs: dict[str, Need] = {}  # by the keys of their rows

    def gather(self) -> None:
        """Looks at the store again, and at the plans as the rows above have gathered them."""
        store, plans = self._ws.store, self._running.all_plans
        # What may have been started is no longer a draft to be started: its unknown outcome is what needs a person.
        unclear = unknown_targets(store.intents)
        plan_of = {part.session_id: name for name, shown in plans.items() for part in shown.parts if part.session_id}
        self.needs = {}
        for need in needs_you(store, self._ws.clock.now()):
            plan = plan_of.get(need.id)
            if need.kind is NeedKind.FAILED and plan is not None:
                if plans[plan].counts.failed:
                    self.needs.setdefault(f"{FAILED_PLAN_ROW}:{plan}", _failures_of(plans[plan], need))
            elif need.kind is not NeedKind.DRAFT or not (need.id in unclear or self._has_row(plan)):
                self.needs[f"{need.kind.value}:{need.id}"] = need

    def _has_row(self, plan: str | None) -> bool:
        """Whether a plan has a row from which its drafts are reached."""
        shown = self._running.plans.get(plan or "")
        return shown is not None and (bool(shown.waits_for_person) or self._running.shows(shown.name))

    def keys(self) -> Sequence[str]:
        waiting = (f"{YES_ROW}:{name}" for name, shown in self._running.plans.items() if shown.waits_for_person)
        return (*waiting, *self.needs)

    def cells(self, key: str) -> Sequence[Cell]:
        kind, _, name = key.partition(":")
        if kind == YES_ROW:
            return self._with_own_key(_plan_need_cells(self._running.plans[name]))
        need, zone, now = self.needs[key], self._ws.zone, self._ws.clock.now()
        if need.kind is NeedKind.POLICY and need.count is None:
            need = replace(need, count=self._unprotected(need))
        return self._with_own_key(need_cells(need, now, mine=self.is_mine(need), zone=zone, width=self._width()))

    def _with_own_key(self, cells: Sequence[Cell]) -> Sequence[Cell]:
        """The cells of a row with the key that a person chose for what its last cell names."""
        *others, key = cells
        chosen = self._ws.settings.keys.get({"f": "again", "enter": "open"}.get(key.text, ""))
        return cells if chosen is None else (*others, Cell(key_name(chosen[0]).replace("ctrl+", "^")))

    def _unprotected(self, need: Need) -> int | None:
        """How many units of a policy are not protected, once its units were listed."""
        units = self._ws.store.units[need.service] if need.service is not None else {}
        mine = [row for row in units.values() if row.policy_id == need.id]
        return sum(row.state.value == "unprotected" for row in mine) if mine else None

    def is_mine(self, need: Need) -> bool:
        """Whether it is a draft of the person who is signed in."""
        row = self._ws.store.sessions.get(need.id)
        me = self._ws.who.object_id
        return need.kind is NeedKind.DRAFT and row is not None and me is not None and row.created_by_id == me


def _plan_need_cells(shown: "PlanProgress") -> Sequence[Cell]:
    """The line of a plan that waits for a person."""
    wait = shown.waits_for_person[0]
    words = f" Plan {shown.name}: {wait.words}"
    if shown.next_yes is not None and not shown.lacks_runner:
        wave = shown.waves[shown.next_yes]
        wait = replace(wait, units=wave.counts.waiting)
        words = f" Plan {shown.name}: wave {wave.index + 1}, {wave.name}, waits for your yes"
    return Cell(f"!{words}", parts=(Cell("!", "warn"), Cell(words))), Cell(f"{wait.units:,}"), Cell("enter")


def _failures_of(shown: "PlanProgress", newest: Need) -> Need:
    """What has failed in a plan for now. `newest`: the newest of its sessions with failures."""
    causes = tuple((cause.code, cause.units) for cause in shown.causes if cause.code is not None)
    plan = f"Plan {shown.name}"
    return replace(newest, id="", count=shown.counts.failed, causes=causes, running=shown.runs, words=plan)


class BackupRows:
    """Policies, last restore and restored units of each service."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace

    def keys(self) -> Sequence[str]:
        return tuple(f"backup:{service.value}" for service in Service)

    def cells(self, key: str) -> Sequence[Cell]:
        return backup_cells(self._ws.store, Service(key.partition(":")[2]), self._ws.zone, self._ws.clock.now())


class ServiceRows:
    """State, control and mails of the service, a line each."""

    ROWS = ("service:state", "service:control", "service:mails")

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace

    def keys(self) -> Sequence[str]:
        return self.ROWS

    def cells(self, key: str) -> Sequence[Cell]:
        title, words_of = {
            "service:state": ("State", state_words),
            "service:control": ("Control", control_words),
            "service:mails": ("E-mail", mail_words),
        }[key]
        said = words_of(self._ws.store, self._ws.zone, self._ws.clock.now())
        return Cell(title), Cell(said.words, said.look)


class EventRows:
    """The last changes, sent from here or seen at the service."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace

    def keys(self) -> Sequence[str]:
        return tuple(f"event:{key}" for key in activity_keys(self._ws.store, changes_only=True)[:EVENTS])

    def cells(self, key: str) -> Sequence[Cell]:
        line = activity_line(self._ws.store, key.partition(":")[2])
        if line is None:
            raise KeyError(key)
        at = line.started if isinstance(line, CallRecord) else line.at
        return Cell(clock_words(at, self._ws.zone, self._ws.clock.now())), Cell(what_words(line))
