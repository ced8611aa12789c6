"""Specifies what rules, bulk addition jobs, notification settings and the service's state say in plain words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backup_tui.models.notifications import EmailNotificationsSetting, Recipients, setting_body
from backup_tui.models.rules import DriveProtectionRule, MailboxProtectionRule, read_expression, read_rule
from backup_tui.models.service_apps import ServiceApp
from backup_tui.models.service_root import BackupRestoreRoot
from backup_tui.models.service_state import UNKNOWN_STATE, End, ServiceState, state_of
from backup_tui.models.services import Service
from backup_tui.models.statuses import job_status, rule_status, service_app_status
from backup_tui.models.unit_jobs import SiteUnitsJob, read_units_job

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


# Rules


@pytest.mark.parametrize(
    ("expression", "words", "details"),
    [
        (
            "(memberOf -any (group.id -in ['1a2b', '3c4d']))",
            "members of 2 groups",
            ("group 1a2b", "group 3c4d"),
        ),
        ("memberOf -any (group.id -in ['1a2b'])", "members of 1 group", ("group 1a2b",)),
        (
            "((displayName -contains 'Finance') -or (displayName -contains 'Legal'))",
            'name contains "Finance" or "Legal"',
            ('"Finance"', '"Legal"'),
        ),
        ("(displayName -contains 'Finance')", 'name contains "Finance"', ('"Finance"',)),
        (
            "((displayName -contains 'O''Hara') -and (url -contains '/sites/'))",
            'name contains "O\'Hara" and address contains "/sites/"',
            ('"O\'Hara"', '"/sites/"'),
        ),
        ("", "what it adds is not reported", ()),
        ("(size -gt 5)", "(size -gt 5)", ()),
        (
            "((displayName -contains 'a') -or (displayName -contains 'b') -and (displayName -contains 'c'))",
            "((displayName -contains 'a') -or (displayName -contains 'b') -and (displayName -contains 'c'))",
            (),
        ),
    ],
)
def test_an_expression_is_said_in_plain_words_or_shown_as_it_came(
    expression: str, words: str, details: tuple[str, ...]
) -> None:
    said = read_expression(expression)
    assert (said.words, said.details) == (words, details)


def test_a_rule_of_a_hundred_groups_names_all_of_them() -> None:
    groups = ", ".join(f"'{number:08d}-0000-0000-0000-000000000000'" for number in range(100))
    rule = read_rule({"id": "r", "mailboxExpression": f"(memberOf -any (group.id -in [{groups}]))"}, Service.EXCHANGE)
    assert rule.says.words == "members of 100 groups"
    assert rule.says.details[-1] == "group 00000099-0000-0000-0000-000000000000"


def test_a_hostile_expression_is_made_safe_and_costs_no_time() -> None:
    rule = read_rule({"id": "r", "driveExpression": "a" * 1_000_000 + "\x1b]52;c;x\x07"}, Service.ONEDRIVE)
    assert isinstance(rule, DriveProtectionRule)
    assert "\x1b" not in rule.says.words
    assert read_expression("(memberOf -any (group.id -in ['" + "a', '" * 3_000).words.startswith("(memberOf")


def test_a_rule_is_read_bare_wrapped_and_by_its_collection() -> None:
    wrapped = {
        "value": {"@odata.type": "#microsoft.graph.mailboxProtectionRule", "id": "r", "status": "deleteRequested"}
    }
    rule = read_rule(wrapped)
    assert isinstance(rule, MailboxProtectionRule)
    assert rule_status(rule.status).word == "being deleted"
    assert read_rule({"id": "r"}).service is None
    assert read_rule({"id": "r"}, Service.SHAREPOINT).service is Service.SHAREPOINT


# Jobs


def test_a_job_counts_its_names_and_tells_which_of_them_failed() -> None:
    job = read_units_job(
        {
            "@odata.type": "#microsoft.graph.siteProtectionUnitsBulkAdditionJob",
            "id": "j",
            "status": "completedWithErrors",
            "siteWebUrls": ["https://contoso.sharepoint.com/sites/a", "https://contoso.sharepoint.com/sites/b"],
            "siteIds": ["c"],
            "error": {
                "code": "SomeFailed",
                "message": "m",
                "details": [
                    {
                        "code": "SiteUrlNotFound",
                        "message": "no such site",
                        "target": "https://contoso.sharepoint.com/sites/b",
                    },
                    {"code": "SiteIdNotFound"},
                ],
            },
        }
    )
    assert isinstance(job, SiteUnitsJob)
    assert job.name_count == 3
    assert [(one.name, one.code, one.message) for one in job.troubles] == [
        ("https://contoso.sharepoint.com/sites/b", "SiteUrlNotFound", "no such site"),
        ("", "SiteIdNotFound", ""),
    ]
    assert job_status(job.status).word == "done, some failed"


def test_a_list_that_leaves_the_names_out_says_that_they_are_not_known() -> None:
    assert read_units_job({"id": "j"}, Service.EXCHANGE).name_count is None
    assert read_units_job({"id": "j", "mailboxes": []}, Service.EXCHANGE).name_count == 0


# Applications and mails


def test_an_application_is_called_by_its_name_its_client_id_or_its_own_id() -> None:
    assert ServiceApp.read({"id": "s", "application": {"id": "c", "displayName": "Vault"}}).label == "Vault"
    assert ServiceApp.read({"id": "s", "application": {"id": "c"}}).label == "c"
    assert ServiceApp.read({"id": "s", "application": {"identity": "c"}}).label == "c"
    assert ServiceApp.read({"id": "s"}).label == "s"
    assert service_app_status("pendingInactive").word == "in control, leaving"


def test_a_setting_needs_no_id_and_names_its_addresses() -> None:
    setting = EmailNotificationsSetting.read(
        {
            "isEnabled": True,
            "additionalEvents": "restoreAndPolicyUpdates",
            "recipients": {"role": "custom", "customRecipients": [{"email": "ops@contoso.com"}, {"email": None}]},
        }
    )
    assert (setting.addresses, setting.role, setting.tells_all) == (("ops@contoso.com",), "custom", True)
    assert EmailNotificationsSetting.read({"isEnabled": False}).addresses == ()


def test_a_change_of_the_setting_sends_only_what_changes() -> None:
    assert setting_body(enabled=False) == {"isEnabled": False}
    assert setting_body(all_events=True, role=Recipients.ALL_ADMINS, addresses=("x@y.z",)) == {
        "additionalEvents": "restoreAndPolicyUpdates",
        "recipients": {"role": "allAdmins"},
    }
    assert setting_body(role="custom", addresses=("a@x.com",)) == {
        "recipients": {"role": "custom", "customRecipients": [{"email": "a@x.com"}]}
    }


# What the service allows


@pytest.mark.parametrize(
    ("value", "restore", "change", "anything", "alert"),
    [
        ("enabled", True, True, True, ""),
        ("protectionChangeLocked", True, False, True, "PROTECTION LOCKED"),
        ("restoreLocked", False, False, True, "RESTORE LOCKED"),
        ("disabled", False, False, False, "BACKUP OFF"),
        ("DISABLED", False, False, False, "BACKUP OFF"),
        ("somethingNewer", True, True, True, ""),
        ("", True, True, True, ""),
    ],
)
def test_a_state_forbids_exactly_what_the_contract_says(
    value: str, restore: bool, change: bool, anything: bool, alert: str
) -> None:
    state = ServiceState(value)
    assert (state.no_restore is None, state.no_protection_change is None, state.no_change is None) == (
        restore,
        change,
        anything,
    )
    assert state.alert == alert
    assert state.locked is bool(alert) is bool(state.words)


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        ("none", ""),
        ("invalidBillingProfile", "the billing profile is not valid"),
        ("userRequested", "an administrator asked for it"),
        ("controllerServiceAppDeleted", "the application in control of it was deleted"),
        ("aReasonOfTomorrow", "aReasonOfTomorrow"),
    ],
)
def test_the_reason_is_plain_and_in_every_sentence(cause: str, reason: str) -> None:
    state = state_of(BackupRestoreRoot.read({"serviceStatus": {"status": "restoreLocked", "disableReason": cause}}))
    assert state.reason == reason
    bracket = f" ({reason})" if reason else ""
    assert state.no_restore == f"restores are locked{bracket}"
    assert state.no_protection_change == f"changes of protection are locked{bracket}"
    assert state.words == f"The service allows no restore and no change of protection{bracket}."
    assert state.hint.endswith(".")


def test_a_state_that_was_not_sent_forbids_nothing() -> None:
    assert state_of(None) is UNKNOWN_STATE
    assert state_of(BackupRestoreRoot.read({})) is UNKNOWN_STATE
    assert not UNKNOWN_STATE.known


@pytest.mark.parametrize(
    ("days", "end"),
    [(None, End.NOT_SET), (30, End.FAR), (7, End.NEAR), (0.1, End.NEAR), (0, End.PASSED), (-3, End.PASSED)],
)
def test_the_end_of_restores_is_far_near_or_passed(days: float | None, end: End) -> None:
    until = None if days is None else NOW + timedelta(days=days)
    assert ServiceState("restoreLocked", restores_until=until).end_of_restores(NOW) is end
