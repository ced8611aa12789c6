"""Specifies that a token is found nowhere afterwards, whatever layer breaks: no file, no log, no stream."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from forced_crash import forced_crash, reached
from pty_terminal import Terminal

from backup_tui.simulator.authority.grants import TokenEndpoint
from backup_tui.simulator.server import Running, running
from backup_tui.simulator.settings import Settings

PROGRAM = (sys.executable, "-m", "backup_tui")
CANARY = "canary-5f0d7c31-9b42-4c7e-a1d6-token"

BY_COMMAND = {
    "config": "backup_tui.config.loading:load_settings",
    "models": "backup_tui.models.whoami:read_token",
    "signin": "backup_tui.signin.flows.ready_made:ReadyMadeToken.token",
    "transport": "backup_tui.graph.transport:Transport.exchange",
    "wire": "httpx:AsyncClient.send",
    "graph": "backup_tui.graph.request_pipeline:RequestPipeline.run",
    "answers": "backup_tui.graph.answers:judge",
    "journal": "backup_tui.journal.journal:Journal.intents",
    "store": "backup_tui.store.store:Store.apply",
    "workspace": "backup_tui.workspace.workspace:Workspace.opened",
    "headless": "backup_tui.headless.sessions:list_sessions",
}
"""A place in each layer that a command comes by."""

ON_SCREEN = {
    "signin": "backup_tui.signin.flows.ready_made:ReadyMadeToken.token",
    "transport": "backup_tui.graph.transport:Transport.exchange",
    "wire": "httpx:AsyncClient.send",
    "journal": "backup_tui.journal.journal:Journal.intents",
    "store": "backup_tui.store.store:Store.apply",
    "sync": "backup_tui.sync.loader:Loader.refresh",
    "changes": "backup_tui.changes.lost_answers:LostAnswers.resolve_open",
    "workspace": "backup_tui.workspace.workspace:Workspace.opened",
    "screen": "backup_tui.ui.frame.screen:BaseScreen.refresh_frame",
}
"""A place in each layer that the screens come by."""


@pytest.fixture(scope="module")
def served() -> Iterator[Running]:
    with running(Settings(units=40)) as service:
        yield service


def environment(served: Running, tmp_path: Path) -> dict[str, str]:
    (tmp_path / "config" / "backup-tui").mkdir(parents=True)
    (tmp_path / "config" / "backup-tui" / "config.toml").write_text('log_level = "debug"\n', encoding="utf-8")
    return {
        "BACKUP_TUI_ACCESS_TOKEN": CANARY,
        "BACKUP_TUI_GRAPH_URL": served.base_url,
        "BACKUP_TUI_STATE_DIR": str(tmp_path / "state"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path),
        "TZ": "UTC",
    }


def found_in_files(folder: Path, secrets: Iterable[str] = (CANARY,)) -> list[str]:
    """Files under a folder that hold one of the secrets."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if any(secret.encode() in path.read_bytes() for secret in secrets)]


@pytest.mark.parametrize("place", [pytest.param(place, id=layer) for layer, place in BY_COMMAND.items()])
def test_a_command_that_breaks_tells_no_token(served: Running, tmp_path: Path, place: str) -> None:
    own = os.environ | environment(served, tmp_path) | forced_crash(tmp_path / "site", place)
    done = subprocess.run(
        [*PROGRAM, "sessions", "list"], env=own, capture_output=True, timeout=60, check=False, cwd=Path.cwd()
    )
    assert CANARY.encode() not in done.stdout + done.stderr
    assert not found_in_files(tmp_path)
    assert reached(tmp_path / "site").exists()
    assert done.returncode == 1, done.stderr.decode()


@pytest.mark.parametrize("place", [pytest.param(place, id=layer) for layer, place in ON_SCREEN.items()])
def test_screens_that_break_tell_no_token(served: Running, tmp_path: Path, place: str) -> None:
    terminal = Terminal(PROGRAM, environment(served, tmp_path) | forced_crash(tmp_path / "site", place))
    try:
        while not reached(tmp_path / "site").exists() and terminal.process.poll() is None:
            terminal.settle(0.1)
        for keys in ("2345", "\x11"):
            if terminal.process.poll() is None:
                terminal.settle()
                terminal.press(*keys)
        terminal.ended()
    finally:
        terminal.close()
    assert reached(tmp_path / "site").exists()
    assert CANARY.encode() not in terminal.stream
    assert not found_in_files(tmp_path)


# -- signing in: the application's secret, the code for a person, and every token that is handed out ------------------

SIGNING_IN = {
    ("secret", "nothing"): "",
    ("secret", "worker"): "backup_tui.signin.renewing:RenewingSignIn.token",
    ("secret", "answer"): "backup_tui.signin.grants:grant_of",
    ("secret", "wire"): "backup_tui.graph.transport:BlockingTransport.exchange",
    ("secret", "msal"): "msal:ConfidentialClientApplication.acquire_token_for_client",
    ("device-code", "nothing"): "",
    ("device-code", "flow"): "backup_tui.signin.grants:grant_of",
    ("device-code", "door"): "backup_tui.signin.msal_http:MsalHttpClient.post",
    ("device-code", "transport"): "backup_tui.graph.transport:BlockingTransport.exchange",
    ("device-code", "msal"): "msal:PublicClientApplication.acquire_token_by_device_flow",
}
"""Places that a sign-in comes by; with none of them broken, nothing is told either."""


@pytest.fixture
def handed_out(served: Running, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Every secret that the authority gives away from now on."""
    inner, secrets = TokenEndpoint.answer, {CANARY}

    def answer(*arguments: Any, **more: Any) -> Any:
        told = inner(*arguments, **more)
        secrets.update(told[name] for name in ("access_token", "refresh_token", "id_token") if name in told)
        return told

    monkeypatch.setattr(TokenEndpoint, "answer", answer)
    switches = served.service.authority.switches
    switches.sign_in, switches.interval = "approve", 1
    return secrets


def of_flow(served: Running, tmp_path: Path, flow: str) -> dict[str, str]:
    own = environment(served, tmp_path)
    del own["BACKUP_TUI_ACCESS_TOKEN"]
    return own | {
        "BACKUP_TUI_SIGN_IN": flow,
        "BACKUP_TUI_AUTHORITY": served.base_url.removesuffix("/v1.0") + "/_authority",
        "BACKUP_TUI_TENANT": "contoso.com",
        "BACKUP_TUI_CLIENT_ID": "5f1c9c1e-2d67-4d0c-8f7a-61b1d7e3c0aa",
        "BACKUP_TUI_CLIENT_SECRET": CANARY if flow == "secret" else "",
    }


@pytest.mark.parametrize(
    ("flow", "place"), [pytest.param(flow, place, id=f"{flow} {layer}") for (flow, layer), place in SIGNING_IN.items()]
)
def test_a_sign_in_that_breaks_tells_no_secret(
    served: Running, handed_out: set[str], tmp_path: Path, flow: str, place: str
) -> None:
    own = of_flow(served, tmp_path, flow)
    if place:
        own |= forced_crash(tmp_path / "site", place)
    terminal = Terminal([*PROGRAM, "sessions", "list"], own)
    try:
        if flow == "device-code" and place.startswith("msal"):
            # An answer that msal cannot use may be a passing one, so the code is waited for until it ends.
            terminal.wait_for("to cancel")
            while not reached(tmp_path / "site").exists():
                terminal.settle(0.1)
            terminal.press("\x03")
        code = terminal.ended()
    finally:
        terminal.close()
    assert reached(tmp_path / "site").exists() is bool(place)
    told = bytes(terminal.stream)
    assert [secret for secret in handed_out if secret.encode() in told] == []
    assert found_in_files(tmp_path, handed_out) == []
    assert (code == 0) is not bool(place), told.decode()
    assert place or len(handed_out) > 1, "a token was handed out"


@pytest.mark.parametrize("passphrase", ["", "a passphrase of some length"], ids=["plain", "encrypted"])
def test_a_kept_sign_in_is_in_its_file_alone(
    served: Running, handed_out: set[str], tmp_path: Path, passphrase: str
) -> None:
    own = of_flow(served, tmp_path, "device-code")
    own |= {"BACKUP_TUI_TOKEN_CACHE": "file", "BACKUP_TUI_CACHE_PASSPHRASE": passphrase}
    for words in (("login",), ("sessions", "list"), ("whoami",), ("doctor",)):
        terminal = Terminal([*PROGRAM, *words], own)
        try:
            terminal.ended()
        finally:
            terminal.close()
        assert [secret for secret in handed_out if secret.encode() in terminal.stream] == []
    assert len(handed_out) > 1, "somebody signed in"
    places = {Path(name).parent.name for name in found_in_files(tmp_path, handed_out)}
    assert places == (set() if passphrase else {"tokens"})
