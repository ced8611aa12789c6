"""The fields of a new restore, one under the other, each with what is wrong with it or what it means."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol, runtime_checkable

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from backup_tui.models.services import Destination, Service
from backup_tui.restore.drafts.form import Express
from backup_tui.store.freshness import Freshness
from backup_tui.ui.frame.input_gate import takes_text
from backup_tui.ui.new_restore import text as words
from backup_tui.ui.new_restore.drafting import Drafting
from backup_tui.ui.widgets.cells import width_of
from backup_tui.ui.widgets.fields import FieldLine, RadioLine
from backup_tui.ui.widgets.form_parts import ListField
from backup_tui.ui.widgets.frame_lines import OneLine, SectionLine
from backup_tui.ui.widgets.spans import Section

INDENT = 17
"""Cells before a note, which stands below its field where it fits."""

INDENT_BAD = 3
"""Cells before a sentence that says what is wrong: it needs the room that other notes leave free."""

_SERVICES = tuple((service.value, service.label) for service in Service)


@runtime_checkable
class NamesKeys(Protocol):
    """A screen that says keys as they work where the focus is (`BaseScreen.keyed`)."""

    def keyed(self, text: str) -> str:
        """The sentence for where the focus is."""
        ...


class RestoreFields(Vertical):
    """Service, units, point, express, destination.

    Args:
        drafting: The form that is filled in.
    """

    class NamesEntered(Message):
        """`enter` in the field of the units; `text` may be empty."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class MomentEntered(Message):
        """`enter` in the field of the point."""

    def __init__(self, drafting: Drafting) -> None:
        super().__init__()
        self._drafting = drafting
        self._fresh: Freshness | None = None
        self.service = RadioLine(_SERVICES, drafting.form.service.value, id="service")
        self.units = ListField(id="units", placeholder="type or paste, then enter; ctrl+o picks")
        self.moment = ListField(id="moment", placeholder="latest, or the newest before a time")
        self.express = RadioLine(words.express_choices(drafting.form), "0", id="express")
        self.destination = RadioLine((), drafting.form.destination, id="destination")

    def compose(self) -> ComposeResult:
        """One line for each field, and one below for what it means."""
        yield SectionLine(id="form-title", classes="title")
        yield FieldLine("Service", self.service)
        yield FieldLine("Units", self.units)
        yield OneLine(id="units-note", classes="under")
        yield FieldLine("Point", self.moment)
        yield OneLine(id="moment-note", classes="under")
        yield FieldLine("Express", self.express)
        yield FieldLine("Destination", self.destination)
        yield OneLine(id="destination-note", classes="under")
        yield FieldLine("Points", OneLine(id="points-note"))

    @property
    def stops(self) -> list[Widget]:
        """The fields that can be filled in, in their order."""
        fields: list[Widget] = [self.service, self.units, self.moment, self.express, self.destination]
        return [field for field in fields if not field.disabled]

    # -- showing the form ------------------------------------------------------------------------------------

    def show(self, fresh: Freshness) -> None:
        """Shows the form as it is.

        Args:
            fresh: How far the units of its service have been read.
        """
        self._fresh = fresh
        drafting, form = self._drafting, self._drafting.form
        locked = drafting.busy is not None
        kept, *shorter = words.kept_words(form, drafting.exists)
        title = words.title(form, drafting.tenant).strip()
        self.query_one("#form-title", SectionLine).say(Section(title, "", kept, tuple(shorter)))
        with self.prevent(Input.Changed):
            self.units.put(form.pending)
            self.moment.put(form.moment)
        with self.prevent(RadioLine.Changed):
            self.service.value = form.service.value
            self.express.choices = words.express_choices(form)
            self.express.value = words.express_value(form)
            self.destination.choices = (
                (Destination.NEW.value, words.new_location_words(form.service)),
                (Destination.IN_PLACE.value, words.in_place_words(form.service)),
            )
            self.destination.value = form.destination.value if form.destination else None
        begun = form.draft_id is not None or bool(form.made) or form.sending is not None
        self.service.disabled = locked or begun
        self.units.disabled = self.moment.disabled = locked
        self.express.disabled = locked or not form.service.has_express_points
        self.destination.disabled = locked or drafting.fixed
        self._notes(fresh)

    def _notes(self, fresh: Freshness) -> None:
        drafting, form = self._drafting, self._drafting.form
        found = words.missing(form, drafting.lookups)
        self._under("units-note", words.units_note(form, drafting.lookups, fresh))
        self._under("moment-note", words.moment_note(form, drafting.now))
        self._under("destination-note", words.destination_note(form, found))
        self._under("points-note", words.points_note(form, drafting.lookups))
        self._tell_zone()
        self._line(self.express).set_note("" if form.service.has_express_points else "mailboxes have no express points")
        self._line(self.service).set_note("that of the draft" if form.draft_id else "")

    def say_about_points(self, note: words.Note | None) -> None:
        """Shows something about one row in the line of the points; None shows the figures of all."""
        drafting = self._drafting
        self._under("points-note", note or words.points_note(drafting.form, drafting.lookups))

    def refuse_names(self, text: str, shorter: str = "") -> None:
        """Says below the units why what was typed is no list."""
        self._under("units-note", words.Note(text, "bad", shorter))

    def _under(self, name: str, note: words.Note) -> None:
        line = self.query_one(f"#{name}", OneLine)
        room = self.size.width - INDENT_BAD - 1
        text = self._keyed(note.text)
        line.text = self._keyed(note.shorter) if note.shorter and width_of(text) > room else text
        line.set_class(width_of(line.text) > self.size.width - INDENT - 1 > 0, "-wide")
        for tone in ("good", "warn", "bad"):
            line.set_class(tone == note.tone, f"-{tone}")

    def _line(self, field: Widget) -> FieldLine:
        line = field.parent
        assert isinstance(line, FieldLine)
        return line

    def on_descendant_focus(self) -> None:
        """The line of the field that has the keys begins with `>`."""
        self._point_at(self.screen.focused)

    def on_descendant_blur(self) -> None:
        """Another widget has the keys, or none; the news of a field left can come after that of the next one."""
        self._point_at(self.screen.focused)

    def _point_at(self, focused: Widget | None) -> None:
        for line in self.query(FieldLine):
            label = line.query_one(".label", OneLine)
            label.text = (" > " if line.field is focused else "   ") + label.text[3:]
        if self._fresh is not None:
            self._notes(self._fresh)  # in a text field other keys work than outside

    def _tell_zone(self) -> None:
        zone_key = "f2 zone" if takes_text(self.screen.focused) else "z zone"
        self._line(self.moment).set_note(f"{self._drafting.form.zone}   {zone_key}")

    def _keyed(self, text: str) -> str:
        screen = self.screen
        return screen.keyed(text) if isinstance(screen, NamesKeys) else text

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

    @on(Input.Changed, "#units")
    def _names_typed(self) -> None:
        # Keys that came meanwhile are in the field and not in the event, which must not take them back.
        self.units.known = self.units.value
        self._drafting.change(self._drafting.form.with_pending(self.units.value), "typing a name", typing=True)

    @on(Input.Changed, "#moment")
    def _moment_typed(self) -> None:
        self.moment.known = self.moment.value
        form = self._drafting.form.with_moment(self.moment.value, self._drafting.now)
        self._drafting.change(form, "typing the time", typing=True)

    @on(Input.Submitted, "#units")
    def _names_entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.NamesEntered(event.value))

    @on(Input.Submitted, "#moment")
    def _moment_entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.MomentEntered())
