"""Specifies lists whose answer holds entries that are nothing: what can be read is shown, and that it is not all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from protection_screens import LARGE, policies_read, tenant
from support import screen_text, until

from backup_tui.models.services import Service
from backup_tui.store import freshness as fresh


@pytest.mark.parametrize(
    ("number", "path", "key", "said"),
    [
        ("1", "restoreSessions$", fresh.SESSIONS, "4 restores could not be read"),
        ("2", "protectionPolicies$", fresh.POLICIES, "4 could not be read"),
        ("3", "restoreSessions$", fresh.SESSIONS, "4 could not be read"),
        ("4", "mailboxProtectionUnit$", fresh.units_of(Service.EXCHANGE), "4 could not be read"),
    ],
)
async def test_a_list_with_entries_that_are_nothing_says_so_on_its_screen(
    tmp_path: Path, number: str, path: str, key: Any, said: str
) -> None:
    one = tenant(tmp_path, history=True)
    one.service.faults.add("junk", method="GET", path=path, times=None)
    async with one.app.run_test(size=LARGE) as pilot:
        await policies_read(pilot, one)
        await pilot.press(number)
        store = one.workspace.store
        await until(pilot, lambda: any(said in line for line in screen_text(one.app)), said)
        assert not store.freshness(key).whole
        assert store.sessions
        assert store.policies


async def test_what_a_spoilt_list_lacks_is_not_taken_for_gone(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with one.app.run_test(size=LARGE) as pilot:
        await policies_read(pilot, one)
        store = one.workspace.store
        policies = set(store.policies)
        one.service.faults.add("junk", method="GET", path="protectionPolicies$", times=None)
        one.service.tenant.policies.pop()
        await pilot.press("r")
        await until(pilot, lambda: store.freshness(fresh.POLICIES).unread)
        assert set(store.policies) == policies
        one.service.faults.clear()
        await pilot.press("r")
        await until(pilot, lambda: store.freshness(fresh.POLICIES).whole)
        assert len(store.policies) == len(policies) - 1


async def test_a_list_of_nothing_but_junk_is_not_called_empty(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    one.service.tenant.policies.clear()
    one.service.faults.add("junk", method="GET", path="protectionPolicies$", times=None)
    async with one.app.run_test(size=LARGE) as pilot:
        await policies_read(pilot, one)
        assert any("4 policies could not be read." in line for line in screen_text(one.app))
