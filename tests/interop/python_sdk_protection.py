"""Changes what is protected with Microsoft's SDK for Python (msgraph-sdk) against the simulated service.

    python tests/interop/python_sdk_protection.py BASE_URL

It prints a line for each step and ends with 1 at the first thing that is not as it should be. What the SDK has no
builder for (rules, jobs and runs below their policy) it sends with the SDK's own adapter.
"""

import asyncio
import sys
from collections.abc import Callable
from typing import Any

from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from msgraph.generated.models.exchange_protection_policy import ExchangeProtectionPolicy
from msgraph.generated.models.mailbox_protection_unit import MailboxProtectionUnit
from msgraph.generated.models.mailbox_protection_units_bulk_addition_job import MailboxProtectionUnitsBulkAdditionJob
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.protection_policy_status import ProtectionPolicyStatus
from msgraph.generated.models.protection_rule_status import ProtectionRuleStatus
from msgraph.generated.models.protection_unit_status import ProtectionUnitStatus
from msgraph.generated.models.protection_units_bulk_job_status import ProtectionUnitsBulkJobStatus
from msgraph.generated.models.site_protection_rule import SiteProtectionRule
from python_sdk import Job, step

REMOVED = {"reason": "changed"}


async def until(read: Callable[[], Any], holds: Callable[[Any], bool]) -> Any:
    """Read something until it is as wanted, for two minutes at most."""
    for _ in range(600):
        found = await read()
        if holds(found):
            return found
        await asyncio.sleep(0.2)
    return step("it took too long", False)


class Protection(Job):
    """The steps, in order."""

    async def everything(self) -> None:
        """Do the job."""
        policies = (await self.backup.protection_policies.get()).value
        self.exchange = next(each for each in policies if each.display_name == "Mailboxes all")
        self.sites = next(each for each in policies if each.display_name == "Sites all")
        await self.members()
        await self.job()
        await self.rule()
        await self.offboarding()
        await self.policy()

    def of_exchange(self, policy_id: str) -> Any:
        """Return the builder of one policy."""
        return self.backup.exchange_protection_policies.by_exchange_protection_policy_id(policy_id)

    async def send(self, kind: Any, path: str, body: Any = None) -> Any:
        """Send what no builder is for, and read it as one of the SDK's models."""
        request = RequestInformation()
        request.http_method = Method.POST
        request.url = f"{self.adapter.base_url}/solutions/backupRestore/{path}"
        if body is not None:
            request.set_content_from_parsable(self.adapter, "application/json", body)
        return await self.adapter.send_async(request, kind, {"XXX": ODataError})

    async def members(self) -> None:
        """Rename a policy, take a unit out and put it back."""
        builder = self.of_exchange(self.exchange.id)
        units = (await builder.mailbox_protection_units.get()).value
        unit = next(each for each in units if [source.value for source in each.protection_sources] == ["manual"])
        body = ExchangeProtectionPolicy(display_name="Mailboxes")
        body.additional_data = {"mailboxProtectionUnits@delta": [{"@removed": REMOVED, "id": unit.id}]}
        changed = await builder.patch(body)
        entry = changed.additional_data["mailboxProtectionUnits@delta"][0]
        step(f"renamed {changed.display_name}; unit {entry['status']}", entry["status"] == "removeRequested")
        self.gone = unit
        one = self.backup.protection_units.by_protection_unit_base_id(unit.id)
        found = await until(one.get, lambda each: each.policy_id is None)
        step("the unit has left", found.status is ProtectionUnitStatus.Unprotected)

    async def job(self) -> None:
        """Add the unit by name, beside a name that nobody has."""
        names = [self.gone.email, "nobody@contoso.com"]
        path = f"exchangeProtectionPolicies/{self.exchange.id}/mailboxProtectionUnitsBulkAdditionJobs"
        body = MailboxProtectionUnitsBulkAdditionJob(display_name="Names", mailboxes=names)
        made = await self.send(MailboxProtectionUnitsBulkAdditionJob, path, body)
        step(f"job {made.id} is {made.status.value}", made.mailboxes == names)
        builder = self.of_exchange(self.exchange.id).mailbox_protection_units_bulk_addition_jobs
        one = builder.by_mailbox_protection_units_bulk_addition_job_id(made.id)
        found = await until(one.get, lambda each: each.status is not ProtectionUnitsBulkJobStatus.Active)
        missing = [each.target for each in found.error.details]
        step(f"job is {found.status.value}; missing {missing}", missing == names[1:])

    async def rule(self) -> None:
        """Make a rule, run it again, and delete it."""
        below = f"sharePointProtectionPolicies/{self.sites.id}/siteInclusionRules"
        body = SiteProtectionRule(site_expression="(displayName -contains 'Finance')")
        made = await self.send(SiteProtectionRule, below, body)
        step(f"rule is {made.status.value}", made.status is ProtectionRuleStatus.Active)
        one = self.backup.site_inclusion_rules.by_site_protection_rule_id(made.id)
        await until(one.get, lambda each: each.status is not ProtectionRuleStatus.Active)
        ran = await self.send(SiteProtectionRule, f"{below}/{made.id}/run")
        step(f"run: {ran.status.value}", ran.status is ProtectionRuleStatus.Active)
        await until(one.get, lambda each: each.status is not ProtectionRuleStatus.Active)
        await one.delete()
        rules = (await self.backup.site_inclusion_rules.get()).value
        step("and deleted", made.id not in [each.id for each in rules])

    async def offboarding(self) -> None:
        """Offboard a unit outside any policy, and take it back."""
        units = (await self.backup.mailbox_protection_units.get()).value
        unit = next(each for each in units if each.policy_id is None and each.offboard_requested_date_time is None)
        one = self.backup.protection_units.by_protection_unit_base_id(unit.id)
        asked = await one.offboard.post(self.late())
        step(f"unit is {asked.status.value}", asked.status is ProtectionUnitStatus.OffboardRequested)
        back = await one.cancel_offboard.post(self.late())
        step(f"unit is {back.status.value}", back.status is ProtectionUnitStatus.CancelOffboardRequested)

    async def policy(self) -> None:
        """Put one policy in the place of another."""
        old = self.backup.protection_policies.by_protection_policy_base_id(self.exchange.id)
        stopping = await old.deactivate.post()
        step(f"deactivated: {stopping.status.value}", stopping.status is ProtectionPolicyStatus.Updating)
        await until(old.get, lambda each: each.status is ProtectionPolicyStatus.Inactive)
        units = (await self.backup.mailbox_protection_units.get()).value
        outside = next(each for each in units if each.policy_id is None and each.offboard_requested_date_time is None)
        new = MailboxProtectionUnit(directory_object_id=outside.directory_object_id)
        body = ExchangeProtectionPolicy(display_name="Another", mailbox_protection_units=[new])
        made = await self.backup.exchange_protection_policies.post(body)
        step(f"policy {made.display_name} is {made.status.value}", made.status is ProtectionPolicyStatus.Inactive)
        builder = self.backup.protection_policies.by_protection_policy_base_id(made.id)
        await builder.delete()
        listed = [each.id for each in (await self.backup.protection_policies.get()).value]
        step("and deleted", made.id not in listed)
        started = await old.activate.post()
        step(f"activated: {started.status.value}", started.status is ProtectionPolicyStatus.Updating)


if __name__ == "__main__":
    asyncio.run(Protection(sys.argv[1]).everything())
