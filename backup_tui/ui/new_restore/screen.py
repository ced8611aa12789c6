"""The form of a new restore: what, from when, where to; and the draft that is made of it.

Nothing in it is lost: every change is kept on this machine at once, a call that fails leaves all of it, and `n` opens
it again as it was left.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.timer import Timer
from textual.widget import Widget

from backup_tui.config import named_zone
from backup_tui.errors import UsageError
from backup_tui.models.focus import Focus
from backup_tui.models.text import short_id
from backup_tui.restore.drafts.form import RestoreForm
from backup_tui.restore.drafts.form_check import Field, moment_problem
from backup_tui.restore.names.names import NameKind, kind_of, read_unit_file
from backup_tui.restore.points.moments import is_relative, parse_moment, write_moment
from backup_tui.store.freshness import units_of
from backup_tui.ui import navigation
from backup_tui.ui.bridge import Topics
from backup_tui.ui.frame.input_gate import takes_text
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.new_restore import text as words
from backup_tui.ui.new_restore.commands import FormCommandContext, form_commands
from backup_tui.ui.new_restore.drafting import Drafting
from backup_tui.ui.new_restore.fields import RestoreFields
from backup_tui.ui.new_restore.making import Made
from backup_tui.ui.new_restore.point_rows import PointRows
from backup_tui.ui.widgets.form_parts import ActLine, AskLine, PastedLines
from backup_tui.ui.widgets.frame_lines import Rule
from backup_tui.ui.widgets.list_and_pane import ListAndPane
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.table import RowTable
from backup_tui.ui.widgets.time_format import clock_words

POINTS_AFTER = 0.3
"""Seconds without another key press after which points are looked for."""


class NewRestore(BaseScreen, inherit_bindings=False):
    """The form.

    Args:
        form: What it starts with; None takes up the form in progress, or an empty one.
    """

    VIEW: ClassVar[str] = "form"

    def __init__(self, form: RestoreForm | None = None) -> None:
        super().__init__()
        self._given = form
        self._drafting: Drafting | None = None
        self._rows: PointRows | None = None
        self._soon: Timer | None = None
        self._taking_up = False

    # -- what it is made of ----------------------------------------------------------------------------------

    @property
    def drafting(self) -> Drafting:
        """The form behind the fields; there from the first frame on."""
        if self._drafting is None:
            self._drafting = Drafting(self.ws, self.program.start, self.say)
            self._rows = PointRows(self._drafting)
        return self._drafting

    @property
    def fields(self) -> RestoreFields:
        """The fields."""
        return self.query_one(RestoreFields)

    @property
    def table(self) -> RowTable:
        """The units with their points."""
        return self.query_one(RowTable)

    @property
    def act(self) -> ActLine:
        """The line that acts."""
        return self.query_one(ActLine)

    @property
    def asking(self) -> AskLine:
        """The question in place of the line that acts."""
        return self.query_one(AskLine)

    def compose_body(self) -> ComposeResult:
        """What stands in the way, fields, points, the line that acts."""
        yield Paragraphs(id="form-barred")
        yield RestoreFields(self.drafting)
        yield Rule()
        yield ListAndPane(RowTable((), gap=2, cursor_needs_focus=True), lines=0)
        yield Rule()
        yield ActLine("Create draft")
        yield AskLine()

    def focus_on(self) -> Focus:
        """Nothing is read for it in the background; it asks for what it needs."""
        return Focus(screen="form")

    def context(self) -> FormCommandContext:
        """What the commands look at."""
        drafting = self.drafting
        focused = self.focused
        return FormCommandContext(
            row=self.row,
            read_only=self.program.workspace.read_only,
            typing=takes_text(focused),
            on_table=isinstance(focused, RowTable),
            can_undo=drafting.can_undo,
            units=len(drafting.form.units),
            without_point=len(self._without_point()),
            busy=drafting.busy is not None,
            missing=" ".join(words.blocked(drafting.form, drafting.lookups) or ()).strip() or None,
            changing=drafting.form.draft_id is not None,
            asking=self.asking.is_open,
            acting=focused is self.act,
            act=words.act_label(drafting.form, drafting.exists).lower(),
        )

    # -- life ------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Shows the form, and takes it up once the workspace is open."""
        self.drafting.listen(self.show)
        assert self._rows is not None
        self.table.columns = self._rows.columns()
        self.table.source = self._rows
        self.fields.stops[0].focus()
        self.show()
        if self.ws.is_open:
            self.opened()

    def opened(self) -> None:
        """Takes up what was kept."""
        super().opened()
        if not self._taking_up:  # the workspace may come up between the first frame and this screen's own look at it
            self._taking_up = True
            self.program.start(self._take_up(), "take the form up")

    async def _take_up(self) -> None:
        await self.drafting.take_up(self._given)
        if self.is_mounted:
            self.fields.stops[0].focus()
            self.show()

    def on_unmount(self) -> None:
        """The form may outlive the screen while its draft is being made; it has nothing to show then."""
        if self._drafting is not None:
            self._drafting.unlisten(self.show)
            self._drafting.close()

    def on_screen_resume(self) -> None:
        """Another screen may have gone on with the form meanwhile."""
        super().on_screen_resume()
        if self.drafting.taken_up:
            self.program.start(self.drafting.take_up_again(), "take the form up again")

    def changed(self, topics: Topics) -> None:
        """More of the units was read, a wait began, or the service allows something else now."""
        if "units" in topics:
            self.show()
        elif "connection" in topics:
            self._show_act()

    def show(self) -> None:
        """Shows the form as it is, and looks for points when the typing pauses."""
        if not self.is_attached or self._rows is None or not self.query(AskLine):
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
        return f"The {form.service.names.units} and the points that they go back to will stand here."

    def _show_barred(self) -> None:
        """Says at the top what this sign-in cannot do, before anything is filled in."""
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
        label = words.act_label(form, drafting.exists)
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
            self._tell_act(label, f"{what} {hint}".strip(), ready=False, shorter=what)
        elif drafting.look_for_equal() and (exists := drafting.exists) is not None:
            what = f"draft {short_id(exists.session_id)} holds this already"
            when = clock_words(exists.at, self.ws.zone, drafting.now)
            self._tell_act(label, f"{what}, made {when}; enter opens it", ready=True, shorter=f"{what}; enter opens it")
        else:
            text = words.ready_words(form)
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
        """Another row."""
        self._tell_row()
        self.refresh_frame()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Another part has the keys, so other commands are possible."""
        if isinstance(event.widget, RowTable):
            self._tell_row()
        moment = self.drafting.form.moment.strip()
        if self.drafting.zone_to_ask and moment not in ("", "latest") and not takes_text(event.widget):
            # Not while anything is being typed: the question would take the keys.
            self.drafting.zone_to_ask = False
            self._ask("zone", "In which zone do you type times", self.drafting.form.zone, "", "f2 changes it later")
        self._show_act()
        self.refresh_frame()

    def way_out_of_field(self, key: str) -> str | None:
        """`tab` leads from the fields to where letters are keys; `esc` would leave the form."""
        command = self.commands.by_key(key)
        if command is None:
            return None
        return "Tab" if command in self.OWN_COMMANDS and not self.asking.is_open else "Esc"

    def _look_soon(self) -> None:
        if self._soon is not None:
            self._soon.stop()
        self._soon = self.set_timer(POINTS_AFTER, self.drafting.find_points)

    # -- going through it ------------------------------------------------------------------------------------

    def accept(self, row: str | None) -> None:
        """`enter` on a choice: on to the next field."""
        self._go(1)

    def field_down(self, row: str | None) -> None:
        self._go(1)

    def field_up(self, row: str | None) -> None:
        self._go(-1)

    def _go(self, by: int) -> None:
        if self.asking.is_open:
            return
        stops: list[Widget] = [*self.fields.stops, self.act]
        focused = self.focused
        at = stops.index(focused) if focused in stops else (-1 if by > 0 else 0)
        stops[max(0, min(at + by, len(stops) - 1))].focus()

    def next_part(self, row: str | None) -> None:
        """Fields, table, the line that acts, fields."""
        if self.asking.is_open:
            return
        if self.focused is self.act:
            self.fields.stops[0].focus()
        elif self.focused is self.table or not self.table.row_count:
            self.act.focus()
        else:
            self.table.focus()

    def previous_part(self, row: str | None) -> None:
        if self.asking.is_open:
            return
        if self.focused is self.act and self.table.row_count:
            self.table.focus()
        elif self.focused is self.table or self.focused is self.act:
            self.fields.stops[-1].focus()
        else:
            self.act.focus()

    @on(RestoreFields.NamesEntered)
    def _names_entered(self, event: RestoreFields.NamesEntered) -> None:
        form, lookups = self.drafting.form, self.drafting.lookups
        text = event.text.strip()
        if self._is_moment(text):
            self._take_moment(text)
        elif text.startswith("@"):
            path = Path(text.removeprefix("@").strip()).expanduser()
            self.program.start(self._load_file(path), "load a list")
        elif text:
            self._take_text(text)
            rest = self.fields.units.value.removeprefix(event.text)
            if rest and rest != self.fields.units.value:  # typed since: the next name
                self.drafting.change(self.drafting.form.with_pending(rest), "typing a name", typing=True)
        elif form.waiting and lookups.names_error is not None:
            self.drafting.look_again()
        elif form.problems:
            self.show_names(None)
        else:
            self._go(1)

    def _is_moment(self, text: str) -> bool:
        """Whether a time was typed among the units: who has given a name once goes on typing where the cursor is."""
        form = self.drafting.form
        return kind_of(text) is NameKind.TITLE and moment_problem(text, form.zone, self.drafting.now) is None

    def _take_moment(self, text: str) -> None:
        form = self.drafting.form.with_pending("").with_moment(text, self.drafting.now)
        if self.drafting.change(form, f"the time {text}"):
            self.fields.moment.focus()
            self.say(f"{text} is a time, so it stands in Point; enter goes on.")

    @on(RestoreFields.MomentEntered)
    def _moment_entered(self) -> None:
        form = self.drafting.form
        if kind_of(form.moment) in (NameKind.ADDRESS, NameKind.URL) and moment_problem(
            form.moment, form.zone, self.drafting.now
        ):
            self._take_name(form.moment)
            return
        now = self.drafting.now
        wrong = moment_problem(form.moment, form.zone, now, form.asked_at) if form.moment.strip() else None
        if wrong is not None:
            self.say(wrong.hint)  # what is wrong stands below the field; `down` leaves it as it is
            return
        self.drafting.find_points()
        self._go(1)

    def _take_name(self, text: str) -> None:
        """An address in the field of the time stands where it belongs, as a time among the units does."""
        self.drafting.change(self.drafting.form.with_moment(""), f"{text} in the field of the time")
        self._take_text(text)
        self.fields.units.focus()
        self.say(f"{text} is a name, so it is in Units.")

    def _take_text(self, text: str) -> None:
        try:
            self.drafting.take_text(text)
        except UsageError as error:
            self.fields.refuse_names(f"{error.message} {error.hint}".strip(), error.message)

    async def _load_file(self, path: Path) -> None:
        try:
            names = await asyncio.to_thread(read_unit_file, path)
        except UsageError as error:
            self.fields.refuse_names(f"{error.message} {error.hint}".strip(), error.message)
            return
        if not names.lines:
            self.fields.refuse_names(f"{path} holds no names.")
            if names.remarks:
                self.say(" ".join(names.remarks))
            return
        form = self.drafting.form
        self.drafting.lookups.names_error = None
        self.drafting.change(form.with_names(names), f"the list {path.name}")
        self.say(" ".join((f"{names.count:,} names read from {path.name}.", *names.remarks)))

    def on_pasted_lines(self, event: PastedLines) -> None:
        """A list pasted into any field goes whole to the units."""
        event.stop()
        self.accept_paste(event.text)

    def accept_paste(self, text: str) -> bool:
        """Takes a list that was pasted outside the fields."""
        if self.drafting.taken_up:
            self._take_text(text)
            if not self.fields.units.disabled:
                self.fields.units.focus()
        return True

    # -- commands --------------------------------------------------------------------------------------------

    def pick_units(self, row: str | None) -> None:
        from backup_tui.ui.new_restore.picker import UnitPicker

        self.app.push_screen(UnitPicker(self.drafting))

    def show_names(self, row: str | None) -> None:
        """`N`, or `enter` in the empty field of the units."""
        from backup_tui.ui.new_restore.names import NamesScreen

        if not self.drafting.form.problems and not self.drafting.form.twice:
            self.say("There are no names to put right.")
            return
        self.app.push_screen(NamesScreen(self.drafting))

    def undo(self, row: str | None) -> None:
        self.drafting.undo()

    def start_over(self, row: str | None) -> None:
        form = self.drafting.form
        self.drafting.change(RestoreForm(service=form.service, zone=form.zone), "emptying the form")
        self.say("The form is empty; u brings everything back.")

    def read_again(self, row: str | None) -> None:
        self.drafting.look_again()
        self.drafting.find_points()

    def leave_out(self, row: str | None) -> None:
        form = self.drafting.form
        unit = next((unit for unit in form.units if unit.unit_id == row), None)
        if unit is not None and self.drafting.change(form.without_unit(unit.unit_id), f"leaving {unit.name} out"):
            self.say(f"{unit.name} left out. u brings it back.")

    def leave_all_out(self, row: str | None) -> None:
        gone = self._without_point()
        words = f"{len(gone):,} without a point left out"
        if self.drafting.change(self.drafting.form.without_units(gone), words):
            self.say(f"{words}. u undoes.")

    def _without_point(self) -> frozenset[str]:
        """Ids of the units whose point was looked for and is none that can be used."""
        rows = self.drafting.lookups.table(self.drafting.form).unusable
        return frozenset(row.unit_id for row in rows)

    def on_row_table_opened(self, event: RowTable.Opened) -> None:
        """`enter` on a unit is another time for it."""
        event.stop()
        self.press("own_time", event.key)

    def ask_own_time(self, row: str | None) -> None:
        form = self.drafting.form
        unit = next((unit for unit in form.units if unit.unit_id == row), None)
        if unit is not None:
            value = form.own_times.get(unit.unit_id, form.moment)
            self._ask("own_time", f"Time for {unit.name} only", value, unit.unit_id, "enter takes it, esc does not")

    def ask_zone(self, row: str | None) -> None:
        self._ask("zone", "Zone of the times", self.drafting.form.zone, "", "Europe/Berlin, UTC; enter takes it")

    def _ask(self, question: str, label: str, value: str, about: str, note: str) -> None:
        self.act.display = False
        self.asking.ask(question, label, value, about, note)
        self.refresh_frame()

    @on(AskLine.Closed)
    def _asked(self) -> None:
        self.act.display = True
        self.refresh_frame()

    @on(AskLine.Typed)
    def _answer_typed(self, event: AskLine.Typed) -> None:
        if event.question == "own_time" and event.text.strip():
            self.asking.tell(*self._moment_words(event.text))

    def _moment_words(self, text: str) -> tuple[str, str]:
        form, now = self.drafting.form, self.drafting.now
        try:
            asked = form.asked_at if text.strip() == form.moment.strip() else None
            return f"= {parse_moment(text, named_zone(form.zone), now, asked).echo(now)}", ""
        except UsageError as error:
            return f"{error.message} {error.hint}".strip(), "bad"

    @on(AskLine.Answered)
    def _answered(self, event: AskLine.Answered) -> None:
        form = self.drafting.form
        if event.question == "zone":
            try:
                zone = named_zone(event.text, "Zone").key
            except UsageError as error:
                self.asking.tell(f"{error.message} {error.hint}".strip(), "bad")
                return
            self.program.start(self.drafting.choose_zone(zone), "choose the zone")
        else:
            text, now = event.text.strip(), self.drafting.now
            own = "" if text == form.moment.strip() else text
            if own and moment_problem(own, form.zone, now) is not None:
                return
            if is_relative(own):  # it stays the moment that it is now, however late the draft is made
                own = write_moment(parse_moment(own, named_zone(form.zone), now).utc)
            self.drafting.change(form.with_own_time(event.about, own), "another time for one unit")
            self.drafting.find_points()
        self.asking.close()

    async def show_request(self, row: str | None) -> None:
        drafting = self.drafting
        planned = await self.ws.restore.planned_requests(drafting.plan(), drafting.form.draft_id)
        blocked = words.blocked(drafting.form, drafting.lookups)
        lines = [f"Not complete: {' '.join(blocked)}".strip(), ""] if blocked else []
        lines.append(
            f"{len(planned)} {'request' if len(planned) == 1 else 'requests'} to {self.ws.address.host}; "
            "nothing of this has been sent."
            if planned
            else "Nothing would be sent: the draft holds this already."
        )
        for number, one in enumerate(planned, 1):
            lines += ["", f"{number}. {one.what}", f"{one.method} {self.ws.address.base_url}{one.path}"]
            lines += ["Content-Type: application/json", "", *json.dumps(one.body, indent=2).splitlines()]
        self.app.push_screen(PagerScreen("Request, call by call", lines))

    # -- the draft -------------------------------------------------------------------------------------------

    @on(ActLine.Pressed)
    def _act(self) -> None:
        context = self.context()
        self.press("make_draft")
        if context.missing is not None and not context.busy and not context.read_only:
            self._go_to_problem()

    def _go_to_problem(self) -> None:
        """The focus goes to where something is missing."""
        fields = self.fields
        found = words.missing(self.drafting.form, self.drafting.lookups)
        if not found:
            return
        places: dict[Field, Widget] = {
            Field.SERVICE: fields.service,
            Field.UNITS: fields.units,
            Field.POINT: fields.moment,
            Field.EXPRESS: fields.express,
            Field.DESTINATION: fields.destination,
        }
        first = found[0]
        names = {unit.name for unit in self.drafting.form.units}
        in_table = first.field is Field.POINT and first.value in names
        (self.table if in_table else places[first.field]).focus()

    async def make_draft(self, row: str | None) -> None:
        """`enter` on the line that acts."""
        drafting = self.drafting
        self.act.focus()
        made = await drafting.carry_out()
        if made is None:
            return
        service = drafting.form.service
        if len(made.drafts) > 1:
            self._made_several(made)
            return
        session_id = made.drafts[0].session_id
        done = f"Draft {short_id(session_id)} has {service.counted(made.units)} now."
        if self.close():
            self.program.say(done)
            navigation.open_review(self.program, session_id)
        else:
            self.program.say(f"{done} 3 Sessions shows it, A there opens its review.")
            if self.is_mounted:
                await drafting.take_up_again()

    def _made_several(self, made: Made) -> None:
        """Each draft has a review of its own, so the list of all is shown."""
        ids = ", ".join(short_id(draft.session_id) for draft in made.drafts)
        done = f"{len(made.drafts):,} drafts have {made.units:,} units now: {ids}. A opens the review of each."
        if self.close():
            navigation.show(self.program, "sessions")
        self.program.say(done)


NewRestore.offers(form_commands(NewRestore))
