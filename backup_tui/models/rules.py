"""Inclusion rules of a protection policy: https://learn.microsoft.com/graph/api/resources/protectionrulebase

A rule adds units to its policy: once (static), or again and again as groups change (dynamic). What it names is an
expression in the service's own small language; `says` reads what the pages show of it into plain words."""

import re
from typing import Annotated

from msgspec import Struct

from backup_tui.models.base import Entity, Text
from backup_tui.models.people import IdentitySet, PublicError
from backup_tui.models.read_as import ReadAs
from backup_tui.models.services import Service
from backup_tui.models.tagged_union import TaggedUnion, by_name
from backup_tui.models.text import counted, safe
from backup_tui.models.times import When

LONGEST_EXPRESSION = 8_000
"""Characters of an expression that are kept; 100 groups, the most that one may name, take half of it."""


def _whole(value: object) -> object:
    return safe(value, LONGEST_EXPRESSION) if isinstance(value, str) else value


Expression = Annotated[str | None, ReadAs(_whole)]  # what a rule adds, made safe to show


class ProtectionRule(Entity):
    """What all inclusion rules have; also a rule of an unknown kind."""

    status: Text = None
    is_auto_apply_enabled: bool | None = None
    error: PublicError | None = None
    created_by: IdentitySet | None = None
    created_date_time: When = None
    last_modified_by: IdentitySet | None = None
    last_modified_date_time: When = None

    @property
    def expression(self) -> str:
        """What the rule adds, in the service's own language; empty when the service did not say."""
        return ""

    @property
    def says(self) -> "RuleWords":
        return read_expression(self.expression)


class MailboxProtectionRule(ProtectionRule):
    """Adds mailboxes, by the groups that their owners are members of."""

    service = Service.EXCHANGE
    mailbox_expression: Expression = None

    @property
    def expression(self) -> str:
        return self.mailbox_expression or ""


class DriveProtectionRule(ProtectionRule):
    """Adds OneDrive accounts, by the groups that their owners are members of."""

    service = Service.ONEDRIVE
    drive_expression: Expression = None

    @property
    def expression(self) -> str:
        return self.drive_expression or ""


class SiteProtectionRule(ProtectionRule):
    """Adds SharePoint sites, by their names, addresses, or dates."""

    service = Service.SHAREPOINT
    site_expression: Expression = None

    @property
    def expression(self) -> str:
        return self.site_expression or ""


read_rule = TaggedUnion(
    ProtectionRule,
    by_name(MailboxProtectionRule, DriveProtectionRule, SiteProtectionRule),
)
"""Reads an inclusion rule; see `TaggedUnion`."""


# What an expression says


class RuleWords(Struct, frozen=True):
    """What an expression says. `words`: in plain words; the expression itself when it is not of a form that the pages
    show. `details`: the ids and texts that it names, one each; empty when it was not understood."""

    words: str
    details: tuple[str, ...] = ()


_TEXT = r"'((?:[^']|'')*)'"
_MEMBER = rf"(?i)\(?\s*memberOf\s+-any\s+\(\s*group\.id\s+-in\s+\[(\s*{_TEXT}\s*(?:,\s*{_TEXT}\s*)*)\]\s*\)\s*\)?"
_COMPARED = rf"(?i)\b([A-Za-z]{{1,40}})\s{{1,9}}-(contains|like|eq|startsWith)\s{{1,9}}{_TEXT}"
_JOINT = r"(?i)\s-(and|or)\s"
_FRAME = r"[()\s]*"
_PROPERTIES = {"displayname": "name", "name": "name", "url": "address", "weburl": "address", "siteurl": "address"}
_VERBS = {"contains": "contains", "like": "is like", "eq": "is", "startswith": "begins with"}


class Comparison(Struct, frozen=True):
    """One condition of an expression. `verb`: `contains`, `like`, `eq` or `startswith`."""

    name: str
    verb: str
    value: str


def groups_of(expression: str) -> tuple[str, ...]:
    """The groups whose members an expression adds, by id; empty when it is of another form."""
    member = re.fullmatch(_MEMBER, expression.strip())
    return tuple(_unquoted(found) for found in re.findall(_TEXT, member.group(1))) if member is not None else ()


def comparisons_of(expression: str) -> tuple[str, tuple[Comparison, ...]]:
    """The conditions of an expression and the word that joins all of them, `and` or `or`; none when it is of another
    form: with both words, what it means depends on its parentheses."""
    found = tuple(
        Comparison(_PROPERTIES.get(m.group(1).lower(), m.group(1)), m.group(2).lower(), _unquoted(m.group(3)))
        for m in re.finditer(_COMPARED, expression)
    )
    rest = re.sub(_COMPARED, "", expression)
    joints = {joint.lower() for joint in re.findall(_JOINT, rest)}
    if len(joints) > 1 or re.fullmatch(_FRAME, re.sub(_JOINT, " ", rest)) is None:
        return "or", ()
    return next(iter(joints), "or"), found


def read_expression(expression: str) -> RuleWords:
    """`members of 2 groups`, `name contains "Finance" or "Legal"`."""
    text = expression.strip()
    if not text:
        return RuleWords("what it adds is not reported")
    if groups := groups_of(text):
        return RuleWords(f"members of {counted(len(groups), 'group')}", tuple(f"group {one}" for one in groups))
    return _comparisons(text) or RuleWords(text)


def _comparisons(text: str) -> RuleWords | None:
    """Conditions that are all joined by the same word; anything else is better shown as it came."""
    joint, found = comparisons_of(text)
    if not found:
        return None
    values = [f'"{one.value}"' for one in found]
    heads = {f"{one.name} {_VERBS[one.verb]}" for one in found}
    if len(heads) == 1:
        words = f"{heads.pop()} " + f" {joint} ".join(values)
    else:
        words = f" {joint} ".join(f'{one.name} {_VERBS[one.verb]} "{one.value}"' for one in found)
    return RuleWords(words, tuple(values))


def _unquoted(literal: str) -> str:
    return literal.replace("''", "'")
