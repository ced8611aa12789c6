"""Specifies that the workspace opens, reads and closes whatever state this machine is in, and keeps its secrets."""

from __future__ import annotations

import base64
import json
import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from backup_tui.changes.change import carry_out
from backup_tui.changes.context import Context
from backup_tui.config import Settings, Token
from backup_tui.errors import BackupTuiError, JournalError, UsageError
from backup_tui.graph.client import Client
from backup_tui.journal.journal import Journal
from backup_tui.journal.records import Answer, IntentKind, IntentState, NewIntent
from backup_tui.models.clock import ManualClock
from backup_tui.models.services import Destination, Service
from backup_tui.restore.drafts.drafts import create_draft
from backup_tui.restore.drafts.plan import DraftPlan, DraftResult
from backup_tui.restore.points.moments import Moment
from backup_tui.restore.points.points import PointWish, find_points
from backup_tui.restore.review.activation import Start
from backup_tui.simulator.app import create_app
from backup_tui.simulator.domain import clock as simulator_clock
from backup_tui.simulator.settings import Settings as Simulated
from backup_tui.store import freshness as fresh
from backup_tui.store.rows import unit_row
from backup_tui.workspace import Workspace, open_workspace

NOW = datetime(2026, 11, 22, 12, 3, 20, tzinfo=UTC)
FULL = JournalError("The disk is full.")


PERMISSIONS = (
    "BackupRestore-Control.Read.All BackupRestore-Configuration.ReadWrite.All "
    "BackupRestore-Search.Read.All BackupRestore-Restore.ReadWrite.All"
)


def jwt(**claims: object) -> str:
    parts = ({"alg": "none"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".x"


def adele(tenant: str = "f00d0000-0000-4000-8000-00000000cafe") -> str:
    person = {"oid": "87d349ed-44d7-43e1-9a83-5f2406dee5bd", "upn": "adele.vance@contoso.com"}
    return jwt(tid=tenant, **person, scp=PERMISSIONS)


@pytest.fixture
def service() -> Any:
    return create_app(Simulated(units=100, history=False), simulator_clock.ManualClock(NOW))


def settings(folder: Path, token: str = "", **more: Any) -> Settings:
    more.setdefault("graph_url", "http://127.0.0.1:8365/v1.0")
    return Settings(token=Token(token or adele()), state_dir=folder, tz="UTC", **more)


@asynccontextmanager
async def at_work(service: Any, folder: Path, token: str = "", **more: Any) -> AsyncIterator[Workspace]:
    async with open_workspace(settings(folder, token, **more), clock=ManualClock(NOW), service=service) as workspace:
        yield workspace


async def draft(workspace: Workspace, context: Context | None = None) -> DraftResult:
    context = context or workspace.context
    units = [
        unit_row(unit, Service.ONEDRIVE, None) for unit in await workspace.loader.load(fresh.units_of(Service.ONEDRIVE))
    ]
    moment = Moment(workspace.clock.now(), ZoneInfo("UTC"), "latest", latest=True)
    table = await find_points(context, units[:1], PointWish(moment))
    return await create_draft(context, DraftPlan(Service.ONEDRIVE, Destination.NEW, table.rows))


# -- a full disk, a damaged or newer journal, a folder that cannot be written -----------------------------------------


async def test_what_was_done_stays_done_when_the_disk_is_full_at_the_end(
    service: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_work(service, tmp_path) as workspace:
        made = await draft(workspace)
        workspace.left_how = ""

        async def full(*_: Any, **__: Any) -> None:
            raise FULL

        monkeypatch.setattr(Journal, "keep", full)
    assert made.complete, "leaving raised nothing that could be taken for a failure of what was done"


@pytest.mark.parametrize("kept", ["{", "[]", "{}", '{"at": "soon", "snapshot": {}}', '{"at": 5}', "null"])
async def test_a_note_that_cannot_be_read_does_not_keep_the_program_from_opening(
    service: Any, tmp_path: Path, kept: str
) -> None:
    async with at_work(service, tmp_path) as workspace:
        workspace.left_how = ""
    with sqlite3.connect(tmp_path / "journal.sqlite3") as connection:
        assert connection.execute("UPDATE kept SET value = ? WHERE key = 'left'", (kept,)).rowcount == 1
    connection.close()
    async with at_work(service, tmp_path) as workspace:
        assert (await draft(workspace)).complete


async def test_names_of_a_service_that_a_newer_version_knows_are_passed_over(service: Any, tmp_path: Path) -> None:
    async with at_work(service, tmp_path) as workspace:
        made = await draft(workspace)
        await workspace.load_artifacts(made.session_id)
    with sqlite3.connect(tmp_path / "journal.sqlite3") as connection:
        connection.execute("UPDATE unit_name SET service = 'teams'")
        connection.execute("UPDATE point_unit SET service = 'teams'")
        connection.execute("UPDATE schema_version SET version = version + 1")
    connection.close()
    async with at_work(service, tmp_path) as workspace:
        assert "newer version" in " ".join(workspace.notices)
        assert len(await workspace.load_artifacts(made.session_id)) == 1


async def test_a_journal_that_breaks_where_names_are_kept_still_opens(service: Any, tmp_path: Path) -> None:
    async with at_work(service, tmp_path) as workspace:
        await workspace.loader.load(fresh.units_of(Service.ONEDRIVE))
        made = await draft(workspace)
    path = tmp_path / "journal.sqlite3"
    connection = sqlite3.connect(path)
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'unit_name'").fetchone()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)
    async with at_work(service, tmp_path) as workspace:
        assert len(await workspace.loader.load(fresh.SESSIONS)) == 1
        assert [line.session_id for line in await workspace.journal_lines()] == [made.session_id]


AS_NOBODY = """
import asyncio, os, sys, tempfile
sys.path.insert(0, {here!r})
from pathlib import Path
from test_workspace_trust import at_work, draft, create_app, fresh, Simulated, simulator_clock, NOW

async def main(folder):
    service = create_app(Simulated(units=100, history=False), simulator_clock.ManualClock(NOW))
    async with at_work(service, folder) as workspace:
        print("sessions", len(await workspace.loader.load(fresh.SESSIONS)))
        print("notices", *workspace.notices)
        try:
            await draft(workspace)
        except Exception as error:
            print("refused", type(error).__name__, error.certainty)
    print("made", len([s for s in service.state.service.sessions.values() if s.created >= NOW.timestamp()]))

with tempfile.TemporaryDirectory() as name:
    asyncio.run(main(Path(name)))  # every module is loaded while its folder may be read
print("now as nobody", flush=True)
os.setgroups([]); os.setgid(65534); os.setuid(65534)
asyncio.run(main(Path({folder!r})))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not write")
@pytest.mark.parametrize("there", [True, False])
def test_in_a_folder_that_cannot_be_written_everything_can_be_read_and_nothing_changed(there: bool) -> None:
    import tempfile

    # pytest's own folders are closed to other users.
    with tempfile.TemporaryDirectory() as name:
        outer = Path(name)
        outer.chmod(0o755)
        folder = outer / "backup-tui"
        if there:
            folder.mkdir(mode=0o755)
            os.chown(folder, 65534, 65534)
            folder.chmod(0o500)
        code = AS_NOBODY.format(here=str(Path(__file__).parent), folder=str(folder))
        ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    as_root, _, as_nobody = ended.stdout.partition("now as nobody")
    assert "made 1" in as_root
    assert "sessions 0" in as_nobody
    assert as_nobody.count("nothing can be changed from here") == 1
    assert "refused" in as_nobody
    assert "Nothing was sent." in as_nobody
    assert "made 0" in as_nobody


# -- whose journal it is ----------------------------------------------------------------------------------------


async def test_nothing_of_another_tenant_is_seen_judged_or_settled(service: Any, tmp_path: Path) -> None:
    async with at_work(service, tmp_path) as workspace:
        made = await draft(workspace)
        review = await Start(made.session_id).prepare(workspace.context)
        service.state.service.faults.add("drop", method="POST", path="/activate$")
        await carry_out(workspace.context, review.change, review, review.phrase)
        lost = (await workspace.journal_lines())[0]
        assert lost.state == "unknown"
    async with at_work(service, tmp_path, adele("0ddba11-0000-4000-8000-000000000000")) as workspace:
        assert await workspace.journal_lines() == ()
        assert await workspace.look_into_open() == ()
        with pytest.raises(UsageError):
            await workspace.resolve_intent(lost.id, not_done=True)
    async with at_work(service, tmp_path) as workspace:
        assert (await workspace.journal_lines())[0].state == "unknown"


async def test_both_versions_of_a_service_share_one_journal(service: Any, tmp_path: Path) -> None:
    """What was lost in v1.0 must stand in the way in beta, too: it is the same tenant at the same service."""
    async with at_work(service, tmp_path) as workspace:
        service.state.service.faults.add("refuse", method="POST", path="RestoreSessions$", status=504, code="")
        with pytest.raises(BackupTuiError):
            await draft(workspace, replace(workspace.context, sleep=_at_once))
    async with at_work(service, tmp_path, graph_url="http://127.0.0.1:8365/beta") as workspace:
        assert [line.state for line in await workspace.journal_lines()] == ["unknown"]


async def _at_once(_: float) -> None:
    return


# -- settling by hand ---------------------------------------------------------------------------------------------


async def test_a_person_cannot_settle_a_change_with_a_session_that_it_cannot_have_made(
    service: Any, tmp_path: Path
) -> None:
    async with at_work(service, tmp_path) as workspace:
        first = await draft(workspace)
        review = await Start(first.session_id).prepare(workspace.context)
        service.state.service.faults.add("drop", method="POST", path="/activate$")
        await carry_out(workspace.context, review.change, review, review.phrase)
        lost = (await workspace.journal_lines())[0]
        other = await workspace.context.may_write().create_session(Service.EXCHANGE, [])
        with pytest.raises(UsageError, match="was about session"):
            await workspace.resolve_intent(lost.id, adopt=other.id)
        journal = workspace.rooms.journal
        create = await journal.begin(
            NewIntent(
                IntentKind.CREATE,
                service=Service.SHAREPOINT,
                target=None,
                summary="CREATE",
                body="{}",
                fingerprint="f",
                user="adele",
                who="",
                at=NOW,
                server_date_before=NOW,
            )
        )
        await journal.answer(create.id, Answer(IntentState.UNKNOWN, at=NOW))
        with pytest.raises(UsageError, match="sites"):
            await workspace.resolve_intent(create.id, adopt=other.id)
        assert {line.state for line in await workspace.journal_lines()} == {"unknown", "done"}


# -- the token ----------------------------------------------------------------------------------------------------

CANARY = "canary0-4f1c-token-that-must-not-be-seen-anywhere-93b1"


def faults_that_repeat(token: str) -> list[dict[str, Any]]:
    return [
        {"act": "refuse", "status": 400, "code": "InvalidRequest", "message": f"Bearer {token}"},
        {"act": "refuse", "status": 500, "code": token, "message": token},
        {"act": "refuse", "status": 401, "code": "x", "message": token},
        {"act": "html", "status": 502},
        {"act": "drop"},
        {"act": "truncate"},
    ]


@pytest.mark.parametrize(
    "token", [CANARY, jwt(tid="t", oid="o", canary=CANARY), f"{CANARY}\u00e9", f"{CANARY} {CANARY}"]
)
async def test_the_token_is_nowhere_but_in_the_request(
    service: Any,
    tmp_path: Path,
    token: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setitem(cast(dict[str, Any], Client.__init__.__kwdefaults__), "sleep", _at_once)
    seen: list[str] = []

    async def echoing(scope: Any, receive: Any, send: Any) -> None:
        """Something in between that repeats the request's headers in its answers' request id."""
        given = dict(scope["headers"]).get(b"authorization", b"")

        async def repeating(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-ms-request-id", given), (b"request-id", given)]
            await send(message)

        await service(scope, receive, repeating)

    async def reads_and_changes(workspace: Workspace) -> None:
        made = await draft(workspace)
        review = await Start(made.session_id).prepare(workspace.context)
        await carry_out(workspace.context, review.change, review, review.phrase)

    for fault in ({}, *faults_that_repeat(token)):
        async with at_work(echoing, tmp_path / "state", token) as workspace:
            workspace.context.__dict__["sleep"] = _at_once
            for method in ("POST", "GET") if fault else ("",):
                service.state.service.faults.clear()
                if fault:
                    service.state.service.faults.add(**fault, method=method, path="estore", times=None)
                try:
                    await reads_and_changes(workspace)
                except BackupTuiError as error:
                    seen += [repr(error), str(error.__dict__), repr(error.__cause__), repr(error.__context__)]
                with suppress(BackupTuiError):
                    seen += await workspace.look_into_open()
            seen += [repr(workspace.store.calls[key]) for key in workspace.store.calls]
            seen += [repr(line) for line in await workspace.journal_lines()]
            seen += [repr(workspace.settings), repr(vars(workspace))]
    told = capfd.readouterr()
    files = [path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file()]
    assert files
    secret = token.split(".")[1] if "." in token else token
    for text in (*seen, caplog.text, told.out, told.err, *(data.decode("utf-8", "replace") for data in files)):
        assert secret not in text
        assert CANARY not in text
