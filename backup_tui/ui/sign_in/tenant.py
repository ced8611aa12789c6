"""`T`: who is signed in where, and what this sign-in may and may not do, before anything is filled in."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult

from backup_tui.config.sign_in import PERSON_FLOWS
from backup_tui.errors import BackupTuiError, SignInError
from backup_tui.models.features import Access, names_note
from backup_tui.store.changes import Change
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.commands import OPEN, Command, Commands, Context
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.frame.shared_commands import REFRESH
from backup_tui.ui.routes import OpenService
from backup_tui.ui.sign_in.access_text import (
    NAMES,
    about_access,
    about_lines,
    about_names,
    access_cells,
    counts_words,
    in_order,
    names_cells,
    to_copy,
)
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.frame_lines import SectionLine
from backup_tui.ui.widgets.list_and_pane import ListAndPane
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell, RowTable
from backup_tui.workspace import AnotherSignIn


class TenantContext(Context, frozen=True):
    """What the commands of this screen look at."""

    flow: str = ""  # how this profile signs in
    inside: bool = False  # the demo signs in automatically
    leaving: bool = False  # signing out was asked for and waits for its yes
    consent: bool = False  # there is a page on which an administrator can allow what is missing
    refused: bool = False  # the service refused something that the sign-in seemed to allow


class TenantScreen(BaseScreen):
    """Tenant and sign-in. It is the source of its table."""

    COLUMNS = (
        Column("words", "What it may do", 40, least=24),
        Column("why", "Status", 20, grow=1, least=10, drop=1),
    )

    def __init__(self) -> None:
        super().__init__()
        self._leaving = False
        self._note = ""
        self._rows: tuple[str, ...] = ()
        self._access: dict[str, Access] = {}

    def context(self) -> TenantContext:
        settings = self.ws.settings
        inside = settings.demo and not settings.demo_sign_in
        return TenantContext(
            row=self.row,
            flow="" if inside else self.ws.identity.how.flow,
            inside=inside,
            leaving=self._leaving,
            refused=bool(self.ws.store.denials) and self.ws.store.connection.signed_out_since is None,
            consent=not inside and bool(self.ws.identity.consent_url),
        )

    @classmethod
    def _applies(cls, command: Command[Any, Any]) -> bool:
        return command.id != "tenant" and super()._applies(command)

    def compose_body(self) -> ComposeResult:
        yield SectionLine(classes="title")
        yield Paragraphs(id="sign-in-about", scrolls=False)
        yield ListAndPane(RowTable(self.COLUMNS, gap=1), lines=3)

    def on_mount(self) -> None:
        self.say("")  # What was said before, this screen says in full, and it needs the room.
        self.query_one(RowTable).source = self
        self.query_one(RowTable).focus()
        self.show()
        expires = self.ws.who.expires
        renewed = expires is not None and expires <= self.ws.clock.now()
        if renewed and self.ws.is_open and self.context().flow not in ("", "token"):
            self.program.start(self._look(), "look at the sign-in", group="sign-in", exclusive=True)

    def on_unmount(self) -> None:
        if self._leaving:
            self.say("")

    def changed(self, change: Change) -> None:
        self.show()

    def opened(self) -> None:
        self.show()

    def show(self) -> None:
        """Brings everything up to date."""
        if not self.is_open or not self.query(RowTable):
            return  # News can come while the screen is being taken down.
        self._gather()
        note = [Para(self._note, "strong", "  ")] if self._note else []
        counts = counts_words(list(self._access.values()))
        self.query_one(".title", SectionLine).say(Section("Tenant and sign-in", right=counts))
        self.query_one("#sign-in-about", Paragraphs).show([*note, *about_lines(self.ws, self.ws.clock.now())])
        self.query_one(RowTable).reconcile()
        self._tell()
        self.refresh_frame()

    async def _look(self) -> None:
        """It was renewed behind the screens, or has ended: until when it is good has to be asked for."""
        try:
            await self.ws.identity.find()
        except AnotherSignIn as error:
            await self.program.go_on_as_another(error)
        except SignInError as error:
            if error.needs_person:
                self.say(error.sentences)
        self.show()

    # -- rows -----------------------------------------------------------------------------------------------

    def _gather(self) -> None:
        access = in_order(self.ws.identity.access) if self.ws.identity.known else []
        self._access = {each.feature.id: each for each in access}
        rows = (*((NAMES,) if names_note(self.ws.who) else ()), *self._access)
        if rows != self._rows:
            self._rows = rows

    def keys(self) -> Sequence[str]:
        return self._rows

    def cells(self, key: str) -> Sequence[Cell]:
        return names_cells() if key == NAMES else access_cells(self._access[key])

    @on(RowTable.Highlighted)
    def _tell(self) -> None:
        key = self.row
        lines = about_names(self.ws.who) if key == NAMES else about_access(self._access[key]) if key else ()
        self.query_one(ListAndPane).tell(lines)

    # -- keys -----------------------------------------------------------------------------------------------

    async def open_row(self, row: str | None) -> None:
        """Signs in again, or the yes to signing out."""
        if self._leaving:
            await self._sign_out()
            return
        from backup_tui.ui.sign_in.screen import SignInScreen

        self.program.push_screen(SignInScreen(self._signed_in))

    def _signed_in(self) -> None:
        self._note = ""
        self.say(f"Signed in as {self.ws.who.user_label}. Reading continues.")
        self.show()

    def ask_to_sign_out(self, row: str | None) -> None:
        self._leaving = True
        self.say("Sign out? What is kept of the sign-in is removed; restores continue. Enter: yes. Esc: no.")
        self.refresh_frame()

    async def _sign_out(self) -> None:
        self._leaving = False
        try:
            kept = await self.ws.identity.forget()
        except BackupTuiError as error:
            self.say(error.sentences)
        else:
            removed = "What was kept is removed." if kept else "Nothing was kept."
            self._note = f"Signed out. {removed} Restores continue."
        self.show()

    async def read_again(self, row: str | None) -> None:
        await self.ws.identity.find()
        self.ws.sync.signed_in()
        self.say("What the service refused is tried again; lists are read again.")

    def open_profiles(self, row: str | None) -> None:
        self.program.show_tenants()

    def copy_who(self, row: str | None) -> None:
        self.say(copy(self.app, to_copy(self.ws), "who is signed in, with all ids"))

    def copy_consent(self, row: str | None) -> None:
        self.say(copy(self.app, self.ws.identity.consent_url, "the page of admin consent"))

    def go_back(self, row: str | None) -> None:
        if self._leaving:
            self._leaving = False
            self.say("Still signed in.")
            self.refresh_frame()
            return
        self.program.go_back()


_NOTHING_REFUSED = "The service refused nothing; what is missing here is missing from the sign-in itself."


def _why_no_sign_in_again(context: TenantContext) -> str | None:
    if context.inside:
        return "The demo signs in automatically; --demo --sign-in shows how a tenant does it."
    if context.flow == "token":
        return "A ready-made token cannot be renewed from here; restart with a fresh BACKUP_TUI_ACCESS_TOKEN."
    return None


def _why_no_sign_out(context: TenantContext) -> str | None:
    if context.inside:
        return "The demo signs in automatically."
    if context.flow == "token":
        return "A ready-made token is kept nowhere, so there is nothing to remove; it expires automatically."
    if context.flow not in PERSON_FLOWS:
        return "This profile signs in without asking anyone, so signing out would last only a moment. q quits."
    return None


# fmt: off
COMMANDS: Commands[TenantScreen, TenantContext] = (
    replace(OPEN, help="Signs in again; what you typed stays. After o, confirms signing out.", group="Change",
            weight=1).when(blocked=_why_no_sign_in_again,
                           footer_text=lambda context: "yes, sign out" if context.leaving else "sign in again"),
    Command("profiles", ("p",), "profiles", "All tenants: what runs in each profile; to switch to another one.",
            run=TenantScreen.open_profiles, group="Screens", weight=2),
    Command("service", ("b",), "backup service",
            "Shows the backup service: its state, turning it on, which application controls it, who gets e-mail.",
            run=lambda screen, _row: screen.program.open(OpenService()), group="Screens", weight=4),
    Command("sign_out", ("o",), "sign out",
            "Signs out and removes what was kept of the sign-in, after one question. Restores continue.",
            run=TenantScreen.ask_to_sign_out, aliases=("logout",), group="Change", weight=3, blocked=_why_no_sign_out),
    replace(REFRESH, label="try again",
            help="Tries again what the service refused, for example after a role was granted.", weight=2)
        .when(blocked=lambda context: None if context.refused else _NOTHING_REFUSED,
              footer_text=lambda context: "try again" if context.refused else ""),
    Command("copy_who", ("y",), "copy",
            "Copies who is signed in, the tenant, the ids and the permissions; never the token.",
            run=TenantScreen.copy_who, weight=5),
    Command("copy_consent", ("Y",), "copy consent page",
            "Copies the address where an administrator grants the application what is missing.",
            run=TenantScreen.copy_consent, weight=6,
            blocked=lambda context: None if context.consent else "This way of signing in has no consent page."),
)
# fmt: on
TenantScreen.offers(COMMANDS)
