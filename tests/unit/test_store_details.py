"""Specifies what the store keeps of rules, bulk additions, control and mails, and of a unit that was changed."""

from __future__ import annotations

import pytest
from store_builders import NOW, at, stamp, unit

from backup_tui.models.notifications import EmailNotificationsSetting
from backup_tui.models.rules import ProtectionRule, read_rule
from backup_tui.models.service_apps import ServiceApp
from backup_tui.models.service_root import BackupRestoreRoot
from backup_tui.models.services import Service
from backup_tui.models.unit_jobs import UnitsJob, read_units_job
from backup_tui.store import freshness as fresh
from backup_tui.store import updates as up
from backup_tui.store.changes import Change, Topic
from backup_tui.store.inclusion_collection import POLICIES_KEPT
from backup_tui.store.store import Store
from backup_tui.store.summary import NeedKind, needs_you


def rule(rule_id: str, status: str = "completed", **members: object) -> ProtectionRule:
    return read_rule({"id": rule_id, "status": status, **members}, Service.SHAREPOINT)


def job(job_id: str, status: str = "completed", **members: object) -> UnitsJob:
    return read_units_job({"id": job_id, "status": status, **members}, Service.SHAREPOINT)


@pytest.fixture
def store() -> Store:
    return Store()


def test_rules_become_rows_and_only_what_differs_is_told(store: Store) -> None:
    by = {"user": {"displayName": "Ryan"}}
    one = rule(
        "r1",
        siteExpression="(displayName -contains 'Finance')",
        isAutoApplyEnabled=False,
        lastModifiedBy=by,
        lastModifiedDateTime=stamp(at(-5)),
    )
    told = store.apply(up.ListRead(fresh.rules_of("p"), (one, rule("r2", isAutoApplyEnabled=True)), 1.0, True, NOW))
    assert told == Change(frozenset({Topic.INCLUSION}), frozenset({"p", "r1", "r2"}))
    row = store.details.rules("p")["r1"]
    assert (row.says.words, row.dynamic, row.changed, row.changed_by) == (
        'name contains "Finance"',
        False,
        at(-5),
        "Ryan",
    )
    assert (
        store.apply(up.ListRead(fresh.rules_of("p"), (one, rule("r2", isAutoApplyEnabled=True)), 2.0, True, NOW))
        is None
    )
    told = store.apply(up.ListRead(fresh.rules_of("p"), (rule("r2", "active"),), 3.0, True, NOW))
    assert told is not None
    assert told.ids == {"p", "r1", "r2"}
    assert set(store.details.rules("p")) == {"r2"}
    assert store.details.rules("other") == {}


def test_an_answer_that_was_overtaken_and_a_part_of_a_list_take_nothing_away(store: Store) -> None:
    store.apply(up.ListRead(fresh.unit_jobs_of("p"), (job("a"), job("b")), 5.0, True, NOW))
    store.apply(up.ListRead(fresh.unit_jobs_of("p"), (job("a", "active"),), 4.0, True, NOW))
    assert {row.status for row in store.details.unit_jobs("p").values()} == {"completed"}
    store.apply(up.ListRead(fresh.unit_jobs_of("p"), (job("c"),), 6.0, False, NOW))
    assert set(store.details.unit_jobs("p")) == {"a", "b", "c"}
    assert not store.freshness(fresh.unit_jobs_of("p")).complete
    store.apply(up.ListRead(fresh.unit_jobs_of("p"), (job("c"),), 7.0, True, NOW, unread=1))
    assert set(store.details.unit_jobs("p")) == {"a", "b", "c"}, "which entry could not be read is not known"


def test_names_of_a_bulk_addition_are_counted_and_only_those_in_trouble_are_kept(store: Store) -> None:
    error = {"code": "SomeFailed", "message": "Some failed.", "details": [{"code": "SiteUrlNotFound", "target": "u"}]}
    store.apply(
        up.ListRead(
            fresh.unit_jobs_of("p"), (job("a", "completedWithErrors", siteIds=["x"] * 50_000, error=error),), 1.0
        )
    )
    row = store.details.unit_jobs("p")["a"]
    assert (row.count, [one.name for one in row.troubles], row.error) == (50_000, ["u"], "Some failed (SomeFailed)")
    assert not any(
        isinstance(value, tuple) and len(value) > 1 for value in map(row.__getattribute__, row.__struct_fields__)
    )


def test_rules_of_policies_looked_at_long_ago_are_let_go_with_their_freshness(store: Store) -> None:
    for number in range(POLICIES_KEPT + 1):
        store.apply(up.ListRead(fresh.rules_of(f"p{number}"), (rule("r"),), float(number), True, NOW))
    assert store.details.rules("p0") == {}
    assert store.freshness(fresh.rules_of("p0")).never_read
    assert store.details.rules("p1")


def test_control_and_mails_are_told_when_they_differ(store: Store) -> None:
    apps = (ServiceApp.read({"id": "s", "status": "active"}),)
    assert store.apply(up.ListRead(fresh.SERVICE_APPS, apps, 1.0, True, NOW)) == Change(frozenset({Topic.SERVICE}))
    assert store.apply(up.ListRead(fresh.SERVICE_APPS, apps, 2.0, True, NOW)) is None
    off = EmailNotificationsSetting.read({"isEnabled": False})
    on = EmailNotificationsSetting.read({"isEnabled": True})
    assert store.apply(up.NotificationsRead(off, 5.0, NOW)) is not None
    assert store.apply(up.NotificationsRead(on, 4.0, NOW)) is None, "asked for before the change was answered"
    assert store.details.notifications is off


def test_a_refusal_is_kept_apart_from_other_failures(store: Store) -> None:
    told = store.apply(up.ReadFailed(fresh.NOTIFICATIONS, "no", NOW, denied=True))
    assert told is not None
    assert Topic.SERVICE in told.topics
    assert store.freshness(fresh.NOTIFICATIONS).denied
    store.apply(up.NotificationsRead(EmailNotificationsSetting.read({}), 1.0, NOW))
    assert not store.freshness(fresh.NOTIFICATIONS).denied


def test_the_answer_to_a_change_of_a_unit_beats_a_list_that_was_asked_for_before(store: Store) -> None:
    store.apply(up.UnitsPage(Service.EXCHANGE, (unit("u", "a@x", status="unprotected"),), True, True, 1.0, NOW))
    told = store.apply(up.UnitRead(Service.EXCHANGE, unit("u", "a@x", status="offboardRequested"), 5.0, changed=True))
    assert told == Change(frozenset({Topic.UNITS}), frozenset({"exchange", "u"}))
    store.apply(up.UnitsPage(Service.EXCHANGE, (unit("u", "a@x", status="unprotected"),), True, True, 4.0, NOW))
    assert store.units[Service.EXCHANGE]["u"].status == "offboardRequested"
    assert store.apply(up.UnitRead(Service.EXCHANGE, unit("u", "a@x", status="unprotected"), 4.5)) is None
    store.apply(up.UnitsPage(Service.EXCHANGE, (unit("u", "a@x", status="offboarded"),), True, True, 6.0, NOW))
    assert store.units[Service.EXCHANGE]["u"].status == "offboarded"
    assert store.apply(up.UnitRead(Service.EXCHANGE, unit("new", "b@x"), 7.0)) is None, "a list is read as a list"


@pytest.mark.parametrize(
    ("status", "minutes", "needs"),
    [
        ("enabled", None, False),
        ("enabled", 60 * 24 * 30, False),
        ("enabled", 60 * 24 * 3, True),
        ("restoreLocked", None, True),
        ("protectionChangeLocked", None, True),
        ("disabled", -5, True),
    ],
)
def test_a_lock_and_a_near_end_of_restores_need_a_person(
    store: Store, status: str, minutes: int | None, needs: bool
) -> None:
    sent = {"status": status, "restoreAllowedTillDateTime": stamp(at(minutes)) if minutes is not None else None}
    store.apply(up.ServiceRead(BackupRestoreRoot.read({"serviceStatus": sent}), asked_at=1.0))
    found = [need for need in needs_you(store, NOW) if need.kind is NeedKind.LOCKED]
    assert bool(found) is needs
