"""Specifies `T`: who is signed in and what that one may do; signing in again, signing out, and another profile."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sign_ins import NOBODY, ScriptedSignIn, program, text
from support import ADELE, NOW, jwt, message, shown_as, until
from textual.pilot import Pilot

from backup_tui.config import Flags, Token, load_settings
from backup_tui.errors import SignInError
from backup_tui.store import updates as up
from backup_tui.store.access import Denial
from backup_tui.ui.app import BackupTui
from backup_tui.ui.new_restore.screen import NewRestore
from backup_tui.ui.overview.screen import OverviewScreen
from backup_tui.ui.sign_in.profiles import load_profiles
from backup_tui.ui.sign_in.screen import SignInScreen
from backup_tui.ui.sign_in.tenant import TenantScreen
from backup_tui.ui.sign_in.tenants import TenantsScreen
from backup_tui.ui.start import make_app
from backup_tui.ui.widgets.table import RowTable
from backup_tui.workspace import Workspace

TENANT = "f00d0000-0000-4000-8000-00000000cafe"
READER = jwt(
    tid=TENANT,
    oid="87d349ed-44d7-43e1-9a83-5f2406dee5bd",
    upn="adele.vance@contoso.com",
    name="Adele Vance",
    appid="0f1e2d3c-0000-4000-8000-00000000c11e",
    exp=int((NOW + timedelta(minutes=66)).timestamp()),
    scp="BackupRestore-Restore.Read.All BackupRestore-Configuration.Read.All",
)
ROBOT = jwt(
    tid=TENANT,
    oid="11112222",
    appid="0f1e2d3c-0000-4000-8000-00000000c11e",
    app_displayname="Restore robot",
    roles=["BackupRestore-Restore.ReadWrite.All"],
)
RYAN = jwt(tid=TENANT, oid="ryan", upn="ryan@contoso.com", scp="BackupRestore-Restore.ReadWrite.All")
FABRIKAM = jwt(tid="fab00000", oid="9", upn="adele@fabrikam.com", scp="BackupRestore-Restore.ReadWrite.All")


async def at_tenant(app: BackupTui, pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: app.workspace.core.is_open, "it is open")
    await pilot.press("T")
    await until(pilot, lambda: isinstance(app.screen, TenantScreen) and "Tenant  " in text(app), "T")


async def test_going_to_another_screen_leaves_it_and_its_question(tmp_path: Path) -> None:
    app = make_app(program(tmp_path, ScriptedSignIn(Token(READER))).workspace.core)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.workspace.core.is_open, "it is open")
        await pilot.press("4")
        await at_tenant(app, pilot)
        await pilot.press("o")
        await until(pilot, lambda: "Sign out?" in app.message, "the question")
        await pilot.press("1")
        await until(pilot, lambda: isinstance(app.screen, OverviewScreen), "Overview")
        await until(pilot, lambda: "Sign out?" not in app.message, "no question")
        await pilot.press("4")
        await until(pilot, lambda: type(app.screen).__name__ == "UnitsScreen", "Units itself")


async def test_it_says_who_where_until_when_and_where_it_is_kept(tmp_path: Path) -> None:
    app = program(tmp_path, ScriptedSignIn(Token(READER)))
    async with app.run_test(size=(80, 24)) as pilot:
        await at_tenant(app, pilot)
        for words in (
            f"contoso.com, {TENANT}",
            "Adele Vance, adele.vance@contoso.com (person, with a code)",
            "0f1e2d3c-0000-4000-8000-00000000c11e",
            "16:38 Europe/Berlin, renewed automatically",
            "in memory until the program ends",
            "production, WRITE, http://127.0.0.1/v1.0",
        ):
            assert words in text(app)
        await pilot.press("y")
        assert f"tenantId: {TENANT}" in app.clipboard
        assert READER not in app.clipboard
        await pilot.press("Y")
        assert "/adminconsent?client_id=0f1e2d3c" in app.clipboard


async def test_what_is_not_possible_comes_first_with_the_exact_permission(tmp_path: Path) -> None:
    app = program(tmp_path, ScriptedSignIn(Token(READER)))
    async with app.run_test(size=(120, 40)) as pilot:
        await at_tenant(app, pilot)
        screen = shown_as(app, TenantScreen)
        order = screen.keys()
        marks = [screen.cells(key)[0].text[0] for key in order]
        assert marks == sorted(marks, key="✗?✓".index)
        assert "✗ draft, change, start and delete" in text(app)
        app.screen.query_one(RowTable).move_to("restore")
        await until(pilot, lambda: "▌draft, change, start and delete" in text(app))
        assert "BackupRestore-Restore.ReadWrite.All." in text(app)
        app.screen.query_one(RowTable).move_to("sessions")
        await until(pilot, lambda: "▌see and watch restores" in text(app))


async def test_an_application_is_told_that_names_are_hidden(tmp_path: Path) -> None:
    app = program(tmp_path, ScriptedSignIn(Token(ROBOT), flow="certificate"))
    async with app.run_test(size=(80, 24)) as pilot:
        await at_tenant(app, pilot)
        assert "Restore robot (application, with a certificate)" in text(app)
        assert "> ✗ see names of mailboxes and accounts" in text(app)
        assert "Use object ids, or sign in as a person." in " ".join(text(app).split())
        await pilot.press("o")
        assert "q quits." in message(app.screen)


async def test_an_ended_sign_in_is_taken_up_again_where_one_was_and_the_form_stays(tmp_path: Path) -> None:
    sign_in = ScriptedSignIn(Token(ADELE))
    app = program(tmp_path, sign_in)
    async with app.run_test(size=(80, 24)) as pilot:
        core = app.workspace.core
        await until(pilot, lambda: core.is_open)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, NewRestore))
        form = app.screen
        sign_in.silent = NOBODY
        core.store.apply(up.SignedOut(NOW))
        await until(pilot, lambda: "SIGNED OUT" in text(app))
        form.set_focus(form.query_one(RowTable))
        await pilot.press("T")
        await until(pilot, lambda: "ended 15:32 Europe/Berlin. Enter signs in again." in text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "D J F X" in text(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, TenantScreen))
        assert sign_in.cancelled == 1
        await pilot.press("enter")
        await until(pilot, lambda: sign_in.asked == 2 and "D J F X" in text(app))
        sign_in.comes(ADELE)
        await until(pilot, lambda: isinstance(app.screen, TenantScreen) and "SIGNED OUT" not in text(app))
        assert "Signed in as adele.vance@contoso.com. Reading continues." in message(app.screen)
        await pilot.press("escape")
        assert app.screen is form
        assert app.next_start is None


@pytest.mark.parametrize("other", [RYAN, FABRIKAM])
async def test_somebody_else_gets_a_program_of_their_own_with_nothing_in_it(tmp_path: Path, other: str) -> None:
    sign_in = ScriptedSignIn(Token(ADELE))
    app = program(tmp_path, sign_in)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_tenant(app, pilot)
        await until(pilot, lambda: len(app.workspace.core.store.policies) > 0, "rows of the one before")
        await pilot.press("enter")
        await until(pilot, lambda: "D J F X" in text(app))
        sign_in.comes(other)
        await until(pilot, lambda: app.next_start is not None)
    assert app.next_start is not None
    assert app.workspace.core.who.user == "adele.vance@contoso.com"
    assert "Signed in as" in app.next_start.beginning.words
    assert len(app.next_start.workspace.store.policies) == 0
    async with app.next_start.workspace.opened() as opened:
        assert opened.who.user in ("ryan@contoso.com", "adele@fabrikam.com")


async def test_signing_out_asks_once_and_removes_what_was_kept(tmp_path: Path) -> None:
    sign_in = ScriptedSignIn(Token(ADELE))
    app = program(tmp_path, sign_in)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_tenant(app, pilot)
        await pilot.press("o")
        assert "Enter: yes. Esc: no." in message(app.screen)
        await pilot.press("escape")
        assert isinstance(app.screen, TenantScreen)
        assert not isinstance(sign_in.silent, SignInError)
        await pilot.press("o", "enter")
        await until(pilot, lambda: "Signed out. What was kept is removed." in text(app))
        assert isinstance(sign_in.silent, SignInError)
        await until(pilot, lambda: "SIGNED OUT" in text(app))


CONFIG = """
[profile.production]
tenant = "contoso.com"
client_id = "0f1e2d3c-0000-4000-8000-00000000c11e"
word = "PRODUCTION"
colour = "red"

[profile.lab]
tenant = "fabrikam.com"
client_id = "0f1e2d3c-0000-4000-8000-00000000c11e"
read_only = true

[profile.broken]
tenant = "contoso.com"
sign_in = "certificate"
"""


def with_profiles(folder: Path, sign_in: ScriptedSignIn) -> BackupTui:
    file = folder / "config.toml"
    file.write_text(CONFIG, encoding="utf-8")
    return program(folder, sign_in, profiles=("production", "lab", "broken"), config_path=file)


async def test_profiles_are_listed_with_the_open_one_marked_and_enter_goes_to_another(tmp_path: Path) -> None:
    app = with_profiles(tmp_path, ScriptedSignIn(Token(ADELE)))
    async with app.run_test(size=(80, 24)) as pilot:
        await at_tenant(app, pilot)
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, TenantsScreen) and "fabrikam.com" in text(app))
        lines = text(app).splitlines()
        assert "» open" in next(line for line in lines if line.startswith(" > "))
        assert "[lab]" in next(line for line in lines if "fabrikam.com" in line)
        assert "✗ cannot be used" in next(line for line in lines if line.strip().startswith("broken"))
        await pilot.press("enter")
        assert "is the profile that is open" in message(app.screen)
        await pilot.press("j", "j", "enter")
        assert app.next_start is None
        assert "certificate" in message(app.screen)
        await pilot.press("k", "enter")
        await until(pilot, lambda: app.next_start is not None)
    assert app.next_start is not None
    assert app.return_code == 0
    there = app.next_start.workspace
    assert (there.settings.profile, there.settings.tenant, there.settings.read_only) == ("lab", "fabrikam.com", True)
    assert not there.identity.known
    assert app.next_start.beginning.switched


async def test_escape_at_the_sign_in_of_another_profile_goes_back_to_the_list(tmp_path: Path) -> None:
    sign_in = ScriptedSignIn()
    app = with_profiles(tmp_path, sign_in)
    app.beginning = type(app.beginning)(switched=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "D J F X" in text(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, TenantsScreen) and "fabrikam.com" in text(app))
        assert sign_in.cancelled == 1
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, SignInScreen) and "Nobody is signed in." in text(app))


def test_options_of_the_command_line_go_for_the_profile_they_were_given_with(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG, encoding="utf-8")
    first = load_settings(Flags(profile="production", tenant="other.example", sign_in="device-code"), {}, file)
    lines = {line.name: line for line in load_profiles(first, first)}
    lab = lines["lab"].settings
    assert lab is not None
    back = {line.name: line for line in load_profiles(lab, first)}["production"].settings
    assert lab.tenant == "fabrikam.com"
    assert back is first
    assert lines["broken"].error is not None


async def test_the_demo_has_no_profiles_and_signs_in_by_itself(tmp_path: Path) -> None:
    settings = load_settings(Flags(demo=True), {}, tmp_path / "none.toml")
    from backup_tui.ui.shown_workspace import ShownWorkspace

    app = BackupTui(ShownWorkspace(Workspace(settings)), [("Overview", OverviewScreen)])
    async with app.run_test(size=(80, 24)) as pilot:
        await at_tenant(app, pilot)
        await pilot.press("p")
        assert message(app.screen).endswith("The demo has no profiles: it never speaks to a real tenant.")
        await pilot.press("enter")
        assert "--demo --sign-in" in message(app.screen)


async def test_what_the_service_refused_may_be_tried_again_with_r(tmp_path: Path) -> None:
    app = program(tmp_path, ScriptedSignIn(Token(ADELE)))
    async with app.run_test(size=(80, 24)) as pilot:
        core = app.workspace.core
        await until(pilot, lambda: core.is_open)
        core.store.denials = {"restore": Denial(NOW, "Forbidden")}
        await pilot.press("n")
        assert "refused at 14:32 UTC (Forbidden). It needs BackupRestore-Restore.ReadWrite.All" in message(app.screen)
        assert "r there lets it be tried again." in text(app)
        await at_tenant(app, pilot)
        assert "> ✗ draft, change, start and delete" in text(app)
        assert "The service refused it at 14:32 UTC (Forbidden)" in " ".join(text(app).split())
        await pilot.press("r")
        await until(pilot, lambda: "x draft, change" not in text(app))
        await pilot.press("escape", "n")
        await until(pilot, lambda: isinstance(app.screen, NewRestore))
