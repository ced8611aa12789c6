"""Ids as people type them: whole, or the first characters, as lists and messages show them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from msgspec import Struct

from backup_tui.errors import BackupTuiError, NotFound, UsageError
from backup_tui.headless.output import utc
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.rules import ProtectionRule
from backup_tui.models.service_apps import ServiceApp
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import policy_status, service_app_status, session_status, unit_status
from backup_tui.models.text import safe
from backup_tui.models.unit_jobs import UnitsJob
from backup_tui.models.units import ProtectionUnit
from backup_tui.store import freshness as fresh
from backup_tui.workspace import Workspace

T = TypeVar("T")

LEAST = 4
"""Fewest characters of an id; fewer are a typing mistake."""

WHOLE = 36
"""Characters of a whole id of the service; one of that length is used as it is."""

MOST_LISTED = 9
"""How many of the ids that match an ambiguous beginning are named."""


class _Noun(Struct, frozen=True):
    """A kind of thing that has an id: what it is called, and the code of the service when there is none."""

    word: str
    code: str
    why: str
    lists: str


_SESSION = _Noun("session", "RestoreSessionNotFound", "a deleted draft, or older than a year", "sessions list")
_POLICY = _Noun("policy", "PolicyNotFound", "deleted, or never created", "policies list")
_UNIT = _Noun("unit", "ProtectionUnitNotFound", "never protected, or its backup was deleted", "units list")
_RULE = _Noun("rule", "ProtectionRuleNotFound", "removed, or of another policy", "rules list POLICY")
_JOB = _Noun("bulk addition", "BulkAdditionJobNotFound", "of another policy, or never made", "bulk list POLICY")
_APPLICATION = _Noun("application", "ServiceAppNotFound", "removed, or never registered", "service apps list")


async def expand_ids(workspace: Workspace, args: argparse.Namespace) -> None:
    """Replaces shortened ids by whole ones, in every argument that takes an id.

    Raises:
        UsageError: An id is too short, or several ids begin like this.
        NotFound: No id begins like this.
        BackupTuiError: The list of ids could not be read.
    """
    for name, kind in getattr(args, "takes_ids", ()):
        given = getattr(args, name)
        if given is None:
            continue
        whole = _KINDS[kind]
        expanded = [await whole(workspace, each) for each in ([given] if isinstance(given, str) else given)]
        setattr(args, name, expanded[0] if isinstance(given, str) else expanded)


def not_found(noun: _Noun, text: str) -> NotFound:
    """The error if no id begins like this."""
    return NotFound(
        f"No {noun.word} {safe(text)}: {noun.why}.",
        status=404,
        certainty="Nothing was sent.",
        hint=f"See: backup-tui {noun.lists}",
        code=noun.code,
    )


async def _session(workspace: Workspace, text: str) -> str:
    if len(text) >= WHOLE:
        return text
    _long_enough(_SESSION, text)
    return _only(_SESSION, text, {one.id: _of_session(one) for one in await workspace.loader.load(fresh.SESSIONS)})


async def _policy(workspace: Workspace, text: str) -> str:
    if len(text) >= WHOLE:
        return text
    _long_enough(_POLICY, text)
    return _only(_POLICY, text, {one.id: _of_policy(one) for one in await workspace.loader.load(fresh.POLICIES)})


async def _unit(workspace: Workspace, text: str) -> str:
    if len(text) >= WHOLE:
        return text
    _long_enough(_UNIT, text)
    found: dict[str, Callable[[], str]] = {}
    for service in Service:
        found |= {one.id: _of_unit(one) for one in await workspace.loader.load(fresh.units_of(service))}
    return _only(_UNIT, text, found)


async def _application(workspace: Workspace, text: str) -> str:
    if len(text) >= WHOLE:
        return text
    _long_enough(_APPLICATION, text)
    apps = await workspace.loader.load(fresh.SERVICE_APPS)
    return _only(_APPLICATION, text, {one.id: _of_application(one) for one in apps})


def rule_of(rules: Sequence[ProtectionRule], text: str) -> ProtectionRule:
    """The rule of a policy whose id begins like this. Raises as `expand_ids` does."""
    return _among(_RULE, text, {rule.id: rule for rule in rules}, lambda rule: rule.says.words)


def job_of(jobs: Sequence[UnitsJob], text: str) -> UnitsJob:
    """The bulk addition to a policy whose id begins like this. Raises as `expand_ids` does."""
    return _among(_JOB, text, {job.id: job for job in jobs}, lambda job: job.display_name or "no name")


def _among(noun: _Noun, text: str, known: Mapping[str, T], words: Callable[[T], str]) -> T:
    _long_enough(noun, text)
    return known[_only(noun, text, {one_id: partial(words, one) for one_id, one in known.items()})]


_KINDS = {"session": _session, "policy": _policy, "unit": _unit, "application": _application}


def _long_enough(noun: _Noun, text: str) -> None:
    if len(text) < LEAST:
        raise UsageError.unsent(
            f"{safe(text)!r} is too short for a {noun.word} id.",
            "ID",
            text,
            f"Give at least {LEAST} characters; messages show 8. See: backup-tui {noun.lists}",
        )


def _only(noun: _Noun, text: str, known: Mapping[str, Callable[[], str]]) -> str:
    """The one id that begins like this.

    Raises:
        NotFound: None does.
        UsageError: Several do.
    """
    asked = text.casefold()
    found = [one for one in known if one.casefold() == asked] or [
        one for one in known if one.casefold().startswith(asked)
    ]
    if not found:
        raise not_found(noun, text)
    if len(found) == 1:
        return found[0]
    raise _ambiguous(noun, text, [f"{one} ({known[one]()})" for one in found])


def _ambiguous(noun: _Noun, text: str, found: Sequence[str]) -> BackupTuiError:
    more = f" and {len(found) - MOST_LISTED:,} more" if len(found) > MOST_LISTED else ""
    return UsageError.unsent(
        f"{len(found):,} {noun.word} ids begin with {safe(text)}: {'; '.join(found[:MOST_LISTED])}{more}.",
        "ID",
        text,
        "Give more characters of the id.",
    )


def _of_session(session: RestoreSession) -> Callable[[], str]:
    return lambda: f"{session_status(session.status).word}, {utc(session.created_date_time)}"


def _of_policy(policy: ProtectionPolicy) -> Callable[[], str]:
    return lambda: f"{policy.display_name or 'no name'}, {policy_status(policy.status).word}"


def _of_application(app: ServiceApp) -> Callable[[], str]:
    return lambda: f"{app.label}, {service_app_status(app.status).word}"


def _of_unit(unit: ProtectionUnit) -> Callable[[], str]:
    return lambda: f"{unit.address or unit.title or 'no name'}, {unit_status(unit.status).word}"
