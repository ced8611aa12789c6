"""From selected units to the form in which they join a policy or leave it; nothing is sent by opening it."""

from backup_tui.models.features import POLICIES_CHANGE
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.services import Service
from backup_tui.models.statuses import policy_status
from backup_tui.ui.actions.units import UnitActions, UnitContext
from backup_tui.ui.frame.commands import Command
from backup_tui.ui.routes import OpenNewPolicy, OpenPolicyEdit


class UnitPolicyActions(UnitActions):
    """The handlers of these commands, for lists of all units of a service."""

    def add_to_policy(self, row: str | None) -> None:
        """Into the active policy of the service; where there is none, into its only one or into a new one."""
        units, service = self.meant(row), self.unit_service
        if not units or service is None:
            return
        ids = tuple(unit.id for unit in units)
        policies = self._policies_of(service)
        active = [one for one in policies if policy_status(one.status).value != "inactive"]
        chosen = active or policies
        if not policies:
            self.program.open(OpenNewPolicy(ids, service))
        elif len(chosen) > 1:
            self.say(f"{service.label} has {len(chosen):,} policies. Open one in 2 Policies, then + there.")
        else:
            self.program.open(OpenPolicyEdit(chosen[0].id, add=ids))

    def remove_from_policy(self, row: str | None) -> None:
        """Out of the one policy that all of them are in."""
        units = self.meant(row)
        inside = {unit.policy_id for unit in units} - {""}
        if not inside:
            self.say("In no policy, so there is nothing to remove.")
        elif len(inside) > 1:
            self.say(f"The selected units are in {len(inside):,} policies. Select those of one.")
        else:
            self.program.open(OpenPolicyEdit(inside.pop(), remove=tuple(unit.id for unit in units)))

    def _policies_of(self, service: Service) -> list[ProtectionPolicy]:
        return [one for one in self.ws.store.policies.values() if one.service is service]


def _why_no_unit(context: UnitContext) -> str | None:
    return None if context.row is not None or context.marked else "No unit here."


# fmt: off
ADD_TO_POLICY: Command[UnitPolicyActions, UnitContext] = Command(
    "add_to_policy", ("plus",), "add to policy",
    "Stages adding the selected units, or this one, to the policy of their service; nothing is sent before a review.",
    run=UnitPolicyActions.add_to_policy, name="add to policy", group="Change", weight=5, changes=True,
    needs="protection", feature=POLICIES_CHANGE.id, blocked=_why_no_unit,
)
REMOVE_FROM_POLICY: Command[UnitPolicyActions, UnitContext] = Command(
    "remove_from_policy", ("x",), "",
    "Stages removing the selected units, or this one, from their policy; nothing is sent before a review.",
    run=UnitPolicyActions.remove_from_policy, name="remove from policy", group="Change", weight=5, changes=True,
    needs="protection", feature=POLICIES_CHANGE.id, blocked=_why_no_unit,
)
# fmt: on
