"""What is read to understand protection, beside policies and units: rules, bulk additions, control, mails."""

from __future__ import annotations

from collections.abc import AsyncIterator

from backup_tui.graph import requests
from backup_tui.graph.paging import collect, pages
from backup_tui.graph.request_pipeline import RequestPipeline
from backup_tui.graph.response_schema import asked_for
from backup_tui.models.notifications import EmailNotificationsSetting
from backup_tui.models.pages import Page
from backup_tui.models.rules import ProtectionRule, read_rule
from backup_tui.models.service_apps import ServiceApp
from backup_tui.models.services import Service
from backup_tui.models.unit_jobs import UnitsJob, read_units_job


class ProtectionReads:
    """The part of `Reader` that is about rules, bulk additions, controlling applications and mails."""

    def __init__(self, path: RequestPipeline) -> None:
        self._path = path

    def rules(self, service: Service, policy_id: str) -> AsyncIterator[Page[ProtectionRule]]:
        """The inclusion rules of a policy."""
        call = requests.list_rules(service, policy_id)
        return pages(self._path.run, call, lambda raw: read_rule(raw, service), self._path.address)

    async def rule(self, service: Service, policy_id: str, rule_id: str) -> ProtectionRule:
        """One inclusion rule."""
        answer = await self._path.run(requests.read_rule(service, policy_id, rule_id))
        return asked_for(read_rule(answer, service), rule_id)

    def unit_jobs(self, service: Service, policy_id: str) -> AsyncIterator[Page[UnitsJob]]:
        """The bulk additions to a policy."""
        call = requests.list_unit_jobs(service, policy_id)
        return pages(self._path.run, call, lambda raw: read_units_job(raw, service), self._path.address)

    async def unit_job(self, service: Service, policy_id: str, job_id: str) -> UnitsJob:
        """One bulk addition."""
        answer = await self._path.run(requests.read_unit_job(service, policy_id, job_id))
        return asked_for(read_units_job(answer, service), job_id)

    async def service_apps(self) -> tuple[ServiceApp, ...]:
        """The applications that are registered to control the backup. Raises `IncompleteList`: not all of them could be
        read."""
        call = requests.list_service_apps()
        return tuple(await collect(pages(self._path.run, call, ServiceApp.read, self._path.address)))

    async def service_app(self, app_id: str) -> ServiceApp:
        """One application that is registered to control the backup."""
        return asked_for(ServiceApp.read(await self._path.run(requests.read_service_app(app_id))), app_id)

    async def notifications(self) -> EmailNotificationsSetting:
        """Who gets mails about the backup."""
        return EmailNotificationsSetting.read(await self._path.run(requests.read_notifications()))
