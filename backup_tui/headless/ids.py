"""Ids as people type them: whole, or the first characters, as lists and messages show them."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

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

LEAST = 4  # fewest characters of an id; fewer are a typing mistake

WHOLE = 36  # characters of a whole id of the service; one of that length is used as it is

MOST_LISTED = 9  # how many of the ids that match an ambiguous beginning are named


class _Noun(Struct, frozen=True):
    """A kind of thing that has an id."""

    word: str  # what it is called
    code: str  # the code of the service if there is no such thing
    why: str  # why there may be none
    lists: str  # the command that lists them
    words: Callable[[Any], str]  # tells one from another
    keys: tuple[fresh.Key[Any], ...] = ()  # the lists that have them; none for what a command reads itself


def _of_session(session: RestoreSession) -> str:
    return f"{session_status(session.status).word}, {utc(session.created_date_time)}"


def _of_policy(policy: ProtectionPolicy) -> str:
    return f"{policy.display_name or 'no name'}, {policy_status(policy.status).word}"


def _of_unit(unit: ProtectionUnit) -> str:
    return f"{unit.address or unit.title or 'no name'}, {unit_status(unit.status).word}"


def _of_application(app: ServiceApp) -> str:
    return f"{app.label}, {service_app_status(app.status).word}"


# fmt: off
_NOUNS = {
    "session": _Noun("session", "RestoreSessionNotFound", "a deleted draft, or older than a year", "sessions list",
                     _of_session, (fresh.SESSIONS,)),
    "policy": _Noun("policy", "PolicyNotFound", "deleted, or never created", "policies list",
                    _of_policy, (fresh.POLICIES,)),
    "unit": _Noun("unit", "ProtectionUnitNotFound", "never protected, or its backup was deleted", "units list",
                  _of_unit, tuple(map(fresh.units_of, Service))),
    "application": _Noun("application", "ServiceAppNotFound", "removed, or never registered", "service apps list",
                         _of_application, (fresh.SERVICE_APPS,)),
}
_RULE = _Noun("rule", "ProtectionRuleNotFound", "removed, or of another policy", "rules list POLICY",
              lambda rule: rule.says.words)
_JOB = _Noun("bulk addition", "BulkAdditionJobNotFound", "of another policy, or never made", "bulk list POLICY",
             lambda job: job.display_name or "no name")
# fmt: on


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
        noun = _NOUNS[kind]
        expanded = [await _whole(workspace, noun, each) for each in ([given] if isinstance(given, str) else given)]
        setattr(args, name, expanded[0] if isinstance(given, str) else expanded)


def not_found(noun: _Noun, text: str) -> NotFound:
    """The error if no id begins like this."""
    return NotFound.unsent(f"No {noun.word} {safe(text)}: {noun.why}.", noun.code, f"See: backup-tui {noun.lists}")


async def _whole(workspace: Workspace, noun: _Noun, text: str) -> str:
    if len(text) >= WHOLE:
        return text
    _long_enough(noun, text)
    return _only(noun, text, {one.id: one for key in noun.keys for one in await workspace.loader.load(key)})


def rule_of(rules: Sequence[ProtectionRule], text: str) -> ProtectionRule:
    """The rule of a policy whose id begins like this. Raises as `expand_ids` does."""
    return _among(_RULE, text, {rule.id: rule for rule in rules})


def job_of(jobs: Sequence[UnitsJob], text: str) -> UnitsJob:
    """The bulk addition to a policy whose id begins like this. Raises as `expand_ids` does."""
    return _among(_JOB, text, {job.id: job for job in jobs})


def _among(noun: _Noun, text: str, known: Mapping[str, T]) -> T:
    _long_enough(noun, text)
    return known[_only(noun, text, known)]


def _long_enough(noun: _Noun, text: str) -> None:
    if len(text) < LEAST:
        raise UsageError.unsent(
            f"{safe(text)!r} is too short for a {noun.word} id.",
            "ID",
            text,
            f"Give at least {LEAST} characters; messages show 8. See: backup-tui {noun.lists}",
        )


def _only(noun: _Noun, text: str, known: Mapping[str, object]) -> str:
    """The one id that begins like this. Raises `NotFound`: none does; `UsageError`: several do."""
    asked = text.casefold()
    found = [one for one in known if one.casefold() == asked] or [
        one for one in known if one.casefold().startswith(asked)
    ]
    if not found:
        raise not_found(noun, text)
    if len(found) == 1:
        return found[0]
    raise _ambiguous(noun, text, [f"{one} ({noun.words(known[one])})" for one in found])


def _ambiguous(noun: _Noun, text: str, found: Sequence[str]) -> BackupTuiError:
    more = f" and {len(found) - MOST_LISTED:,} more" if len(found) > MOST_LISTED else ""
    return UsageError.unsent(
        f"{len(found):,} {noun.word} ids begin with {safe(text)}: {'; '.join(found[:MOST_LISTED])}{more}.",
        "ID",
        text,
        "Give more characters of the id.",
    )
