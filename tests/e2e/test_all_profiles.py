"""`--all-profiles`: one list over several tenants, each read with its own sign-in, and no part taken for the whole."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backup_tui.simulator.server import Running, running
from backup_tui.simulator.settings import Settings

Command = Callable[..., Any]
CLIENT = "11112222-3333-4444-5555-666677778888"


@pytest.fixture
def second() -> Iterator[Running]:
    with running(Settings(units=60, seed=7, speed=36_000.0)) as service:
        yield service


@pytest.fixture
def tenants(
    served: Running, second: Running, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Path:
    """The configuration of two profiles, each with a service and a secret of its own."""
    for name in ("BACKUP_TUI_ACCESS_TOKEN", "BACKUP_TUI_GRAPH_URL"):
        monkeypatch.delenv(name)
    secret = tmp_path / "secret"
    secret.write_text("a-secret")
    secret.chmod(0o600)
    config = Path(environment["XDG_CONFIG_HOME"]) / "backup-tui" / "config.toml"
    config.parent.mkdir(parents=True)
    text = ""
    for name, service in (("contoso", served), ("tailspin", second)):
        authority = service.base_url.removesuffix("/v1.0") + "/_authority"
        text += f"""
[profile.{name}]
tenant = "contoso.com"
client_id = "{CLIENT}"
sign_in = "secret"
secret_file = "{secret}"
graph_url = "{service.base_url}"
authority = "{authority}"
"""
    config.write_text(text)
    return config


def test_one_list_has_the_rows_of_every_tenant(command: Command, tenants: Path) -> None:
    one = {name: command("--profile", name, "policies", "list", "--json=id").json for name in ("contoso", "tailspin")}
    every = command("--all-profiles", "policies", "list", "--output", "csv")
    assert every.code == 0, every.err
    rows = list(csv.DictReader(io.StringIO(every.out, newline="")))
    for name, objects in one.items():
        assert [row["id"] for row in rows if row["profile"] == name] == [each["id"] for each in objects]
    objects = command("policies", "list", "--all-profiles", "--json=profile,id").json
    assert objects == [{"profile": row["profile"], "id": row["id"]} for row in rows]
    assert command("sessions", "list", "--all-profiles").out.split()[0] == "PROFILE"
    assert command("sessions", "list", "--all-profiles", "--columns", "id,profile", "--limit", "1").err.strip()


def test_a_tenant_that_cannot_be_read_is_told_and_the_others_are_shown(
    command: Command, tenants: Path, second: Running
) -> None:
    second.service.authority.switches.client = "unknown"
    done = command("--all-profiles", "policies", "list", "--output", "jsonl")
    assert done.code == 3
    assert {json.loads(line)["profile"] for line in done.out.splitlines()} == {"contoso"}
    assert any(note.startswith("tailspin: ! ") for note in json.loads(done.err)["notes"])


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("config", "show"), "works with commands that print a list"),
        (("sessions", "delete", "61633878"), "works with commands that print a list"),
        (("sessions", "list", "--profile", "contoso"), "--profile means one tenant"),
        (("sessions", "list", "--record", "new.jsonl"), "--record means one tenant"),
        (("sessions", "list", "--demo"), "There are no profiles"),
        ((), "--all-profiles works only with a command"),
    ],
)
def test_what_means_one_tenant_is_refused(command: Command, tenants: Path, words: tuple[str, ...], what: str) -> None:
    done = command("--all-profiles", *words)
    assert (done.code, done.out) == (2, "")
    assert what in done.err


def test_a_token_of_one_tenant_is_not_sent_to_all(
    command: Command, tenants: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKUP_TUI_ACCESS_TOKEN", "x")
    done = command("--all-profiles", "sessions", "list")
    assert (done.code, done.out) == (2, "")
    assert "BACKUP_TUI_ACCESS_TOKEN means one tenant" in done.err


def test_a_profile_that_is_not_signed_in_has_its_own_command(command: Command, tenants: Path) -> None:
    tenants.write_text(f'[profile."b c"]\nclient_id = "{CLIENT}"\n')
    done = command("--all-profiles", "sessions", "list")
    assert done.code == 3
    assert "b c: ! Nobody is signed in. Sign in: backup-tui login --profile 'b c'." in done.err
