"""Commands as data; footer, help, palette and key tables are made from these declarations.

A key press takes one path: the screen looks the key up in its `CommandSet`, asks `reason()`, and then awaits
`command.run(screen, row)`. `row` is the id of the row under the cursor at the moment of the press. A screen declares
its commands below its class, where its handlers can be named by reference, so that a misspelt one fails when the module
is imported. Such a table is laid out by hand (`fmt: off`), a command in a few lines:

    COMMANDS: Commands[SessionsScreen, SessionContext] = (
        replace(OPEN, label="open"),
        Command("activate", ("A",), "activate (review)", "Opens the review of a draft.",
                run=SessionsScreen.open_review, changes=True,
                blocked=lambda context: None if context.is_draft else "Only a draft can be activated."),
    )
    SessionsScreen.offers(COMMANDS)
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, Literal, Protocol, TypeAlias, TypeVar, cast

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.config.keys import KEPT, written_key
from backup_tui.models.service_state import UNKNOWN_STATE, ServiceState
from backup_tui.models.service_state import sentence as in_a_sentence
from backup_tui.ui.widgets.cells import width_of

Group = Literal["Move", "Rows", "Change", "Screens", "Program"]
"""Headings of the help screen and the key tables, in this order."""

Needs = Literal["", "service", "restore", "protection"]
"""What the service may have locked."""

GROUPS: tuple[Group, ...] = ("Rows", "Change", "Move", "Screens", "Program")


def nothing_barred(feature: str) -> str | None:
    """A sign-in that may do everything."""
    return None


class Context(Struct, frozen=True):
    """What a command may look at to say whether it is possible now. Screens add members in a subclass."""

    row: str | None = None  # id of the row under the cursor
    marked: int = 0  # how many rows are marked
    read_only: str | None = None  # why nothing can be changed here; None where changes are possible
    service: ServiceState = UNKNOWN_STATE  # what the service allows
    # why the sign-in may not use a feature, by its id; None when it may be tried
    barred: Callable[[str], str | None] = nothing_barred
    stacked: bool = False  # whether another screen is below this one, to which one can go back


S = TypeVar("S", contravariant=True)
C = TypeVar("C", bound=Context, contravariant=True)
D = TypeVar("D", bound=Context)
Handler: TypeAlias = Callable[[S, str | None], object]
"""What a command does on a screen, with the id of the row; what it gives back is awaited where it can be."""


class _Shown(Struct, frozen=True):
    """What a command is known by; given in this order."""

    id: str
    keys: tuple[str, ...] = ()
    label: str = ""
    help: str = ""


class Command(_Shown, Generic[S, C], frozen=True, kw_only=True):
    """One action of a person, on screens of type `S` that tell it a context of type `C`.

    Attributes:
        id: Name of the action.
        keys: Textual's names of its keys, the one to be shown first.
        label: Footer text after the key; empty: not in the footer.
        help: One sentence for the help screen.
    """

    run: Handler[S]  # what it does, by reference
    name: str = ""  # what it is called in the palette, without colon; empty: its label
    aliases: tuple[str, ...] = ()  # other names for it there
    group: Group = "Rows"  # heading in help and key tables
    side: Literal["left", "right"] = "left"  # end of the footer at which it appears
    weight: int = 5  # the footer gives up the largest weight first when it is too narrow
    changes: bool = False  # whether it can lead to a change in the service: blocked in a read-only workspace
    # what the service has to allow for it: nothing, that it is on (`service`), restores, or changes of protection
    needs: Needs = ""
    feature: str = ""  # what the sign-in has to be allowed for it, an id of `models.features`; empty for nothing
    needs_row: bool = False  # whether it is blocked without a row under the cursor
    in_fields: bool = True  # whether its keys work while text is being typed (only for keys that are not text)
    # why it is not possible now beyond the rules above, as a sentence; None when it is
    blocked: Callable[[C], str | None] | None = None
    footer_text: Callable[[C], str] | None = None  # the footer text for this moment, where it is not always the label
    dims: bool = True  # whether it stays in the footer, dim, while `blocked` says why not; else it makes room

    def when(
        self, *, blocked: Callable[[D], str | None] | None = None, footer_text: Callable[[D], str] | None = None
    ) -> "Command[S, D]":
        """The same command with rules of one screen's own context."""
        narrowed = cast("Command[S, D]", self)  # the screen of such a command tells a context of its own
        return replace(narrowed, blocked=blocked or narrowed.blocked, footer_text=footer_text or narrowed.footer_text)

    def shown_text(self, context: C) -> str:
        """The footer text for this moment; empty keeps it out of the footer."""
        lacks_row = self.needs_row and context.row is None
        if not self.dims and (lacks_row or (self.blocked is not None and self.blocked(context) is not None)):
            return ""
        return self.label if self.footer_text is None else self.footer_text(context)

    def shown_key(self, *, typing: bool) -> str | None:
        """The key to show; None where none works because a field has the keys (`typing`)."""
        return next((key for key in self.keys if not typing or (self.in_fields and not is_text(key))), None)

    def reason(self, context: C) -> str | None:
        """Why the action is not possible now, all rules taken together; None when it is."""
        if self.changes and context.read_only:
            return context.read_only
        if self.feature and (barred := context.barred(self.feature)) is not None:
            return barred
        if (forbidden := _forbidden(self.needs, context.service)) is not None:
            return in_a_sentence(forbidden)
        if self.needs_row and context.row is None:
            return NO_ROW
        return self.blocked(context) if self.blocked is not None else None


NO_ROW = "No row here."
Commands: TypeAlias = tuple[Command[S, C], ...]
"""The commands of one screen in footer order."""


def _forbidden(needs: Needs, state: ServiceState) -> str | None:
    match needs:
        case "restore":
            return state.no_restore
        case "protection":
            return state.no_protection_change
        case "service":
            return state.no_change
    return None


def is_text(key: str) -> bool:
    """Whether a key, by Textual's name, is a character where text is typed."""
    return key == "space" or len(key_name(key)) == 1


def key_name(key: str) -> str:
    """How a key is written for a person (`question_mark` is `?`)."""
    return written_key(key)


Keys: TypeAlias = Mapping[str, tuple[str, ...]]
"""Keys that a person chose, by the ids of the commands that have them on every screen."""
NO_KEYS: Keys = {}


def with_own_keys(command: Command[S, C], keys: Keys) -> Command[S, C]:
    """A command with the keys that a person chose for it.

    What must always lead out of a screen and of the program does so still.
    """
    chosen = keys.get(command.id)
    if chosen is None:
        return command
    kept = (key for key in command.keys if key in KEPT)
    mapped = replace(command, keys=tuple(dict.fromkeys((*kept, *chosen))))
    if "q" in command.keys and "q" not in mapped.keys:
        leaves = key_name(chosen[-1])
        mapped = replace(mapped, help=command.help.replace("q q", f"{leaves} {leaves}"))
    return mapped


class FooterEntry(Struct, frozen=True):
    """One entry of the footer: `key label`, dim while blocked."""

    command: str
    text: str
    blocked: bool
    side: Literal["left", "right"]
    weight: int


def lay_out_footer(entries: Sequence[FooterEntry], width: int) -> list[tuple[int, FooterEntry]]:
    """The entries that fit into `width` cells with the column at which each starts.

    Entries are two cells apart, and one from either edge. The largest weight is left out first, among equals the last
    of the left side.
    """
    kept = list(entries)

    def needed() -> int:
        return 1 + sum(width_of(entry.text) + 2 for entry in kept)

    while kept and needed() - 1 > width:
        del kept[max(range(len(kept)), key=lambda at: (kept[at].weight, kept[at].side == "left", at))]
    placed: list[tuple[int, FooterEntry]] = []
    x = 1
    for entry in kept:
        if entry.side == "left":
            placed.append((x, entry))
            x += width_of(entry.text) + 2
    right = [entry for entry in kept if entry.side == "right"]
    x = width + 1 - sum(width_of(entry.text) + 2 for entry in right)
    for entry in right:
        placed.append((x, entry))
        x += width_of(entry.text) + 2
    return placed


class CommandSet:
    """The commands of one screen: its own first, then those that work everywhere.

    Args:
        own: The screen's own commands, in footer order. One with the id of a shared command replaces it.
        shared: Commands of the whole program.
        keys: Keys that a person chose; which command replaces which follows from the keys before that.

    Raises:
        ValueError: Two commands claim the same id, or the same key as delivered.
    """

    def __init__(
        self, own: Iterable[Command[Any, Any]], shared: Iterable[Command[Any, Any]] = (), keys: Keys = NO_KEYS
    ) -> None:
        commands = list(own)
        replaced = {command.id for command in commands}
        taken = {key for command in commands for key in command.keys}
        commands += (
            command for command in shared if command.id not in replaced and not taken.intersection(command.keys)
        )
        self._delivered: dict[str, str] = {}
        ids: set[str] = set()
        for command in commands:
            if command.id in ids:
                raise ValueError(f"two commands with the id {command.id}")
            ids.add(command.id)
            for key in command.keys:
                if key in self._delivered:
                    raise ValueError(f"key {key} is claimed by {self._delivered[key]} and {command.id}")
                self._delivered[key] = command.id
        self.commands: tuple[Command[Any, Any], ...] = tuple(with_own_keys(command, keys) for command in commands)
        self._by_id = {command.id: command for command in self.commands}
        self._by_key: dict[str, Command[Any, Any]] = {}
        for command in self.commands:
            for key in command.keys:
                self._by_key.setdefault(key, command)  # `every_screen.check_keys` has refused two with one key

    def by_key(self, key: str) -> Command[Any, Any] | None:
        return self._by_key.get(key)

    def by_written(self, name: str) -> Command[Any, Any] | None:
        """The command of a key as it is written for a person (`!`)."""
        return next((command for key, command in self._by_key.items() if key_name(key) == name), None)

    def now(self, name: str) -> str | None:
        """How the key is written now with which a person does what the key `name`, as written, does as delivered."""
        delivered = next((command for key, command in self._delivered.items() if key_name(key) == name), None)
        return key_name(self._by_id[delivered].keys[0]) if delivered is not None else None

    def by_id(self, command_id: str) -> Command[Any, Any] | None:
        return self._by_id.get(command_id)

    def footer(self, context: Context, *, typing: bool = False) -> list[FooterEntry]:
        """The footer for this moment. `typing`: a field has the keys: a command is shown with a key that is not text,
        or not at all."""
        entries: list[FooterEntry] = []
        for command in self.commands:
            key = command.shown_key(typing=typing)
            if key is not None and (text := command.shown_text(context)):
                blocked = command.reason(context) is not None
                entries.append(
                    FooterEntry(command.id, f"{key_name(key)} {text}".strip(), blocked, command.side, command.weight)
                )
        return entries

    def table(self) -> list[tuple[Group, str, str]]:
        """Group, keys and sentence of every command, by group: for the help screen and the README."""
        rows = [
            (command.group, " ".join(key_name(key) for key in command.keys), command.help)
            for command in self.commands
            if command.keys and command.help
        ]
        return sorted(rows, key=lambda row: GROUPS.index(row[0]))


def key_table(sets: Iterable[CommandSet]) -> str:
    """A Markdown table of all keys of these sets, each command once: what the README shows."""
    lines = ["| Key | What it does |", "|---|---|"]
    seen: set[tuple[str, str]] = set()
    for _group, keys, sentence in (row for one in sets for row in one.table()):
        if (keys, sentence) not in seen:
            seen.add((keys, sentence))
            shown = " ".join(f"`{key}`" for key in keys.split(" "))
            lines.append(f"| {shown} | {sentence} |".replace("`|`", "`\\|`"))
    return "\n".join(lines)


# -- keys inside lists ------------------------------------------------------------------------------------


class _Table(Protocol):
    def act(self, action: str) -> None: ...


class HasTable(Protocol):
    """A screen with a list."""

    @property
    def main_table(self) -> _Table | None:
        """The list that keys act on; None where there is none."""


class OpensRows(Protocol):
    """A screen whose rows can be opened."""

    def open_row(self, row: str | None) -> object:
        """Opens the row, or does what `enter` on it means there."""


def _in_table(action: str, keys: tuple[str, ...], help: str, group: Group = "Move") -> Command[HasTable, Context]:
    """A key that the list handles itself; a command so that it is written in one place."""

    def run(screen: HasTable, row: str | None) -> None:
        if screen.main_table is not None:
            screen.main_table.act(action)

    return Command(action, keys, help=help, run=run, group=group)


OPEN: Command[OpensRows, Context] = Command(
    "open", ("enter",), help="Opens the row under the cursor.", run=lambda screen, row: screen.open_row(row)
)
OPEN_ROW = replace(OPEN, label="open", name="open", needs_row=True, weight=1)
MARK = _in_table("mark", ("space",), "Selects the row, or clears it.", "Rows")
UNMARK_ALL = _in_table("unmark_all", ("u",), "Clears the selection.", "Rows")
LIST_COMMANDS: tuple[Command[Any, Any], ...] = (
    _in_table("down", ("j", "down"), "The next row."),
    _in_table("up", ("k", "up"), "The row before."),
    _in_table("first", ("g", "home"), "The first row."),
    _in_table("last", ("G", "end"), "The last row."),
    _in_table("page_down", ("pagedown",), "One page further."),
    _in_table("page_up", ("pageup",), "One page back."),
    _in_table("half_down", ("ctrl+d",), "Half a page further."),
    _in_table("half_up", ("ctrl+u",), "Half a page back."),
    OPEN,
    MARK,
    UNMARK_ALL,
)


def list_keys(keys: Keys = NO_KEYS) -> dict[str, str]:
    """Key -> what a `RowTable` does with it, with the keys that a person chose."""
    return {
        key: command.id for each in LIST_COMMANDS for command in (with_own_keys(each, keys),) for key in command.keys
    }


LIST_KEYS = list_keys()
"""The keys of lists as delivered."""


def list_action(app: object, key: str) -> str | None:
    """What a list does with a key in this app; `None` for no key of lists."""
    keys: Mapping[str, str] = getattr(app, "list_keys", LIST_KEYS)
    return keys.get(key)
