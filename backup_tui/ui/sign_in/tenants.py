"""`p`: what the tenants of all profiles are doing. It only reads; `enter` opens one, and only that one can change."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from backup_tui.models.text import safe
from backup_tui.store.changes import Change
from backup_tui.ui.frame.commands import OPEN, Command, Commands, Context
from backup_tui.ui.frame.header import FrameState
from backup_tui.ui.frame.listing import FILTER, ListScreen
from backup_tui.ui.frame.shared_commands import BACK, DIALOG, HELP
from backup_tui.ui.restart import Restart
from backup_tui.ui.sign_in.profiles import ProfileLine, load_profiles, profile_lines, tenant_of
from backup_tui.ui.widgets.cells import one_line
from backup_tui.ui.widgets.charts import counts_bar
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.spans import BAND, Section
from backup_tui.ui.widgets.table import Cell
from backup_tui.ui.widgets.tenant_band import DEFAULT_COLOUR, NEUTRAL
from backup_tui.ui.widgets.time_format import clock_words
from backup_tui.workspace.last_place import LAST_PROFILE
from backup_tui.workspace.preferences import Preferences
from backup_tui.workspace.tenants import Tenants, TenantState, facts_of

if TYPE_CHECKING:
    from backup_tui.config import Settings

READ_EVERY = 300.0  # seconds between two reads of all tenants

_BAR = 8


class TenantsContext(Context, frozen=True):
    """What the commands look at. `signed_out`: nobody is signed in to the profile under the cursor. `choosing`: no
    tenant is open."""

    signed_out: bool = False
    choosing: bool = False


class TenantsScreen(ListScreen):
    """All tenants, one row for each profile."""

    SHARED = DIALOG | {"help"}
    COLUMNS = (
        Column("tenant", "Tenant", 15, grow=1, least=12, always=True),
        Column("word", "Word", 13, least=8),
        Column("running", "Runs", 4, align="right"),
        Column("done", "Done", _BAR, least=3, drop=2),
        Column("failed", "Failed", 6, align="right", always=True),
        Column("drafts", "Drafts", 6, align="right", drop=1),
        Column("backup", "Backup", 19, least=10),
    )

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[str, ProfileLine] = {}
        self._tenants = Tenants()
        self._reading = False

    # -- rows -----------------------------------------------------------------------------------------------

    @property
    def _opened(self) -> str | None:
        """The profile that is open; None where one is still to be chosen."""
        return None if self.program.beginning.choosing else self.ws.settings.profile

    def keys(self) -> Sequence[str]:
        wanted = self.filter_text.lower().split()
        return tuple(name for name in self._lines if all(word in self._words(name).lower() for word in wanted))

    def _words(self, name: str) -> str:
        return " ".join((name, *(cell.text for cell in self.cells(name))))

    def total(self) -> int:
        return len(self._lines)

    def cells(self, key: str) -> Sequence[Cell]:
        line = self._lines[key]
        settings = line.settings
        if settings is None:
            return (Cell(one_line(key) or "(no profile)"), *([Cell("")] * 5), Cell("✗ cannot be used", "bad"))
        word = f"[{settings.word or one_line(key)}]" if settings.word or key else ""
        names = Cell(self._tenant(key, settings)), Cell(word, parts=(Cell(word, f"{BAND}{self._colour(settings)}"),))
        state = self._state(key)
        facts = state.facts
        if facts is None:
            return (*names, *([Cell("")] * 4), self._status(key, state))
        bar = counts_bar(facts.completed, facts.failing, facts.total, _BAR)
        tone = "dim" if state.trouble else ""
        return (
            *names,
            Cell(f"{facts.running:,}", tone),
            bar if facts.running and not state.trouble else Cell(""),
            Cell(f"{facts.failed:,}", tone or ("bad" if facts.failed else "")),
            Cell(f"{facts.drafts:,}", tone),
            self._status(key, state),
        )

    def _tenant(self, key: str, settings: "Settings") -> str:
        named = safe(self._state(key).tenant, 100)
        # A domain is what people know it by; what an application signs in to is known by its id alone.
        return named if "." in named or "." not in settings.tenant else tenant_of(settings)

    def _colour(self, settings: "Settings") -> str:
        return settings.colour or DEFAULT_COLOUR

    def _state(self, name: str) -> TenantState:
        """What is known of a profile; of the one that is open, what its screens show."""
        ws = self.ws
        if name != self._opened or not ws.is_open or not ws.identity.known:
            return self._tenants.states.get(name, TenantState())
        store = ws.store
        out = store.connection.signed_out_since
        gone = store.connection.offline_since
        return TenantState(
            facts_of(store, ws.clock.now()),
            signed_out=out is not None,
            unreachable=gone is not None,
            trouble="Nobody is signed in." if out else "The service cannot be reached." if gone else "",
            since=out or gone,
            user=ws.who.user_label,
            tenant=ws.who.tenant,
        )

    def _status(self, name: str, state: TenantState) -> Cell:
        if state.trouble:
            what = "signed out" if state.signed_out else "unreachable" if state.unreachable else "not read"
            return Cell(" ".join(filter(None, (what, self._short(state)))), "dim" if state.signed_out else "warn")
        if state.facts is None:
            return Cell("token set" if self._of_a_token(name) else "reading", "dim")
        opened = "  » open" if name == self._opened else ""
        if state.facts.problems:
            return Cell(f"! {state.facts.problems:,}{opened}", "warn")
        return Cell(f"✓{opened}", "good")

    def _short(self, state: TenantState) -> str:
        """Since when, in the room of a cell: the day, or the time of today."""
        when = self._since(state)
        return when.rpartition(" ")[0] or when

    def _since(self, state: TenantState) -> str:
        return clock_words(state.since, self.ws.zone, self.now) if state.since is not None else ""

    def _of_a_token(self, name: str) -> bool:
        """Whether the profile would be read with a token of the environment, which belongs to one tenant only."""
        settings = self._lines[name].settings
        return settings is not None and settings.token is not None

    # -- words ----------------------------------------------------------------------------------------------

    def frame_state(self) -> FrameState:
        known = [self._state(name) for name in self._lines]
        signed_in = sum(state.facts is not None and not state.signed_out for state in known)
        ends = (f"{signed_in:,} of {len(known):,} signed in", self._read_words(known))
        return FrameState(
            "All tenants", user="nothing can be changed here", mode="READ-ONLY", colour=NEUTRAL, subtitle=ends
        )

    def _read_words(self, known: Sequence[TenantState]) -> str:
        if self._reading:
            return "reading"
        times = [state.facts.at for state in known if state.facts is not None]
        return f"as of {clock_words(min(times), self.ws.zone, self.now)}" if times else ""

    def heading(self) -> Section:
        facts = [state.facts for name in self._lines if (state := self._state(name)).facts is not None]
        needing = sum(bool(one.failed or one.drafts or one.problems) for one in facts if one is not None)
        need = "needs" if needing == 1 else "need"
        return Section("Tenants", right=f"{needing:,} {need} you" if needing else "none needs you" if facts else "")

    def about(self, key: str) -> Sequence[Section | str]:
        line = self._lines[key]
        settings, state = line.settings, self._state(key)
        if settings is None:
            first, *rest = profile_lines(line)
            return [Section(first), *rest]
        colour = f", {settings.colour}" if settings.colour else ""
        said: list[Section | str] = [
            Section(self._tenant(key, settings), facts=f"profile {one_line(key)}{colour}", right=safe(state.user, 100))
        ]
        if state.trouble:
            since = f", since {self._since(state)}." if state.since is not None else "."
            said.append(f"{state.trouble.rstrip('.')}{since}")
        elif state.facts is not None:
            said += state.facts.lines[:2] or ["No restore is running."]
        else:
            said += profile_lines(line)[1:3]
        said.append(
            "This tenant is open."
            if key == self._opened
            else "enter opens it at its sign-in."
            if state.signed_out
            else "enter opens this tenant; only one can be changed at a time."
        )
        return said

    def empty_words(self) -> str:
        return f'No profile matches "{self.filter_text}".' if self.filter_text else "Reading the profiles."

    def context(self) -> TenantsContext:
        row = self.row
        out = row is not None and self._state(row).signed_out
        return TenantsContext(row=row, signed_out=out, choosing=self._opened is None)

    # -- reading --------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self._tenants = self.program.beginning.tenants or self._tenants
        self.set_interval(READ_EVERY, self.read_profiles)
        self.program.start(self._load(), "profiles", group="profiles", exclusive=True)

    async def _load(self) -> None:
        choosing = self.program.beginning.choosing
        first = None if choosing else self.program.beginning.first
        lines = await asyncio.to_thread(load_profiles, self.ws.settings, first)
        if not self.is_open:
            return
        self._lines = {line.name: line for line in lines}
        self.show_rows()
        last = Preferences(self.ws.settings.state_dir).read(LAST_PROFILE)
        self.table.move_to(self._opened if self._opened is not None else last)
        self.refresh_frame()
        self.read_profiles()

    def read_profiles(self, row: str | None = None) -> None:
        """Reads all tenants now, each with its own sign-in; nobody is asked."""
        others = [
            line.settings
            for name, line in self._lines.items()
            if line.settings is not None and name != self._opened and not self._of_a_token(name)
        ]
        if others:
            self.program.start(self._read(others), "tenants", group="tenants", exclusive=True)

    async def _read(self, profiles: Sequence["Settings"]) -> None:
        self._reading = True
        self._told()
        try:
            await self._tenants.read_all(profiles, self._told)
        finally:
            self._reading = False
            self._told()

    def _told(self) -> None:
        if self.is_open and self.is_mounted:
            self.show_rows(news=True)
            self.refresh_frame()

    def changed(self, change: Change) -> None:
        self.show_rows(news=True)

    # -- keys -----------------------------------------------------------------------------------------------

    def open_row(self, row: str | None) -> None:
        """The tenant of a profile, unless it cannot be opened; then what is open stays."""
        line = self._lines.get(row or "")
        if line is None:
            return
        name = one_line(line.name) or "no profile"
        if line.name == self._opened:
            self.say(f"{one_line(line.name) or 'This'} is the profile that is open; Esc goes back.")
            return
        if line.settings is None:
            self.say(line.error.sentences if line.error is not None else "")
            return
        workspace = self._tenants.workspace(line.settings)  # A wrong address is found here: then nothing is left.
        words = f"Profile {name} is open."
        if self._opened is not None:
            words += " Restores of the previous one continue."
        beginning = replace(self.program.beginning, words=words, switched=True, choosing=False)
        self.program.restart_with(Restart(workspace, beginning))


# fmt: off
COMMANDS: Commands[TenantsScreen, TenantsContext] = (
    replace(
        OPEN, label="open", needs_row=True, weight=1,
        help="Opens this tenant; restores of the other one continue, and a form that is filled in is kept.",
    ),
    Command("sign_in", ("T",), help="Opens the tenant at its sign-in.", run=TenantsScreen.open_row,
            footer_text=lambda context: "sign in" if context.signed_out else "", needs_row=True,
            blocked=lambda context: None if context.signed_out else "Somebody is signed in, or is not needed."),
    Command("read_all", ("r",), "read all", "Reads all tenants now; nobody is asked to sign in.",
            run=TenantsScreen.read_profiles, name="read all", group="Program"),
    FILTER,
    HELP,
    replace(BACK, label="back", side="right", weight=1).when(
        footer_text=lambda context: "quit" if context.choosing else "back"
    ),
)
# fmt: on
TenantsScreen.offers(COMMANDS)
