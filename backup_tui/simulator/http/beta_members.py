"""The members that beta adds to policies and units."""

from backup_tui.simulator.domain.exclusions import FULL
from backup_tui.simulator.domain.identifiers import guid, iso
from backup_tui.simulator.domain.names import SHARED_MAILBOXES
from backup_tui.simulator.domain.policies import Policy
from backup_tui.simulator.domain.tenant import DAY, Unit
from backup_tui.simulator.domain.workloads import EXCHANGE
from backup_tui.simulator.http.call import Call, Json

_YEAR_IN_DAYS = 365
_LONGER_IN_DAYS = 730


def policy_members(found: Policy, call: Call) -> Json:
    """Return what beta adds to a policy."""
    return {
        "protectionMode": FULL if found.full else "standard",
        "billingPolicyId": guid(call.service.settings.seed, "billing", "default"),
        "offboardRequestedDateTime": iso(found.offboard_requested),
    }


def unit_members(found: Unit, call: Call) -> Json:
    """Return what beta adds to a unit: every 40th is billed elsewhere, every 50th is soon to be kept longer."""
    seed = call.service.settings.seed
    change = None
    if found.seq % 50 == 7:
        change = {
            "effectiveFromDateTime": iso(call.service.tenant.started + 7 * DAY),
            "status": "inProgress",
            "targetRetentionPeriodInDays": _LONGER_IN_DAYS,
        }
    shown: Json = {
        "backupRetentionPeriodInDays": _YEAR_IN_DAYS,
        "billingPolicyId": guid(seed, "billing", "research" if found.seq % 40 == 9 else "default"),
        "pendingRetentionPeriodChange": change,
    }
    if found.workload is EXCHANGE:
        kind = "shared" if found.name in SHARED_MAILBOXES else "user"
        shown["mailboxType"] = kind if found.name else "unknown"
    return shown
