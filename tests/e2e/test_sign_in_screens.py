"""Signing in on the screens of the whole program, in a terminal, with the real msal and the simulated platform."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from pty_terminal import Terminal

from backup_tui.simulator.server import Running, running
from backup_tui.simulator.settings import Settings

PROGRAM = (sys.executable, "-m", "backup_tui")
CODE = re.compile(r"y copies ([A-Z0-9]{6,})")


@pytest.fixture
def contoso() -> Iterator[Running]:
    with running(Settings(units=60)) as service:
        service.service.authority.switches.interval = 1
        service.service.authority.switches.require = True
        yield service


@pytest.fixture
def fabrikam() -> Iterator[Running]:
    with running(Settings(units=60, seed=7)) as service:
        service.service.authority.switches.interval = 1
        service.service.authority.switches.require = True
        service.service.authority.switches.person = "megan.bowen@fabrikam.com"
        yield service


@pytest.fixture
def env(contoso: Running, fabrikam: Running, tmp_path: Path) -> dict[str, str]:
    """The environment of a process with a profile for each of two tenants."""
    folder = tmp_path / "config" / "backup-tui"
    folder.mkdir(parents=True)
    profiles = "".join(
        f"""
        [profile.{name}]
        tenant = "{tenant}"
        client_id = "11112222-3333-4444-5555-666677778888"
        sign_in = "device-code"
        graph_url = "{served.base_url}"
        authority = "{authority(served)}/_authority"
        """
        for name, tenant, served in (("production", "contoso.com", contoso), ("lab", "fabrikam.com", fabrikam))
    )
    (folder / "config.toml").write_text(f'default_profile = "production"\n{profiles}', encoding="utf-8")
    return {
        "BACKUP_TUI_STATE_DIR": str(tmp_path / "state"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "HOME": str(tmp_path),
        "TZ": "UTC",
    }


def authority(served: Running) -> str:
    return served.base_url.removesuffix("/v1.0")


def tell(served: Running, **deed: object) -> None:
    """Tells the simulated platform something, as somebody at the page of the code would."""
    request = Request(f"{authority(served)}/_simulator/authority", json.dumps(deed).encode(), method="POST")
    request.add_header("Content-Type", "application/json")
    with urlopen(request) as answer:
        assert answer.status == 200


def approve(terminal: Terminal, served: Running) -> None:
    """Waits for the code on the screen, and lets it in."""
    found = CODE.search(terminal.wait_for("Enter this code", "Waiting for you", "y copies"))
    assert found is not None
    tell(served, approve=found[1])


def ids_of(served: Running) -> set[str]:
    """The short ids of all sessions of a tenant."""
    return {session_id[:8] for session_id in served.service.sessions}


@pytest.fixture
def terminal(env: dict[str, str]) -> Iterator[Terminal]:
    made = Terminal(PROGRAM, env, 80, 24)
    yield made
    made.close()


def test_from_nobody_to_the_rows_of_the_tenant(terminal: Terminal, contoso: Running) -> None:
    shown = terminal.wait_for("Enter this code")
    assert f"{authority(contoso)}/_authority/device" in shown
    assert "Sign in to contoso.com, profile production" in shown
    approve(terminal, contoso)
    terminal.wait_for("adele.vance@contoso.com", "Running", "live")
    terminal.press("T")
    terminal.wait_for("Adele Vance, adele.vance@contoso.com (person, with a code)", "production, WRITE")
    terminal.press("\x11")
    assert terminal.ended() == 0, terminal.text


def test_a_declined_code_says_so_and_q_leaves_with_the_exit_code_of_signing_in(
    terminal: Terminal, contoso: Running
) -> None:
    terminal.wait_for("Enter this code")
    tell(contoso, decline="*")
    terminal.wait_for("The sign-in was declined on the page.", "Ask for a new code", "CodeDeclined")
    terminal.press("q")
    assert terminal.ended() == 3


def test_another_profile_shows_nothing_of_the_one_before(
    terminal: Terminal, contoso: Running, fabrikam: Running
) -> None:
    approve(terminal, contoso)
    terminal.wait_for("adele.vance@contoso.com", "live")
    terminal.press("3")
    text = terminal.wait_for("/ filter", "OneDrive")
    assert any(short in text for short in ids_of(contoso))
    terminal.press("T")
    terminal.wait_for("Tenant and sign-in")
    terminal.press("p")
    terminal.wait_for("» open", "fabrikam.com")
    before = len(terminal.stream)
    terminal.press("j", "\r")
    shown = terminal.wait_for("Sign in to fabrikam.com, profile lab", "Enter this code")
    assert "contoso" not in shown
    terminal.press("\x1b")
    terminal.wait_for("All tenants", "[production]")
    terminal.settle()
    terminal.press("\x1b")
    terminal.wait_for("Nobody is signed in.", "n new code")
    terminal.press("n")
    approve(terminal, fabrikam)
    terminal.wait_for("megan.bowen@fabrikam.com", "live")
    terminal.press("3")
    text = terminal.wait_for("/ filter", "OneDrive")
    assert any(short in text for short in ids_of(fabrikam))
    since = bytes(terminal.stream[before:]).decode("utf-8", "replace")
    assert [short for short in ids_of(contoso) - ids_of(fabrikam) if short in since] == []
    terminal.press("\x11")
    assert terminal.ended() == 0, terminal.text


def test_an_ended_sign_in_is_renewed_where_one_was_and_the_form_stays(terminal: Terminal, contoso: Running) -> None:
    approve(terminal, contoso)
    terminal.wait_for("adele.vance@contoso.com", "live")
    terminal.press("n")
    terminal.wait_for("New restore", "> Service")
    terminal.settle()
    terminal.press("\r")
    terminal.wait_for("> Units")
    terminal.press("adele.vance@contoso.com", "\r")
    terminal.wait_for("1 OneDrive account", "adele.vance@contoso.com")
    terminal.press("\x1b")
    terminal.wait_for("Needs you")
    tell(contoso, refresh="revoked", end_tokens=True)
    terminal.press("r")
    terminal.wait_for("SIGNED OUT", "Press T to sign in")
    terminal.press("T")
    terminal.wait_for("Valid until   ended")
    terminal.press("\r")
    approve(terminal, contoso)
    terminal.wait_for("Signed in as adele.vance@contoso.com. Reading continues.", "WRITE")
    terminal.press("\x1b")
    terminal.wait_for("Needs you", "live")
    terminal.press("n")
    terminal.wait_for("New restore", "adele.vance@contoso.com")
    terminal.press("\x11")
    assert terminal.ended() == 0, terminal.text
