"""Specifies the screens of evidence: the report with its sums, the hand-over card, names for and from a colleague."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any, cast

import pytest
from list_screens import tenant
from restores import drafted, program, started
from support import Simulated, footer, screen_text, shown_as, until
from textual.pilot import Pilot

from backup_tui.evidence.bundle import verify_bundle
from backup_tui.models.services import Service
from backup_tui.ui.evidence.handover import EditNext, Handover, ReadNames
from backup_tui.ui.frame.save_file import SaveFile
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.routes import OpenHandover, OpenIncident, OpenReport
from backup_tui.ui.widgets.fields import RadioLine, TextField

SIZE = (80, 24)


def text_of(one: Simulated) -> str:
    """The screen's text without the breaks of its lines."""
    return " ".join(" ".join(screen_text(one.app)).split())


async def ended(pilot: Pilot[Any], one: Simulated, count: int = 3) -> str:
    session_id = await drafted(pilot, one, count=count)
    await started(pilot, one, session_id)
    one.advance(24 * 3600)
    await one.workspace.load_artifacts(session_id)
    return session_id


async def fill(pilot: Pilot[Any], one: Simulated, text: str) -> None:
    field = one.app.screen.query(TextField).first()
    field.value = text
    await pilot.pause()
    await pilot.press("enter")


async def card_of(pilot: Pilot[Any], one: Simulated, *sessions: str) -> Handover:
    one.app.open(OpenHandover(sessions))
    await until(pilot, lambda: "▌Hand-over" in text_of(one), "the card")
    return shown_as(one.app, Handover)


# -- report -----------------------------------------------------------------------------------------------------------


async def test_a_report_is_written_whole_and_shows_its_sums(tmp_path: Path) -> None:
    one = program(tmp_path / "state")
    folder = tmp_path / "report"
    async with one.app.run_test(size=(120, 40)) as pilot:
        session_id = await ended(pilot, one)
        one.app.open(OpenReport((session_id,)))
        await pilot.pause()
        assert f"report-session-{session_id[:8]}-" in one.app.screen.query_one(TextField).value
        await fill(pilot, one, str(folder))
        await until(pilot, lambda: "Written: 6 files" in text_of(one), "it is written")
        found = verify_bundle(str(folder))
        assert found.whole
        assert found.manifest_sha256 in text_of(one)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert "y copy sums" in footer(one.app.screen)
        await pilot.press("y")
        assert found.manifest_sha256 in one.app.clipboard
        await pilot.press("enter")
        assert "The report is written" in one.app.message
    told = json.loads((folder / "report.json").read_text())
    assert [one["sessionId"] for one in told["units"]] == [session_id] * 3


async def test_a_folder_that_holds_something_is_refused_and_what_was_typed_stays(tmp_path: Path) -> None:
    one = program(tmp_path / "state")
    (tmp_path / "mine.txt").write_text("kept")
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await ended(pilot, one)
        one.app.open(OpenReport((session_id,)))
        await pilot.pause()
        await fill(pilot, one, str(tmp_path))
        await until(pilot, lambda: "is not empty" in text_of(one), "the refusal")
        assert one.app.screen.query_one(TextField).value == str(tmp_path)
        await pilot.press("shift+tab", "right", "right")
        assert one.app.screen.query_one(RadioLine).value == "csv"
        await pilot.press("tab")
        await fill(pilot, one, str(tmp_path / "new"))
        await until(pilot, lambda: "Written: 4 files" in text_of(one), "it is written")
    assert not (tmp_path / "new" / "report.html").exists()
    assert (tmp_path / "mine.txt").read_text() == "kept"


# -- card -------------------------------------------------------------------------------------------------------------


async def test_the_card_of_everything_open_is_copied_edited_and_kept(tmp_path: Path) -> None:
    one = program(tmp_path / "state")
    async with one.app.run_test(size=SIZE) as pilot:
        await ended(pilot, one)
        draft = await drafted(pilot, one, count=2, service=Service.EXCHANGE)
        card = await card_of(pilot, one)
        assert f"Exchange {draft[:8]}, IN PLACE" in text_of(one)
        await pilot.press("enter")
        assert isinstance(one.app.screen, EditNext)
        await fill(pilot, one, "Call the legal team.")
        await until(pilot, lambda: one.app.screen is card, "it is back")
        await until(pilot, lambda: "1. Call the legal team." in text_of(one), "it is shown")
        await pilot.press("y")
        assert "Next    1. Call the legal team." in one.app.clipboard
        await pilot.press("escape")
        await card_of(pilot, one)
        assert "1. Call the legal team." in text_of(one), "it is kept"


async def test_the_card_goes_to_a_file_of_its_owner_and_replaces_nothing_unasked(tmp_path: Path) -> None:
    one = program(tmp_path / "state")
    target, link = tmp_path / "card.txt", tmp_path / "link.txt"
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await ended(pilot, one)
        card = await card_of(pilot, one, session_id)
        await pilot.press("e")
        assert isinstance(one.app.screen, SaveFile)
        await fill(pilot, one, str(target))
        await until(pilot, lambda: one.app.screen is card, "it is written")
        assert f"Card saved: {target}" in one.app.message
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        assert target.read_text().startswith("Hand-over ")
        target.write_text("mine")
        link.symlink_to(target)
        await pilot.press("e")
        await fill(pilot, one, str(link))
        await until(pilot, lambda: "is a link" in text_of(one), "the refusal")
        await fill(pilot, one, str(target))
        await until(pilot, lambda: "already exists" in text_of(one), "it asks")
        assert target.read_text() == "mine"
        await pilot.press("enter")
        await until(pilot, lambda: one.app.screen is card, "it is replaced")
        assert target.read_text().startswith("Hand-over ")


async def test_without_the_service_the_card_says_what_was_read_last(tmp_path: Path) -> None:
    one = program(tmp_path / "state")
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await ended(pilot, one)
        one.service.faults.add("refuse", method="GET", path=f"restoreSessions/{session_id}$", status=500, times=None)
        await card_of(pilot, one, session_id)
        assert "The service could not be read" in text_of(one)
        assert "✓ 3 restored of 3" in text_of(one)


async def test_the_incident_opens_the_card_and_the_report_of_what_runs(tmp_path: Path) -> None:
    one = program(tmp_path / "state")
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await drafted(pilot, one, count=2)
        await started(pilot, one, session_id)
        one.app.open(OpenIncident())
        await until(pilot, lambda: "OneDrive" in text_of(one), "what runs")
        incident = one.app.screen
        for key, place in (("H", OpenHandover()), ("e", OpenReport((session_id,)))):
            await pilot.press(key)
            await until(pilot, lambda: one.app.screen is not incident, "another screen")
            assert cast(BaseScreen, one.app.screen).place == place
            await pilot.press("escape")
            await until(pilot, lambda: one.app.screen is incident, "back")


# -- names ------------------------------------------------------------------------------------------------------------


async def test_names_go_to_a_colleague_who_then_sees_them(tmp_path: Path) -> None:
    one = program(tmp_path / "state")
    names = tmp_path / "names.json"
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await drafted(pilot, one, count=3)
        card = await card_of(pilot, one, session_id)
        await pilot.press("w")
        await fill(pilot, one, str(names))
        await until(pilot, lambda: one.app.screen is card, "it is written")
        assert stat.S_IMODE(names.stat().st_mode) == 0o600
        await one.workspace.context.journal.drop(f"draft:{session_id}")
        await pilot.press("L")
        assert isinstance(one.app.screen, ReadNames)
        await fill(pilot, one, str(names))
        await until(pilot, lambda: "3 names confirmed by the service" in text_of(one), "they are taken")
        assert f"Known here now: {session_id[:8]}." in text_of(one)
        names.write_text("{}")
        await pilot.press("enter")
        await until(pilot, lambda: "not a hand-over file" in text_of(one), "the refusal")


# -- pictures ---------------------------------------------------------------------------------------------------------

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)], ids=["80x24", "120x40", "200x50"])


async def _the_card(pilot: Pilot[Any]) -> None:
    app: Any = pilot.app
    await until(pilot, lambda: app.workspace.core.is_open, "open")
    await app.workspace.core.loader.load(_sessions())
    app.open(OpenHandover())
    await until(pilot, lambda: "Watch" in " ".join(screen_text(app)), "the card")


def _sessions() -> Any:
    from backup_tui.store.freshness import SESSIONS

    return SESSIONS


@SIZES
def test_the_card_looks_like_this(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    assert snap_compare(tenant(tmp_path).app, run_before=_the_card, terminal_size=size)


@SIZES
def test_the_report_looks_like_this(snap_compare: Any, tmp_path: Path, size: tuple[int, int], monkeypatch: Any) -> None:
    monkeypatch.setattr(Path, "cwd", lambda: Path("/home/adele"))

    async def before(pilot: Pilot[Any]) -> None:
        app: Any = pilot.app
        await until(pilot, lambda: app.workspace.core.is_open, "open")
        app.open(OpenReport(("61633878-aaaa",)))
        await pilot.pause()

    assert snap_compare(tenant(tmp_path).app, run_before=before, terminal_size=size)
