"""Which of the units that a list names can be added to a policy, or removed from it. Pure."""

from backup_tui.restore.names.resolve import Judge, Reason
from backup_tui.store.rows import UnitRow

_OFFBOARDING = ("offboardrequested", "offboarded")


def to_add(policy_id: str) -> Judge:
    """What decides about a unit that is to join a policy; one that is in it already is fine. `policy_id`: empty for a
    policy that is yet to be created."""

    def judge(unit: UnitRow) -> Reason | None:
        if unit.policy_id and unit.policy_id != policy_id:
            return Reason.OTHER_POLICY
        if unit.status.casefold() == "removerequested":
            return Reason.LEAVING
        return Reason.OFFBOARDING if unit.status.casefold() in _OFFBOARDING else None

    return judge


def to_remove(policy_id: str) -> Judge:
    """What decides about a unit that is to leave a policy; one that has left every policy already is fine."""

    def judge(unit: UnitRow) -> Reason | None:
        if unit.policy_id not in ("", policy_id):
            return Reason.NOT_IN_POLICY
        return Reason.BY_RULE if unit.policy_id and "dynamicrule" in unit.sources.casefold() else None

    return judge
