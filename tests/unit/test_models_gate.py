"""Holds the models against the service's own metadata, both ways: what is new there is told by type and member.

A member of a type that the program reads is a field of its model, or stands below with the reason why it is only kept
for the raw view. A field of a model is a member of its type, or stands below with where else it was seen. The same
for the members of enumerations. A new metadata file is held against the models with

    BACKUP_TUI_SCHEMA=path/to/new.json pytest tests/unit/test_models_gate.py

which CONTRIBUTING.md describes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from service_schema import BETA_ADDS, BETA_ENUMS, BETA_MEMBERS, ENUMS, LINKS, MEMBERS, lineage

from backup_tui.graph.requests.points import Preference
from backup_tui.models import (
    activity_logs,
    artifacts,
    browse,
    bulk,
    granular,
    mail_query,
    notifications,
    people,
    points,
    policies,
    rules,
    service_apps,
    service_root,
    sessions,
    statuses,
    unit_jobs,
    units,
)
from backup_tui.models.base import GraphModel
from backup_tui.models.services import Destination, Service

MODELS: Mapping[str, type[GraphModel]] = {
    "backupRestoreRoot": service_root.BackupRestoreRoot,
    "serviceStatus": service_root.ServiceStatus,
    "serviceApp": service_apps.ServiceApp,
    "emailNotificationsSetting": notifications.EmailNotificationsSetting,
    "notificationRecipients": notifications.NotificationRecipients,
    "emailIdentity": notifications.EmailIdentity,
    "protectionPolicyBase": policies.ProtectionPolicy,
    "exchangeProtectionPolicy": policies.ExchangeProtectionPolicy,
    "oneDriveForBusinessProtectionPolicy": policies.OneDriveForBusinessProtectionPolicy,
    "sharePointProtectionPolicy": policies.SharePointProtectionPolicy,
    "protectionPolicyArtifactCount": policies.PolicyArtifactCount,
    "retentionSetting": policies.RetentionSetting,
    "protectionUnitBase": units.ProtectionUnit,
    "mailboxProtectionUnit": units.MailboxProtectionUnit,
    "driveProtectionUnit": units.DriveProtectionUnit,
    "siteProtectionUnit": units.SiteProtectionUnit,
    "protectionRuleBase": rules.ProtectionRule,
    "mailboxProtectionRule": rules.MailboxProtectionRule,
    "driveProtectionRule": rules.DriveProtectionRule,
    "siteProtectionRule": rules.SiteProtectionRule,
    "protectionUnitsBulkJobBase": unit_jobs.UnitsJob,
    "mailboxProtectionUnitsBulkAdditionJob": unit_jobs.MailboxUnitsJob,
    "driveProtectionUnitsBulkAdditionJob": unit_jobs.DriveUnitsJob,
    "siteProtectionUnitsBulkAdditionJob": unit_jobs.SiteUnitsJob,
    "restorePoint": points.RestorePoint,
    "restoreSessionBase": sessions.RestoreSession,
    "exchangeRestoreSession": sessions.ExchangeRestoreSession,
    "oneDriveForBusinessRestoreSession": sessions.OneDriveForBusinessRestoreSession,
    "sharePointRestoreSession": sessions.SharePointRestoreSession,
    "restoreSessionArtifactCount": sessions.ArtifactCount,
    "restoreArtifactBase": artifacts.RestoreArtifact,
    "mailboxRestoreArtifact": artifacts.MailboxRestoreArtifact,
    "driveRestoreArtifact": artifacts.DriveRestoreArtifact,
    "siteRestoreArtifact": artifacts.SiteRestoreArtifact,
    "granularMailboxRestoreArtifact": granular.GranularMailboxRestoreArtifact,
    "granularRestoreArtifactBase": granular.GranularRestoreArtifact,
    "granularDriveRestoreArtifact": granular.GranularDriveRestoreArtifact,
    "granularSiteRestoreArtifact": granular.GranularSiteRestoreArtifact,
    "restoreArtifactsBulkRequestBase": bulk.BulkAdditionRequest,
    "mailboxRestoreArtifactsBulkAdditionRequest": bulk.MailboxBulkAdditionRequest,
    "driveRestoreArtifactsBulkAdditionRequest": bulk.DriveBulkAdditionRequest,
    "siteRestoreArtifactsBulkAdditionRequest": bulk.SiteBulkAdditionRequest,
    "timePeriod": bulk.TimePeriod,
    "browseSessionBase": browse.BrowseSession,
    "oneDriveForBusinessBrowseSession": browse.OneDriveForBusinessBrowseSession,
    "sharePointBrowseSession": browse.SharePointBrowseSession,
    "browseQueryResponseItem": browse.BrowseItem,
    "identitySet": people.IdentitySet,
    "identity": people.Identity,
    "publicError": people.PublicError,
    "publicErrorDetail": people.ErrorDetail,
    "publicInnerError": people.InnerError,
    "activityLogBase": activity_logs.ActivityLog,
    "restoreTaskActivityLog": activity_logs.RestoreTaskActivityLog,
    "backupPolicyActivityLog": activity_logs.BackupPolicyActivityLog,
    "dynamicRuleActivityLog": activity_logs.DynamicRuleActivityLog,
    "offboardingActivityLog": activity_logs.OffboardingActivityLog,
    "restoreArtifactDetails": activity_logs.RestoreArtifactDetails,
    "exclusionUnitBase": units.ExclusionUnit,
    "mailboxExclusionUnit": units.MailboxExclusionUnit,
    "driveExclusionUnit": units.DriveExclusionUnit,
    "siteExclusionUnit": units.SiteExclusionUnit,
    "entraProtectionPolicy": policies.EntraProtectionPolicy,
    "retentionPeriodChange": units.RetentionChange,
    "protectionUnitDetails": activity_logs.ProtectionUnitDetails,
    "offboardingDetails": activity_logs.OffboardingDetails,
}

ALL_MEMBERS = {
    name: {**members, **{key: kind for base in lineage(name) for key, kind in BETA_ADDS.get(base, {}).items()}}
    for name, members in {**BETA_MEMBERS, **MEMBERS}.items()
}
"""Types of v1.0, and those that only beta has, with what beta adds."""

ALL_ENUMS = {**BETA_ENUMS, **ENUMS}

READ_BY_HAND: Mapping[str, set[str]] = {
    "restorePointSearchResponse": {"searchResponseId", "searchResults", "noResultProtectionUnitIds"},
    "restorePointSearchResult": {"artifactHitCount", "restorePoint"},
}
"""Answers that `graph/reader.py` reads member by member."""

SENT_ONLY: Mapping[str, set[str]] = {"artifactQuery": {"queryExpression", "artifactType"}}
"""What the program only sends."""

NOT_MODELLED = {
    "entity": "the root of all types; its id is in each model",
    "detailsInfo": "details of an identity, which nothing here shows",
    **dict.fromkeys(
        (
            "exclusionUnitBulkAdditionJob",
            "mailboxExclusionUnitsBulkAdditionJob",
            "driveExclusionUnitsBulkAdditionJob",
            "siteExclusionUnitsBulkAdditionJob",
        ),
        "jobs that exclude by name, which no screen shows yet",
    ),
    **dict.fromkeys(("backupReport", "backupPolicyReport", "backupCountStatistics"), "of beta, and not read yet"),
}
"""Types that no model stands for, with the reason. Kinds of identities are read as `identity`, see below."""

NOT_READ: Mapping[str, Mapping[str, str]] = {
    "backupRestoreRoot": {"id": "there is one of it"},
}
"""Members that are only kept for the raw view, with the reason."""

BEYOND: Mapping[str, Mapping[str, str]] = {
    "identity": {
        "email": "in the examples of policies and sessions",
        "userPrincipalName": "a member of userIdentity, which identities often are",
    },
    "restoreSessionBase": {"policyId": "beta"},
    "granularRestoreArtifactBase": {"destinationType": "beta", "error": "beta"},
    "browseQueryResponseItem": {
        "createdBy": "beta",
        "createdDateTime": "beta",
        "lastModifiedBy": "beta",
        "lastModifiedDateTime": "beta",
    },
}
"""Fields of a model that the v1.0 metadata does not have, with where they were seen."""


def of_lineage(table: Mapping[str, Mapping[str, str]], name: str) -> set[str]:
    """What a table says of a type and of the types it is derived from."""
    return {member for each in lineage(name) for member in table.get(each, {})}


def fields_of(model: type[GraphModel]) -> set[str]:
    """The members that a model reads."""
    return set(model.members())


def is_identity(name: str) -> bool:
    return any(each in ("identity", "identitySet") for each in lineage(name))


def news_of_members(members: Mapping[str, Mapping[str, str]]) -> list[str]:
    """What the metadata and the models do not share, one sentence each."""
    news = []
    for name, found in members.items():
        if name in MODELS:
            read = fields_of(MODELS[name])
        elif name in READ_BY_HAND or name in SENT_ONLY:
            read = READ_BY_HAND.get(name) or SENT_ONLY[name]
        else:
            if name not in NOT_MODELLED and not (name in ALL_MEMBERS and is_identity(name)):
                news.append(f"graph.{name} is a new type: give it a model, or say in NOT_MODELLED why it needs none.")
            continue
        kept = of_lineage(NOT_READ, name)
        news += [
            f"graph.{name}.{member} ({found[member]}) is new: read it, or say in NOT_READ why it is kept only."
            for member in sorted(set(found) - read - kept)
        ]
        news += [
            f"graph.{name}.{member} is read, and not in the metadata: take it out, or say in BEYOND where it is."
            for member in sorted(read - set(found) - set(LINKS.get(name, {})) - of_lineage(BEYOND, name))
        ]
        news += [
            f"graph.{name}.{member} is read and listed in NOT_READ: it cannot be both."
            for member in sorted(read & kept)
        ]
        news += [
            f"graph.{name}.{member} is in the metadata now: take it out of BEYOND."
            for member in sorted(set(BEYOND.get(name, {})) & set(found))
        ]
    gone = (MODELS.keys() | READ_BY_HAND.keys() | SENT_ONLY.keys() | NOT_MODELLED.keys()) - members.keys()
    news += [f"graph.{name} is read, and the metadata has it no more." for name in sorted(gone)]
    return news


SHOWN_AS_SENT: Mapping[str, set[str]] = {
    "backupServiceConsumer": {"unknown", "firstparty", "thirdparty"},
    "disableReason": {"none", "invalidBillingProfile", "userRequested"},
    "initiatorType": {"user", "application", "system"},
    "notificationEventsType": {"none", "restoreAndPolicyUpdates"},
    "protectionSource": {"none", "manual", "dynamicRule"},
    "restoreJobType": {"standard", "bulk", "granular"},
    "restorePointTags": {"none", "fastRestore"},
    "restorableArtifact": {"message"},
    "activityLogOperationType": {
        "backupPolicyCreated", "backupPolicyActivated", "backupPolicyModified", "backupPolicyPaused",
        "backupPolicyRenamed", "dynamicRuleExecution", "dynamicRuleDeletion", "protectionUnitLevelOffboarding",
        "policyLevelOffboarding", "restoreTaskCreated", "restoreTaskCompleted",
    },
    "exclusionUnitBulkJobStatus": {"created", "active", "completed", "completedWithErrors"},
    "backupPolicyProtectionMode": {"standard", "fullServiceBackup"},
    "retentionPeriodChangeStatus": {"none", "inProgress", "failed", "completed"},
    "mailboxType": {"unknown", "user", "shared"},
    "activityLogSeverity": {"high", "medium", "low"},
    "serviceType": {"unknown", "sharePoint", "exchange", "oneDriveForBusiness"},
    "endpointType": {"default", "voicemail", "skypeForBusiness", "skypeForBusinessVoipPhone"},
    "teamworkApplicationIdentityType": {
        "aadApplication", "bot", "tenantBot", "office365Connector", "outgoingWebhook",
    },
    "teamworkConversationIdentityType": {"team", "channel", "chat"},
    "teamworkUserIdentityType": {
        "aadUser", "onPremiseAadUser", "anonymousGuest", "federatedUser", "personalMicrosoftAccountUser", "skypeUser",
        "phoneUser", "emailUser",
    },
}  # fmt: skip
"""Enumerations without a table in the program: their values are texts, and a new one is worth a look."""

TABLES: Mapping[str, Any] = {
    "restoreSessionStatus": statuses.session_status,
    "artifactRestoreStatus": statuses.artifact_status,
    "restoreArtifactsBulkRequestStatus": statuses.bulk_status,
    "browseSessionStatus": statuses.browse_status,
    "protectionPolicyStatus": statuses.policy_status,
    "protectionUnitStatus": statuses.unit_status,
    "protectionRuleStatus": statuses.rule_status,
    "protectionUnitsBulkJobStatus": statuses.job_status,
    "serviceAppStatus": statuses.service_app_status,
    "activityLogResultStatus": statuses.log_result,
    "backupServiceStatus": statuses.service_status,
}
"""Enumerations whose members have a word in `models/statuses.py`."""

IN_CODE: Mapping[str, set[str]] = {
    "destinationType": {each.value for each in Destination},
    "browseQueryOrder": {each.value for each in browse.Order},
    "browseQueryResponseItemType": {each.value for each in browse.ItemType},
    "restorePointPreference": set(get_args(Preference)),
    "notificationRecipientsType": {each.value for each in notifications.Recipients},
}
"""Enumerations whose members the program names; each of them is also sent."""

SENTINEL = "unknownFutureValue"


def news_of_enums(enums: Mapping[str, list[str]]) -> list[str]:
    """What enumerations of the metadata and of the program do not share, one sentence each."""
    news = []
    for name, members in enums.items():
        found = set(members) - {SENTINEL}
        if name in TABLES:
            look_up = TABLES[name]
            known = {value for value in found if look_up(value) is look_up(value)}  # a row of the table, not made anew
        elif name in IN_CODE or name in SHOWN_AS_SENT:
            known = IN_CODE.get(name) or SHOWN_AS_SENT[name]
        else:
            news.append(f"{name} is a new enumeration: {', '.join(members)}.")
            continue
        news += [f"{name}.{value} is new: give it a word, or list it." for value in sorted(found - known)]
        news += [f"{name}.{value} is known here, and the metadata has it no more." for value in sorted(known - found)]
    gone = (TABLES.keys() | IN_CODE.keys() | SHOWN_AS_SENT.keys()) - enums.keys()
    return news + [f"{name} is known here, and the metadata has it no more." for name in sorted(gone)]


def test_every_member_of_the_metadata_is_read_or_kept_on_purpose_and_every_field_is_one() -> None:
    news = news_of_members(ALL_MEMBERS)
    assert not news, "\n" + "\n".join(news)


def test_every_member_of_an_enumeration_is_known() -> None:
    news = news_of_enums(ALL_ENUMS)
    assert not news, "\n" + "\n".join(news)


def changed(table: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    return {**table, name: value}


def more_news(members: Mapping[str, Mapping[str, str]]) -> list[str]:
    """What is told of altered metadata beyond what is told of the file itself."""
    already = news_of_members(ALL_MEMBERS)
    return [each for each in news_of_members(members) if each not in already]


def more_news_of_enums(enums: Mapping[str, list[str]]) -> list[str]:
    already = news_of_enums(ALL_ENUMS)
    return [each for each in news_of_enums(enums) if each not in already]


def test_what_a_new_metadata_file_brings_is_told_by_type_and_member() -> None:
    session = MEMBERS["exchangeRestoreSession"]
    more = changed(ALL_MEMBERS, "exchangeRestoreSession", {**session, "pausedDateTime": "Edm.DateTimeOffset"})
    assert more_news(more) == [
        "graph.exchangeRestoreSession.pausedDateTime (Edm.DateTimeOffset) is new: "
        "read it, or say in NOT_READ why it is kept only."
    ]
    less = changed(ALL_MEMBERS, "timePeriod", {"startDateTime": "Edm.DateTimeOffset"})
    (said,) = more_news(less)
    assert said.startswith("graph.timePeriod.endDateTime is read, and not in the metadata")
    arrived = changed(ALL_MEMBERS, "restoreSessionBase", {**MEMBERS["restoreSessionBase"], "policyId": "Edm.String"})
    (said,) = more_news(arrived)
    assert said == "graph.restoreSessionBase.policyId is in the metadata now: take it out of BEYOND."
    without = {name: found for name, found in ALL_MEMBERS.items() if name != "restorePoint"}
    assert more_news(without) == ["graph.restorePoint is read, and the metadata has it no more."]


def test_a_new_type_is_told() -> None:
    (said,) = more_news(changed(ALL_MEMBERS, "teamsChatUnit", {"id": "Edm.String"}))
    assert said.startswith("graph.teamsChatUnit is a new type")


@pytest.mark.parametrize("name", ["restoreSessionStatus", "restorePointTags", "destinationType"])
def test_a_new_or_lost_value_of_an_enumeration_is_told(name: str) -> None:
    more = changed(ALL_ENUMS, name, [*ENUMS[name], "paused"])
    assert more_news_of_enums(more) == [f"{name}.paused is new: give it a word, or list it."]
    if name not in TABLES:
        lost = next(value for value in ENUMS[name] if value != SENTINEL)
        less = changed(ALL_ENUMS, name, [value for value in ENUMS[name] if value != lost])
        assert more_news_of_enums(less) == [f"{name}.{lost} is known here, and the metadata has it no more."]
    assert more_news_of_enums(changed(ALL_ENUMS, "colour", ["red"])) == ["colour is a new enumeration: red."]


def test_the_lists_of_exceptions_name_real_types() -> None:
    assert set(NOT_READ) | set(BEYOND) | set(NOT_MODELLED) <= set(ALL_MEMBERS)
    for name, found in NOT_READ.items():
        assert set(found) <= set(ALL_MEMBERS[name])


# -- what is sent has the metadata's names too

POINT_ID = "p1"
START, END = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)
LIST = bulk.NewBulkRequest(START, END, Destination.NEW, names=("a",), ids=("b",), express=True)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("mailboxRestoreArtifact", artifacts.NewArtifact(POINT_ID, Destination.NEW).body()),
        ("granularMailboxRestoreArtifact", granular.NewMailItems(POINT_ID, Destination.NEW, "r1").body()),
        ("granularDriveRestoreArtifact", granular.NewItem("b1", "k1").body()),
        ("granularSiteRestoreArtifact", granular.NewItem("b1", "k1").body()),
        ("mailboxRestoreArtifactsBulkAdditionRequest", LIST.body(Service.EXCHANGE)),
        ("driveRestoreArtifactsBulkAdditionRequest", LIST.body(Service.ONEDRIVE)),
        ("siteRestoreArtifactsBulkAdditionRequest", LIST.body(Service.SHAREPOINT)),
        ("artifactQuery", mail_query.MailQuery(sender="a").body()),
        ("timePeriod", LIST.body(Service.EXCHANGE)["protectionTimePeriod"]),
        ("sharePointBrowseSession", {"restorePointId": POINT_ID}),
    ],
)
def test_what_is_sent_has_the_names_and_values_of_the_metadata(name: str, body: dict[str, object]) -> None:
    kinds = {**MEMBERS[name], **LINKS[name]}
    assert set(body) <= set(kinds)
    for member, value in body.items():
        enum = ENUMS.get(kinds[member].removeprefix("graph."))
        if enum is not None:
            assert value in enum


@pytest.mark.parametrize("service", Service)
def test_collections_of_a_session_have_the_names_of_the_metadata(service: Service) -> None:
    names = service.names
    links = LINKS[names.session_type]
    assert {names.artifacts, names.granular, names.bulk_requests} == set(links)
    bulk_type = links[names.bulk_requests].removeprefix("Collection(graph.").removesuffix(")")
    assert {names.bulk_names, names.bulk_ids} <= set(MEMBERS[bulk_type])
    root = LINKS["backupRestoreRoot"]
    assert names.sessions_path in root
    assert not names.browse_path or names.browse_path in root
