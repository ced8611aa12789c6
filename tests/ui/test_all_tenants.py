"""Specifies the screen of all tenants: what each is doing, in its own word and color; nothing can be changed there, and
nobody is asked to sign in again who comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from sign_ins import ScriptedSignIn, text
from support import ADELE, NOW, footer, jwt, message, until
from textual.pilot import Pilot

from backup_tui.config import Flags, Settings, Token, load_settings
from backup_tui.errors import SignInError
from backup_tui.models.clock import ManualClock
from backup_tui.simulator import settings as simulator_settings
from backup_tui.simulator.app import create_app
from backup_tui.simulator.domain import clock as simulator_clock
from backup_tui.ui.app import BackupTui
from backup_tui.ui.restart import StartOptions
from backup_tui.ui.routes import OpenTenants, screen_for
from backup_tui.ui.shown_workspace import ShownWorkspace
from backup_tui.ui.sign_in.screen import SignInScreen
from backup_tui.ui.sign_in.tenants import READ_EVERY, TenantsScreen
from backup_tui.ui.start import _to_choose_from, make_app
from backup_tui.workspace import Workspace
from backup_tui.workspace.tenants import Tenants

CONFIG = """
[profile.production]
tenant = "contoso.com"
client_id = "0f1e2d3c-0000-4000-8000-00000000c11e"
word = "PRODUCTION"
colour = "red"

[profile.tailspin]
tenant = "tailspin.com"
client_id = "0f1e2d3c-0000-4000-8000-00000000c11e"
word = "CUSTOMER C"
colour = "green"

[profile.litware]
tenant = "litware.com"
client_id = "0f1e2d3c-0000-4000-8000-00000000c11e"
word = "CUSTOMER D"

[profile.wingtip]
tenant = "wingtip.com"
client_id = "0f1e2d3c-0000-4000-8000-00000000c11e"
word = "CUSTOMER E"
colour = "yellow"

[profile.broken]
tenant = "contoso.com"
sign_in = "certificate"
"""
OF_TAILSPIN = jwt(
    tid="f00d0000-0000-4000-8000-00000000beef",
    oid="12d349ed-44d7-43e1-9a83-5f2406dee5bd",
    upn="adele.vance@tailspin.com",
    scp="BackupRestore-Control.ReadWrite.All BackupRestore-Configuration.ReadWrite.All "
    "BackupRestore-Search.Read.All BackupRestore-Restore.ReadWrite.All",
)
AWAY = SignInError("login.microsoftonline.com cannot be reached.", code="Outage", needs_person=False)
SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


class Office:
    """Profiles with a service and a scripted sign-in each."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "config.toml"
        self.file.write_text(CONFIG, encoding="utf-8")
        self.sign_ins = {
            "production": ScriptedSignIn(Token(ADELE)),
            "tailspin": ScriptedSignIn(Token(OF_TAILSPIN)),
            "litware": ScriptedSignIn(),
            "wingtip": ScriptedSignIn(AWAY),
        }
        self.services = {
            name: create_app(
                simulator_settings.Settings()
                if name == "production"
                else simulator_settings.Settings(units=20, history=False),
                simulator_clock.ManualClock(NOW),
            )
            for name in self.sign_ins
        }
        self.made: list[str] = []
        self.tenants = Tenants(self.workspace)
        self.environ = {"BACKUP_TUI_STATE_DIR": str(folder / "state"), "TZ": "Europe/Berlin"}

    def settings(self, **flags: Any) -> Settings:
        return load_settings(Flags(**flags), self.environ, self.file)

    def workspace(self, settings: Settings, sign_in: Any = None) -> Workspace:
        name = settings.profile
        self.made.append(name)
        one = sign_in or cast(Any, self.sign_ins[name])
        return Workspace(settings, clock=ManualClock(NOW), service=self.services[name], sign_in=one)

    def app(self, profile: str = "production") -> BackupTui:
        settings = self.settings(profile=profile)
        return make_app(self.tenants.workspace(settings), StartOptions(settings, tenants=self.tenants))

    def choosing(self) -> BackupTui:
        first = _to_choose_from(self.settings())
        assert first is not None
        return make_app(self.workspace(first), StartOptions(choosing=True, tenants=self.tenants))


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    one = Office(tmp_path)
    for name, value in one.environ.items():
        monkeypatch.setenv(name, value)
    return one


def line_of(app: BackupTui, word: str) -> str:
    return next(line for line in text(app).splitlines() if f"[{word}]" in line)


async def all_read(pilot: Pilot[Any], app: BackupTui) -> None:
    await until(pilot, lambda: isinstance(app.screen, TenantsScreen) and "signed out" in text(app))
    await until(pilot, lambda: "of 5 signed in" in text(app), "all are read")
    await until(pilot, lambda: "unreachable" in text(app) and "as of" in text(app), "all are read")


@SIZES
def test_all_tenants(snap_compare: Any, office: Office, size: tuple[int, int]) -> None:
    app = office.choosing()

    async def shown(pilot: Pilot[Any]) -> None:
        await all_read(pilot, app)

    assert snap_compare(app, run_before=shown, terminal_size=size)


@SIZES
def test_all_tenants_from_an_open_one(snap_compare: Any, office: Office, size: tuple[int, int]) -> None:
    app = office.app()

    async def shown(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "Running 1" in text(app), "it is open")
        await pilot.press("p")
        await all_read(pilot, app)
        await pilot.press("j", "j")

    assert snap_compare(app, run_before=shown, terminal_size=size)


async def test_each_row_says_what_its_tenant_is_doing_or_since_when_it_is_not_known(office: Office) -> None:
    app = office.choosing()
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        words = line_of(app, "PRODUCTION").split()
        assert words[words.index("[PRODUCTION]") + 1] == "1"
        assert "✓" in line_of(app, "CUSTOMER C")
        assert "signed out 15:32" in line_of(app, "CUSTOMER D")
        assert "unreachable 15:32" in line_of(app, "CUSTOMER E")
        assert "cannot be used" in next(line for line in text(app).splitlines() if line.strip().startswith("broken"))
        assert "READ-ONLY" in text(app).splitlines()[0]
        assert [one.asked for one in office.sign_ins.values()] == [0, 0, 0, 0]


async def test_the_word_of_a_tenant_wears_its_own_color(office: Office) -> None:
    app = office.choosing()
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        screen = cast(TenantsScreen, app.screen)
        tones = {name: screen.cells(name)[1].parts[0].tone for name in ("production", "tailspin", "litware")}
        assert tones == {"production": "band-red", "tailspin": "band-green", "litware": "band-blue"}


async def test_no_command_of_it_changes_anything_and_other_keys_do_nothing(office: Office) -> None:
    app = office.choosing()
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        assert not any(command.changes for command in cast(TenantsScreen, app.screen).commands.commands)
        await pilot.press("n", "A", "2", "T")
        assert isinstance(app.screen, TenantsScreen)
        assert app.next_start is None


async def test_opening_one_and_coming_back_asks_nobody_again(office: Office) -> None:
    app = office.app()
    office.sign_ins["litware"].silent = Token(OF_TAILSPIN)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Running 1" in text(app), "it is open")
        await pilot.press("p")
        await until(pilot, lambda: "[CUSTOMER C]" in text(app))
        await pilot.press("j", "enter")
        await until(pilot, lambda: app.next_start is not None, "it goes to another one")
    assert app.next_start is not None
    assert app.next_start.workspace.settings.profile == "tailspin"
    assert not app.next_start.workspace.settings.read_only
    back = office.tenants.workspace(office.settings(profile="production"))
    assert back.identity.sign_in is cast(Any, office.sign_ins["production"])
    there = BackupTui(
        ShownWorkspace(app.next_start.workspace),
        [("Tenants", lambda: screen_for(OpenTenants()))],
        app.next_start.beginning,
    )
    async with there.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "» open" in text(there) and "[PRODUCTION]" in text(there))
        assert "» open" in line_of(there, "CUSTOMER C")
        assert not isinstance(there.screen, SignInScreen)
    assert [one.asked for one in office.sign_ins.values()] == [0, 0, 0, 0]


async def test_they_are_read_again_every_five_minutes_and_on_request(office: Office) -> None:
    app = office.choosing()
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        office.sign_ins["litware"].silent = Token(OF_TAILSPIN)
        await pilot.press("r")
        await until(pilot, lambda: "signed out" not in text(app), "the row is read")
    assert READ_EVERY == 300


async def test_a_signed_out_one_is_opened_at_its_sign_in(office: Office) -> None:
    app = office.choosing()
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        assert "T sign in" not in footer(app.screen)
        await pilot.press("j", "j")
        assert "T sign in" in footer(app.screen)
        await pilot.press("T")
        await until(pilot, lambda: app.next_start is not None, "it is opened")
    assert app.next_start is not None
    assert app.next_start.workspace.settings.profile == "litware"
    assert not app.next_start.beginning.choosing


async def test_leaving_where_none_is_open_quits(office: Office) -> None:
    app = office.choosing()
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        assert "esc quit" in footer(app.screen)
        await pilot.press("q")
        assert "Press q again to quit." in message(app.screen)
        await pilot.press("q")
        assert app.ending


async def test_a_filter_finds_words_of_the_row(office: Office) -> None:
    app = office.choosing()
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        await pilot.press("slash", *"customer signed", "enter")
        assert [line for line in text(app).splitlines() if "[CUSTOMER" in line or "[PRODUCTION" in line] == [
            line_of(app, "CUSTOMER D")
        ]


def test_a_default_profile_or_anything_said_of_a_tenant_opens_that(office: Office, tmp_path: Path) -> None:
    assert _to_choose_from(office.settings(profile="tailspin")) is None
    assert _to_choose_from(office.settings(tenant="contoso.com", client_id="x", sign_in="device-code")) is None
    office.file.write_text('default_profile = "litware"\n' + CONFIG, encoding="utf-8")
    assert _to_choose_from(office.settings()) is None
    office.file.write_text(CONFIG.partition("[profile.tailspin]")[0], encoding="utf-8")
    assert _to_choose_from(office.settings()) is None


def test_the_token_of_the_environment_is_of_one_tenant_and_reads_no_other(office: Office) -> None:
    office.environ["BACKUP_TUI_ACCESS_TOKEN"] = ADELE
    assert _to_choose_from(office.settings()) is None
