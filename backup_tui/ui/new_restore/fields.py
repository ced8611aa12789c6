"""The fields of a new restore, top to bottom, each with its problem or its meaning."""

from datetime import timedelta

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input

from backup_tui.models.services import Destination, Service
from backup_tui.models.text import counted, short_id
from backup_tui.restore.drafts.form import Express
from backup_tui.store.freshness import Freshness
from backup_tui.ui.frame.commands import key_name
from backup_tui.ui.frame.input_gate import takes_text
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.new_restore import text as words
from backup_tui.ui.new_restore.drafting import Drafting
from backup_tui.ui.new_restore.suggestions import Suggestions, UnitsField
from backup_tui.ui.widgets.cells import width_of
from backup_tui.ui.widgets.charts import counts_bar
from backup_tui.ui.widgets.fields import FieldLine, RadioLine
from backup_tui.ui.widgets.form_parts import ListField
from backup_tui.ui.widgets.frame_lines import OneLine, SectionLine
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.spans import Section, Text, plain

INDENT = 16  # cells before a note, which is below its field where it fits

INDENT_WIDE = 3  # cells before a note that needs the room below the label too

BAR = 22  # cells of the bar of the points where its figures leave as much; without `LEAST_BAR` there is none

LEAST_BAR = 6

_SERVICES = tuple((service.value, service.label) for service in Service)


class RestoreFields(Vertical):
    """Service, units, point, express, destination. `drafting`: the form that is filled in."""

    def __init__(self, drafting: Drafting) -> None:
        super().__init__()
        self._drafting = drafting
        self._fresh: Freshness | None = None
        self.service = RadioLine(_SERVICES, drafting.form.service.value, id="service")
        self.suggestions = Suggestions(drafting)
        self.units = UnitsField(self.suggestions, id="units", placeholder="type, paste, or @list.csv")
        self.moment = ListField(id="moment", placeholder="latest, or a time")
        self.express = RadioLine(words.express_choices(drafting.form), "0", id="express")
        self.destination = RadioLine((), drafting.form.destination, id="destination")

    def compose(self) -> ComposeResult:
        yield SectionLine(id="form-title", classes="title")
        yield FieldLine("Service", self.service)
        yield FieldLine("Units", self.units, id="units-line")
        yield self.suggestions
        yield OneLine(id="units-note", classes="under")
        yield FieldLine("Point", self.moment, id="moment-line")
        yield OneLine(id="moment-note", classes="under")
        yield FieldLine("Express", self.express)
        yield FieldLine("To", self.destination)
        yield OneLine(id="destination-note", classes="under")
        yield FieldLine("Points", OneLine(id="points-note"))

    @property
    def stops(self) -> list[Widget]:
        fields: list[Widget] = [self.service, self.units, self.moment, self.express, self.destination]
        return [field for field in fields if not field.disabled]

    # -- showing the form ------------------------------------------------------------------------------------

    def show(self, fresh: Freshness) -> None:
        """Shows the form as it is. `fresh`: how far the units of its service have been read."""
        self._fresh = fresh
        drafting, form = self._drafting, self._drafting.form
        locked = drafting.busy is not None
        kept, *shorter = words.kept_words(form, drafting.exists, kept=drafting.is_kept)
        title = f"Change draft {short_id(form.draft_id)}" if form.draft_id else "New restore"
        self.query_one("#form-title", SectionLine).say(
            Section(title, "" if form.draft_id else form.source, kept, tuple(shorter))
        )
        with self.prevent(Input.Changed):
            self.units.put(form.pending)
            self.moment.put(form.moment)
        with self.prevent(RadioLine.Changed):
            self.service.value = form.service.value
            self.express.choices = words.express_choices(form)
            self.express.value = words.express_value(form)
            self.destination.choices = words.destination_choices(form.service)
            self.destination.value = form.destination.value if form.destination else None
        begun = form.draft_id is not None or bool(form.made) or form.sending is not None
        self.service.disabled = locked or begun
        self.units.disabled = self.moment.disabled = locked
        self.express.disabled = locked or not form.service.has_express_points
        self.destination.disabled = locked or drafting.fixed
        self._notes(fresh)

    def _notes(self, fresh: Freshness) -> None:
        drafting, form = self._drafting, self._drafting.form
        self._under("units-note", words.units_note(form, drafting.lookups, fresh))
        self._under("moment-note", words.moment_note(form, drafting.now))
        self._under("destination-note", words.destination_note(form, words.missing(form, drafting.lookups)))
        self.say_about_points(None)
        typing = takes_text(self.screen.focused)
        self._line(self.moment).set_note(form.zone)
        self._line(self.moment).set_key(self._key_of("zone", typing=typing), "zone")
        self._tell_matches()
        self._line(self.express).set_note("" if form.service.has_express_points else "mailboxes have no express points")
        self._line(self.service).set_note("that of the draft" if form.draft_id else "")

    def _tell_matches(self) -> None:
        found = (counted(self.suggestions.count, "match", "matches"),)
        pick = (self._key_of("pick", typing=True), "pick")
        self._line(self.units).set_key(*(found if self.suggestions.is_open else pick))

    def _key_of(self, command_id: str, *, typing: bool) -> str:
        """The key of a command of this form, short: `^o`."""
        command = self.screen.commands.by_id(command_id) if isinstance(self.screen, BaseScreen) else None
        key = command.shown_key(typing=typing) or command.keys[0] if command is not None else ""
        return key_name(key).replace("ctrl+", "^")

    def say_about_points(self, note: words.Note | None) -> None:
        """Shows something about one row in the line of the points; None shows the figures of all."""
        drafting = self._drafting
        note = note or words.points_note(drafting.form, drafting.lookups)
        text, room = self._keyed(note.text), self.size.width - INDENT - 1
        if note.shorter and width_of(text) > room > 0:
            text = self._keyed(note.shorter)
        bar: Text = ""
        if note.near is not None and (cells := min(BAR, room - 2 - width_of(text))) >= LEAST_BAR:
            near, total = note.near
            bar = counts_bar(near, 0, total, cells), "  "
        self.query_one("#points-note", OneLine).text = (bar, Cell(text, note.tone))

    def refuse_names(self, text: str, shorter: str = "") -> None:
        """Says below the units why what was typed is not a list."""
        self._under("units-note", words.Note(text, "bad", shorter))

    def _under(self, name: str, note: words.Note) -> None:
        line = self.query_one(f"#{name}", OneLine)
        aside = (Cell(f"{note.text and '    '}{note.aside}", "warn"),) if note.aside else ()
        text = self._keyed(note.text)
        room = self.size.width - INDENT_WIDE - 1 - width_of(plain(aside))
        if note.shorter and width_of(text) > room - (INDENT - INDENT_WIDE if aside else 0):
            text = self._keyed(note.shorter)
        line.text = (Cell(text, note.tone), *aside)
        line.set_class(width_of(line.text) > self.size.width - INDENT - 1 > 0, "-wide")

    def _line(self, field: Widget) -> FieldLine:
        line = field.parent
        assert isinstance(line, FieldLine)
        return line

    def on_descendant_focus(self) -> None:
        self._point_at(self.screen.focused)

    def on_descendant_blur(self) -> None:
        self._point_at(self.screen.focused)  # the news of a field left can come after that of the next one

    def _point_at(self, focused: Widget | None) -> None:
        for line in self.query(FieldLine):
            label = line.query_one(".label", OneLine)
            label.text = (" > " if line.field is focused else "   ") + label.text[3:]
        if self._fresh is not None:
            self._notes(self._fresh)  # in a text field other keys work than outside

    def _keyed(self, text: str) -> str:
        screen = self.screen
        return screen.keyed(text) if isinstance(screen, BaseScreen) else text

    # -- what the person does --------------------------------------------------------------------------------

    @on(RadioLine.Changed, "#service")
    def _service(self, event: RadioLine.Changed) -> None:
        form = self._drafting.form
        self._drafting.lookups.names_error = None
        self._drafting.change(form.with_service(Service(event.value)), f"the service {event.value}")

    @on(RadioLine.Changed, "#express")
    def _express(self, event: RadioLine.Changed) -> None:
        form = self._drafting.form
        if event.value == "0":
            self._drafting.change(replace(form, express=Express.IGNORE), "ignoring express points")
        else:
            within = timedelta(minutes=int(event.value))
            self._drafting.change(form.with_express(Express.PREFER, within), "preferring express points")

    @on(RadioLine.Changed, "#destination")
    def _destination(self, event: RadioLine.Changed) -> None:
        destination = Destination(event.value)
        self._drafting.change(self._drafting.form.with_destination(destination), f"the destination {destination.word}")

    def _suggest(self) -> None:
        self.suggestions.wait(self.units.value if self.units.is_by_hand else "")

    def suggest_again(self) -> None:
        """Other units are known: what was typed may match some by now."""
        if self.units.has_focus and not self.suggestions.is_open:
            self._suggest()

    @on(Input.Changed, "#units")
    def _names_typed(self) -> None:
        # Keys that came meanwhile are in the field and not in the event, which must not take them back.
        self.units.known = self.units.value
        self._suggest()
        self._drafting.change(self._drafting.form.with_pending(self.units.value), "typing a name", typing=True)

    @on(Input.Changed, "#moment")
    def _moment_typed(self) -> None:
        self.moment.known = self.moment.value
        form = self._drafting.form.with_moment(self.moment.value, self._drafting.now)
        self._drafting.change(form, "typing the time", typing=True)

    @on(Suggestions.Changed)
    def _other_matches(self) -> None:
        self._tell_matches()

    @on(Suggestions.Taken)
    def _match_taken(self, event: Suggestions.Taken) -> None:
        self._drafting.take_unit(event.unit_id, event.name)
