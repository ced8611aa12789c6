"""Does a whole restore with Microsoft's SDK for Python (msgraph-sdk) against the simulated service.

    python tests/interop/python_sdk.py [BASE_URL]

Without an address it serves a simulated tenant itself. It prints a line for each step and ends with 1 at the first
thing that is not as it should be.
"""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from kiota_abstractions.authentication import AccessTokenProvider, AllowedHostsValidator
from kiota_abstractions.authentication import BaseBearerTokenAuthenticationProvider as BearerTokens
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.artifact_query import ArtifactQuery
from msgraph.generated.models.browse_query_order import BrowseQueryOrder
from msgraph.generated.models.browse_session_status import BrowseSessionStatus
from msgraph.generated.models.destination_type import DestinationType
from msgraph.generated.models.drive_restore_artifact import DriveRestoreArtifact
from msgraph.generated.models.exchange_restore_session import ExchangeRestoreSession
from msgraph.generated.models.granular_mailbox_restore_artifact import GranularMailboxRestoreArtifact
from msgraph.generated.models.granular_site_restore_artifact import GranularSiteRestoreArtifact
from msgraph.generated.models.mailbox_restore_artifact import MailboxRestoreArtifact
from msgraph.generated.models.mailbox_restore_artifacts_bulk_addition_request import (
    MailboxRestoreArtifactsBulkAdditionRequest,
)
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.one_drive_for_business_restore_session import OneDriveForBusinessRestoreSession
from msgraph.generated.models.protection_policy_status import ProtectionPolicyStatus
from msgraph.generated.models.restorable_artifact import RestorableArtifact
from msgraph.generated.models.restore_artifacts_bulk_request_status import RestoreArtifactsBulkRequestStatus
from msgraph.generated.models.restore_job_type import RestoreJobType
from msgraph.generated.models.restore_point import RestorePoint
from msgraph.generated.models.restore_point_preference import RestorePointPreference
from msgraph.generated.models.restore_point_tags import RestorePointTags
from msgraph.generated.models.restore_session_status import RestoreSessionStatus
from msgraph.generated.models.service_app import ServiceApp
from msgraph.generated.models.service_app_status import ServiceAppStatus
from msgraph.generated.models.share_point_browse_session import SharePointBrowseSession
from msgraph.generated.models.share_point_restore_session import SharePointRestoreSession
from msgraph.generated.models.time_period import TimePeriod
from msgraph.generated.solutions.backup_restore.browse_sessions.item.browse.browse_post_request_body import (
    BrowsePostRequestBody,
)
from msgraph.generated.solutions.backup_restore.restore_points.restore_points_request_builder import (
    RestorePointsRequestBuilder,
)
from msgraph.generated.solutions.backup_restore.restore_points.search.search_post_request_body import (
    SearchPostRequestBody,
)
from msgraph.generated.solutions.backup_restore.service_apps.item.activate.activate_post_request_body import (
    ActivatePostRequestBody,
)
from msgraph_core.tasks import PageIterator

ENDED = (
    RestoreSessionStatus.Completed,
    RestoreSessionStatus.CompletedWithError,
    RestoreSessionStatus.Failed,
)


class AnyToken(AccessTokenProvider):
    """The simulated service takes any token."""

    async def get_authorization_token(self, uri: str, additional_authentication_context: Any = None) -> str:
        """Return a token."""
        return "interop"

    def get_allowed_hosts_validator(self) -> AllowedHostsValidator:
        """Return the hosts that may see it: all."""
        return AllowedHostsValidator([])


def step(text: str, holds: object) -> None:
    """Tell a step; end when it is not as it should be."""
    print(f"{'ok  ' if holds else 'FAIL'} {text}", flush=True)
    if not holds:
        raise SystemExit(1)


class Job:
    """The steps, in order; each uses what the ones before it found."""

    def __init__(self, base_url: str) -> None:
        adapter = GraphRequestAdapter(BearerTokens(AnyToken()))
        adapter.base_url = base_url
        self.adapter = adapter
        self.backup = GraphServiceClient(request_adapter=adapter).solutions.backup_restore
        self.now = datetime.now(UTC)

    def late(self) -> RequestConfiguration[Any]:
        """Ask for enum members that were added late."""
        found: RequestConfiguration[Any] = RequestConfiguration()
        found.headers.add("Prefer", "include-unknown-enum-members")
        return found

    async def everything(self) -> None:
        """Do the job."""
        await self.tenant()
        await self.units()
        await self.points()
        await self.whole_restore()
        await self.bulk()
        await self.mails()
        await self.files()
        await self.control()
        await self.refusals()

    async def tenant(self) -> None:
        """Root and policies."""
        root = await self.backup.get()
        step(f"service is {root.service_status.status.value}", root.service_status.last_modified_date_time < self.now)
        policies = (await self.backup.protection_policies.get()).value
        step(f"{len(policies)} policies, of types {sorted({type(each).__name__ for each in policies})}", len(policies))
        one = await self.backup.protection_policies.by_protection_policy_base_id(policies[0].id).get()
        step(f"policy {one.display_name} is {one.status.value}", one.status is ProtectionPolicyStatus.Active)
        periods = [str(each.period) for each in one.retention_settings]
        step(f"retention {periods}", periods == ["14 days, 0:00:00", "365 days, 0:00:00"])

    async def units(self) -> None:
        """Units of all kinds, over all pages, and through casts."""
        found: list[Any] = []
        page = await self.backup.protection_units.get()
        iterator = PageIterator(page, self.adapter)

        def keep(unit: Any) -> bool:
            found.append(unit)
            return True

        await iterator.iterate(keep)
        kinds = sorted({type(each).__name__ for each in found})
        step(f"{len(found)} units over the pages: {', '.join(kinds)}", len(kinds) == 3)
        cast = self.backup.protection_units
        self.mailboxes = (await cast.graph_mailbox_protection_unit.get()).value
        self.drives = (await cast.graph_drive_protection_unit.get()).value
        self.sites = (await cast.graph_site_protection_unit.get()).value
        step(f"first mailbox {self.mailboxes[0].email}, site {self.sites[0].site_web_url}", self.mailboxes[0].email)
        by_id = cast.by_protection_unit_base_id(self.drives[0].id)
        one = await by_id.graph_drive_protection_unit.get()
        step("one drive through a cast", one.directory_object_id == self.drives[0].directory_object_id)

    async def search(self, units: Sequence[Any], **more: Any) -> Any:
        """Search restore points."""
        period = TimePeriod(start_date_time=self.now - timedelta(days=30), end_date_time=self.now)
        body = SearchPostRequestBody(
            protection_unit_ids=[unit.id for unit in units],
            protection_time_period=period,
            restore_point_preference=RestorePointPreference.Latest,
            **more,
        )
        return await self.backup.restore_points.search.post(body)

    async def points(self) -> None:
        """Restore points: searched for, and listed."""
        found = await self.search(self.mailboxes[:5])
        points = [result.restore_point for result in found.search_results]
        step(f"{len(points)} points by search, newest {points[0].protection_date_time}", len(points) == 5)
        query = RestorePointsRequestBuilder.RestorePointsRequestBuilderGetQueryParameters(
            expand=[f"protectionUnit($filter=id eq '{self.sites[0].id}')"],
            filter=f"protectionDateTime lt {(self.now - timedelta(days=1)).isoformat()}",
            orderby=["protectionDateTime desc"],
        )
        listed = await self.backup.restore_points.get(RequestConfiguration(query_parameters=query))
        units = {point.protection_unit.id for point in listed.value}
        step(f"{len(listed.value)} points by list", len(listed.value) == 5 and units == {self.sites[0].id})
        self.mailbox_points = points

    async def ended(self, identifier: str) -> Any:
        """Wait until a session has ended."""
        while True:
            session = await self.session(identifier).get(self.late())
            if session.status in ENDED:
                return session
            await asyncio.sleep(0.1)

    async def activate(self, identifier: str) -> Any:
        """Activate a session and wait until it has ended."""
        started = await self.session(identifier).activate.post()
        step(f"activated: {started.status.value}", started.status is RestoreSessionStatus.Activating)
        session = await self.ended(identifier)
        counts = session.restore_session_artifact_count
        step(f"ended: {session.status.value}, {counts.completed} of {counts.total}", counts.completed)
        return session

    async def whole_restore(self) -> None:
        """Draft, update, activate, poll, artifacts."""
        points = self.mailbox_points

        def artifact(point: RestorePoint) -> MailboxRestoreArtifact:
            return MailboxRestoreArtifact(restore_point=RestorePoint(id=point.id), destination_type=DestinationType.New)

        body = ExchangeRestoreSession(mailbox_restore_artifacts=[artifact(points[0]), artifact(points[1])])
        sessions = self.backup.exchange_restore_sessions
        draft = await sessions.post(body)
        step(
            f"draft {draft.id} of {draft.restore_session_artifact_count.total}",
            draft.status is RestoreSessionStatus.Draft,
        )
        one = sessions.by_exchange_restore_session_id(draft.id)
        rows = (await one.mailbox_restore_artifacts.get()).value
        change = ExchangeRestoreSession()
        change.additional_data["mailboxRestoreArtifacts@delta"] = [
            {"restorePoint": {"id": points[2].id}, "destinationType": "new"},
            {"@removed": {"reason": "changed"}, "id": rows[0].id},
        ]
        answer = await one.patch(change)
        delta = answer.additional_data["mailboxRestoreArtifacts@delta"]
        step(f"updated: {len(delta)} entry in the answer", len(delta) == 1)
        await self.activate(draft.id)
        rows = (await one.mailbox_restore_artifacts.get()).value
        step(f"artifacts: {[row.restored_folder_name for row in rows]}", len(rows) == 2)
        again = [each.id for each in (await self.backup.restore_sessions.get()).value]
        step("the session is in the list of all", draft.id in again)
        point = (await self.search(self.drives[:1])).search_results[0].restore_point
        drive = DriveRestoreArtifact(restore_point=RestorePoint(id=point.id), destination_type=DestinationType.InPlace)
        body = OneDriveForBusinessRestoreSession(drive_restore_artifacts=[drive])
        other = await self.backup.one_drive_for_business_restore_sessions.post(body)
        await self.session(other.id).delete()
        await refused("RestoreSessionNotFound", self.session(other.id).get)

    async def bulk(self) -> None:
        """Bulk addition."""
        sessions = self.backup.exchange_restore_sessions
        draft = await sessions.post(ExchangeRestoreSession())
        requests = sessions.by_exchange_restore_session_id(draft.id).mailbox_restore_artifacts_bulk_addition_requests
        made = await requests.post(
            MailboxRestoreArtifactsBulkAdditionRequest(
                display_name="interop",
                mailboxes=[unit.email for unit in self.mailboxes[5:9]] + ["nobody@contoso.com"],
                protection_time_period=TimePeriod(start_date_time=self.now - timedelta(days=9), end_date_time=self.now),
                destination_type=DestinationType.InPlace,
                tags=RestorePointTags.None_,
                restore_point_preference=RestorePointPreference.Latest,
            )
        )
        step(f"bulk request is {made.status.value}", made.status is RestoreArtifactsBulkRequestStatus.Active)
        session = await self.activate(draft.id)
        step(f"job type {session.restore_job_type.value}", session.restore_job_type is RestoreJobType.Bulk)
        one = requests.by_mailbox_restore_artifacts_bulk_addition_request_id(made.id)
        request = await one.get()
        missing = [each.target for each in request.error.details]
        step(f"bulk request is {request.status.value}; missing {missing}", missing == ["nobody@contoso.com"])
        step("it is listed", [each.id for each in (await requests.get()).value] == [made.id])
        await one.delete()
        step("and deleted", (await requests.get()).value == [])

    async def mails(self) -> None:
        """Granular restore of mails."""
        query = ArtifactQuery(
            artifact_type=RestorableArtifact.Message,
            query_expression="(HasAttachment -eq 'true') -and (MessageKind -eq 'Email')",
        )
        found = await self.search(self.mailboxes[9:10], artifact_query=query)
        result = found.search_results[0]
        step(f"{result.artifact_hit_count} mails found", result.artifact_hit_count)
        draft = await self.backup.exchange_restore_sessions.post(
            ExchangeRestoreSession(
                granular_mailbox_restore_artifacts=[
                    GranularMailboxRestoreArtifact(
                        restore_point=RestorePoint(id=result.restore_point.id),
                        destination_type=DestinationType.New,
                        search_response_id=found.search_response_id,
                    )
                ]
            )
        )
        session = await self.activate(draft.id)
        step(f"job type {session.restore_job_type.value}", session.restore_job_type is RestoreJobType.Granular)
        one = self.backup.exchange_restore_sessions.by_exchange_restore_session_id(draft.id)
        row = (await one.granular_mailbox_restore_artifacts.get()).value[0]
        step(
            f"{row.restored_item_count} items in {row.restored_folder_name}",
            row.artifact_count == row.restored_item_count,
        )

    async def files(self) -> None:
        """Browse, and granular restore of files."""
        point = (await self.search(self.sites[:1], tags=RestorePointTags.FastRestore)).search_results[0].restore_point
        made = await self.backup.share_point_browse_sessions.post(SharePointBrowseSession(restore_point_id=point.id))
        by_id = self.backup.share_point_browse_sessions.by_share_point_browse_session_id(made.id)
        session = made
        while session.status is BrowseSessionStatus.Creating:
            session = await by_id.get()
        step(f"browse session {session.status.value} until {session.expiration_date_time}", session.site_id)
        browse = self.backup.browse_sessions.by_browse_session_base_id(made.id)
        site = (await browse.browse.post(BrowsePostRequestBody())).value[0]
        step(f"top: {site.type.value} {site.name}", site.type.value == "site")
        library = (await browse.browse.post(BrowsePostRequestBody(browse_location_item_key=site.item_key))).value[0]
        body = BrowsePostRequestBody(browse_location_item_key=library.item_key, order_by=BrowseQueryOrder.NameAsc)
        page = await browse.browse.post(body)
        rows = list(page.value)
        while page.odata_next_link:
            token = page.odata_next_link.partition("skiptoken=")[2]
            page = await browse.browse_with_next_fetch_token(token).get()
            rows += page.value
        step(f"{len(rows)} rows in {library.name}, over the pages", len(rows) > 10)
        draft = await self.backup.share_point_restore_sessions.post(
            SharePointRestoreSession(
                granular_site_restore_artifacts=[
                    GranularSiteRestoreArtifact(id=row.item_key, browse_session_id=made.id) for row in rows[:2]
                ]
            )
        )
        one = self.backup.share_point_restore_sessions.by_share_point_restore_session_id(draft.id)
        change = SharePointRestoreSession()
        change.additional_data["granularSiteRestoreArtifacts@delta"] = [
            {"browseSessionId": made.id, "id": rows[2].item_key},
            {"@removed": {"reason": "changed"}, "id": rows[0].item_key},
        ]
        answer = await one.patch(change)
        told = len(answer.additional_data["granularSiteRestoreArtifacts@delta"])
        step(f"updated: {told} entries in the answer", told == 2)
        waiting = (await one.granular_site_restore_artifacts.get()).value
        step(f"no time yet is {waiting[0].start_date_time}", waiting[0].start_date_time.year == 1)
        await self.activate(draft.id)
        rows = (await one.granular_site_restore_artifacts.get()).value
        step(f"restored to {rows[0].restored_item_path}", all(row.status.value == "succeeded" for row in rows))

    async def control(self) -> None:
        """E-mail notification settings and service apps."""
        setting = await self.backup.email_notifications_setting.get()
        setting.is_enabled = not setting.is_enabled
        answer = await self.backup.email_notifications_setting.patch(setting)
        step(f"notifications are now {answer.is_enabled}", answer.is_enabled is setting.is_enabled)
        made = await self.backup.service_apps.post(ServiceApp())
        step(f"service app {made.id} is {made.status.value}", made.status is ServiceAppStatus.Inactive)
        one = self.backup.service_apps.by_service_app_id(made.id)
        body = ActivatePostRequestBody(effective_date_time=self.now + timedelta(days=1))
        active = await one.activate.post(body)
        step(f"activated: {active.status.value}", active.status is ServiceAppStatus.PendingActive)
        step("it is listed", made.id in [each.id for each in (await self.backup.service_apps.get()).value])

    async def refusals(self) -> None:
        """What is refused arrives as an ODataError with the documented code."""
        await refused("RestoreSessionNotFound", self.session("00000000-0000-4000-8000-000000000000").get)
        await refused("InvalidRestoreSessionId", self.session("x").activate.post)

    def session(self, identifier: str) -> Any:
        """Return the builder of one session."""
        return self.backup.restore_sessions.by_restore_session_base_id(identifier)


async def refused(code: str, call: Callable[[], Any]) -> None:
    """Check that a call is refused with a code."""
    try:
        await call()
    except ODataError as error:
        step(f"refused: {error.error.code}", error.error.code == code)
    else:
        step(f"{code} was expected", False)


def main(arguments: Sequence[str]) -> None:
    """Run against an address, or against a service started for it."""
    if arguments:
        asyncio.run(Job(arguments[0]).everything())
        return
    command = [sys.executable, "-m", "backup_tui", "simulator", "--port", "0", "--speed", "3600"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as service:
        try:
            assert service.stdout is not None
            asyncio.run(Job(service.stdout.readline().strip()).everything())
        finally:
            service.terminate()


if __name__ == "__main__":
    main(sys.argv[1:])
