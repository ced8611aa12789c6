"""The actions on the form of a new restore and on the draft made from it; `form_view` shows the form.

Nothing in it is lost: every change is kept on this machine at once, a failed call leaves it intact, and `n` reopens it
as it was left.
"""

import asyncio
import json
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.widget import Widget
from textual.widgets import Input

from backup_tui.config import named_zone
from backup_tui.errors import UsageError
from backup_tui.models.text import counted, short_id
from backup_tui.restore.drafts.form import RestoreForm
from backup_tui.restore.drafts.form_check import Field, moment_problem
from backup_tui.restore.drafts.planned_requests import planned_requests
from backup_tui.restore.names.names import NameKind, kind_of, read_unit_file
from backup_tui.restore.points.moments import is_relative, parse_moment, write_moment
from backup_tui.ui.frame.input_gate import LIST
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.new_restore import text as words
from backup_tui.ui.new_restore.commands import form_commands
from backup_tui.ui.new_restore.form_view import FormView
from backup_tui.ui.routes import OpenPlanCheck, OpenReview
from backup_tui.ui.widgets.form_parts import ActLine, AskLine, PastedLines
from backup_tui.ui.widgets.table import RowTable


class NewRestore(FormView, inherit_bindings=False):
    """The form. `form`: what it starts with; None takes up the form in progress, or an empty one."""

    VIEW: ClassVar[str] = "form"

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

    @on(Input.Submitted, "#units")
    def _names_entered(self, event: Input.Submitted) -> None:
        event.stop()
        form, lookups = self.drafting.form, self.drafting.lookups
        text = event.value.strip()
        if self._is_moment(text):
            self._take_moment(text)
        elif text.startswith(LIST):
            self._take_file(text)
        elif text:
            self._take_text(text)
            rest = self.fields.units.value.removeprefix(event.value)
            if rest and rest != self.fields.units.value:  # typed since: the next name
                self.drafting.change(self.drafting.form.with_pending(rest), "typing a name", typing=True)
        elif form.waiting and lookups.names_error is not None:
            self.drafting.look_again()
        elif form.to_fix:
            self.show_names(None)
        else:
            self._go(1)

    def _take_file(self, text: str) -> None:
        """`@names.csv` loads a list, `@plan.toml` opens a plan."""
        path = Path(text.removeprefix(LIST).strip()).expanduser()
        if path.suffix.lower() == ".toml":
            self.drafting.change(self.drafting.form.with_pending(""), "the plan")
            self.program.open(OpenPlanCheck(path))
        else:
            self.program.start(self._load_file(path), "load a list")

    def _is_moment(self, text: str) -> bool:
        """Whether a time was typed among the units: after a name, typing may continue at the cursor."""
        form = self.drafting.form
        return kind_of(text) is NameKind.TITLE and moment_problem(text, form.zone, self.drafting.now) is None

    def _take_moment(self, text: str) -> None:
        form = self.drafting.form.with_pending("").with_moment(text, self.drafting.now)
        if self.drafting.change(form, f"the time {text}"):
            self.fields.moment.focus()
            self.say(f"{text} is a time, so it is in Point; enter continues.")

    @on(Input.Submitted, "#moment")
    def _moment_entered(self, event: Input.Submitted) -> None:
        event.stop()
        form = self.drafting.form
        if kind_of(form.moment) in (NameKind.ADDRESS, NameKind.URL) and moment_problem(
            form.moment, form.zone, self.drafting.now
        ):
            self._take_name(form.moment)
            return
        now = self.drafting.now
        wrong = moment_problem(form.moment, form.zone, now, form.asked_at) if form.moment.strip() else None
        if wrong is not None:
            self.say(wrong.hint)  # what is wrong is below the field; `down` leaves it as it is
            return
        self.drafting.find_points()
        self._go(1)

    def _take_name(self, text: str) -> None:
        """An address in the field of the time goes where it belongs, as a time among the units does."""
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
            if names.row_remarks:
                self.say(" ".join(names.row_remarks))
            return
        form = self.drafting.form
        self.drafting.lookups.names_error = None
        self.drafting.change(form.with_names(names), f"the list {path.name}")
        self.say(" ".join((f"{names.count:,} names read from {path.name}.", *names.row_remarks)))

    def on_pasted_lines(self, event: PastedLines) -> None:
        event.stop()
        self.accept_paste(event.text)

    def accept_paste(self, text: str) -> bool:
        if self.drafting.taken_up:
            pasted = text.strip()
            if pasted.startswith(LIST) and "\n" not in pasted:
                self._take_file(pasted)
            else:
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
        from backup_tui.ui.names.screen import NamesScreen
        from backup_tui.ui.new_restore.form_names import FormNames

        if not self.drafting.form.to_fix and not self.drafting.form.twice:
            self.say("There are no names to fix.")
            return
        self.app.push_screen(NamesScreen(FormNames(self.drafting, self.ws.who.tenant)))

    def undo(self, row: str | None) -> None:
        self.drafting.undo()

    def start_over(self, row: str | None) -> None:
        form = self.drafting.form
        self.drafting.change(RestoreForm(service=form.service, zone=form.zone), "emptying the form")
        self.say("The form is empty; u undoes.")

    def read_again(self, row: str | None) -> None:
        self.drafting.look_again()
        self.drafting.find_points()

    def leave_out(self, row: str | None) -> None:
        form = self.drafting.form
        unit = next((unit for unit in form.units if unit.unit_id == row), None)
        if unit is not None and self.drafting.change(form.without_units((unit.unit_id,)), f"leaving {unit.name} out"):
            self.say(f"{unit.name} left out. u brings it back.")

    def leave_all_out(self, row: str | None) -> None:
        gone = self.without_point()
        words = f"{len(gone):,} without a point left out"
        if self.drafting.change(self.drafting.form.without_units(gone), words):
            self.say(f"{words}. u undoes.")

    def on_row_table_opened(self, event: RowTable.Opened) -> None:
        event.stop()
        self.press("own_time", event.key)

    def ask_own_time(self, row: str | None) -> None:
        form = self.drafting.form
        unit = next((unit for unit in form.units if unit.unit_id == row), None)
        if unit is not None:
            value = form.own_times.get(unit.unit_id, form.moment)
            self.ask("own_time", f"Time for {unit.name} only", value, unit.unit_id, "enter takes it, esc does not")

    def ask_zone(self, row: str | None) -> None:
        self.ask("zone", "Zone of the times", self.drafting.form.zone, "", "Europe/Berlin, UTC; enter takes it")

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
        planned = await planned_requests(self.ws.context, drafting.plan(), drafting.form.draft_id)
        blocked = words.blocked(drafting.form, drafting.lookups)
        lines = [f"Not complete: {' '.join(blocked)}".strip(), ""] if blocked else []
        lines.append(
            f"{counted(len(planned), 'request')} to {self.ws.address.host}; nothing of this has been sent."
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
        drafting = self.drafting
        self.act.focus()
        if drafting.is_plan:
            path = await drafting.save_plan()
            self.program.open(OpenPlanCheck(path))
            self.program.say(f"Saved as {path}. Nothing is sent before its drafts are created.")
            return
        made = await drafting.carry_out()
        if made is None:
            return
        service = drafting.form.service
        session_id, units = made.session_id, service.counted(len(made.unit_ids))
        done = f"Draft {short_id(session_id)} created: {units}. Nothing starts before its review."
        if self.close():
            self.program.say(done)
            self.program.open(OpenReview(session_id))
        else:
            self.program.say(f"{done} A in 3 Sessions opens it.")
            if self.is_mounted:
                await drafting.take_up_again()


NewRestore.offers(form_commands(NewRestore))
