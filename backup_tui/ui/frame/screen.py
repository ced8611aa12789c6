"""The base of every screen: the frame, one path from a key to an action, and changes in the store.

A screen declares what it is:

    class SessionsScreen(BaseScreen):
        NUMBER = 3                                  # 1 to 5, or 0
        VIEW = "sessions"                           # name for `r` (ShownWorkspace.read_again)

        def compose_body(self) -> ComposeResult:
            yield RowTable(...)

        def context(self) -> SessionsContext: ...   # what commands look at
        def changed(self, change): ...              # the store changed: reconcile tables here
        async def new_restore(self, row): ...       # a handler of a command, sync or async

    SessionsScreen.offers((OPEN_ROW, Command("new_restore", ("n",), "new restore", run=SessionsScreen.new_restore)))

The shared commands are added to the ones it offers.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Self

from msgspec.structs import replace
from textual import events, on
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from backup_tui.store.changes import Change, Topic
from backup_tui.ui.frame.commands import (
    LIST_COMMANDS,
    NO_KEYS,
    Command,
    CommandSet,
    Context,
    FooterEntry,
    Keys,
    with_own_keys,
)
from backup_tui.ui.frame.field_keys import Keyed, hint_with_keys, out_of_field_first, with_keys
from backup_tui.ui.frame.header import FrameState
from backup_tui.ui.frame.input_gate import takes_text
from backup_tui.ui.frame.shared_commands import shared_commands
from backup_tui.ui.frame.stacked import StackedScreen
from backup_tui.ui.frame.themes import style_paths
from backup_tui.ui.widgets.frame_lines import CommandBar, HeaderLines, MessageLine, TooSmall
from backup_tui.ui.widgets.repaint import Holder
from backup_tui.ui.widgets.rows import TONES
from backup_tui.ui.widgets.table import RowTable

if TYPE_CHECKING:
    from backup_tui.models.focus import Focus
    from backup_tui.ui.widgets.filter_line import FilterLine
    from backup_tui.workspace import Workspace

_FIELD_KEYS = frozenset(
    key
    for binding in Input.BINDINGS
    for key in (binding.key if not isinstance(binding, tuple) else binding[0]).split(",")
)
"""Keys that a text field needs for itself although they are not text."""


_OF_WIDGETS = (events.Mount, events.DescendantFocus, events.DescendantBlur)
"""What a screen answers by looking at its widgets."""

_HAPPENS = frozenset({Topic.SESSIONS, Topic.PLANS, Topic.MINUTE})
MINUTE = Change(frozenset((Topic.MINUTE,)))  # told once a minute: whatever is shown as an age is a minute older


class BaseScreen(StackedScreen):
    """A screen inside the frame."""

    NUMBER: ClassVar[int] = 0  # its place among the screens 1 to 5; 0 for others
    VIEW: ClassVar[str] = ""  # name of what it shows, for reading it again; empty when there is nothing to read
    # the screen's own commands in footer order; see `offers`
    OWN_COMMANDS: ClassVar[tuple[Command[Any, Any], ...]] = ()
    # what it can offer in their place, each at times; those with the same key never together
    LATER_COMMANDS: ClassVar[tuple[Command[Any, Any], ...]] = ()
    # Ids of the shared commands that work here; None for all of them. `DIALOG` leaves no way sideways.
    SHARED: ClassVar[frozenset[str] | None] = None
    SHOW_MESSAGE: ClassVar[bool] = True  # Whether the message line is there. Reviews go without it.
    CSS_PATH = [*style_paths()]  # read with the first screen that is not the first of all
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"tone--{tone}" for tone in TONES}

    def __init__(self, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name, id, classes)
        self._command_set: CommandSet | None = None
        self._focused_before: Widget | None = None
        self._was_shown = False

    @classmethod
    def offers(cls, commands: Iterable[Command[Self, Any]]) -> None:
        """Says which commands a screen has of its own, once its class is there for them to refer to."""
        cls.OWN_COMMANDS = tuple(commands)

    # -- what screens say -----------------------------------------------------------------------------------

    def compose_body(self) -> ComposeResult:
        """The widgets between header and message line."""
        yield from ()

    def context(self) -> Context:
        """What the commands look at; by default the row and marks of the screen's first table."""
        table = self.main_table
        return Context(
            row=self.row,
            marked=len(table.marked) if table else 0,
            read_only=self.program.workspace.read_only,
        )

    def whole_context(self) -> Context:
        """What the commands look at, with what is asked in the same way on every screen."""
        workspace, stacked = self.program.workspace, len(self.app.screen_stack) > 1
        return replace(self.context(), service=workspace.service_state, barred=workspace.barred, stacked=stacked)

    def barred(self, feature: str) -> str | None:
        """Why this sign-in may not use a feature, by its id; None when it may be tried."""
        return self.program.workspace.barred(feature)

    def changed(self, change: Change) -> None:
        """Something in the store differs. Called while the screen is shown.

        Once a minute `MINUTE` comes alone: nothing changed but the ages that are shown.
        """

    def focus_on(self) -> "Focus | None":
        """What is read in the background while this screen is shown; None leaves it as it was."""
        return None

    def opened(self) -> None:
        """The workspace is open now; called once on the screens that were shown before it was."""

    def look(self) -> None:
        """Tells the background reading what is shown here."""
        if self.is_mounted and (focus := self.focus_on()) is not None:
            self.program.workspace.look_at(focus)

    def subtitle(self) -> str | tuple[str, str] | None:
        """Text, or its two ends, in place of the second header line; None shows the screens and the connection."""
        return None

    def accept_paste(self, text: str) -> bool:
        """Takes a paste that arrived outside a text field; False refuses it with a word."""
        return False

    # -- what screens use -----------------------------------------------------------------------------------

    @property
    def ws(self) -> "Workspace":
        """The workspace itself: store, use cases, clock, zone."""
        return self.program.workspace.core

    @property
    def main_table(self) -> RowTable | None:
        """The first table of the screen; a screen with several says which by overriding this."""
        return next(iter(self.query(RowTable)), None)

    @property
    def row(self) -> str | None:
        """Id of the row under the cursor of the main table."""
        return table.cursor_key if (table := self.main_table) else None

    def go_back(self, row: str | None) -> None:
        """Leaves this screen; one with something to end first does that."""
        self.program.go_back()

    def read_again(self, row: str | None) -> object:
        """Reads again what this screen shows."""
        return self.program.read_again()

    def keyed(self, text: str) -> str:
        """A sentence with its keys as they work where the focus is now; see `field_keys`."""
        text = self.own_keyed(text)
        return Keyed(out_of_field_first(text, self.way_out_of_field) if takes_text(self.focused) else text)

    def own_keyed(self, text: str, *, hint: bool = False) -> str:
        """A sentence, or a `hint` that begins with its key, with the keys that the person chose."""
        if not self.program.keys or isinstance(text, Keyed):
            return text
        return (hint_with_keys if hint else with_keys)(text, self._key_now)

    def _key_now(self, name: str) -> str | None:
        """The key that does now what `name` does as delivered, here or else wherever the shared commands work."""
        shared = CommandSet((), shared_commands(self.program.titles), self.program.keys)
        return self.commands.now(name) or shared.now(name)

    def way_out_of_field(self, key: str) -> str | None:
        """What leaves the text field so that a key works; None for a key that nothing here has.

        `enter` leads from a filter to its list, `esc` would clear the filter first. In other fields `enter` is
        theirs, and so is what a sentence says of it.
        """
        filtering = self._typed_filter is not None
        if key in ("enter", "space") and not filtering:
            return None
        known = key == "space" or self.commands.by_written(key) is not None
        return ("Enter" if filtering else "Esc") if known else None

    def say(self, text: str) -> None:
        """Puts one sentence on the message line, with the time, until the next one."""
        self.program.say(text)

    def frame_state(self) -> FrameState:
        """What the header says now."""
        state = self.program.workspace.frame_state()
        subtitle = self.subtitle()
        if not self.SHOW_MESSAGE and self.program.happened:
            subtitle = self.program.happened.strip()
        ends = (subtitle, "") if isinstance(subtitle, str) else subtitle
        titles = self.program.titles
        keys = [self._key_now(str(number)) or "" for number in range(1, len(titles) + 1)] if self.program.keys else ()
        return replace(state, screens=titles, keys=tuple(keys), current=self.NUMBER, subtitle=ends)

    @property
    def commands(self) -> CommandSet:
        """The screen's own commands and the shared ones."""
        if self._command_set is None:
            self._command_set = self.command_set(self.program.titles, self.program.keys)
        return self._command_set

    @classmethod
    def command_set(cls, titles: tuple[str, ...], keys: Keys = NO_KEYS) -> CommandSet:
        """The screen's own commands and the shared ones, with the keys that a person chose. Raises `ValueError`: two
        commands claim the same key."""
        return CommandSet(cls.OWN_COMMANDS, filter(cls._applies, shared_commands(titles)), keys)

    @classmethod
    def _applies(cls, command: Command[Any, Any]) -> bool:
        """A shared command that cannot do anything here is absent, not a stub."""
        if cls.SHARED is not None:
            return command.id in cls.SHARED
        return command.id != "refresh" or bool(cls.VIEW)

    @property
    def own_commands(self) -> tuple[Command[Any, Any], ...]:
        """The screen's own commands with the keys that they have now."""
        return tuple(with_own_keys(command, self.program.keys) for command in self.OWN_COMMANDS)

    def is_own_key(self, name: str) -> bool:
        """Whether a key, as it is written for a person, belongs to one of the screen's own commands."""
        command = self.commands.by_written(name)
        return command is not None and any(command.id == own.id for own in self.OWN_COMMANDS)

    def list_commands(self) -> tuple[Command[Any, Any], ...]:
        """Keys of the screen's table, for its help; none without a table."""
        table = self.main_table
        if table is None:
            return ()
        own = {key for command in self.commands.commands for key in command.keys}
        absent = {"open"} | (set() if table.markable else {"mark", "unmark_all"})
        commands = (with_own_keys(command, self.program.keys) for command in LIST_COMMANDS if command.id not in absent)
        return tuple(command for command in commands if own.isdisjoint(command.keys))

    def refresh_frame(self) -> None:
        """Brings header, message and footer up to date; draws only what differs."""
        if not self.is_mounted or not self.is_open:
            return
        state = self.frame_state()
        self.query_one(HeaderLines).update(state)
        self.query_one(TooSmall).update(state)
        if self.SHOW_MESSAGE:
            self.query_one(MessageLine).text = self.keyed(self.program.message_on(self))
        self.query_one(CommandBar).update(self._footer())

    def _footer(self) -> list[FooterEntry]:
        """The keys that do something now; in a field none that is text there."""
        entries = self.commands.footer(self.whole_context(), typing=isinstance(self.focused, Input))
        if (line := self._typed_filter) is None:
            return entries
        return [*line.footer, *(entry for entry in entries if entry.text.split(" ")[0] not in ("enter", "esc"))]

    @property
    def _typed_filter(self) -> "FilterLine | None":
        """The filter that is being typed into."""
        if not isinstance(self.focused, Input):
            return None
        from backup_tui.ui.widgets.filter_line import FilterLine  # late: the first frame has no field

        return self.focused.parent if isinstance(self.focused.parent, FilterLine) else None

    @on(events.DescendantFocus)
    def _other_keys(self) -> None:
        """In a field other keys work."""
        self.refresh_frame()

    # -- one way from a key to an action --------------------------------------------------------------------

    def press(self, command_id: str, row: str | None = None) -> None:
        """Runs a command, or says why it is not possible now.

        A key or click that came together with one that has left this screen was not meant for what is shown now, and
        does nothing. `row`: id that it is about; None takes the row under the cursor at this moment."""
        command = self.commands.by_id(command_id)
        if command is None or not self.is_shown:
            return
        context = self.whole_context()
        if row is not None:
            context = replace(context, row=row)
        if (reason := command.reason(context)) is not None:
            self.say(reason)
            self.program.refused(reason)
            return
        self.program.run_command(self, command, context.row)

    def on_key(self, event: events.Key) -> None:
        command = self.commands.by_key(event.key)
        if command is None:
            return
        if takes_text(self.focused) and (event.is_printable or not command.in_fields or event.key in _FIELD_KEYS):
            return
        event.stop()
        event.prevent_default()
        self.press(command.id)

    def on_row_table_opened(self, event: RowTable.Opened) -> None:
        if event.table is self.main_table and self.commands.by_id("open"):
            event.stop()
            self.press("open", event.key)

    def on_row_table_highlighted(self) -> None:
        self.refresh_frame()

    def on_row_table_marks_changed(self) -> None:
        self.refresh_frame()

    def on_command_bar_pressed(self, event: CommandBar.Pressed) -> None:
        self.press(event.command)

    def on_header_lines_pressed(self, event: HeaderLines.Pressed) -> None:
        self.press(f"show_{event.number}")

    # -- life of the screen ---------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        state = self.frame_state()
        with Holder(id="frame"):
            yield HeaderLines(state)
            with Holder(id="body"):
                yield from self.compose_body()
            if self.SHOW_MESSAGE:
                yield MessageLine(self.program.message_on(self))
            yield CommandBar()
        yield TooSmall(state)

    def receive(self, change: Change) -> None:
        """News from the bridge: the screen's own part first, then the frame."""
        if self.is_mounted:
            self.changed(change)
            if change.topics & _HAPPENS:
                self.program.tell_happened()
            self.program.tell_connection()
            self.refresh_frame()

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, _OF_WIDGETS) and (not self.is_open or self.program.ending):
            return  # It was left while it opened, and its widgets are gone.
        if isinstance(event, events.ScreenResume) and not self._was_shown:
            self._was_shown, event.refresh_styles = True, False  # each widget was styled when it was mounted
        await super().on_event(event)

    def on_mount(self) -> None:
        self.program.bridge.join(self)
        self.set_class(self.program.too_small, "-too-small")

    def on_screen_resume(self) -> None:
        self.look()
        missed = self.program.bridge.caught_up(self)
        if missed:
            self.receive(missed)
        else:
            # News that came while this screen was not mounted yet is in what it shows; only the message line lacks it.
            self.program.tell_connection()
            self.refresh_frame()

    def on_resize(self) -> None:
        small = self.program.too_small
        if small and not self.has_class("-too-small"):
            self._focused_before = self.focused
        self.set_class(small, "-too-small")
        if not small and self._focused_before is not None:
            self.call_after_refresh(self._focus_again, self._focused_before)
            self._focused_before = None

    def _focus_again(self, widget: Widget) -> None:
        # Textual removes the focus from what is not displayed.
        if self.focused is None and widget.is_attached and widget.focusable:
            self.set_focus(widget)
