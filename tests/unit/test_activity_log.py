"""Specifies the service's own log in words: what each kind of entry says, what is chosen, what is not guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backup_tui.headless import activity_commands
from backup_tui.models.activity_logs import ActivityLog, read_activity_log
from backup_tui.models.services import Service
from backup_tui.protection import activity_log
from backup_tui.protection.activity_log import Wanted, entry_facts, entry_words, newest_first, policy_name_of, story_of
from backup_tui.store import freshness as fresh
from backup_tui.store import updates as up
from backup_tui.store.changes import Topic
from backup_tui.store.store import Store

AT = datetime(2026, 11, 20, 13, tzinfo=UTC)


def entry(kind: str, activity: str, *, hours: float = 0.0, **members: Any) -> ActivityLog:
    at = (AT + timedelta(hours=hours)).isoformat()
    return read_activity_log(
        {
            "@odata.type": f"#microsoft.graph.{kind}",
            "id": f"{activity}-{hours}",
            "activityType": activity,
            "eventDateTime": at,
            "performedBy": "adele.vance@contoso.com",
            **members,
        }
    )


def restore(activity: str, *, hours: float = 0.0, **members: Any) -> ActivityLog:
    return entry("restoreTaskActivityLog", activity, hours=hours, restoreSessionId="d91e03b7-0000", **members)


COUNTS = {"requestedToAddCount": 14, "addedCount": 12, "removedCount": 3, "failedCount": 2}


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (
            restore(
                "restoreTaskCreated", destinationType="inPlace", restoreArtifactDetails={"totalArtifactsCount": 37}
            ),
            "restore d91e03b7 begun IN PLACE: 37 units",
        ),
        (
            restore(
                "restoreTaskCompleted",
                restoreArtifactDetails={"totalArtifactsCount": 37, "restoredCount": 35, "failedCount": 2},
            ),
            "restore d91e03b7 ended: 2 failed, 35 of 37 restored",
        ),
        (restore("restoreTaskCompleted"), "restore d91e03b7 ended"),
        (
            entry("backupPolicyActivityLog", "backupPolicyModified", policyName="Sites", protectionUnitDetails=COUNTS),
            "policy Sites changed: 12 added, 3 removed, 2 failed",
        ),
        (
            entry("backupPolicyActivityLog", "backupPolicyRenamed", policyName="New", oldPolicyName="Old"),
            "policy Old renamed to New",
        ),
        (
            entry("backupPolicyActivityLog", "backupPolicyPaused", policyId="3f2a91c4-77"),
            "policy 3f2a91c4 paused",
        ),
        (
            entry("dynamicRuleActivityLog", "dynamicRuleExecution", policyName="Sites", protectionUnitDetails=COUNTS),
            "rule of policy Sites applied: 12 added, 3 removed, 2 failed",
        ),
        (
            entry(
                "offboardingActivityLog",
                "protectionUnitLevelOffboarding",
                offboardingDetails={"totalRequestedCount": 1, "cancelledCount": 1, "offboardingStatus": "cancelled"},
            ),
            "offboarding of 1 unit cancelled",
        ),
        (
            entry(
                "offboardingActivityLog",
                "policyLevelOffboarding",
                policyName="Sites",
                offboardingDetails={"totalRequestedCount": 40, "offboardedCount": 38, "failedCount": 2},
            ),
            "offboarding of policy Sites: 38 offboarded, 2 failed",
        ),
        (entry("somethingNewLog", "tapeMounted"), "tapeMounted (unknown to this version)"),
    ],
)
def test_each_kind_of_entry_says_what_was_done(made: ActivityLog, words: str) -> None:
    assert entry_words(made) == words


def test_text_of_the_log_cannot_move_the_cursor() -> None:
    hostile = entry("backupPolicyActivityLog", "backupPolicyCreated", policyName="a\x1b]52;c;eA==\x07b\u202eb")
    said = entry_words(hostile) + "".join(value for _label, value in entry_facts(hostile))
    assert said.isprintable()
    assert "\x1b" not in said


def test_a_list_is_narrowed_by_time_kind_person_session_and_service() -> None:
    entries = [
        restore("restoreTaskCreated", hours=0, serviceType="exchange"),
        restore("restoreTaskCompleted", hours=2, serviceType="exchange"),
        entry("backupPolicyActivityLog", "backupPolicyCreated", hours=1, performedBy="ryan", serviceType="sharePoint"),
        read_activity_log({"id": "timeless", "activityType": "x"}),
    ]
    ids = [one.id for one in newest_first(entries)]
    assert ids == ["restoreTaskCompleted-2", "backupPolicyCreated-1", "restoreTaskCreated-0", "timeless"]

    def chosen(**wanted: Any) -> list[str]:
        return [one.id for one in newest_first(entries) if Wanted(**wanted).has(one)]

    assert chosen() == ids
    assert chosen(since=AT + timedelta(hours=1)) == ids[:2]
    assert chosen(until=AT + timedelta(hours=1)) == ids[1:3], "what has no time is in no period"
    assert chosen(kind="policy") == ids[1:2]
    assert chosen(by="RYAN") == ids[1:2]
    assert chosen(session_id="d91e03b7-0000") == [ids[0], ids[2]]
    assert chosen(service=Service.SHAREPOINT) == ids[1:2]


def test_the_log_tells_who_began_a_restore_and_where_to_and_names_a_policy_that_is_gone() -> None:
    entries = [
        restore("restoreTaskCompleted", hours=2, performedBy="", destinationType="new"),
        restore("restoreTaskCreated", performedBy="ryan@contoso.com"),
        entry("backupPolicyActivityLog", "backupPolicyCreated", policyId="p", policyName="Old", hours=0),
        entry("backupPolicyActivityLog", "backupPolicyModified", policyId="p", policyName="Last", hours=1),
    ]
    story = story_of(entries, "d91e03b7-0000")
    assert story is not None
    assert (story.started_by, story.at, story.destination) == ("ryan@contoso.com", AT, "new")
    assert story_of(entries, "other") is None
    assert (policy_name_of(entries, "p"), policy_name_of(entries, "q")) == ("Last", "")


def test_a_part_of_the_log_adds_and_the_whole_replaces() -> None:
    store = Store()
    told: list[frozenset[str]] = []
    store.subscribe(lambda change: told.append(change.ids) if Topic.SERVICE_LOG in change.topics else None)
    first, second = restore("restoreTaskCreated"), restore("restoreTaskCompleted", hours=1)
    store.apply(up.ListRead(fresh.ACTIVITY_LOG, (first,), 1.0, complete=False, answered_at=AT))
    store.apply(up.ListRead(fresh.ACTIVITY_LOG, (second,), 2.0, complete=False, answered_at=AT))
    assert set(store.details.activity) == {first.id, second.id}
    store.apply(up.ListRead(fresh.ACTIVITY_LOG, (second,), 3.0, answered_at=AT))
    assert set(store.details.activity) == {second.id}
    assert told == [{first.id}, {second.id}, {first.id}]


def test_the_words_of_the_command_are_those_of_the_log() -> None:
    assert activity_commands.KINDS == activity_log.KINDS
