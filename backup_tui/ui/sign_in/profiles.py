"""`p`: the profiles of `config.toml`, with the open one marked; `enter` opens another."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult

from backup_tui.config import Settings, settings_of_profile
from backup_tui.errors import BackupTuiError
from backup_tui.models.text import safe
from backup_tui.ui.frame.commands import OPEN, Commands, Context
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.frame.shared_commands import BACK, DIALOG
from backup_tui.ui.restart import Restart, StartOptions
from backup_tui.ui.sign_in.text import FLOW_WORDS, kept_words, tenant_words
from backup_tui.ui.widgets.cells import one_line
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.list_and_pane import ListAndPane
from backup_tui.ui.widgets.table import Cell, RowTable
from backup_tui.workspace import Workspace

if TYPE_CHECKING:
    from backup_tui.ui.program import Program


def show_profiles(app: "Program") -> None:
    """Opens the list, or says why there is none."""
    settings = app.workspace.core.settings
    if settings.demo:
        app.say("The demo has no profiles: it never speaks to a real tenant.")
    elif not settings.profiles:
        app.say(f"{settings.config_path} has no profile yet; a section [profile.NAME] makes one.")
    else:
        app.push_screen(ProfilesScreen())


class ProfileLine(Struct, frozen=True):
    """A profile as far as it can be used.

    Attributes:
        name: Its name; empty for what the program was started with when that was none.
        settings: What it comes to; None when it cannot be used.
        error: Why it cannot be used.
    """

    name: str
    settings: Settings | None
    error: BackupTuiError | None = None


def load_profiles(present: Settings, first: Settings | None) -> list[ProfileLine]:
    """Every profile of the file with its settings, in the file's order.

    Args:
        present: The settings that are open.
        first: Those the program was started with; its options go for that profile only.
    """
    known = {settings.profile: settings for settings in (first, present) if settings is not None}
    names = list(dict.fromkeys((*(name for name in known if not name), *present.profiles)))
    lines: list[ProfileLine] = []
    for name in names:
        try:
            settings = known.get(name) or settings_of_profile(present, name)
            if settings.token is None:
                settings.need_sign_in()
            lines.append(ProfileLine(name, settings))
        except BackupTuiError as error:
            lines.append(ProfileLine(name, None, error))
    return lines


class ProfilesScreen(BaseScreen):
    """The profiles; the screen is the source of its table."""

    SHARED = DIALOG | {"help"}
    COLUMNS = (
        Column("name", "Profile", 16, grow=1, least=8),
        Column("tenant", "Tenant", 22, grow=2, least=12),
        Column("look", "Word, color", 14, grow=1, least=6, drop=2),
        Column("state", "", 17, least=9),
    )

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[str, ProfileLine] = {}
        self._rows: tuple[str, ...] = ()

    def subtitle(self) -> str:
        return f"Profiles of {self.ws.settings.config_path}"

    def context(self) -> Context:
        return Context(row=self.row)

    def compose_body(self) -> ComposeResult:
        yield ListAndPane(RowTable(self.COLUMNS, gap=1, empty="   Reading the profiles."), lines=5)

    def on_mount(self) -> None:
        self.query_one(RowTable).source = self
        self.query_one(RowTable).focus()
        self.program.start(self._load(), "read the profiles", group="profiles", exclusive=True)

    async def _load(self) -> None:
        lines = await asyncio.to_thread(load_profiles, self.ws.settings, self.program.beginning.first)
        if not self.is_open:
            return
        self._lines = {line.name: line for line in lines}
        self._rows = tuple(self._lines)
        table = self.query_one(RowTable)
        table.reconcile()
        table.move_to(self.ws.settings.profile)
        self._tell()
        self.refresh_frame()

    # -- rows -----------------------------------------------------------------------------------------------

    def keys(self) -> Sequence[str]:
        return self._rows

    def cells(self, key: str) -> Sequence[Cell]:
        line = self._lines[key]
        name = Cell(one_line(key) or "(no profile)")
        settings = line.settings
        if settings is None:
            return name, Cell("unknown"), Cell(""), Cell("✗ cannot be used", "bad")
        look = ", ".join(part for part in (settings.word, settings.colour) if part)
        return name, Cell(_tenant(settings)), Cell(look), self._state(line.name, settings)

    def _state(self, name: str, settings: Settings) -> Cell:
        mode = ", read-only" if settings.read_only else ""
        if name == self.ws.settings.profile:
            return Cell(f"» open{mode}", "good")
        return Cell("read-only" if settings.read_only else "")

    @on(RowTable.Highlighted)
    def _tell(self) -> None:
        row = self.row
        self.query_one(ListAndPane).tell(profile_lines(self._lines[row]) if row is not None else [])

    # -- keys -----------------------------------------------------------------------------------------------

    def open_row(self, row: str | None) -> None:
        """The other profile, unless it cannot be opened; then this one stays."""
        line = self._lines.get(row or "")
        if line is None:
            return
        if line.name == self.ws.settings.profile:
            self.say(f"{one_line(line.name) or 'This'} is the profile that is open; Esc goes back.")
            return
        if line.settings is None:
            self.say(line.error.sentences if line.error is not None else "")
            return
        workspace = Workspace(line.settings)  # A wrong address is found here: then this profile stays open.
        name = one_line(line.name) or "no profile"
        words = f"Profile {name} is open. Restores of the previous one continue."
        self.program.restart_with(Restart(workspace, StartOptions(self.program.beginning.first, words, switched=True)))


def _tenant(settings: Settings) -> str:
    if settings.sign_in is None or settings.sign_in.flow == "token":
        return safe(settings.tenant, 100) or "that of the token"
    return tenant_words(settings.sign_in)


def profile_lines(line: ProfileLine) -> list[str]:
    """The lines about a profile, its name first."""
    settings, error = line.settings, line.error
    name = one_line(line.name) or "(no profile)"
    if settings is None:
        return [name, *(part for part in (error and (error.message, error.certainty, error.hint)) or () if part)]
    lines = [name, f"Service {safe(settings.graph_url, 200)}"]
    if settings.sign_in is not None:
        how = settings.sign_in
        lines += [f"Signs in {FLOW_WORDS[how.flow]}.", f"Kept {kept_words(how)}."]
        if how.flow == "token":
            lines.append("BACKUP_TUI_ACCESS_TOKEN is set and overrides the profile.")
    if settings.read_only:
        lines.append("Read-only: nothing can be changed.")
    return lines


COMMANDS: Commands[ProfilesScreen, Context] = (
    replace(
        OPEN,
        label="open this profile",
        help="Switches to this profile; restores continue, and a form that is filled in is kept.",
        needs_row=True,
        weight=1,
    ),
    replace(BACK, label="back", side="right", weight=1),
)
ProfilesScreen.offers(COMMANDS)
