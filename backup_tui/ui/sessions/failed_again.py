"""`f`: the failed units of a restore by cause, and a new restore of the units of one cause."""

from collections.abc import Sequence

from msgspec.structs import replace

from backup_tui.errors import BackupTuiError
from backup_tui.models.focus import Focus
from backup_tui.models.own_words import small_print
from backup_tui.models.services import Destination
from backup_tui.models.text import are, short_id
from backup_tui.restore.drafts.failed import FailedGroup, failed_by_cause, form_from_failed
from backup_tui.ui.frame.commands import OPEN, Command, Commands, Context
from backup_tui.ui.frame.listing import ListScreen
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.routes import OpenNewRestore
from backup_tui.ui.vocabulary.sessions import retries_words, sentence, title_of
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell

FIRST_NAMES = 3


class FailedAgain(ListScreen):
    """What failed in a restore, one row per cause.

    With one cause only the form opens at once.
    """

    NUMBER = 3
    COLUMNS = (
        Column("count", "Units", 5, align="right", always=True),
        Column("cause", "Cause", 20, always=True),
        Column("where", "To", 8),
        Column("remedy", "What to do", 22, least=18),
        Column("detail", "Meaning", 20, drop=1),
    )
    PANE_LINES = 4

    def __init__(self, session_id: str) -> None:
        super().__init__()
        self.session_id = session_id
        self._groups: tuple[FailedGroup, ...] | None = None
        self._failure: BackupTuiError | None = None

    def focus_on(self) -> Focus:
        return Focus(screen="session", session_id=self.session_id)

    def on_mount(self) -> None:
        self.program.start(self._read(), f"failed of {short_id(self.session_id)}")

    async def _read(self) -> None:
        try:
            self._groups = await failed_by_cause(self.ws.context, self.session_id)
        except BackupTuiError as error:
            self._failure = error
        if not self.is_open:
            return
        groups = self._groups or ()
        if len(groups) == 1 and groups[0].units and not groups[0].retries and self.is_current:
            self._take(groups[0])
        else:
            self.show_rows()
            self.refresh_frame()

    # -- the list -------------------------------------------------------------------------------------------

    def keys(self) -> Sequence[str]:
        return [str(number) for number in range(len(self._groups or ()))]

    def cells(self, key: str) -> Sequence[Cell]:
        group = self._group(key)
        new = "new" if group.destination else "unknown"
        return (
            Cell(f"{group.count:,}"),
            Cell(f"✗ {group.cause.cause}", "bad"),
            Cell("IN PLACE", "bad") if group.destination is Destination.IN_PLACE else Cell(new),
            Cell(f"retried in {group.retries[-1].words}" if group.retries else group.cause.remedy.value),
            Cell(group.cause.detail),
        )

    def heading(self) -> Section:
        count = sum(group.count for group in self._groups or ())
        title = f"Failed {count:,}, by cause" if self._groups else "Failed, by cause"
        session = self.ws.store.sessions.get(self.session_id)
        return Section(title, "", title_of(session) if session else short_id(self.session_id))

    def empty_words(self) -> str:
        if self._failure is not None:
            hint = self._failure.hint or "esc goes back; f reads it again."
            return "\n".join(f"   {line}" for line in (self._failure.message, hint, *small_print(self._failure)))
        return "   Reading what failed…" if self._groups is None else "   Nothing failed in this restore."

    def about(self, key: str) -> Sequence[Section | str]:
        group, cause = self._group(key), self._group(key).cause
        code = f" ({cause.code})" if cause.code else ""
        happened = cause.happened if group.count == 1 else sentence(f"{cause.cause}: {cause.detail}{code}")
        names = [unit.name for unit in group.units]
        first = ", ".join(names[:FIRST_NAMES])
        rest = f" and {len(names) - FIRST_NAMES:,} more (v)" if len(names) > FIRST_NAMES else ""
        lines = [f"{happened} {cause.certainty} {group.to_do}"]
        if group.retries:
            all_of_them = "it once more" if len(group.units) == 1 else "all of them once more"
            takes = f"the {len(group.left):,} without one" if group.left else all_of_them
            lines.insert(0, f"{sentence(retries_words(group.retries))} enter takes {takes}.")
        lines += [f"Units: {first}{rest}."] if first else []
        if nameless := len(group.nameless):
            it = "it" if nameless == 1 else "them"
            lines.append(f"{nameless:,} {are(nameless)} not named by the service; a new restore cannot take {it}.")
        right = group.service.counted(group.count)
        return [Section(f"{cause.cause[:1].upper()}{cause.cause[1:]}", right=right), *lines]

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
        form = form_from_failed(group)
        app = self.program
        if not self.close():
            return
        app.open(OpenNewRestore(form))
        # In the form a letter is text, so the remedy is said without the keys.
        retried = sentence(retries_words(group.retries))
        app.say(f"{group.service.counted(len(form.units))}, {group.cause.cause}. {retried or group.to_do}")

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
            help="Opens the form with the units of this cause; nothing is sent until you create the draft.",
            group="Change", changes=True, needs="service", feature="restore", needs_row=True, weight=0),
    Command("show_all", ("v",), "all units", "All units of this cause, and the service's own words.",
            run=FailedAgain.show_all, needs_row=True),
)
# fmt: on
FailedAgain.offers(COMMANDS)
