"""Specifies the sign-in that is borrowed from Azure's CLI: whose it may be, its end, and when the CLI is run."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from scripted_authority import (
    CANARY,
    CLIENT,
    NOW,
    Authority,
    bench,
    jwt,
    refusal,
)

from backup_tui.errors import SignInError


@pytest.fixture
def az(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts an `az` into the path that does what it is told; gives the file in which its arguments are."""
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    (tmp_path / "bin").mkdir()

    def install(body: str) -> Path:
        file = tmp_path / "bin" / "az"
        asked = tmp_path / "asked"
        writes = f"open({str(asked)!r}, 'a').write(' '.join(sys.argv[1:]) + chr(10))"
        file.write_text(f"#!{sys.executable}\nimport json, sys, time\n{writes}\n{body}\n")
        file.chmod(0o755)
        return asked

    return install


def said(token: str, **more: object) -> str:
    return f"print({json.dumps(json.dumps({'accessToken': token, 'tokenType': 'Bearer', **more}))})"


OF_APP = jwt(appid=CLIENT, tid="t", roles=["BackupRestore-Restore.ReadWrite.All"], idtyp="app")


OF_PERSON = jwt(appid="04b07795-8ddb-461a-bbee-02f9e1bf7b46", scp="User.Read.All", upn="ada@contoso.com")


async def test_the_sign_in_of_a_service_principal_is_borrowed(place: Authority, az: Any) -> None:
    asked = az(said(OF_APP, expires_on=int(NOW.timestamp()) + 3600))
    async with bench(place, "azure-cli") as on:
        assert (await on.sign_in.token()).reveal() == OF_APP
        assert (await on.sign_in.token()).reveal() == OF_APP
        on.pass_time(3600 - 20)
        await on.sign_in.token()
        assert await on.sign_in.forget() is False
    lines = asked.read_text().splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("account get-access-token --resource https://graph.microsoft.com -o json --tenant ")


async def test_the_end_is_read_from_the_token_where_the_cli_is_old(place: Authority, az: Any) -> None:
    token = jwt(appid=CLIENT, exp=int(NOW.timestamp()) + 3600)
    asked = az(said(token, expiresOn="2026-11-22 06:02:00.000000"))
    async with bench(place, "azure-cli") as on:
        await on.sign_in.token()
        on.pass_time(3600 - 301)
        await on.sign_in.token()
        assert len(asked.read_text().splitlines()) == 1
        on.pass_time(302)
        with contextlib.suppress(SignInError):  # the CLI hands out the old one again
            await on.sign_in.token()
        assert len(asked.read_text().splitlines()) == 2


async def test_a_persons_sign_in_of_the_cli_is_refused_with_the_reason(place: Authority, az: Any) -> None:
    az(said(OF_PERSON, expires_on=int(NOW.timestamp()) + 3600))
    error = await refusal(place, "azure-cli")
    assert error.code == "CredentialRefused"
    assert "ada@contoso.com" in error.message
    assert "service principal" in error.hint


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("sys.stderr.write('ERROR: Please run \\'az login\\' to setup account.'); sys.exit(1)", "NoSignIn"),
        ("sys.stderr.write('ERROR: \\x1b[31mAADSTS70043 expired'); sys.exit(1)", "CredentialRefused"),
        ("print('not json')", "CredentialUnreadable"),
        ("print('[]')", "CredentialUnreadable"),
        ("print('{\"accessToken\": 5}')", "CredentialUnreadable"),
        ("print('x' * 400_000)", "CredentialUnreadable"),
    ],
)
async def test_a_cli_that_gives_no_token_is_told(place: Authority, az: Any, body: str, code: str) -> None:
    az(body)
    error = await refusal(place, "azure-cli")
    assert error.code == code
    assert error.detail.isprintable()


async def test_without_the_cli_it_is_said(place: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    error = await refusal(place, "azure-cli")
    assert (error.code, "not installed" in error.message) == ("CredentialUnreadable", True)


async def test_a_cli_that_hangs_is_ended_when_the_program_ends(place: Authority, az: Any, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    os.mkfifo(pid)
    az(f"import os; f = open({str(pid)!r}, 'w'); f.write(str(os.getpid())); f.close(); time.sleep(600)")
    async with bench(place, "azure-cli") as on:
        waiting = asyncio.create_task(on.sign_in.token())
        number = int(await asyncio.to_thread(pid.read_text))
        async with asyncio.timeout(10):
            await on.sign_in.aclose()
            with pytest.raises(SignInError) as caught:
                await waiting
        assert caught.value.code == "Cancelled"
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


async def test_the_cli_is_not_given_the_secrets_of_this_program(
    place: Authority, az: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ACCESS_TOKEN", "CLIENT_SECRET", "CERTIFICATE_PASSWORD", "CACHE_PASSPHRASE"):
        monkeypatch.setenv(f"BACKUP_TUI_{name}", f"given-{CANARY}")
    seen = tmp_path / "environment"
    az(
        f"import os; open({str(seen)!r}, 'w').write(repr(dict(os.environ)))\n"
        + said(OF_APP, expires_on=int(NOW.timestamp()) + 3600)
    )
    async with bench(place, "azure-cli") as on:
        await on.sign_in.token()
    assert "PATH" in seen.read_text()
    assert CANARY not in seen.read_text()


async def test_a_cli_that_is_signed_out_is_not_run_with_each_use(place: Authority, az: Any) -> None:
    asked = az("sys.stderr.write('ERROR: Please run az login to setup account.'); sys.exit(1)")
    async with bench(place, "azure-cli") as on:
        for _ in range(5):
            with pytest.raises(SignInError) as caught:
                await on.sign_in.token()
            assert caught.value.code == "NoSignIn"
        assert len(asked.read_text().splitlines()) == 1
        az(said(OF_APP, expires_on=int(NOW.timestamp()) + 3600))
        on.pass_time(2)
        assert (await on.sign_in.token()).reveal() == OF_APP


async def test_a_cli_that_hands_out_what_it_still_holds_is_not_run_with_each_use(place: Authority, az: Any) -> None:
    asked = az(said(OF_APP, expires_on=int(NOW.timestamp()) + 290))
    async with bench(place, "azure-cli") as on:
        for _ in range(5):
            await on.sign_in.token()
        await on.after_renewing()
    assert len(asked.read_text().splitlines()) == 2


async def test_a_cli_is_not_taken_from_where_the_program_happens_to_stand(
    place: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "az").write_text("#!/bin/sh\ntouch ran\n")
    (tmp_path / "az").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", ":.:/nowhere")
    error = await refusal(place, "azure-cli")
    assert "not installed" in error.message
    assert not (tmp_path / "ran").exists()
