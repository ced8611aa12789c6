"""`f`: the failed units of a restore by cause, and a new restore made from one of the causes."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from backup_tui.errors import BackupTuiError
from backup_tui.models.focus import Focus
from backup_tui.models.own_words import small_print
from backup_tui.models.text import short_id
from backup_tui.restore.drafts.failed import FailedGroup
from backup_tui.ui.frame.commands import OPEN, Command, Commands, Context
from backup_tui.ui.frame.listing import ListScreen
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.frame.shared_commands import BACK
from backup_tui.ui.routes import OpenNewRestore
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell

FIRST_NAMES = 3


class FailedAgain(ListScreen):
    """What failed in a restore, one row per cause.

    With one cause only the form opens at once.

    Args:
        session_id: The restore.
    """

    NUMBER = 3
    COLUMNS = (
        Column("cause", "Failed because", 20, grow=1, least=14),
        Column("count", "Units", 6, align="right"),
        Column("where", "Was to go", 9),
        Column("detail", "That is", 20, grow=1, least=10, drop=1),
        Column("remedy", "What to do", 24, least=20),
    )
    PANE_LINES = 5

    def __init__(self, session_id: str) -> None:
        super().__init__()
        self.session_id = session_id
        self._groups: tuple[FailedGroup, ...] | None = None
        self._failure: BackupTuiError | None = None

    def focus_on(self) -> Focus:
        """The restore goes on being followed."""
        return Focus(screen="session", session_id=self.session_id)

    def on_mount(self) -> None:
        """Reads what failed."""
        self.program.start(self._read(), f"failed of {short_id(self.session_id)}")

    async def _read(self) -> None:
        try:
            self._groups = await self.ws.restore.failed_by_cause(self.session_id)
        except BackupTuiError as error:
            self._failure = error
        if not self.is_open:
            return
        if self._groups is not None and len(self._groups) == 1 and self._groups[0].units and self.is_current:
            self._take(self._groups[0])
        else:
            self.show_rows()
            self.refresh_frame()

    # -- the list -------------------------------------------------------------------------------------------

    def keys(self) -> Sequence[str]:
        """One key per cause."""
        return [str(number) for number in range(len(self._groups or ()))]

    def cells(self, key: str) -> Sequence[Cell]:
        """The cells of a cause."""
        group = self._group(key)
        return (
            Cell(group.cause.cause, "bad"),
            Cell(f"{group.count:,}"),
            Cell(group.destination.word if group.destination else "not told"),
            Cell(group.cause.detail),
            Cell(group.cause.remedy.value),
        )

    def heading(self) -> Section:
        """Which restore, and how many failed."""
        groups = self._groups or ()
        count = sum(group.count for group in groups)
        right = f"{groups[0].service.counted(count)} failed" if groups else ""
        return Section(f"{short_id(self.session_id)} > Failed, by cause", "", right)

    def empty_words(self) -> str:
        """Why there is no cause."""
        if self._failure is not None:
            hint = self._failure.hint or "esc goes back; f reads it again."
            return "\n".join(f"   {line}" for line in (self._failure.message, hint, *small_print(self._failure)))
        return "   Reading what failed..." if self._groups is None else "   Nothing has failed in this restore."

    def about(self, key: str) -> list[str]:
        """What the cause means, and the first units."""
        group = self._group(key)
        names = [unit.name for unit in group.units]
        first = ", ".join(names[:FIRST_NAMES])
        rest = len(names) - FIRST_NAMES
        if rest > 0:
            first += f" and {rest:,} more"
        cause = group.cause
        code = f" ({cause.code})" if cause.code else ""
        several = f"{cause.cause[:1].upper()}{cause.cause[1:]}: {cause.detail}{code}."
        lines = [f"{cause.happened if group.count == 1 else several} {cause.certainty}".strip(), f"Do: {cause.to_do}"]
        if first:
            lines.append(f"Units: {first}.")
        if group.nameless:
            lines.append(f"{len(group.nameless):,} of them the service does not name; a new restore cannot take those.")
        return lines

    def _group(self, key: str) -> FailedGroup:
        groups = self._groups or ()
        if int(key) >= len(groups):
            raise KeyError(key)
        return groups[int(key)]

    # -- keys -----------------------------------------------------------------------------------------------

    def open_row(self, row: str | None) -> None:
        if row is not None:
            self._take(self._group(row))

    def _take(self, group: FailedGroup) -> None:
        form = self.ws.restore.form_from_failed(group)
        app = self.program
        if not self.close():
            return
        app.open(OpenNewRestore(form))
        # In the form a letter is text, so what to do is said without the keys.
        app.say(f"{group.service.counted(len(group.units))}, {group.cause.cause}. {group.to_do}")

    def show_all(self, row: str | None) -> None:
        if row is None:
            return
        group = self._group(row)
        lines = [*group.cause.sentences, ""]
        lines += [f"The service's words: {text}" for text in group.messages]
        lines += [f"  {unit.name}   unit {unit.unit_id}" for unit in group.units]
        lines += [f"  {unit.name}" for unit in group.nameless]
        self.program.push_screen(PagerScreen(f"Failed: {group.cause.cause}", lines))


# fmt: off
COMMANDS: Commands[FailedAgain, Context] = (
    replace(OPEN, label="new restore of these",
            help="Opens the form with the units that failed for this cause; nothing is sent before it is created.",
            group="Change", changes=True, needs="service", feature="restore", needs_row=True, weight=0),
    Command("show_all", ("v",), "all units", "All units of this cause, and the service's own words.",
            run=FailedAgain.show_all, needs_row=True),
    replace(BACK, label="back", side="right"),
)
# fmt: on
FailedAgain.offers(COMMANDS)
