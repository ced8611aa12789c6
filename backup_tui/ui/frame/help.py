"""`?`: the keys of a screen in two columns, made from its commands; enter lists every key with its full sentence."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec.structs import replace

from backup_tui.ui.frame.commands import GROUPS, OPEN, Command, Commands, Context, key_name
from backup_tui.ui.frame.pager import COMMANDS as PAGER_COMMANDS
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.frame.shared_commands import PALETTE
from backup_tui.ui.widgets.cells import fit, wrap
from backup_tui.ui.widgets.links import DOCUMENTATION
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.spans import SECTION, Text, two_ends
from backup_tui.ui.widgets.text_lines import TextLines

_KEYS = 14  # cells for the keys of a command where its sentence follows
_COLUMN = (38, 60)  # fewest and most cells of the first of two columns
_SHORT_KEYS = 7  # cells for the keys of a command in a column

REVIEWED = frozenset("AXDOW")  # keys, as delivered, that open a review: nothing happens without its phrase

_EVERYWHERE = (
    (("show_1", "show_2", "show_3", "show_4", "show_5"), "screens"),
    (("tenant",), "tenant and sign-in"),
    (("refresh", "pause"), "read now, pause 15 min"),
    (("palette", "help"), "commands, help"),
    (("back",), "back; q q at the top quits"),
    (("leave",), "quit, restores continue"),
)
_MOVING = ((("down", "up", "first", "last"), "down, up, first, last"), (("half_down", "half_up"), "half a page"))
"""Commands that are one line here, with what it says; their keys come from them."""

_MARKS = ("✓ ok", "✗ failed", "» running", "· waiting", "○ draft", "~ changing", "- off", "? unknown")


def short_help(command: Command[Any, Any], context: Context) -> str:
    """What a command does, in a few words: as the footer and the palette call it, else the start of its sentence."""
    return command.shown_text(context) or command.label or command.name or clause(command.help)


def clause(sentence: str) -> str:
    """The beginning of a sentence, to show beside a key."""
    words = sentence.partition(";")[0].partition(". ")[0].removesuffix(".")
    return words[:1].lower() + words[1:] if words[1:2].islower() else words


def help_columns(screen: BaseScreen, width: int) -> list[Text]:
    """The keys of a screen by section, in two columns where there is room for them. `screen`: the screen that the keys
    belong to. `width`: cells of a line."""
    context = screen.whole_context()
    known = {command.id: command for command in (*screen.commands.commands, *screen.list_commands())}
    own = [command for command in screen.own_commands if command.keys and command.help]
    own += [command for name, command in known.items() if name in ("mark", "unmark_all") and command not in own]
    reviews = {command.id for command in screen.OWN_COMMANDS if REVIEWED.intersection(command.keys)}
    reviewed = [command for command in own if command.id in reviews]
    grouped = {name for names, _words in (*_EVERYWHERE, *_MOVING) for name in names}
    here = [command for command in own if command not in reviewed and command.id not in grouped]
    reasons = [(command, reason) for command in own if (reason := command.reason(context)) is not None]
    least, most = _COLUMN
    beside = width >= 2 * least
    column = max(least, min(most, width // 2 - 1)) if beside else width
    room = column - 2

    def lines(command: Command[Any, Any], words: str) -> list[Text]:
        return _entry(" ".join(map(key_name, command.keys[:1])), words, room)

    left = [_title("This list" if screen.main_table else "This screen")]
    for command in here:
        left += lines(command, short_help(command, context))
    if reviewed:
        left.append(_title("Reviews: nothing without the phrase"))
        for command in reviewed:
            left += lines(command, short_help(command, context))
    back = key_name(screen.program.back_key)
    everywhere = [(names, words.replace("q q", f"{back} {back}")) for names, words in _EVERYWHERE]
    right = [*_grouped("Everywhere", everywhere, known, room)]
    if screen.main_table:
        right += _grouped("Moving", _MOVING, known, room)
    if reasons:
        right.append(_title("Not available on this row"))
        for command, reason in reasons:
            right += lines(command, clause(reason))
    marks = [_title("Marks"), *(("   ", line) for line in wrap("  ".join(_MARKS), width - 4))]
    marks += [_title("Documentation"), *(("   ", part) for part in wrap(DOCUMENTATION, width - 4))]
    if not beside:
        return [*left, *right, *marks]
    rows = max(len(left), len(right))
    left += [""] * (rows - len(left))
    right += [""] * (rows - len(right))
    return [(*two_ends(one, "", column), other) for one, other in zip(left, right, strict=True)] + marks


def _title(text: str) -> Text:
    return (SECTION, Cell(text, "strong"))


def _entry(keys: str, words: str, room: int, cells: int = _SHORT_KEYS) -> list[Text]:
    """A key with what it does; words that do not fit continue below."""
    keys = fit(keys, max(cells, len(keys) + 1), more="")
    first, *rest = wrap(words, max(8, room - 3 - len(keys))) or [""]
    return [("   ", Cell(keys, "key"), first), *(f"   {' ' * len(keys)}{line}" for line in rest)]


def _grouped(
    title: str,
    groups: Iterable[tuple[Sequence[str], str]],
    known: dict[str, Command[Any, Any]],
    room: int,
) -> list[Text]:
    entries: list[tuple[str, str]] = []
    for names, words in groups:
        commands = [known[name] for name in names if name in known]
        keys = [
            key_name(key) for command in commands for key in (command.keys if len(names) == 1 else command.keys[:1])
        ]
        if len(keys) > 2 and all(map(str.isdigit, keys)):
            keys = [f"{keys[0]}-{keys[-1]}"]
        if keys:
            entries.append((" ".join(keys).replace("ctrl+", "^"), words))
    cells = max([_SHORT_KEYS, *(len(keys) + 2 for keys, _words in entries)])
    lines = [line for keys, words in entries for line in _entry(keys, words, room, cells)]
    return [_title(title), *lines] if lines else []


def help_lines(screen: BaseScreen, width: int = 78) -> list[str]:
    """Every key of `screen` with its sentence, by group; below it why it is not available now. `screen`: the screen
    that the keys belong to. `width`: cells of a line; a longer sentence continues below its beginning."""
    context = screen.whole_context()
    commands = [*screen.commands.commands, *screen.list_commands()]
    lines: list[str] = []
    for group in GROUPS:
        members = [command for command in commands if command.group == group and command.keys and command.help]
        if not members:
            continue
        lines += ([""] if lines else []) + [group]
        for command in members:
            keys = " ".join(key_name(key) for key in command.keys)
            sentences = wrap(command.help, width - _KEYS - 3)
            if (reason := command.reason(context)) is not None:
                sentences += wrap(f"not now: {reason}", width - _KEYS - 3)
            for number, sentence in enumerate(sentences):
                lines.append(f"  {fit('' if number else keys, _KEYS, more='')} {sentence}")
    return lines


class HelpScreen(PagerScreen):
    """Help of one screen. `screen`: the screen that the keys belong to."""

    def __init__(self, screen: BaseScreen) -> None:
        name = screen.program.titles[screen.NUMBER - 1] if screen.NUMBER else ""
        super().__init__(
            f"Keys: {name}" if name else "Keys", help_columns(screen, screen.app.size.width), wrapped=False
        )
        self._about = screen

    def subtitle(self) -> tuple[str, str]:
        return self._title, "/ find a key"

    def on_resize(self) -> None:
        if self.is_mounted:
            self.query_one(TextLines).show(help_columns(self._about, self.app.size.width))

    def open_row(self, row: str | None) -> None:
        lines = help_lines(self._about, self.app.size.width - 2)
        self.program.push_screen(PagerScreen(f"{self._title}, in full", lines, wrapped=False))


COMMANDS: Commands[HelpScreen, Context] = (
    replace(OPEN, label="details of each key", help="Every key with its whole sentence."),
    *(command for command in PAGER_COMMANDS if command.id != "back"),
    replace(PALETTE, label="commands"),
    *(command for command in PAGER_COMMANDS if command.id == "back"),
)
HelpScreen.offers(COMMANDS)
