"""Everything that is read from the service. Nothing in here can change anything."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from msgspec.structs import replace

from backup_tui.errors import IncompleteList, InvalidRequest, NotFound, ProtocolError
from backup_tui.graph.contents import BrowseReader, BulkReader, GranularReader
from backup_tui.graph.json_body import READ_ONLY_CERTAINTY
from backup_tui.graph.paging import collect
from backup_tui.graph.request_pipeline import RequestPipeline
from backup_tui.graph.requests import control, inclusion, points, protection, sessions
from backup_tui.graph.response_schema import Requester, about_another
from backup_tui.models.activity_logs import ActivityLog, read_activity_log
from backup_tui.models.artifacts import RestoreArtifact, read_artifact
from backup_tui.models.granular import GranularMailboxRestoreArtifact, as_artifact
from backup_tui.models.mail_query import AnyMailQuery
from backup_tui.models.notifications import EmailNotificationsSetting
from backup_tui.models.pages import Page
from backup_tui.models.points import MailHits, MailSearch, PointSearch, RestorePoint
from backup_tui.models.policies import ProtectionPolicy, read_policy
from backup_tui.models.rules import ProtectionRule, read_rule
from backup_tui.models.service_apps import ServiceApp
from backup_tui.models.service_root import BackupRestoreRoot
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession, read_session
from backup_tui.models.statistics import PolicyStatistics
from backup_tui.models.tagged_union import TaggedUnion
from backup_tui.models.unit_jobs import UnitsJob, read_exclusion_job, read_units_job
from backup_tui.models.units import ExclusionUnit, ProtectionUnit, read_exclusion, read_unit

LISTED_POINTS = 5  # most points that one listing gives (page backuprestoreroot-list-restorepoints)


class Reader(Requester):
    """Reads the service. Every method raises `ServiceError`, `SignInError`, `Unreachable` or `ProtocolError` as
    `RequestPipeline.run` says. Lists come as pages; one that breaks off raises after the pages that were read, and
    methods that return a whole list raise `IncompleteList`."""

    def __init__(self, path: RequestPipeline) -> None:
        super().__init__(path)
        self.granular = GranularReader(path)
        self.bulk = BulkReader(path)
        self.browse = BrowseReader(path)
        self._expands_units = True

    @property
    def is_beta(self) -> bool:
        """Whether the service is spoken to in its beta version."""
        return self._path.address.version == "beta"

    async def service_root(self) -> BackupRestoreRoot:
        return BackupRestoreRoot.read(await self._path.run(control.READ_SERVICE))

    async def notifications(self) -> EmailNotificationsSetting:
        return EmailNotificationsSetting.read(await self._path.run(control.READ_NOTIFICATIONS))

    async def service_apps(self) -> tuple[ServiceApp, ...]:
        """The applications that are registered to control the backup."""
        return tuple(await collect(self._pages(control.LIST_APPS, TaggedUnion(ServiceApp, {}))))

    async def service_app(self, app_id: str) -> ServiceApp:
        return await self._one(control.read_app(app_id), ServiceApp.read)

    def check_statistics(self) -> None:
        """Raises `UsageError`: the service is not spoken to in its beta version, which alone has statistics."""
        self._path.address.needs_beta("The service's own count of a policy")

    async def statistics(self, policy_id: str) -> PolicyStatistics:
        """What the service last counted of a policy. Raises `UsageError`: outside the beta version; `ProtocolError`:
        the answer is about another policy."""
        self.check_statistics()
        report = PolicyStatistics.read(await self._path.run(control.read_statistics(policy_id)))
        if (report.backup_policy_id or policy_id).casefold() != policy_id.casefold():
            raise about_another()
        return report

    async def policies(self) -> tuple[ProtectionPolicy, ...]:
        return tuple(await collect(self._pages(protection.LIST_POLICIES, read_policy)))

    async def policy(self, policy_id: str) -> ProtectionPolicy:
        return await self._one(protection.read_policy(policy_id), read_policy)

    def rules(self, service: Service, policy_id: str) -> AsyncIterator[Page[ProtectionRule]]:
        return self._pages(inclusion.list_rules(service, policy_id), read_rule, service)

    async def rule(self, service: Service, policy_id: str, rule_id: str) -> ProtectionRule:
        call = inclusion.read_rule(service, policy_id, rule_id)
        return await self._one(call, partial(read_rule, service=service))

    async def exclusions(self, service: Service, policy_id: str) -> AsyncIterator[Page[ExclusionUnit]]:
        """What a policy with full workload backup leaves out. Raises `UsageError`: outside the beta version."""
        self._path.address.needs_beta("What a policy excludes")
        async for page in self._pages(inclusion.list_exclusions(service, policy_id), read_exclusion, service):
            yield page

    async def exclusion(self, service: Service, policy_id: str, exclusion_id: str) -> ExclusionUnit:
        """One exclusion unit. Raises `UsageError`: outside the beta version."""
        self._path.address.needs_beta("What a policy excludes")
        call = inclusion.read_exclusion(service, policy_id, exclusion_id)
        return await self._one(call, partial(read_exclusion, service=service))

    async def exclusion_jobs(self, service: Service, policy_id: str) -> AsyncIterator[Page[UnitsJob]]:
        """The bulk exclusions from a policy. Raises `UsageError`: outside the beta version."""
        self._path.address.needs_beta("What a policy excludes")
        async for page in self._pages(inclusion.list_exclusion_jobs(service, policy_id), read_exclusion_job, service):
            yield page

    async def exclusion_job(self, service: Service, policy_id: str, job_id: str) -> UnitsJob:
        """One bulk exclusion. Raises `UsageError`: outside the beta version."""
        self._path.address.needs_beta("What a policy excludes")
        call = inclusion.read_exclusion_job(service, policy_id, job_id)
        return await self._one(call, partial(read_exclusion_job, service=service))

    def unit_jobs(self, service: Service, policy_id: str) -> AsyncIterator[Page[UnitsJob]]:
        """The bulk additions to a policy."""
        return self._pages(inclusion.list_unit_jobs(service, policy_id), read_units_job, service)

    async def unit_job(self, service: Service, policy_id: str, job_id: str) -> UnitsJob:
        call = inclusion.read_unit_job(service, policy_id, job_id)
        return await self._one(call, partial(read_units_job, service=service))

    def units(self, service: Service, *, policy_id: str | None = None) -> AsyncIterator[Page[ProtectionUnit]]:
        return self._pages(protection.list_units(service, policy_id), read_unit, service)

    async def all_units(self) -> AsyncIterator[Page[ProtectionUnit]]:
        """The units of all services; where the service has no list of all, its three lists one after the other."""
        begun = False
        try:
            async for page in self._pages(protection.LIST_ALL_UNITS, read_unit):
                begun = True
                yield page
            return
        except (NotFound, InvalidRequest):
            if begun:
                raise
        number = 0
        services = tuple(Service)
        for service in services:
            first_of_service = number + 1
            async for page in self.units(service):
                # Page 1 of the second list continues the count.
                number = first_of_service if page.number == 1 else number + 1
                yield replace(page, number=number, last=page.last and service is services[-1])

    async def unit(self, unit_id: str, service: Service) -> ProtectionUnit:
        return read_unit(await self._path.run(protection.read_unit(unit_id, service)), service)

    async def typed_unit(self, unit_id: str, service: Service) -> ProtectionUnit:
        """A unit, asked for as one of a service. Raises `NotFound`: there is none, or it is of another service."""
        call = protection.read_typed_unit(unit_id, service)
        return await self._one(call, partial(read_unit, service=service))

    async def search_points(
        self,
        unit_ids: Sequence[str],
        *,
        start: datetime,
        end: datetime,
        prefer: points.Preference = "latest",
        express: bool = False,
        policy_id: str = "",
    ) -> PointSearch:
        """The latest (or oldest) point of each unit within a period. `unit_ids`: at most `points.MAX_SEARCH_UNITS`.
        Raises `UsageError`: too many units, or none, or a policy outside the beta version; `ProtocolError`: a point
        came without the unit that it belongs to."""
        if policy_id:
            self._path.address.needs_beta("Searching the units of one policy")
        call = points.search_points(unit_ids, start=start, end=end, prefer=prefer, express=express, policy_id=policy_id)
        return _point_search(await self._path.run(call), unit_ids)

    async def search_mail(
        self,
        unit_id: str,
        query: AnyMailQuery,
        *,
        start: datetime,
        end: datetime | None = None,
        prefer: points.Preference | None = None,
        policy_id: str = "",
        structured: bool = False,
    ) -> MailSearch:
        """What a search inside one mailbox finds; its id is what a restore of the mails names. Raises `UsageError`: a
        policy or a structured query outside the beta version; `ProtocolError`: a point was found, and no id."""
        if policy_id:
            self._path.address.needs_beta("Searching the units of one policy")
        if structured:
            self._path.address.needs_beta("A structured search")
        call = points.search_mail(
            unit_id, query, start=start, end=end, prefer=prefer, policy_id=policy_id, structured=structured
        )
        return _mail_search(await self._path.run(call), unit_id)

    async def activity_logs(self) -> AsyncIterator[Page[ActivityLog]]:
        """What administrators did, as the service wrote it down. Raises `UsageError`: outside the beta version."""
        self._path.address.needs_beta("The service's own activity log")
        async for page in self._pages(protection.LIST_ACTIVITY_LOGS, read_activity_log):
            yield page

    async def points_of_unit(self, unit_id: str, *, before: datetime) -> tuple[RestorePoint, ...]:
        """At most five points of a unit, older than `before`, newest first. Raises `IncompleteList`: not all could be
        read."""
        found: dict[str, RestorePoint] = {}
        unread = 0
        async for page in self._pages(points.list_points(unit_id, before=before), TaggedUnion(RestorePoint, {})):
            unread += page.unread
            for point in page.items:
                # The page's own example lists points of other units too.
                if point.protection_unit is None or point.protection_unit.id == unit_id:
                    found[point.id] = point
            if len(found) >= LISTED_POINTS:
                break
        oldest = datetime.min.replace(tzinfo=before.tzinfo)
        ordered = sorted(found.values(), key=lambda point: point.protection_date_time or oldest, reverse=True)
        newest = tuple(ordered[:LISTED_POINTS])
        if unread:
            raise IncompleteList.of_unread(newest, unread)
        return newest

    async def sessions(self, service: Service | None = None) -> AsyncIterator[Page[RestoreSession]]:
        """The restore sessions of all services, or of one (sorted out here: only the common list is documented)."""
        async for page in self._pages(sessions.LIST_SESSIONS, read_session):
            if service is None:
                yield page
            else:
                yield replace(page, items=tuple(item for item in page.items if item.service is service))

    async def session(self, session_id: str) -> RestoreSession:
        return await self._one(sessions.read_session(session_id), read_session)

    async def session_as_sent(self, session_id: str) -> str:
        """The text of the service's answer about one restore session, before anything is read in it."""
        return await self._path.as_sent(sessions.read_session(session_id))

    async def artifacts(
        self, service: Service, session_id: str, *, expand_units: bool = False
    ) -> AsyncIterator[Page[RestoreArtifact]]:
        """The units of a restore session. `expand_units` asks for the unit behind each point, which the pages do not
        promise: after the service has refused it once, it is not asked for again while this reader lives."""
        if expand_units and self._expands_units:
            begun = False
            try:
                expanded = sessions.list_artifacts(service, session_id, expand_units=True)
                async for page in self._pages(expanded, read_artifact, service):
                    begun = True
                    yield page
                return
            except InvalidRequest as error:
                if begun or error.code == "InvalidRestoreSessionId":
                    raise
                self._expands_units = False
        async for page in self._pages(sessions.list_artifacts(service, session_id), read_artifact, service):
            yield page

    async def files(self, service: Service, session_id: str) -> AsyncIterator[Page[RestoreArtifact]]:
        """The files and folders of a restore session, as rows among artifacts."""
        async for page in self.granular.items(service, session_id):
            yield Page(tuple(map(as_artifact, page.items)), page.number, page.last, page.unread)

    async def contents(
        self, service: Service, session_id: str, *, expand_units: bool = False
    ) -> AsyncIterator[Page[RestoreArtifact]]:
        """The units of a session; where it has none, the mails in it that searches found, which have a list of their
        own. No page shows that list, so a service that does not have it has an empty session."""
        held: Page[RestoreArtifact] | None = None
        async for page in self.artifacts(service, session_id, expand_units=expand_units):
            if page.number == 1 and page.last and not page.items and not page.unread:
                held = page
            else:
                yield page
        if held is None:
            return
        if service is Service.EXCHANGE:
            try:
                async for mails in self.granular.items(service, session_id):
                    kept = tuple(item for item in mails.items if isinstance(item, GranularMailboxRestoreArtifact))
                    held = None
                    yield Page(kept, mails.number, mails.last, mails.unread)
            except (NotFound, InvalidRequest):
                if held is None:
                    raise
        if held is not None:
            yield held


def _search_results(answer: object) -> tuple[list[object], frozenset[str]]:
    results = answer.get("searchResults") if isinstance(answer, Mapping) else None
    without = answer.get("noResultProtectionUnitIds") if isinstance(answer, Mapping) else None
    if results is None and isinstance(without, list):
        results = []  # the schema allows null, and says in `without` whom it is about
    if not isinstance(results, list):
        raise _no_search_result("has no list of points")
    none = frozenset(each for each in without if isinstance(each, str)) if isinstance(without, list) else frozenset()
    return results, none


def _point_search(answer: object, unit_ids: Sequence[str]) -> PointSearch:
    results, none = _search_results(answer)
    points: dict[str, list[RestorePoint]] = {}
    for result in results:
        raw = result.get("restorePoint") if isinstance(result, Mapping) else None
        point = RestorePoint.read(raw)
        if point.protection_unit is not None:
            unit_id = point.protection_unit.id
        elif len(unit_ids) == 1:
            unit_id = unit_ids[0]
        else:
            raise _no_search_result("has a point without its unit")
        points.setdefault(unit_id, []).append(point)
    return PointSearch(
        points={unit_id: tuple(found) for unit_id, found in points.items()}, without=none - points.keys()
    )


def _mail_search(answer: object, unit_id: str) -> MailSearch:
    results, none = _search_results(answer)
    hits: list[MailHits] = []
    for result in results:
        members = result if isinstance(result, Mapping) else {}
        point = RestorePoint.read(members.get("restorePoint"))
        count = members.get("artifactHitCount")
        # `True` is an int in Python, and no count.
        known = isinstance(count, int) and not isinstance(count, bool) and count >= 0
        hits.append(MailHits(point, count if known else None))
    response_id = answer.get("searchResponseId") if isinstance(answer, Mapping) else None
    if not isinstance(response_id, str) or not response_id.isprintable():
        response_id = ""
    if hits and not response_id:
        raise _no_search_result("has no id that a restore can use")
    return MailSearch(response_id, tuple(hits), nothing=not hits and unit_id in none)


def _no_search_result(why: str) -> ProtocolError:
    return ProtocolError(
        f"The answer to the search for points {why}.",
        certainty=READ_ONLY_CERTAINTY,
        hint="Reading it again is safe.",
        code="noSearchResult",
    )
