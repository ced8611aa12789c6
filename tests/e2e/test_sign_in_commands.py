"""Signing in from the command line, end to end over HTTP, with the real msal and the simulated identity platform."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

import pytest
from pty_terminal import Terminal

from backup_tui.config import VARIABLES
from backup_tui.simulator.authority.switches import Switches
from backup_tui.simulator.server import Running, running
from backup_tui.simulator.settings import Settings

CLIENT = "11112222-3333-4444-5555-666677778888"
TENANT = "contoso.com"

_CLAIMS = {
    "tid": "fab00000-0000-4000-8000-00000000cafe",
    "upn": "ryan@fabrikam.com",
    "scp": "BackupRestore-Restore.Read.All",
}
FABRIKAM = f"e30.{base64.urlsafe_b64encode(json.dumps(_CLAIMS).encode()).decode().rstrip('=')}.x"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def served() -> Iterator[Running]:
    with running(Settings(units=60, speed=36_000.0)) as service:
        service.service.authority.switches.interval = 0
        service.service.authority.switches.require = True
        yield service


@pytest.fixture
def switches(served: Running) -> Switches:
    return served.service.authority.switches


@pytest.fixture
def env(served: Running, tmp_path: Path) -> dict[str, str]:
    """The environment of a process: a device code profile whose sign-in is kept in a file."""
    clean = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return clean | {
        "BACKUP_TUI_GRAPH_URL": served.base_url,
        "BACKUP_TUI_AUTHORITY": served.base_url.removesuffix("/v1.0") + "/_authority",
        "BACKUP_TUI_CLIENT_ID": CLIENT,
        "BACKUP_TUI_TENANT": TENANT,
        "BACKUP_TUI_TOKEN_CACHE": "file",
        "BACKUP_TUI_STATE_DIR": str(tmp_path / "state"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "TZ": "Europe/Berlin",
    }


@pytest.fixture
def run(env: dict[str, str]) -> Run:
    """Runs a whole process without a terminal."""

    def process(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "backup_tui", *words],
            env=env | more,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return process


def failure(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(done.stderr)["error"]
    return told


# -- login, and what it leaves ---------------------------------------------------------------------------------------


def test_login_shows_the_code_keeps_the_sign_in_and_other_commands_use_it(
    run: Run, switches: Switches, tmp_path: Path
) -> None:
    switches.sign_in = "approve"
    done = run("login")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Signed in as adele.vance@contoso.com of contoso.com.\n"
    assert re.search(r"open +http://127\.0\.0\.1:\d+/_authority/device", done.stderr)
    assert re.search(r"enter +[A-Z0-9-]{6,}\n", done.stderr)
    assert re.search(r"valid until \d\d:\d\d:\d\d \(Europe/Berlin\)", done.stderr)
    assert f"The sign-in is kept in {tmp_path / 'state' / 'tokens'}" in done.stderr
    listed = run("sessions", "list", "--json")
    assert listed.returncode == 0, listed.stderr
    assert json.loads(listed.stdout)
    files = [path for path in (tmp_path / "state" / "tokens").rglob("*") if path.is_file()]
    assert files
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_whoami_tells_the_sign_in_and_never_the_token(run: Run, switches: Switches) -> None:
    switches.sign_in = "approve"
    run("login")
    done = run("whoami", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["user"], told["kind"], told["tenant"]) == ("adele.vance@contoso.com", "person", TENANT)
    assert (told["appId"], told["signIn"], told["mode"]) == (CLIENT, "device-code", "WRITE")
    assert "BackupRestore-Restore.ReadWrite.All" in told["permissions"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told["expires"])
    words = run("whoami").stdout
    assert re.search(r"^Kind +person$", words, re.M)
    assert re.search(r"^Until +\d{4}-\d\d-\d\d \d\d:\d\d UTC$", words, re.M)
    assert "eyJ" not in done.stdout + done.stderr + words


def test_logout_removes_what_login_kept_and_says_when_there_was_nothing(
    run: Run, switches: Switches, tmp_path: Path
) -> None:
    assert (run("logout").returncode, run("logout").stdout) == (0, "No sign-in was kept.\n")
    switches.sign_in = "approve"
    run("login")
    first = run("logout")
    assert (first.returncode, first.stdout) == (0, "The kept sign-in was removed from this machine.\n")
    assert run("logout").stdout == "No sign-in was kept.\n"
    refused = run("sessions", "list", "--json")
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "refresh_token" not in "".join(
        path.read_text("latin-1") for path in (tmp_path / "state").rglob("*") if path.is_file()
    ).lower().replace('"refreshtoken": {}', "")


@pytest.mark.parametrize(
    "other", [{"BACKUP_TUI_TOKEN_CACHE": "memory"}, {"BACKUP_TUI_ACCESS_TOKEN": FABRIKAM}], ids=["memory", "a token"]
)
def test_logout_removes_what_login_kept_whatever_else_is_set_by_now(
    run: Run, switches: Switches, tmp_path: Path, other: dict[str, str]
) -> None:
    switches.sign_in = "approve"
    run("login")
    assert list((tmp_path / "state" / "tokens").glob("*.json"))
    done = run("logout", **other)
    assert (done.returncode, done.stdout) == (0, "The kept sign-in was removed from this machine.\n"), done.stderr
    assert list((tmp_path / "state" / "tokens").glob("*.json")) == []


def test_without_a_terminal_a_command_names_login_and_ends_with_3(run: Run) -> None:
    done = run("policies", "list", "--json")
    assert (done.returncode, done.stdout) == (3, "")
    assert failure(done)["code"] == "NoSignIn"
    assert failure(done)["hint"].startswith("On a terminal: backup-tui login.")
    in_memory = run("policies", "list", "--json", BACKUP_TUI_TOKEN_CACHE="memory")
    assert 'token_cache = "file"' in failure(in_memory)["hint"]


def test_login_says_that_memory_keeps_nothing(run: Run, switches: Switches, tmp_path: Path) -> None:
    switches.sign_in = "approve"
    done = run("login", BACKUP_TUI_TOKEN_CACHE="memory")
    assert done.returncode == 0
    assert "The sign-in is not kept" in done.stderr
    assert not (tmp_path / "state" / "tokens").exists()
    assert run("policies", "list", BACKUP_TUI_TOKEN_CACHE="memory").returncode == 3


@pytest.mark.parametrize(
    ("sign_in", "code"), [("decline", "CodeDeclined"), ("expire", "CodeExpired"), ("block", "FlowBlocked")]
)
def test_a_sign_in_that_does_not_come_about_ends_with_3(run: Run, switches: Switches, sign_in: str, code: str) -> None:
    switches.sign_in = sign_in  # type: ignore[assignment]
    done = run("login")
    assert (done.returncode, done.stdout) == (3, "")
    assert f"code {code}" in done.stderr


def test_missing_consent_names_the_page_for_an_administrator(run: Run, switches: Switches) -> None:
    switches.sign_in, switches.consent = "approve", False
    done = run("login")
    assert done.returncode == 3
    assert f"/_authority/{TENANT}/adminconsent?client_id={CLIENT}" in done.stderr


def test_the_page_for_an_administrator_is_printed_by_itself(run: Run) -> None:
    done = run("login", "--admin-consent")
    assert done.returncode == 0
    page = urlsplit(done.stdout.strip())
    assert (page.path, parse_qs(page.query)) == (f"/_authority/{TENANT}/adminconsent", {"client_id": [CLIENT]})
    assert "Delegated permissions" in done.stderr
    assert "BackupRestore-Restore.ReadWrite.All" in done.stderr
    as_app = run(
        "login", "--admin-consent", "--json", "--sign-in", "secret", BACKUP_TUI_CLIENT_SECRET="hush-e2e-secret"
    )
    told = json.loads(as_app.stdout)
    assert (told["kind"], told["clientId"]) == ("application", CLIENT)
    assert "hush" not in as_app.stdout + as_app.stderr


def test_an_application_signs_in_by_itself_and_keeps_nothing(run: Run, tmp_path: Path) -> None:
    words = ("--sign-in", "secret")
    done = run("whoami", "--json", *words, BACKUP_TUI_CLIENT_SECRET="hush-e2e-secret")
    assert done.returncode == 0, done.stderr
    assert (json.loads(done.stdout)["kind"], json.loads(done.stdout)["signIn"]) == ("application", "secret")
    logged_in = run("login", *words, BACKUP_TUI_CLIENT_SECRET="hush-e2e-secret")
    assert "Nothing is kept" in logged_in.stderr
    refused = run("whoami", "--json", *words)
    assert (refused.returncode, failure(refused)["code"]) == (3, "NoSignIn")
    left = [path for path in (tmp_path / "state").rglob("*") if path.is_file()]
    assert not [path for path in left if b"hush" in path.read_bytes()]


def test_a_secret_comes_through_a_descriptor(env: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("hush-e2e-secret\n")
    with file.open() as opened:
        done = subprocess.run(
            [sys.executable, "-m", "backup_tui", "whoami", "--json", "--sign-in", "secret", "--secret-fd", "3"],
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            preexec_fn=lambda: os.dup2(opened.fileno(), 3),
            close_fds=False,
        )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["kind"] == "application"


def test_an_application_of_the_named_tenant_may_write_though_its_token_names_no_domain(run: Run) -> None:
    done = run("whoami", "--json", "--sign-in", "secret", BACKUP_TUI_CLIENT_SECRET="hush-e2e-secret")
    told = json.loads(done.stdout)
    assert told["tenant"] == told["tenantId"] != TENANT
    assert (told["mode"], told["readOnly"]) == ("WRITE", None)


def test_a_token_of_another_tenant_than_the_expected_one_is_said(run: Run, switches: Switches) -> None:
    switches.require = False
    done = run("whoami", "--json", BACKUP_TUI_ACCESS_TOKEN=FABRIKAM)
    told = json.loads(done.stdout)
    assert (told["user"], told["mode"]) == ("ryan@fabrikam.com", "READ-ONLY")
    assert "expects contoso.com, signed in to fabrikam.com" in told["readOnly"]


def test_ctrl_c_gives_up_a_login(env: dict[str, str], served: Running) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "backup_tui", "login"],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    lines = [process.stderr.readline() for _ in range(4)]
    assert "press Ctrl+C to cancel" in lines[-1]
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")


def browse(page: str) -> None:
    """Opens a page as a browser does, and sends the form on it that sends itself."""
    with urlopen(page, timeout=30) as answer:
        shown = answer.read().decode()
    action = re.search(r"<form[^>]*action=[\"']([^\"']+)", shown)
    assert action is not None, shown
    inputs = re.findall(r"<input[^>]*name=[\"']([^\"']+)[\"'][^>]*value=[\"']([^\"']*)", shown)
    form = urlencode({name: unescape(value) for name, value in inputs}).encode()
    with urlopen(unescape(action.group(1)), data=form, timeout=30) as answer:
        assert answer.status == 200


def test_a_browser_anywhere_that_reaches_the_port_signs_in(env: dict[str, str], switches: Switches) -> None:
    switches.sign_in = "approve"
    process = subprocess.Popen(
        [sys.executable, "-m", "backup_tui", "login", "--sign-in", "browser"],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    lines = [process.stderr.readline() for _ in range(5)]
    port = re.search(r"ssh -L (\d+):localhost:\1 ", lines[3])
    assert port is not None, lines
    page = lines[1].split()[1]
    assert f"localhost%3A{port.group(1)}" in page
    try:
        browse(page)
        out, told = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, out) == (0, "Signed in as adele.vance@contoso.com of contoso.com.\n"), told


# -- on a terminal ---------------------------------------------------------------------------------------------------


def test_on_a_terminal_a_command_asks_for_a_sign_in_and_goes_on(env: dict[str, str], switches: Switches) -> None:
    switches.sign_in = "approve"
    terminal = Terminal([sys.executable, "-m", "backup_tui", "whoami"], env, 100, 30)
    try:
        assert "enter" in terminal.wait_for("Mode")
        assert terminal.ended() == 0
    finally:
        terminal.close()


def test_on_a_terminal_an_expired_code_is_followed_by_a_new_one(env: dict[str, str], switches: Switches) -> None:
    switches.sign_in = "expire"
    terminal = Terminal([sys.executable, "-m", "backup_tui", "login"], env, 100, 30)
    try:
        terminal.wait_for("Press Enter for a new code")
        switches.sign_in = "approve"
        terminal.press("\r")
        terminal.wait_for("Signed in as adele.vance@contoso.com")
        assert terminal.ended() == 0
    finally:
        terminal.close()


# -- doctor ----------------------------------------------------------------------------------------------------------


def checks(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    return {check["id"]: check for check in json.loads(done.stdout)["checks"]}


def test_doctor_finds_everything_in_order_and_shows_no_secret(run: Run, tmp_path: Path) -> None:
    done = run("doctor", "--json", "--sign-in", "secret", BACKUP_TUI_CLIENT_SECRET="hush-e2e-secret")
    assert (done.returncode, done.stderr) == (0, "")
    found = checks(done)
    assert list(found)[:2] == ["settings", "service.dns"]
    for id in ("service.connection", "authority.answer", "clock", "token", "journal", "feature.sessions", "versions"):
        assert found[id]["result"] == "ok", found[id]
    assert found["token"]["facts"]["kind"] == "application"
    assert found["token"]["facts"]["permissions"]
    assert found["feature.restore"]["facts"] == {
        "permission": "BackupRestore-Restore.ReadWrite.All",
        "role": found["feature.restore"]["facts"]["role"],
        "tried": False,
    }
    assert found["feature.offboard"]["result"] == "warning", "only persons may"
    assert found["service-state"]["facts"]["status"] == "enabled"
    assert found["state"]["facts"]["path"] == str(tmp_path / "state")
    assert json.loads(done.stdout)["usable"] is True
    assert "hush" not in done.stdout
    assert "eyJ" not in done.stdout


def test_doctor_goes_on_after_a_file_that_cannot_be_read(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "config" / "backup-tui" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text("poll = 3\n")
    done = run("doctor", "--json")
    assert done.returncode == 2
    found = checks(done)
    assert (found["settings"]["result"], found["token"]["result"]) == ("failed", "not checked")
    assert "config.toml, line 1" in found["settings"]["words"]
    assert {"state", "terminal", "versions"} <= set(found)


def test_doctor_without_a_sign_in_ends_with_3_and_has_looked_at_the_rest(run: Run) -> None:
    done = run("doctor", "--json")
    assert done.returncode == 3
    found = checks(done)
    assert (found["token"]["result"], found["token"]["facts"]["code"]) == ("failed", "NoSignIn")
    assert "backup-tui login" in found["token"]["wayOut"]
    assert found["service.answer"]["result"] == "ok"
    assert found["permissions"]["result"] == "not checked"
    words = run("doctor")
    assert words.returncode == 3
    assert "Not ready to use." in words.stdout


def test_doctor_without_the_service_ends_with_1(run: Run) -> None:
    done = run(
        "doctor",
        "--json",
        BACKUP_TUI_GRAPH_URL="http://127.0.0.1:1/v1.0",
        BACKUP_TUI_AUTHORITY="http://127.0.0.1:1/_authority",
    )
    assert done.returncode == 1
    found = checks(done)
    assert found["service.connection"]["result"] == "failed"
    assert found["authority.connection"]["result"] == "failed"
    assert found["clock"]["result"] == "not checked"


def test_doctor_names_the_missing_permission_and_the_page_for_it(run: Run, switches: Switches) -> None:
    switches.roles = ["BackupRestore-Restore.Read.All", "BackupRestore-Control.Read.All"]
    done = run("doctor", "--json", "--sign-in", "secret", BACKUP_TUI_CLIENT_SECRET="x")
    found = checks(done)
    assert found["feature.restore"]["result"] == "warning"
    assert "BackupRestore-Restore.ReadWrite.All" in found["feature.restore"]["words"]
    permissions = found["permissions"]
    assert permissions["result"] == "warning"
    assert "BackupRestore-Restore.ReadWrite.All" in permissions["facts"]["missing"]
    assert f"/_authority/{TENANT}/adminconsent?client_id={CLIENT}" in permissions["wayOut"]
    assert done.returncode == 0, "the rest works"


def test_doctor_ends_with_4_where_everything_is_refused(run: Run, switches: Switches) -> None:
    switches.roles = []
    done = run("doctor", "--json", "--sign-in", "secret", BACKUP_TUI_CLIENT_SECRET="x")
    assert done.returncode == 4, done.stdout
    found = checks(done)
    assert found["permissions"]["result"] == "failed"
    assert "403" in found["feature.sessions"]["words"]


def test_doctor_asks_for_a_sign_in_on_a_terminal(env: dict[str, str], switches: Switches) -> None:
    switches.sign_in = "approve"
    terminal = Terminal([sys.executable, "-m", "backup_tui", "doctor"], env, 100, 80)
    try:
        shown = terminal.wait_for("Ready to use.")
        assert "enter" in shown
        assert "ok           Sign-in: adele.vance@contoso.com" in shown
        assert "100x80, colours" in shown
        assert terminal.ended() == 0
    finally:
        terminal.close()


def test_doctor_works_in_the_demo_without_a_word_to_anybody(run: Run, env: dict[str, str]) -> None:
    for name in [name for name in env if name.startswith("BACKUP_TUI_")]:
        del env[name]
    done = run("doctor", "--demo", "--json")
    assert done.returncode == 0, done.stderr
    found = checks(done)
    assert found["service"]["result"] == "not checked"
    assert found["feature.sessions"]["result"] == "ok"
    assert not [id for id in found if id.startswith(("service.", "authority."))]
