"""Specifies the parts of a policy's detail, and the service on the Overview and in full."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from protection_screens import (
    ADMIN,
    LARGE,
    SMALL,
    TOPS,
    deliver,
    on_policies,
    open_service,
    overview,
    screen,
    tenant,
    text,
)
from support import footer, message, opened, screen_text, shown_as, simulated, until
from textual.pilot import Pilot

from backup_tui.models.services import Service
from backup_tui.store import freshness as fresh
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.overview.screen import OverviewScreen
from backup_tui.ui.policies.detail import PolicyDetail
from backup_tui.ui.service.screen import ServiceDetail
from backup_tui.ui.widgets.text_lines import TextLines

SITES = 2
"""Place of "Sites all" in the list of policies: after the one with problems and mailboxes."""


async def open_detail(pilot: Pilot[Any], one: Any, name: Any = "Sites all") -> PolicyDetail:
    from backup_tui.ui.routes import OpenPolicy

    policy = next(policy for policy in one.workspace.store.policies.values() if policy.display_name == name)
    one.app.open(OpenPolicy(policy.id))
    store = one.workspace.store
    keys = (fresh.units_of(policy.service), fresh.rules_of(policy.id), fresh.unit_jobs_of(policy.id))

    def answered(key: Any) -> Any:
        known = store.freshness(key)
        return known.complete or known.error

    await until(pilot, lambda: all(map(answered, keys)), "units, rules and bulk additions are read")
    deliver(one)
    await pilot.pause()
    assert isinstance(one.app.screen, PolicyDetail)
    return one.app.screen


# -- the parts of a policy -----------------------------------------------------------------------------------


async def test_tab_walks_through_units_rules_and_bulk_additions_with_their_counts_in_the_head(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_policies(one) as pilot:
        await open_detail(pilot, one)
        assert " [Units 68] Rules 1  Bulk additions 1, 1 name failed" in text(one)
        await pilot.press("tab")
        assert "[Rules 1]" in text(one)
        assert 'once     name contains "Finance" or "Legal"' in text(one)
        assert "✓ applied" in text(one)
        assert "Applied once; it adds what it finds then, and nothing later." in text(one)
        await pilot.press("tab")
        assert "[Bulk additions 1, 1 name failed]" in text(one)
        assert "▌Project sites" in text(one)
        assert "4 names, 1 not added." in text(one)
        assert "https://contoso.sharepoint.com/sites/closed-2023: no such site" in text(one)
        await pilot.press("tab")
        assert "[Units 68]" in text(one)
        await pilot.press("shift+tab")
        assert "[Bulk additions 1, 1 name failed]" in text(one)


async def test_a_dynamic_rule_of_groups_is_said_in_words_and_enter_shows_all_of_it(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_policies(one) as pilot:
        await open_detail(pilot, one, "Mailboxes all")
        await pilot.press("tab")
        assert "dynamic  members of 2 groups" in text(one)
        await pilot.press("enter")
        assert isinstance(one.app.screen, PagerScreen)
        whole = one.app.screen.query_one(TextLines).text
        assert "Dynamic: the service applies it again as groups change." in whole
        assert whole.count("Group ") >= 2
        assert "As sent by the service:" in whole
        assert "memberOf -any" in whole


async def test_marks_and_place_stay_and_what_belongs_to_units_says_so_elsewhere(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_policies(one) as pilot:
        detail = await open_detail(pilot, one)
        await pilot.press("j", "space", "j")
        at = detail.table.cursor_key
        await pilot.press("tab")
        assert "1 selected" in text(one)
        for key in ("n", "slash", "s", "Y", "space", "u"):
            await pilot.press(key)
            assert message(detail).endswith("This is for units; tab shows them.")
        assert not detail.table.marked
        assert "enter everything" in footer(detail)
        await pilot.press("shift+tab")
        assert (detail.table.cursor_key, len(detail.table.marked)) == (at, 1)
        assert "n restore 1" in footer(detail)


@pytest.mark.parametrize(("path", "part"), [("InclusionRules", "Rules"), ("BulkAdditionJobs", "Bulk additions")])
async def test_a_part_that_may_not_be_read_names_the_permission_and_the_others_are_there(
    tmp_path: Path, path: str, part: str
) -> None:
    one = tenant(tmp_path)
    one.service.faults.add("refuse", path=path, status=403, code="Forbidden", times=None)
    async with on_policies(one) as pilot:
        await open_detail(pilot, one)
        assert f"{part} not readable" in text(one)
        assert "[Units 68]" in text(one)
        await pilot.press(*(["tab"] if part == "Rules" else ["shift+tab"]))
        told = " ".join(text(one).split())
        assert "not readable with this sign-in: needs BackupRestore-Configuration.Read.All" in told


async def test_a_policy_without_rules_says_how_units_come_into_it(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_policies(one) as pilot:
        await open_detail(pilot, one, "Sites pilot")
        await pilot.press("tab")
        assert "No rules: units are added by hand or in bulk." in text(one)
        await pilot.press("tab")
        assert "No bulk additions." in text(one)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("part", ["rules", "jobs"])
def test_picture_of_a_part(snap_compare: Any, tmp_path: Path, part: str, size: tuple[int, int]) -> None:
    one = tenant(tmp_path)

    async def ready(pilot: Pilot[Any]) -> None:
        await opened(pilot, one)
        await until(pilot, lambda: one.workspace.store.freshness(fresh.POLICIES).complete)
        await open_detail(pilot, one, "Mailboxes all" if part == "rules" else "Sites all")
        await pilot.press(*(["tab"] if part == "rules" else ["tab", "tab"]))

    assert snap_compare(one.app, run_before=ready, terminal_size=size)


async def test_the_overview_tells_who_is_in_control_and_its_screen_has_all_of_it(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with one.app.run_test(size=SMALL) as pilot:
        shown = await overview(pilot, one)
        assert "controlled by Microsoft's admin center" in text(one)
        assert any(
            "E-mail about backup: to backup administrators." in line for line in shown.lines_about("backup:exchange")
        )
        await open_service(pilot, one)
        assert "▌Backup service   ✓ on" in text(one)
        assert "▌Control   Microsoft's admin center" in text(one)
        assert "▌E-mail   to backup administrators" in text(one)
        assert "Restores and changes of protection are allowed." in text(one)
        assert "Fabrikam Continuity: not in control" in text(one)
        assert "Sent about: important news of the backup only." in text(one)
        await pilot.press("escape")
        assert isinstance(screen(one), OverviewScreen)


async def test_the_cursor_walks_from_the_restores_to_the_service_and_back(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with one.app.run_test(size=LARGE) as pilot:
        shown = await overview(pilot, one)
        await pilot.press(*"jjjjjj")
        assert shown.row == "service:mails"
        assert "Sent about: important news of the backup only." in shown.lines_about("service:mails")
        assert "   to backup administrators." in text(one)
        await pilot.press("k")
        assert shown.row == "service:control"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("emailNotificationsSetting", "E-mail      not readable with this sign-in"),
        ("serviceApps", "Control     Microsoft's admin center"),
    ],
)
async def test_what_may_not_be_read_switches_off_its_part_only(tmp_path: Path, path: str, words: str) -> None:
    one = tenant(tmp_path)
    one.service.faults.add("refuse", path=path, status=403, code="Forbidden", times=None)
    async with one.app.run_test(size=LARGE) as pilot:
        await overview(pilot, one)
        assert words in text(one)
        assert "✓ active" in text(one)
        await open_service(pilot, one)
        permission = "Control.ReadWrite" if path.startswith("email") else "Control.Read"
        told = " ".join(text(one).split())
        assert f"not readable with this sign-in: needs BackupRestore-{permission}.All" in told


@pytest.mark.parametrize(
    ("status", "alert", "heading", "need", "told"),
    [
        (
            "protectionChangeLocked",
            "PROTECTION LOCKED",
            "Backup: protection locked",
            "Protection locked (billing invalid); restores until 21 Jan",
            "Restores are allowed until 21 Jan 2027 15:32.",
        ),
        (
            "restoreLocked",
            "RESTORE LOCKED",
            "Backup: restore locked",
            "Restores locked (billing invalid)",
            "A new restore (n) can be filled in and is kept on this machine",
        ),
        (
            "disabled",
            "BACKUP OFF",
            "Backup off",
            "Microsoft 365 Backup is off (on an admin's request)",
            "can reverse it in the admin center",
        ),
    ],
)
async def test_a_lock_is_in_the_header_on_the_overview_and_in_full(
    tmp_path: Path, status: str, alert: str, heading: str, need: str, told: str
) -> None:
    one = tenant(tmp_path, service_status=status)
    async with one.app.run_test(size=SMALL) as pilot:
        await overview(pilot, one)
        assert f"[{alert}] WRITE" in screen_text(one.app)[0]
        assert heading in text(one)
        assert need in text(one)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, ServiceDetail))
        await pilot.pause()
        assert told in " ".join(text(one).split())


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_picture_of_a_locked_service(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = tenant(tmp_path, service_status="protectionChangeLocked", consumer="thirdparty")

    async def ready(pilot: Pilot[Any]) -> None:
        await overview(pilot, one)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, ServiceDetail))
        await pilot.pause()

    assert snap_compare(one.app, run_before=ready, terminal_size=size)


@pytest.mark.parametrize(
    ("status", "restore", "change"),
    [
        ("enabled", None, None),
        ("protectionChangeLocked", None, "Changes of protection are locked"),
        (
            "restoreLocked",
            "Restores are locked",
            "Changes of protection are locked",
        ),
        ("disabled", "Microsoft 365 Backup is off in this tenant", "Microsoft 365 Backup is off in this tenant"),
    ],
)
async def test_a_lock_blocks_the_keys_of_what_it_forbids_and_no_others(
    tmp_path: Path, status: Any, restore: str | None, change: str | None
) -> None:
    one = simulated(TOPS, tmp_path, token=ADMIN, service_status=status)
    async with one.app.run_test(size=SMALL) as pilot:
        await overview(pilot, one)

        def reason(command_id: Any, **about: Any) -> Any:
            from msgspec.structs import replace

            command = shown_as(one.app, BaseScreen).commands.by_id(command_id)
            assert command is not None
            return command.reason(replace(shown_as(one.app, BaseScreen).whole_context(), **about))

        def says(found: Any, expected: Any) -> Any:
            return (found or "").startswith(expected) if expected else "locked" not in (found or "")

        draft = next(row for row in one.workspace.store.sessions.values() if row.state.value == "draft")
        await pilot.press("3")
        await pilot.pause()
        assert says(reason("review", row=draft.id, session=draft), restore)
        new = reason("new_restore")
        assert (new is None) is (status != "disabled"), "a form is kept on this machine without the service"
        await pilot.press("2")
        await pilot.pause()
        active = next(policy for policy in one.workspace.store.policies.values() if policy.status == "active")
        assert says(reason("deactivate", row=active.id, policy=active), change)
        if change:
            reason_given = reason("deactivate", row=active.id, policy=active)
            assert reason_given.endswith(("(the billing profile is not valid).", "(an administrator asked for it)."))


# -- the form of a new restore -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("restoreLocked", "not now: restores are locked"),
        ("disabled", "not now: Microsoft 365 Backup is off in this tenant"),
    ],
)
async def test_a_locked_service_takes_no_draft_and_the_form_says_so_and_is_kept(
    tmp_path: Path, status: str, words: str
) -> None:
    from backup_tui.restore.drafts.form import FormUnit, RestoreForm
    from backup_tui.ui.routes import OpenNewRestore

    one = tenant(tmp_path, service_status=status)
    async with one.app.run_test(size=SMALL) as pilot:
        await overview(pilot, one)
        form = RestoreForm(service=Service.EXCHANGE, units=(FormUnit("u", "adele@contoso.com"),), zone="UTC")
        one.app.open(OpenNewRestore(form))
        await until(pilot, lambda: words in " ".join(text(one).split()), "the line that acts says it")
        screen(one).press("make_draft")
        assert words.removeprefix("not now: ").lower() in message(screen(one)).lower()
        assert one.workspace.store.intents == ()
