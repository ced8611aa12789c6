"""What another administrator, Ryan, does meanwhile: to a session, a policy or a rule, or to a browse session."""

from collections.abc import Callable, Iterable

from backup_tui.simulator.domain.identifiers import is_guid
from backup_tui.simulator.domain.inclusion_rules import Rule
from backup_tui.simulator.domain.service import Service
from backup_tui.simulator.domain.tenant import Unit
from backup_tui.simulator.http.callers import RYAN


def act_as_other(service: Service, deed: str, identifier: str) -> None:
    """Do a deed to what has this id. Raises ``Refusal`` where the service refuses it."""
    _DEEDS[deed](service, identifier)


def named_in(path: str, deed: str) -> str:
    """Return the id in a path that a deed is about: a policy's is the first one, any other the last one."""
    found = [part for part in path.split("/") if is_guid(part) or part.startswith("m_")]
    if not found:
        return ""
    return found[0] if deed in _OF_POLICIES else found[-1]


def _remove_artifact(service: Service, identifier: str) -> None:
    session = service.draft(identifier)
    session.artifacts = session.artifacts[:-1]
    session.modified, session.modified_by = service.now(), RYAN


def _rename(service: Service, identifier: str) -> None:
    policy, now = service.policy(identifier), service.now()
    old_name, policy.name = policy.name, f"{policy.name} (Ryan)"
    policy.modified, policy.modified_by = now, RYAN
    service.activity.policy(now, policy, "backupPolicyRenamed", RYAN, old_name=old_name)


def _switch_off(service: Service, identifier: str) -> None:
    policy, now = service.policy(identifier), service.now()
    policy.deactivate(RYAN, now, service.settings.speed, service.settings.wrong_state)
    service.activity.policy(now, policy, "backupPolicyPaused", RYAN)


def _remove_unit(service: Service, identifier: str) -> None:
    policy, now = service.policy(identifier), service.now()
    for unit in _free(service, identifier):
        service.membership.remove(unit, now, 0)
        policy.modified, policy.modified_by = now, RYAN
        service.activity.policy(now, policy, "backupPolicyModified", RYAN, removed=1)
        return


def _free(service: Service, identifier: str) -> Iterable[Unit]:
    units = service.membership.of(service.policy(identifier))
    return (unit for unit in units if unit.pending is None and not unit.by_rule)


def _rule(service: Service, identifier: str) -> Rule:
    return service.rules.get(None, identifier)


_DEEDS: dict[str, Callable[[Service, str], object]] = {
    "activate": lambda service, identifier: service.activate_session(identifier, RYAN),
    "delete": lambda service, identifier: service.delete_session(identifier),
    "remove": _remove_artifact,
    "rename": _rename,
    "switchOff": _switch_off,
    "deletePolicy": lambda service, identifier: service.delete_policy(identifier),
    "removeUnit": _remove_unit,
    "deleteRule": lambda service, identifier: service.rules.delete(_rule(service, identifier)),
    "runRule": lambda service, identifier: service.rules.run(_rule(service, identifier), RYAN, service.now()),
    "endBrowsing": lambda service, identifier: service.browse_sessions.end(identifier, service.now()),
}
_OF_POLICIES = ("rename", "switchOff", "deletePolicy", "removeUnit")
