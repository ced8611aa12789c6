"""The view of the form of a new restore: its parts, their texts, and what is resumed when it opens."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

from textual import events, on
from textual.app import ComposeResult
from textual.timer import Timer

from backup_tui.config import named_zone
from backup_tui.models.focus import Focus
from backup_tui.models.services import Service
from backup_tui.models.text import short_id
from backup_tui.models.times import span_words
from backup_tui.restore.drafts.form import RestoreForm
from backup_tui.restore.points.moments import show_utc
from backup_tui.restore.points.points import UnitPoint
from backup_tui.store.changes import Change, Topic
from backup_tui.store.freshness import units_of
from backup_tui.ui.frame.input_gate import takes_text
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.new_restore import text as words
from backup_tui.ui.new_restore.commands import FormCommandContext
from backup_tui.ui.new_restore.drafting import Drafting
from backup_tui.ui.new_restore.fields import RestoreFields
from backup_tui.ui.new_restore.suggestions import Suggestions
from backup_tui.ui.new_restore.text import point_kind
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.form_parts import ActLine, AskLine
from backup_tui.ui.widgets.list_and_pane import ListAndPane
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.short_addresses import shared_part, shown_part, without_part
from backup_tui.ui.widgets.table import RowTable
from backup_tui.ui.widgets.time_format import clock_words


class PointRows:
    """Rows of a `RowTable`."""

    def __init__(self, drafting: Drafting) -> None:
        self._drafting = drafting
        self._keys: tuple[str, ...] = ()
        self._names: dict[str, str] = {}
        self._start = ""
        self._form: RestoreForm | None = None

    @property
    def form(self) -> RestoreForm:
        return self._drafting.form

    def keys(self) -> Sequence[str]:
        form = self.form
        if form is not self._form:
            self._form = form
            self._names = {unit.unit_id: unit.name or unit.unit_id for unit in form.units}
            self._start = shared_part(self._names.values())
        known = [row.unit_id for row in self._drafting.lookups.table(form).rows]
        shown = set(known)
        keys = (*known, *(unit_id for unit_id in form.unit_ids if unit_id not in shown))
        if keys != self._keys:
            self._keys = keys
        return self._keys

    def point(self, unit_id: str) -> UnitPoint | None:
        return self._drafting.lookups.point(self.form, unit_id)

    def cells(self, key: str) -> Sequence[Cell]:
        name = without_part(self._names[key], self._start)
        local = self.form.zone != "UTC"
        row = self.point(key)
        own = key in self.form.own_times
        blank = [Cell("")] * (2 if local else 1)
        if row is None:
            looking = "looking" if self._drafting.lookups.looking_points else "not yet"
            return (Cell(name), Cell("own time" if own else looking, "dim"), *blank, Cell(""))
        now = self._drafting.now
        tone = "bad" if not row.usable else "warn" if row.is_far(now) else ""
        kind = Cell(point_kind(row, own) if row.time else "own time" if own else "", tone if not row.usable else "")
        if row.time is None or row.gap is None:
            return (Cell(name, tone), Cell("none", tone), *blank, kind)
        return (
            Cell(name, tone),
            Cell(show_utc(row.time, now)),
            *([Cell(_local(row.time, self.form.zone))] if local else []),
            Cell(span_words(row.gap), tone),
            kind,
        )

    def flags(self) -> dict[str, str]:
        """`!` at rows that want a look: no point, a far one, or not taken by the service."""
        now = self._drafting.now
        flags = dict.fromkeys(self._drafting.not_in_it, "!")
        for row in self._drafting.lookups.table(self.form).rows:
            if not row.usable or row.is_far(now):
                flags[row.unit_id] = "!"
        return flags

    def columns(self) -> tuple[Column, ...]:
        self.keys()
        service, zone = self.form.service, self.form.zone
        title = {Service.EXCHANGE: "Mailbox", Service.ONEDRIVE: "Account"}.get(service, "Site")
        city = zone.rpartition("/")[2].replace("_", " ")
        return (
            Column("unit", f"{title} {shown_part(self._start)}".rstrip(), 26, cut="middle", least=14),
            Column("point", "Point UTC", 12),
            *(() if zone == "UTC" else (Column("local", city, 7, drop=1),)),
            Column("gap", "Earlier", 7),
            Column("kind", "Kind", 8),
        )


def _local(moment: datetime, zone: str) -> str:
    """`14:00` in the zone; with its day where that is another one than in UTC."""
    local = moment.astimezone(named_zone(zone))
    return f"{local:%H:%M}" if local.date() == moment.date() else f"{local.day} {local:%b %H:%M}"


POINTS_AFTER = 0.3  # seconds without another key press after which points are looked for


class FormView(BaseScreen, inherit_bindings=False):
    """What the form shows; `NewRestore` is what is done with it. `form`: what it starts with; None takes up the form in
    progress, or an empty one."""

    def __init__(self, form: RestoreForm | None = None) -> None:
        super().__init__()
        self._given = form
        self._soon: Timer | None = None
        self._taking_up = False

    # -- what it is made of ----------------------------------------------------------------------------------

    @cached_property
    def drafting(self) -> Drafting:
        """The form behind the fields; there from the first frame on."""
        return Drafting(self.ws, self.program.start, self.say)

    @cached_property
    def _rows(self) -> PointRows:
        return PointRows(self.drafting)

    @property
    def fields(self) -> RestoreFields:
        return self.query_one(RestoreFields)

    @property
    def table(self) -> RowTable:
        return self.query_one(RowTable)

    @property
    def act(self) -> ActLine:
        return self.query_one(ActLine)

    @property
    def asking(self) -> AskLine:
        return self.query_one(AskLine)

    def compose_body(self) -> ComposeResult:
        yield Paragraphs(id="form-barred")
        yield RestoreFields(self.drafting)
        yield ListAndPane(RowTable((), gap=2, cursor_needs_focus=True), lines=0)
        yield ActLine("Create draft")
        yield AskLine()

    def focus_on(self) -> Focus:
        return Focus(screen="form")

    def context(self) -> FormCommandContext:
        drafting = self.drafting
        focused = self.focused
        return FormCommandContext(
            row=self.row,
            read_only=self.program.workspace.read_only,
            typing=takes_text(focused),
            on_table=isinstance(focused, RowTable),
            can_undo=drafting.can_undo,
            units=len(drafting.form.units),
            without_point=len(self.without_point()),
            busy=drafting.busy is not None,
            missing=" ".join(words.blocked(drafting.form, drafting.lookups) or ()).strip() or None,
            changing=drafting.form.draft_id is not None,
            choosing=self.fields.suggestions.is_open,
            asking=self.asking.is_open,
            acting=focused is self.act,
            act=words.act_label(drafting.form, drafting.exists, plan=drafting.is_plan).lower(),
        )

    # -- life ------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self.drafting.listeners.subscribe(self.show)
        self.table.columns = self._rows.columns()
        self.table.source = self._rows
        self.fields.stops[0].focus()
        self.show()
        if self.ws.is_open:
            self.opened()

    def opened(self) -> None:
        super().opened()
        if not self._taking_up:  # the workspace may come up between the first frame and this screen's own look at it
            self._taking_up = True
            self.program.start(self._take_up(), "take the form up")

    async def _take_up(self) -> None:
        await self.drafting.take_up(self._given)
        if self.is_open:
            self.fields.stops[0].focus()
            self.show()

    def on_unmount(self) -> None:
        self.drafting.listeners.end(self.show)
        self.drafting.close()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self.drafting.taken_up:
            self.program.start(self.drafting.take_up_again(), "take the form up again")

    def changed(self, change: Change) -> None:
        if Topic.UNITS in change.topics:
            self.show()
            self.fields.suggest_again()
        elif Topic.CONNECTION in change.topics:
            self._show_act()

    def show(self) -> None:
        """Shows the form as it is, and looks for points when the typing pauses."""
        if not self.is_open or not self.query(AskLine):
            return
        drafting = self.drafting
        self.fields.show(self.ws.store.freshness(units_of(drafting.form.service)))
        columns = self._rows.columns()
        if columns != self.table.columns:
            self.table.columns = columns
        self.table.empty = self._empty_words()
        self.table.reconcile()
        if not self.table.has_focus and self.table.row_count:
            self.table.move_to(self._rows.keys()[0])
        self.table.flags = self._rows.flags()
        self._show_act()
        self._tell_row()
        self.refresh_frame()
        if drafting.lookups.lacking(drafting.form) and drafting.lookups.points_error is None:
            self._look_soon()

    def _empty_words(self) -> str:
        form = self.drafting.form
        if form.waiting or form.problems:
            return ""
        return f"The {form.service.names.units} and their points appear here."

    def _show_barred(self) -> None:
        workspace = self.program.workspace
        told = [
            Para(f"{what} {reason}", look)
            for what, reason, look in (
                ("No draft can be made of this.", workspace.read_only or workspace.barred("restore"), "bad"),
                ("Accounts and sites cannot be looked up.", workspace.barred("protection"), "warn"),
                ("Points cannot be looked up.", workspace.barred("points"), "warn"),
            )
            if reason is not None
        ]
        self.query_one("#form-barred", Paragraphs).show(told)

    def _show_act(self) -> None:
        drafting = self.drafting
        self._show_barred()
        form = drafting.form
        label = words.act_label(form, drafting.exists, plan=drafting.is_plan)
        blocked = words.blocked(form, drafting.lookups)
        if drafting.busy is not None:
            step = drafting.busy
            of = f": {step.done:,} of {step.of:,}" if step.of > 1 else ""
            self._tell_act(label, f"{step.step}{of}", ready=False)
        elif self.program.workspace.read_only is not None:
            self._tell_act(label, "not possible, this was opened to read only", ready=False)
        elif self.program.workspace.barred("restore") is not None:
            self._tell_act(label, "not possible with this sign-in, see above. The form is kept.", ready=False)
        elif (locked := self.ws.store.connection.service.no_restore) is not None:
            self._tell_act(
                label, f"not possible now: {locked}. The form is kept.", ready=False, shorter=f"not now: {locked}"
            )
        elif drafting.trouble is not None:
            self._tell_act(label, drafting.trouble, ready=False)
        elif blocked is not None:
            what, hint = blocked
            what = f"not yet: {what[:1].lower()}{what[1:]}"
            self._tell_act(label, f"{what} {hint}" if hint else what.rstrip("."), ready=False, shorter=what.rstrip("."))
        elif drafting.look_for_equal() and (exists := drafting.exists) is not None:
            what = f"draft {short_id(exists.session_id)} holds this already"
            when = clock_words(exists.at, self.ws.zone, drafting.now)
            self._tell_act(label, f"{what}, made {when}; enter opens it", ready=True, shorter=f"{what}; enter opens it")
        else:
            text = words.ready_words(form, drafting.lookups.plan_words(form) if drafting.is_plan else "")
            self._tell_act(label, f"{text}; nothing starts before its review", ready=True, shorter=text)

    def _tell_act(self, label: str, text: str, *, ready: bool, shorter: str = "") -> None:
        self.act.tell(label, self.keyed(text), ready=ready, shorter=self.keyed(shorter))

    def _tell_row(self) -> None:
        """All about the row under the cursor: beside the table, or why it cannot be used in the line of the points."""
        unit_id = self.row
        drafting = self.drafting
        point = drafting.lookups.point(drafting.form, unit_id) if unit_id else None
        lines = words.point_words(point, drafting.form, drafting.now) if point else []
        refused = drafting.not_in_it.get(unit_id or "")
        if refused is not None:
            lines = [*lines, "", f"Not in the draft. {refused}".strip()]
        self.query_one(ListAndPane).tell(lines)
        note = None
        if self.table.has_focus and point is not None and (refused or point.refused):
            note = words.Note(f"{point.name}: {refused or point.refused}", "bad")
        self.fields.say_about_points(note)

    def on_row_table_highlighted(self) -> None:
        self._tell_row()
        self.refresh_frame()

    @on(Suggestions.Changed)
    def _other_matches(self) -> None:
        self.refresh_frame()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        if isinstance(event.widget, RowTable):
            self._tell_row()
        moment = self.drafting.form.moment.strip()
        if self.drafting.zone_to_ask and moment not in ("", "latest") and not takes_text(event.widget):
            # Not while anything is being typed: the question would take the keys.
            self.drafting.zone_to_ask = False
            self.ask("zone", "In which zone do you type times", self.drafting.form.zone, "", "f2 changes it later")
        self._show_act()
        self.refresh_frame()

    def way_out_of_field(self, key: str) -> str | None:
        out = super().way_out_of_field(key)
        return "Tab" if out and self.is_own_key(key) and not self.asking.is_open else out

    def _look_soon(self) -> None:
        if self._soon is not None:
            self._soon.stop()
        self._soon = self.set_timer(POINTS_AFTER, self.drafting.find_points)

    def without_point(self) -> frozenset[str]:
        """Ids of the units whose point was looked for and is none that can be used."""
        rows = self.drafting.lookups.table(self.drafting.form).unusable
        return frozenset(row.unit_id for row in rows)

    def ask(self, question: str, label: str, value: str, about: str, note: str) -> None:
        """Puts a question in place of the line that acts; `AskLine.Answered` brings the answer."""
        self.act.display = False
        self.asking.ask(question, label, value, about, note)
        self.refresh_frame()
