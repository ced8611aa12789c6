"""Changes of what brings units into a policy: its inclusion rules and bulk additions."""

from __future__ import annotations

from functools import partial

from backup_tui.graph.reader import Reader
from backup_tui.graph.request_pipeline import RequestPipeline
from backup_tui.graph.requests import inclusion
from backup_tui.graph.requests.call import Call
from backup_tui.graph.response_schema import Requester
from backup_tui.models.rules import ProtectionRule, read_rule
from backup_tui.models.services import Service
from backup_tui.models.unit_jobs import NewUnitsJob, UnitsJob, read_units_job


class InclusionWriter(Requester):
    """Makes, changes and removes inclusion rules, and makes bulk additions; raises as `Writer` does."""

    def __init__(self, path: RequestPipeline, reader: Reader) -> None:
        super().__init__(path)
        self._reader = reader

    async def create_rule(self, service: Service, policy_id: str, expression: str, *, dynamic: bool) -> ProtectionRule:
        """Makes a rule, which is applied at once. Whether it stays so (`dynamic`) is fixed by this. Raises
        `OutcomeUnknown`: also when the answer names no id: the rule may exist, and must be looked for."""
        body = {service.names.rule_expression: expression, "isAutoApplyEnabled": dynamic}
        call = inclusion.create_rule(service, policy_id, body)
        return await self._made(call, partial(read_rule, service=service))

    async def update_rule(self, service: Service, policy_id: str, rule_id: str, expression: str) -> ProtectionRule:
        """Gives a dynamic rule another expression; it is applied again, and what it no longer names leaves."""
        call = inclusion.update_rule(service, policy_id, rule_id, {service.names.rule_expression: expression})
        return await self._rule(call, service, policy_id)

    async def run_rule(self, service: Service, policy_id: str, rule_id: str) -> ProtectionRule:
        """Applies a rule that is applied once, again."""
        return await self._rule(inclusion.run_rule(service, policy_id, rule_id), service, policy_id)

    async def delete_rule(self, service: Service, policy_id: str, rule_id: str) -> None:
        """Deletes a rule; what it added stays in the policy."""
        await self._path.run(inclusion.delete_rule(service, policy_id, rule_id))

    async def unprotect_rule(self, service: Service, policy_id: str, rule_id: str) -> ProtectionRule:
        """Deletes a dynamic rule and takes what only it holds out of the policy. It is sent now or not at all. Told to
        wait, it raises `Throttled` at once."""
        return await self._rule(inclusion.unprotect_rule(service, policy_id, rule_id), service, policy_id)

    async def create_unit_job(self, service: Service, policy_id: str, new: NewUnitsJob) -> UnitsJob:
        """Hands a list of names to a policy; the service looks them up afterwards. Raises `OutcomeUnknown`: also when
        the answer names no id: the job may exist, and its mark tells it again."""
        call = inclusion.create_unit_job(service, policy_id, new.body(service))
        return await self._made(call, partial(read_units_job, service=service))

    async def _rule(self, call: Call, service: Service, policy_id: str) -> ProtectionRule:
        again = partial(self._reader.rule, service, policy_id)
        return await self._changed(call, partial(read_rule, service=service), again, ProtectionRule)
