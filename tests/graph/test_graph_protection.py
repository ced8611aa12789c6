"""Specifies the calls around understanding protection: what is sent, what is read, and which right each needs."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from scripted_service import Reply, Scripted, bench, refused

from backup_tui.errors import InvalidRequest, NotFound, OutcomeUnknown, PermissionDenied, ProtocolError, StateConflict
from backup_tui.graph.paging import collect
from backup_tui.models.calls import Outcome
from backup_tui.models.notifications import setting_body
from backup_tui.models.rules import DriveProtectionRule
from backup_tui.models.services import Service
from backup_tui.models.unit_jobs import NewUnitsJob, SiteUnitsJob

ROOT = "/v1.0/solutions/backupRestore"
EMPTY = Reply(200, {"value": []})


@pytest.mark.parametrize(
    ("service", "path"),
    [
        (Service.EXCHANGE, "exchangeProtectionPolicies/p/mailbox"),
        (Service.ONEDRIVE, "oneDriveForBusinessProtectionPolicies/p/drive"),
        (Service.SHAREPOINT, "sharePointProtectionPolicies/p/site"),
    ],
)
async def test_rules_and_bulk_additions_are_asked_for_at_their_policy(service: Service, path: str) -> None:
    app = Scripted(EMPTY, EMPTY, Reply(200, {"id": "r"}), Reply(200, {"id": "j"}))
    async with bench(app) as on:
        await collect(on.reader.rules(service, "p"))
        await collect(on.reader.unit_jobs(service, "p"))
        assert (await on.reader.rule(service, "p", "r")).service is service
        assert (await on.reader.unit_job(service, "p", "j")).service is service
    assert [(asked.method, asked.path) for asked in app.asked] == [
        ("GET", f"{ROOT}/{path}InclusionRules"),
        ("GET", f"{ROOT}/{path}ProtectionUnitsBulkAdditionJobs"),
        ("GET", f"{ROOT}/{path}InclusionRules/r"),
        ("GET", f"{ROOT}/{path}ProtectionUnitsBulkAdditionJobs/j"),
    ]


@pytest.mark.parametrize(
    ("service", "path", "kind", "names", "ids"),
    [
        (Service.EXCHANGE, "exchangeProtectionPolicies/p/mailbox", "mailbox", "mailboxes", "directoryObjectIds"),
        (Service.ONEDRIVE, "oneDriveForBusinessProtectionPolicies/p/drive", "drive", "drives", "directoryObjectIds"),
        (Service.SHAREPOINT, "sharePointProtectionPolicies/p/site", "site", "siteWebUrls", "siteIds"),
    ],
)
async def test_rules_and_bulk_additions_are_changed_at_their_policy(
    service: Service, path: str, kind: str, names: str, ids: str
) -> None:
    rule = {"id": "r", "status": "active"}
    wrapped = Reply(202, {"value": {**rule, "status": "deleteRequested"}})
    app = Scripted(
        Reply(201, rule), Reply(200, rule), Reply(202, rule), Reply(204), wrapped, Reply(201, {"id": "j"})
    )  # fmt: skip
    new = NewUnitsJob(("a",), ("b",), "New hires")
    async with bench(app) as on:
        write = on.writer.inclusion
        assert (await write.create_rule(service, "p", "(x)", dynamic=True)).id == "r"
        assert (await write.update_rule(service, "p", "r", "(y)")).service is service
        assert (await write.run_rule(service, "p", "r")).status == "active"
        await write.delete_rule(service, "p", "r")
        assert (await write.unprotect_rule(service, "p", "r")).status == "deleteRequested"
        assert (await write.create_unit_job(service, "p", new)).id == "j"
    rules, jobs = f"{ROOT}/{path}InclusionRules", f"{ROOT}/{path}ProtectionUnitsBulkAdditionJobs"
    assert [(asked.method, asked.path, json.loads(asked.body) if asked.body else None) for asked in app.asked] == [
        ("POST", rules, {f"{kind}Expression": "(x)", "isAutoApplyEnabled": True}),
        ("PATCH", f"{rules}/r", {f"{kind}Expression": "(y)"}),
        ("POST", f"{rules}/r/run", None),
        ("DELETE", f"{rules}/r", None),
        ("POST", f"{rules}/r/deleteAndUnprotect", None),
        ("POST", jobs, {"displayName": f"New hires [{new.mark}]", names: ["a"], ids: ["b"]}),
    ]


async def test_a_rule_that_was_made_without_an_id_may_exist() -> None:
    async with bench(Scripted(Reply(201, {}))) as on:
        with pytest.raises(OutcomeUnknown):
            await on.writer.inclusion.create_rule(Service.EXCHANGE, "p", "(x)", dynamic=False)


async def test_pages_of_rules_are_followed_and_read_as_what_the_collection_holds() -> None:
    link = f"http://127.0.0.1:8365{ROOT}/oneDriveForBusinessProtectionPolicies/p/driveInclusionRules?$skiptoken=2"
    app = Scripted(Reply(200, {"value": [{"id": "a"}], "@odata.nextLink": link}), Reply(200, {"value": [{"id": "b"}]}))
    async with bench(app) as on:
        found = await collect(on.reader.rules(Service.ONEDRIVE, "p"))
    assert [(rule.id, type(rule)) for rule in found] == [("a", DriveProtectionRule), ("b", DriveProtectionRule)]


async def test_a_bulk_addition_comes_bare_or_wrapped_with_its_errors_by_name() -> None:
    error = {"code": "Some", "details": [{"code": "SiteUrlNotFound", "target": "https://x/y"}]}
    sent = {"id": "j", "status": "completedWithErrors", "siteIds": ["1", "2"], "error": error}
    app = Scripted(Reply(200, {"value": [sent]}), Reply(200, sent))
    async with bench(app) as on:
        for _ in range(2):
            job = await on.reader.unit_job(Service.SHAREPOINT, "p", "j")
            assert isinstance(job, SiteUnitsJob)
            assert (job.name_count, [one.name for one in job.troubles]) == (2, ["https://x/y"])


async def test_another_object_than_was_asked_for_is_none() -> None:
    app = Scripted(Reply(200, {"id": "other"}))
    async with bench(app) as on:
        for ask in (
            on.reader.rule(Service.EXCHANGE, "p", "r"),
            on.reader.unit_job(Service.EXCHANGE, "p", "j"),
            on.reader.service_app("s"),
        ):
            with pytest.raises(ProtocolError, match="another object"):
                await ask


async def test_applications_and_mails_are_read() -> None:
    setting = {"isEnabled": True, "additionalEvents": "none", "recipients": {"role": "globalAdmins"}}
    app = Scripted(
        Reply(200, {"value": [{"id": "s", "status": "pendingActive", "application": {"id": "c"}}]}),
        Reply(200, {"id": "s", "status": "active"}),
        Reply(200, setting),
    )
    async with bench(app) as on:
        assert [one.label for one in await on.reader.service_apps()] == ["c"]
        assert (await on.reader.service_app("s")).status == "active"
        assert (await on.reader.notifications()).role == "globalAdmins"
    assert [asked.path for asked in app.asked] == [
        f"{ROOT}/serviceApps",
        f"{ROOT}/serviceApps/s",
        f"{ROOT}/emailNotificationsSetting",
    ]


READS: list[tuple[Callable[[Any], Awaitable[object]], str, str]] = [
    (lambda reader: reader.service_apps(), "BackupRestore-Control.Read.All", "service"),
    (lambda reader: reader.notifications(), "BackupRestore-Control.ReadWrite.All", "notifications"),
    (lambda reader: collect(reader.rules(Service.EXCHANGE, "p")), "BackupRestore-Configuration.Read.All", "protection"),
    (
        lambda reader: collect(reader.unit_jobs(Service.EXCHANGE, "p")),
        "BackupRestore-Configuration.Read.All",
        "protection",
    ),
]


@pytest.mark.parametrize(("ask", "permission", "feature"), READS)
async def test_a_read_that_is_not_allowed_names_the_permission(
    ask: Callable[[Any], Awaitable[object]], permission: str, feature: str
) -> None:
    async with bench(Scripted(refused(403, "Forbidden"))) as on:
        with pytest.raises(PermissionDenied) as caught:
            await ask(on.reader)
    assert permission in caught.value.hint
    # One policy's rules say nothing about the rest of what belongs to protection.
    whole = feature != "protection"
    assert [(record.feature, record.denied) for record in on.records] == [(feature, whole)]


@pytest.mark.parametrize("ask", [READS[2][0], READS[3][0]])
async def test_a_policy_that_went_is_named(ask: Callable[[Any], Awaitable[object]]) -> None:
    async with bench(Scripted(refused(404, "PolicyNotFound"))) as on:
        with pytest.raises(NotFound, match="has no policy p"):
            await ask(on.reader)


# Changes


async def test_offboarding_and_taking_it_back_are_posts_without_a_body() -> None:
    app = Scripted(
        Reply(200, {"id": "u", "status": "offboardRequested", "offboardRequestedDateTime": "2026-11-22T04:02:00Z"}),
        Reply(200, {"id": "u", "status": "unprotected"}),
    )
    async with bench(app) as on:
        asked = await on.writer.offboard_unit("u", Service.SHAREPOINT)
        back = await on.writer.cancel_offboard_unit("u", Service.SHAREPOINT)
    assert (asked.status, asked.service, back.status) == ("offboardRequested", Service.SHAREPOINT, "unprotected")
    assert [(asked.method, asked.path, asked.body) for asked in app.asked] == [
        ("POST", f"{ROOT}/protectionUnits/u/offboard", b""),
        ("POST", f"{ROOT}/protectionUnits/u/cancelOffboard", b""),
    ]
    assert all(record.mutating and record.outcome is Outcome.DONE for record in on.records)


@pytest.mark.parametrize(
    ("act", "hint"),
    [
        ("offboard_unit", "Remove it from every policy first."),
        ("cancel_offboard_unit", "requested offboarding that has not ended can be canceled"),
    ],
)
async def test_a_unit_in_the_wrong_state_says_what_would_be_the_right_one(act: str, hint: str) -> None:
    async with bench(Scripted(refused(403, "OperationNotAllowed"))) as on:
        with pytest.raises(StateConflict) as error:
            await getattr(on.writer, act)("u", Service.EXCHANGE)
    assert hint in error.value.hint
    assert error.value.certainty == "Nothing was changed."
    assert not on.records[0].denied, "a wrong state is no missing right"


@pytest.mark.parametrize("act", ["offboard_unit", "cancel_offboard_unit"])
@pytest.mark.parametrize("reply", [ConnectionResetError(), Reply(200, {"id": "other"}), refused(504, "timeout")])
async def test_an_offboarding_without_a_usable_answer_is_sent_once_and_not_known(act: str, reply: Any) -> None:
    app = Scripted(reply)
    async with bench(app) as on:
        with pytest.raises(OutcomeUnknown):
            await getattr(on.writer, act)("u", Service.EXCHANGE)
    assert len(app.asked) == 1


async def test_an_empty_answer_to_an_offboarding_is_looked_at_again() -> None:
    app = Scripted(Reply(200), Reply(200, {"id": "u", "status": "offboardRequested"}))
    async with bench(app) as on:
        assert (await on.writer.offboard_unit("u", Service.EXCHANGE)).status == "offboardRequested"
    assert [asked.method for asked in app.asked] == ["POST", "GET"]


async def test_a_change_of_the_mails_sends_only_what_changes() -> None:
    changes = setting_body(enabled=False)
    app = Scripted(Reply(200, {"isEnabled": False, "recipients": {"role": "allAdmins"}}))
    async with bench(app) as on:
        assert (await on.writer.update_notifications(changes)).role == "allAdmins"
    assert (app.asked[0].method, app.asked[0].path) == ("PATCH", f"{ROOT}/emailNotificationsSetting")
    assert json.loads(app.asked[0].body) == {"isEnabled": False}


@pytest.mark.parametrize("answer", [Reply(204), Reply(200, {})])
async def test_a_change_of_the_mails_with_an_empty_answer_is_read_again(answer: Reply) -> None:
    app = Scripted(answer, Reply(200, {"isEnabled": False, "recipients": {"role": "none"}}))
    async with bench(app) as on:
        assert (await on.writer.update_notifications({"isEnabled": False})).role == "none"


async def test_a_change_of_the_mails_whose_answer_cannot_be_read_is_not_known() -> None:
    async with bench(Scripted(Reply(200, [1]))) as on:
        with pytest.raises(OutcomeUnknown):
            await on.writer.update_notifications({"isEnabled": False})


async def test_a_change_of_the_mails_that_is_refused_names_the_permission() -> None:
    async with bench(Scripted(refused(403, "Forbidden"))) as on:
        with pytest.raises(PermissionDenied) as caught:
            await on.writer.update_notifications({"isEnabled": False})
    assert "BackupRestore-Control.ReadWrite.All" in caught.value.hint
    async with bench(Scripted(refused(400, "somethingElse"))) as on:
        with pytest.raises(InvalidRequest):
            await on.writer.update_notifications({"isEnabled": False})
