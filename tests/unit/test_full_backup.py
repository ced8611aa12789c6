"""Specifies what only beta tells of policies and units: full workload backup, exclusions, retention, billing, types."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from backup_tui.models.points import RestorePoint
from backup_tui.models.policies import ProtectionPolicy, read_policy
from backup_tui.models.services import Service
from backup_tui.models.units import read_exclusion, read_unit
from backup_tui.protection.full_backup import (
    covers_short,
    covers_words,
    terms_parts,
    terms_sentence,
    whole_meaning,
    whole_service_remark,
)
from backup_tui.restore.names.names import parse_unit_list
from backup_tui.restore.names.resolve import Reason, explain_problem, resolve
from backup_tui.restore.names.unit_index import UnitIndex
from backup_tui.store import freshness as fresh
from backup_tui.store import updates as up
from backup_tui.store.rows import terms_of, unit_row
from backup_tui.store.store import Store
from backup_tui.store.summary import excluded_names, excluded_units

AT = datetime(2026, 11, 20, 13, tzinfo=UTC)


def policy(kind: str = "sharePoint", **members: Any) -> ProtectionPolicy:
    return read_policy(
        {"@odata.type": f"#microsoft.graph.{kind}ProtectionPolicy", "id": "p", "displayName": "Sites all", **members}
    )


FULL = policy(protectionMode="fullServiceBackup")


def out(unit_id: str, url: str) -> Any:
    return read_exclusion(
        {
            "@odata.type": "#microsoft.graph.siteExclusionUnit",
            "id": unit_id,
            "policyId": "p",
            "siteId": f"site-{unit_id}",
            "siteWebUrl": url,
        }
    )


def read(store: Store, *, complete: bool = True, unread: int = 0) -> None:
    store.apply(up.ListRead(fresh.POLICIES, (FULL,), 1.0, answered_at=AT))
    units = (out("1", "https://contoso.sharepoint.com/sites/Delta"),)
    store.apply(up.ListRead(fresh.exclusions_of("p"), units, 2.0, complete=complete, answered_at=AT, unread=unread))


def test_a_policy_that_protects_its_whole_service_says_so_with_what_it_leaves_out() -> None:
    assert covers_short(FULL, 3) == "all but 3"
    assert covers_short(FULL, 0) == "all"
    assert covers_short(FULL, None) == "all but ?"
    said = "Full workload backup: all of SharePoint, what is made later too, "
    assert covers_words(FULL, 3) == f"{said}except 3 sites it excludes."
    assert covers_words(FULL, 0) == f"{said}and nothing is excluded."
    assert covers_words(FULL, None) == f"{said}except its exclusions, which were not read."
    assert "not among these units" in whole_service_remark(FULL)


@pytest.mark.parametrize("mode", [None, "standard"])
def test_an_ordinary_policy_says_nothing_of_it(mode: str | None) -> None:
    ordinary = policy(protectionMode=mode)
    assert (covers_short(ordinary, 0), covers_words(ordinary, 0)) == ("", "")


def test_a_mode_that_is_not_known_is_not_taken_for_an_ordinary_one() -> None:
    assert covers_words(policy(protectionMode="tapeOnly"), 0) == 'Its protection mode is "tapeOnly", unknown here.'


def test_switching_such_a_policy_never_speaks_of_its_units_only() -> None:
    assert "ALL of SharePoint (24 sites in it now), what is made later too" in whole_meaning(FULL, 24, on=True)
    assert "nothing of SharePoint is backed up" in whole_meaning(FULL, None, on=False)


def test_a_policy_of_a_service_that_is_unknown_here_has_the_name_of_its_service() -> None:
    assert policy("entra").workload == "Entra ID"
    assert policy("entra").service is None
    assert policy("planner").workload == "Planner"
    assert read_policy({"id": "p"}).workload == ""


def test_how_much_is_excluded_is_known_only_once_all_of_it_was_read() -> None:
    store = Store()
    assert excluded_units(store, FULL) is None
    read(store, complete=False)
    assert excluded_units(store, FULL) is None
    read(store, unread=1)
    assert excluded_units(store, FULL) is None
    read(store)
    assert excluded_units(store, FULL) == 1
    assert excluded_units(store, policy()) == 0


def test_a_name_that_is_excluded_is_not_called_unknown() -> None:
    store = Store()
    read(store)
    index = UnitIndex((), excluded=excluded_names(store, Service.SHAREPOINT))
    names = "https://contoso.sharepoint.com/sites/delta/\n/sites/Delta\nsite-1\n/sites/other"
    problems = resolve(parse_unit_list(names), index, Service.SHAREPOINT).problems
    assert [one.reason for one in problems] == [Reason.EXCLUDED] * 3 + [Reason.NO_SUCH]
    said = explain_problem(problems[0], index, Service.SHAREPOINT, "contoso.com")
    assert said.startswith("A policy with full workload backup excludes this site")


def test_the_terms_of_a_unit_are_said_where_they_are_sent() -> None:
    sent = {
        "@odata.type": "#microsoft.graph.mailboxProtectionUnit",
        "id": "u",
        "backupRetentionPeriodInDays": 365,
        "billingPolicyId": "bill",
        "mailboxType": "shared",
        "pendingRetentionPeriodChange": {
            "effectiveFromDateTime": "2026-12-07T00:00:00Z",
            "status": "inProgress",
            "targetRetentionPeriodInDays": 730,
        },
    }
    terms = terms_of(read_unit(sent))
    assert terms_parts(terms, lambda at: f"{at:%d %b}") == {
        "Kept": "365 days, 730 days from 07 Dec (under way)",
        "Type": "shared mailbox",
        "Billed under": "bill",
    }
    assert terms_sentence(terms, lambda at: f"{at:%d %b}") == (
        "Points kept 365 days, 730 days from 07 Dec (under way). Shared mailbox. Billed under bill"
    )
    none = read_unit({"@odata.type": "#microsoft.graph.mailboxProtectionUnit", "id": "u"})
    assert (terms_of(none), terms_sentence(None, str), terms_parts(None, str)) == (None, "", {})
    ended = read_unit({**sent, "pendingRetentionPeriodChange": {"status": "none", "targetRetentionPeriodInDays": 0}})
    assert terms_parts(terms_of(ended), str)["Kept"] == "365 days"


def test_units_with_the_same_terms_share_them() -> None:
    def row(unit_id: str) -> Any:
        sent = {"@odata.type": "#microsoft.graph.siteProtectionUnit", "id": unit_id, "billingPolicyId": "bill"}
        return unit_row(read_unit(sent), Service.SHAREPOINT, None)

    assert row("1").terms is row("2").terms


def test_a_point_says_what_its_tags_say() -> None:
    def kind(tags: str) -> str:
        return RestorePoint.read({"id": "x", "tags": tags}).kind

    assert [kind("none"), kind("fastRestore"), kind("fastRestore,includeNewerItems")] == [
        "standard",
        "express",
        "express, newer items",
    ]
