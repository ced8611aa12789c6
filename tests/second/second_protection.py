"""Policies, inclusion rules and bulk addition jobs, as their pages describe them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from second_tenant import ME, POLICIES, Kind, Refused, Tenant, Thing, found, stamp

PER_WRITE, PER_JOB, LONGEST_NAME = 50, 50_000, 1024
GROUPS = re.compile(r"\(memberOf -any \(group\.id -in \[([^\]]*)\]\)\)")
KEYWORD = re.compile(r"\(displayName -contains '([^']{3,255})'\)")
RETENTION = [{"interval": "R/PT10M", "period": "P2W"}, {"interval": "R/P1W", "period": "P1Y"}]
ENDED = ("completed", "completedWithErrors")


@dataclass
class Policy:
    """A protection policy."""

    kind: Kind
    id: str
    name: str
    created: float
    modified: float
    on: bool = False
    until: float = 0.0  # when the last switch is through


@dataclass
class Task:
    """A rule or a bulk addition job: both take a while, and then put into their policy what they found."""

    id: str
    policy: Policy
    said: dict[str, Any]  # what it was asked for, as it was sent
    created: float
    ends: float
    status: str = "active"
    dynamic: bool = False
    problems: list[dict[str, str]] = field(default_factory=list)
    deleting: bool = False


class Protection:
    """Everything that decides what is protected."""

    def __init__(self, tenant: Tenant, speed: float) -> None:
        self.tenant, self.speed = tenant, speed
        began = tenant.began
        self.policies = {
            key: Policy(kind, key, f"{kind.prefix} all", began, began, on=True) for kind, key in POLICIES.items()
        }
        self.rules: dict[str, Task] = {}
        self.jobs: dict[str, Task] = {}

    def after(self, seconds: float) -> float:
        return self.tenant.now() + seconds / self.speed

    def settle(self) -> None:
        """Let everything happen that is due."""
        now = self.tenant.now()
        for thing in self.tenant.things.values():
            if thing.moving is not None and thing.moving[1] <= now:
                if thing.moving[0] == "removeRequested":
                    thing.policy, thing.sources = None, set()
                thing.moving = None
        for task in [*self.rules.values(), *self.jobs.values()]:
            if task.status not in ENDED and task.ends <= now:
                self._end(task)

    # -- policies

    def policy(self, identifier: str, kind: Kind | None = None) -> Policy:
        policy: Policy = found(self.policies, identifier, "PolicyNotFound")
        if kind not in (None, policy.kind):
            raise Refused(404, "PolicyNotFound")
        return policy

    def status(self, policy: Policy) -> str:
        now = self.tenant.now()
        moving = any(thing.moving for thing in self.tenant.units(policy.kind) if thing.policy == policy.id)
        if now < policy.until or (policy.on and moving):
            return "updating"
        return "active" if policy.on else "inactive"

    def unit_status(self, thing: Thing) -> str:
        if thing.moving is not None:
            return thing.moving[0]
        policy = self.policies.get(thing.policy or "")
        if policy is None:
            return "unprotected"
        if self.tenant.now() < policy.until:
            return "protectRequested" if policy.on else "unprotectRequested"
        return "protected" if policy.on else "unprotected"

    def create(self, kind: Kind, body: dict[str, Any]) -> Policy:
        entries = body.get(f"{kind.unit}ProtectionUnits", [])
        name = _name(body.get("displayName"))
        if len(entries) > PER_WRITE:
            raise Refused(413, "ProtectionUnitsLimitBreached")
        if any(
            policy.kind is kind and (policy.on or self.status(policy) == "updating")
            for policy in self.policies.values()
        ):
            raise Refused(409, "PolicyCreationNotAllowed")
        things = [self._thing(kind, entry) for entry in entries]
        if any(thing.policy for thing in things):
            raise Refused(409, "ProtectionUnitAlreadyExists")
        now = self.tenant.now()
        policy = Policy(kind, str(uuid.uuid4()), name, now, now)
        self.policies[policy.id] = policy
        for thing in things:
            self._put_in(policy, thing, "manual")
        return policy

    def update(self, policy: Policy, body: dict[str, Any]) -> dict[str, Any]:
        """What an update answers: the name, and an entry for each one that was sent."""
        key = f"{policy.kind.unit}ProtectionUnits@delta"
        name = _name(body["displayName"]) if "displayName" in body else policy.name
        entries = body.get(key, [])
        if len(entries) > PER_WRITE:
            raise Refused(413, "ProtectionUnitsLimitBreached")
        named = [entry.get("id") or entry.get(policy.kind.owner) for entry in entries]
        if len(set(named)) < len(named):
            raise Refused(400, "DuplicateProtectionUnitInList")
        for entry in entries:
            thing = self.tenant.things.get(entry.get("id", ""))
            if thing is not None and "dynamicRule" in thing.sources:
                raise Refused(400, "ProtectionUnitActionNotAllowed")
        policy.name, policy.modified = name, self.tenant.now()
        answer: dict[str, Any] = {"displayName": policy.name}
        if key in body:
            answer[key] = [self._entry(policy, entry) for entry in entries]
        return answer

    def delete(self, policy: Policy) -> None:
        if self.status(policy) != "inactive":
            raise Refused(403, "PolicyActionNotAllowed")
        for thing in self.tenant.units(policy.kind):
            if thing.policy == policy.id:
                thing.policy, thing.moving, thing.sources = None, None, set()
        for tasks in (self.rules, self.jobs):
            for key in [key for key, task in tasks.items() if task.policy is policy]:
                del tasks[key]
        del self.policies[policy.id]

    def switch(self, policy: Policy, on: bool) -> None:
        status = self.status(policy)
        if status != ("inactive" if on else "active"):
            raise Refused(400, "invalidStateForActivation")
        if on and any(other.on for other in self.policies.values() if other.kind is policy.kind):
            raise Refused(403, "PolicyActionNotAllowed")
        policy.on, policy.modified, policy.until = on, self.tenant.now(), self.after(600)

    def _entry(self, policy: Policy, entry: dict[str, Any]) -> dict[str, Any]:
        if "@removed" in entry:
            thing = self.tenant.things.get(entry["id"])
            if thing is None or thing.policy != policy.id or (thing.moving or ("",))[0] == "removeRequested":
                return _problem("remove", {"id": entry["id"]})
            self._take_out(thing)
            return self.unit_out(thing)
        thing = self.tenant.by_owner.get((policy.kind.unit, entry[policy.kind.owner]))
        if thing is None or thing.policy is not None:
            return _problem("add", {policy.kind.owner: entry[policy.kind.owner]})
        self._put_in(policy, thing, "manual")
        return self.unit_out(thing)

    def _thing(self, kind: Kind, entry: dict[str, Any]) -> Thing:
        thing = self.tenant.by_owner.get((kind.unit, entry[kind.owner]))
        if thing is None:
            raise Refused(400, "InvalidProtectionUnitId")
        return thing

    def _put_in(self, policy: Policy, thing: Thing, source: str) -> None:
        thing.known, thing.policy = True, policy.id
        thing.sources.add(source)
        thing.moving = ("protectRequested", self.after(300))
        self.tenant.put_in[thing.id] += 1

    def _take_out(self, thing: Thing) -> None:
        thing.moving = ("removeRequested", self.after(300))
        self.tenant.taken_out[thing.id] += 1

    # -- rules and jobs

    def add_rule(self, policy: Policy, body: dict[str, Any]) -> Task:
        expression, dynamic = body.get(f"{policy.kind.unit}Expression"), body.get("isAutoApplyEnabled") is True
        if not expression:
            raise Refused(400, "InvalidInclusionRuleCreateRequest")
        self._read(policy.kind, expression)
        if dynamic and any(rule.dynamic for rule in self.rules.values() if rule.policy is policy):
            raise Refused(400, "InvalidInclusionRuleCreateRequest")
        return self._begin(self.rules, policy, body, dynamic=dynamic)

    def rule(self, policy: Policy | None, identifier: str) -> Task:
        rule: Task = found(self.rules, identifier, "ProtectionRuleNotFound")
        if policy not in (None, rule.policy):
            raise Refused(404, "ProtectionRuleNotFound")
        return rule

    def run(self, rule: Task) -> None:
        if rule.dynamic:
            raise Refused(400, "RunNotAllowedForDynamicRule")
        if rule.status not in ENDED:
            raise Refused(400, "ProtectionRuleActionNotAllowed")
        rule.status, rule.ends, rule.problems = "active", self.after(300), []

    def edit_rule(self, rule: Task, body: dict[str, Any]) -> None:
        if not rule.dynamic:
            raise Refused(400, "PatchNotAllowedForStaticRule")
        if "isAutoApplyEnabled" in body:
            raise Refused(400, "InvalidProtectionRulePatchRequest")
        if rule.status not in ENDED:
            raise Refused(400, "InvalidProtectionRuleStatusForUpdation")
        self._read(rule.policy.kind, body[f"{rule.policy.kind.unit}Expression"])
        rule.said, rule.status, rule.ends = body, "updateRequested", self.after(300)

    def unprotect(self, rule: Task) -> None:
        if not rule.dynamic or rule.status not in ENDED:
            raise Refused(422, "InvalidProtectionRuleStatusForDynamicRuleDeleteAndUnprotectAll")
        rule.status, rule.ends, rule.deleting = "deleteRequested", self.after(300), True

    def delete_rule(self, rule: Task) -> None:
        if rule.status not in ENDED:
            raise Refused(400, "InvalidProtectionRuleStatusForDeletion")
        for thing in self._held(rule):
            thing.sources = {"manual"}
        del self.rules[rule.id]

    def add_job(self, policy: Policy, body: dict[str, Any]) -> Task:
        resources = [*body.get(policy.kind.names, []), *body.get(policy.kind.ids, [])]
        if not resources or len(resources) > PER_JOB:
            raise Refused(400, "BadRequest")
        return self._begin(self.jobs, policy, body)

    def _begin(self, tasks: dict[str, Task], policy: Policy, body: dict[str, Any], *, dynamic: bool = False) -> Task:
        task = Task(str(uuid.uuid4()), policy, body, self.tenant.now(), self.after(300), dynamic=dynamic)
        tasks[task.id] = task
        return task

    def _end(self, task: Task) -> None:
        if task.deleting:
            for thing in self._held(task):
                thing.sources.discard("dynamicRule")
                if not thing.sources:
                    self._take_out(thing)
            del self.rules[task.id]
            return
        things, task.problems = self._named(task)
        for thing in things:
            if thing.policy is None:
                self._put_in(task.policy, thing, "dynamicRule" if task.dynamic else "manual")
            elif thing.policy != task.policy.id or task.id in self.jobs:
                task.problems.append(_detail("ProtectionUnitAlreadyExists", thing.address))
            elif task.dynamic:
                thing.sources.add("dynamicRule")
        task.status = "completedWithErrors" if task.problems else "completed"

    def _named(self, task: Task) -> tuple[list[Thing], list[dict[str, str]]]:
        kind, tenant = task.policy.kind, self.tenant
        if task.id in self.jobs:
            looked_up: Iterable[tuple[str, Thing | None]] = [
                *((name, tenant.by_address.get((kind.unit, name.lower()))) for name in task.said.get(kind.names, [])),
                *((key, tenant.by_owner.get((kind.unit, key))) for key in task.said.get(kind.ids, [])),
            ]
            things = {thing.id: thing for _, thing in looked_up if thing is not None}
            missing = [_detail(_missing(kind, text), text) for text, thing in looked_up if thing is None]
            return list(things.values()), missing
        words = self._read(kind, task.said[f"{kind.unit}Expression"])
        if kind.unit == "site":
            fits = [
                t for t in tenant.things.values() if t.kind is kind and any(word in t.name.lower() for word in words)
            ]
            return fits, []
        owners = {owner for word in words for owner in tenant.groups.get(word, ())}
        missing = [_detail("GroupNotFound", word) for word in words if word not in tenant.groups]
        return [thing for thing in tenant.things.values() if thing.kind is kind and thing.owner in owners], missing

    def _held(self, rule: Task) -> list[Thing]:
        units = self.tenant.units(rule.policy.kind)
        return [thing for thing in units if thing.policy == rule.policy.id and "dynamicRule" in thing.sources]

    def _read(self, kind: Kind, expression: str) -> list[str]:
        """The keywords or groups of an expression, which must be written as the page shows."""
        if kind.unit == "site":
            words = KEYWORD.findall(expression)
            rest = KEYWORD.sub("x", expression)
            if not 1 <= len(words) <= 10 or not re.fullmatch(r"\(?x(?: -or x)*\)?", rest):
                raise Refused(400, "InvalidRuleExpression", expression)
            return [word.lower() for word in words]
        match = GROUPS.fullmatch(expression)
        ids = [] if match is None else [each.strip().strip("'") for each in match[1].split(",")]
        if not ids or not all(re.fullmatch(r"[0-9a-fA-F-]{36}", each) for each in ids):
            raise Refused(400, "InvalidRuleExpression", expression)
        if len(ids) > 100:
            raise Refused(413, "InvalidRuleExpressionGroupLimitExceeded")
        return ids

    # -- answers

    def unit_out(self, thing: Thing) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "@odata.type": f"#microsoft.graph.{thing.kind.unit}ProtectionUnit",
            "id": thing.id,
            "status": self.unit_status(thing),
            "protectionSources": ",".join(sorted(thing.sources, reverse=True)) or "none",
            "createdDateTime": stamp(thing.created),
            "lastModifiedDateTime": stamp(thing.created),
            thing.kind.owner: thing.owner,
        }
        if thing.policy is not None:
            shown["policyId"] = thing.policy
        if thing.kind.unit == "site":
            return {**shown, "siteName": thing.name, "siteWebUrl": thing.address}
        return {**shown, "displayName": thing.name, "email": thing.address}

    def policy_out(self, policy: Policy) -> dict[str, Any]:
        return {
            "@odata.type": f"#microsoft.graph.{policy.kind.prefix}ProtectionPolicy",
            "id": policy.id,
            "displayName": policy.name,
            "status": self.status(policy),
            "createdBy": ME,
            "lastModifiedBy": ME,
            "createdDateTime": stamp(policy.created),
            "lastModifiedDateTime": stamp(policy.modified),
            "retentionSettings": RETENTION,
        }

    def task_out(self, task: Task) -> dict[str, Any]:
        error = {"code": "Errors", "message": "See details.", "details": task.problems} if task.problems else None
        more = {"isAutoApplyEnabled": task.dynamic} if task.id in self.rules else {}
        return {
            **task.said,
            **more,
            "id": task.id,
            "status": task.status,
            "error": error,
            "createdBy": ME,
            "createdDateTime": stamp(task.created),
            "lastModifiedDateTime": stamp(task.created),
        }


def _name(name: Any) -> str:
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME:
        raise Refused(400, "InvalidDisplayName")
    return name


def _problem(operation: str, named: dict[str, Any]) -> dict[str, Any]:
    error = {
        "info": {"code": "Invalid", "message": "It cannot be done."},
        "failedOperation": operation,
        "responseCode": 409,
    }
    return {"@contentId": str(uuid.uuid4()), "@Core.DataModificationException": error, **named}


def _detail(code: str, target: str) -> dict[str, str]:
    return {"code": code, "message": code, "target": target}


def _missing(kind: Kind, text: str) -> str:
    if kind.unit == "site":
        return "SiteUrlNotFound" if "://" in text else "SiteIdNotFound"
    return "EmailNotFound" if "@" in text else "DirectoryObjectIdNotFound"
